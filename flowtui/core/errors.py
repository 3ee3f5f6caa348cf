"""The one family of errors that reaches a person: what failed, and what to do."""

from __future__ import annotations


class FlowError(Exception):
    """Something could not be done. Shown as one line, with a second line that says what to do.

    `message` names what failed and on which path or id; `hint` is the next step, or None.
    The command line exits with `exit_code` (1: could not).
    """

    exit_code = 1

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """Both on one line, as the app's quiet line and its dialogs show them."""
        return f"{self.message} — {self.hint}" if self.hint else self.message


class UsageError(FlowError):
    """What was typed is invalid: an unknown word, a length out of range. Exit code 2."""

    exit_code = 2


class LedgerError(FlowError):
    """The ledger could not be read or written; it is as it was before."""


class NewerLedgerError(LedgerError):
    """The ledger was written by a newer flowtui; nothing is written to it."""
