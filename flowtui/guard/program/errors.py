"""What the guard answers when it will not, or cannot."""

from __future__ import annotations


class GuardError(Exception):
    """A refusal: a stable `code`, a sentence, and what to do (or an empty text)."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


class Damaged(GuardError):
    """Something that the guard wrote is not as it wrote it; nothing was changed."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__("damaged", message, hint)
