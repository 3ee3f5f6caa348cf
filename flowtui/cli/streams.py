"""Standard streams as they come: closed, full, or in an encoding that lacks characters.

A command does what it was asked for and then says so: what cannot be said never stops it half way.
"""

from __future__ import annotations

import errno
import io
import os
import sys

TYPE_CHECKING = False  # the quickest answer comes through here: typing would cost it time
if TYPE_CHECKING:
    from typing import TextIO


class ClosedOutput(io.StringIO):
    """Stands for a standard output that was closed: what is written there is refused."""

    def write(self, text: str) -> int:
        """Raises OSError: nobody reads it."""
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))


def prepare() -> None:
    """Make every stream one that can be asked: characters it lacks become question marks."""
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115 - no pathlib here
    if sys.stdout is None:
        sys.stdout = ClosedOutput()
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def read_as_utf8(arguments: list[str]) -> None:
    """Begin anew in UTF-8 mode where the locale has no letters for what was typed.

    Under ASCII each byte of an é is a character that nobody can show or store; terminals of today
    send UTF-8 whatever the locale says. What is printed stays in the locale's encoding.
    """
    known = sys.getfilesystemencoding().lower() in ("utf-8", "utf8")
    if known or not any("\udc80" <= char <= "\udcff" for text in arguments for char in text):
        return
    env = dict(os.environ)
    env.setdefault("PYTHONIOENCODING", getattr(sys.stdout, "encoding", None) or "ascii")
    from flowtui.system import interpreter

    # isolated, a Python heeds none of its variables: the mode has to be an option
    program, *words = interpreter.command("flowtui", *arguments)
    os.execve(program, [os.fsencode(word) for word in (program, "-X", "utf8", *words)], env)


def shows(stream: TextIO, text: str) -> bool:
    """Whether `stream` has all characters of `text`."""
    try:
        text.encode(getattr(stream, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def finish(code: int) -> int:
    """Put out what is still held back; the exit code, 1 if that is impossible.

    A reader that has seen enough (head, less) is no error. Afterwards nothing more is written.
    """
    try:
        sys.stdout.flush()
    except OSError as error:
        return lost(error, code)
    return code


def lost(error: OSError, code: int = 0) -> int:
    """Standard output takes nothing more: say so, once, unless its reader has just gone."""
    silence()
    if isinstance(error, BrokenPipeError):
        return code
    complain_quietly(f"flowtui: the answer could not be written: {error.strerror or error}")
    return code or 1


def complain_quietly(line: str) -> None:
    """A line on standard error, if that takes any."""
    try:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()
    except OSError:
        pass  # there is nobody left to tell


def silence() -> None:
    """Nothing more goes to standard output, not even what Python writes as it ends."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
