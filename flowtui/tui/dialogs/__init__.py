"""Dialogs: each asks one thing and answers with one value.

They are imported when they are first opened, so that the first frame does not wait for them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flowtui.tui.dialogs.app_dialogs import ConfirmDialog, HelpDialog, LineDialog, ThemeDialog
    from flowtui.tui.dialogs.day_dialog import DayDialog
    from flowtui.tui.focus.edit_dialog import EditDialog
    from flowtui.tui.focus.finish_dialog import FinishDialog
    from flowtui.tui.focus.inbox_dialog import InboxDialog
    from flowtui.tui.focus.plan_dialog import PlanDialog
    from flowtui.tui.focus.recover_dialog import RecoverDialog

__all__ = [
    "ConfirmDialog",
    "DayDialog",
    "EditDialog",
    "FinishDialog",
    "HelpDialog",
    "InboxDialog",
    "LineDialog",
    "PlanDialog",
    "RecoverDialog",
    "ThemeDialog",
]

_HOMES = {
    "ConfirmDialog": "flowtui.tui.dialogs.app_dialogs",
    "DayDialog": "flowtui.tui.dialogs.day_dialog",
    "EditDialog": "flowtui.tui.focus.edit_dialog",
    "FinishDialog": "flowtui.tui.focus.finish_dialog",
    "HelpDialog": "flowtui.tui.dialogs.app_dialogs",
    "InboxDialog": "flowtui.tui.focus.inbox_dialog",
    "LineDialog": "flowtui.tui.dialogs.app_dialogs",
    "PlanDialog": "flowtui.tui.focus.plan_dialog",
    "RecoverDialog": "flowtui.tui.focus.recover_dialog",
    "ThemeDialog": "flowtui.tui.dialogs.app_dialogs",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
