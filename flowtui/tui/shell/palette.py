"""Keys and palette, from the one table of actions."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator
from functools import partial
from typing import Any

from textual.binding import Binding
from textual.command import DiscoveryHit, Hit, Hits, Provider

from flowtui.settings.actions import ACTIONS, Action, shown_keys
from flowtui.tui.shell.host import Host


def binding(action: Action) -> Binding:
    """The binding of `action`, with its id for remapping and its help as the tooltip."""
    return Binding(
        action.keys,
        action.method,
        action.label,
        show=action.footer,
        key_display=shown_keys(action).split(", ")[0],
        id=action.id,
        tooltip=action.help,
    )


def bindings(*places: str) -> list[Binding]:
    """The bindings of the actions that work in `places`."""
    return [binding(action) for action in ACTIONS if action.place in places]


class ActionCommands(Provider):
    """Offers the actions of the places at hand; running one is pressing its key."""

    def _offers(self) -> Iterator[tuple[Action, str]]:
        app = self.app
        assert isinstance(app, Host)
        for action in app.actions:
            if action.place in (*getattr(self.screen, "places", ()), "app"):
                yield action, f"{action.id.replace('.', ': ')}  ({shown_keys(action)})"

    async def discover(self) -> Hits:
        """Everything, before anything is typed."""
        for action, name in self._offers():
            yield DiscoveryHit(name, self._run(action), help=action.help)

    async def search(self, query: str) -> Hits:
        """What fits what was typed."""
        matcher = self.matcher(query)
        for action, name in self._offers():
            score = max(matcher.match(name), matcher.match(action.help))
            if score > 0:
                yield Hit(score, matcher.highlight(name), self._run(action), help=action.help)

    def _run(self, action: Action) -> partial[Coroutine[Any, Any, bool]]:
        space = "app" if action.place == "app" else "screen"
        return partial(self.app.run_action, f"{space}.{action.method}")
