"""The palette: every action that can be done now, by name, from the one table."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator
from functools import partial
from typing import Any

from textual.command import DiscoveryHit, Hit, Hits, Provider

from flowtui.settings.actions import Action, shown_keys
from flowtui.tui.shell.host import Host


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
