"""Dialogs: each asks one thing and answers with one value.

They are imported when they are first opened, so that the first frame does not wait for them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flowtui.tui.dialogs.edit import EditDialog
    from flowtui.tui.dialogs.finish import FinishAnswer, FinishDialog
    from flowtui.tui.dialogs.help import HelpDialog
    from flowtui.tui.dialogs.inside import GapChange, InsideDialog
    from flowtui.tui.dialogs.line import ConfirmDialog, LineDialog
    from flowtui.tui.dialogs.plan import PlanDialog
    from flowtui.tui.dialogs.recover import RecoverDialog
    from flowtui.tui.dialogs.theme import ThemeDialog

__all__ = [
    "ConfirmDialog",
    "EditDialog",
    "FinishAnswer",
    "FinishDialog",
    "GapChange",
    "HelpDialog",
    "InsideDialog",
    "LineDialog",
    "PlanDialog",
    "RecoverDialog",
    "ThemeDialog",
]

_HOMES = {
    "ConfirmDialog": "line",
    "EditDialog": "edit",
    "FinishAnswer": "finish",
    "FinishDialog": "finish",
    "GapChange": "inside",
    "HelpDialog": "help",
    "InsideDialog": "inside",
    "LineDialog": "line",
    "PlanDialog": "plan",
    "RecoverDialog": "recover",
    "ThemeDialog": "theme",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
