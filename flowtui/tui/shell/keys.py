"""Textual's bindings from the one table of actions."""

from __future__ import annotations

from textual.binding import Binding

from flowtui.settings.actions import ACTIONS, Action, shown_keys


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
