"""A host without Python: its logs by `sh`, `stat`, `tail` and `head`, which are everywhere.

Slower, and for logs alone; what was cut and grew again to the same length is not noticed there.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from typing import Any

from flowtui.core.text import plain
from flowtui.watch.remote.line import ANSWER_S, MASTER_ONLY, NO_PYTHON, OPTIONS, SshLine
from flowtui.watch.remote.origin import OriginError

_HELLO = b"printf '\\036ready \\n'\n"
_READ = """\
f={path}; o={offset}; a=0
if s=`stat -L -c '%d %i %s %Y' -- "$f" 2>/dev/null` && [ -f "$f" ] && [ -r "$f" ]; then
set -- $s
if [ {known} = 1 ] && {{ [ "$1 $2" != '{mark}' ] || [ $3 -lt $o ]; }}; then o=0; a=1; fi
n=$(($3-o)); if [ $n -gt {most} ]; then n={most}; fi; if [ $n -lt 0 ]; then n=0; fi
echo "= $s $o $a $n"
if [ $n -gt 0 ]; then tail -c +$((o+1)) -- "$f" | head -c $n; fi
else echo "- cannot be read"; fi
printf '\\036\\n'
"""
_LIST = """\
f={path}
if [ -d "$f" ]; then ls -1t -- "$f" | head -n 40 | while IFS= read -r n; do
[ -f "$f/$n" ] && printf '%s\\n' "$f/$n"; done; elif [ -f "$f" ]; then printf '%s\\n' "$f"; fi
printf '\\036\\n'
"""
_TIME = "date +%s\n"


class ShellLine(SshLine):
    """One connection to such a host; it knows `read` and `list` alone."""

    def ask(self, question: dict[str, Any], wait_s: float = ANSWER_S) -> tuple[Any, bytes]:
        """The answer to one question, and the bytes that belong to it. Raises OriginError."""
        if question["do"] not in ("read", "list"):
            raise OriginError(
                f"{self.host} {NO_PYTHON}: only logs can be followed there", told=True
            )
        if not self.is_open:
            self.open()
        try:
            until = self._clock.monotonic() + wait_s
            if question["do"] == "list":
                return self._list(str(question["path"]), until), b""
            return self._read(question["files"], int(question.get("most", 1 << 20)), until)
        except (OSError, ValueError, EOFError) as error:
            words = self._words(error)
            self.close()
            raise OriginError(words) from None

    def _command(self) -> tuple[list[str], bytes]:
        more = MASTER_ONLY if self._master_only else ()
        return ["ssh", *OPTIONS, *more, "--", self.host, "exec sh"], _HELLO

    def _read(
        self, files: Sequence[Sequence[Any]], most: int, until: float
    ) -> tuple[dict[str, Any], bytes]:
        answers: list[dict[str, Any]] = []
        parts: list[bytes] = []
        for key, path, offset, mark, _ in files:
            row, data = self._one(str(path), int(offset), mark, min(most, 1 << 20), until)
            most -= len(data)
            answers.append({**row, "key": key})
            parts.append(data)
        self._send(_TIME.encode(), ANSWER_S)
        now = float(self._read_line(until))
        self.skew_s = self._clock.now().timestamp() - now
        return {"files": answers, "now": now, "used": 0.002 * len(files)}, b"".join(parts)

    def _one(
        self, path: str, offset: int, mark: Any, most: int, until: float
    ) -> tuple[dict[str, Any], bytes]:
        known = isinstance(mark, list) and len(mark) > 1
        script = _READ.format(
            path=_quoted(path), offset=offset, known=int(known), most=max(0, most),
            mark=f"{int(mark[0])} {int(mark[1])}" if known else "",
        )  # fmt: skip
        self._send(script.encode(), ANSWER_S)
        line = self._read_line(until).decode("utf-8", "replace")
        match = re.fullmatch(r"= (\d+) (\d+) (\d+) (\d+) (\d+) ([01]) (\d+)\n", line)
        if match is None:
            if not line.startswith("- "):
                raise ValueError(f"an answer that is none: {plain(line, 60)}")
            self._end_of_answer(until)
            return {"n": 0, "problem": plain(line[2:])}, b""
        device, inode, size, mtime, start, anew, length = map(int, match.groups())
        data = self._read_bytes(length, until)
        self._end_of_answer(until)
        row = {"n": length, "start": start, "size": size, "mtime": mtime, "anew": bool(anew)}
        return {**row, "mark": [device, inode, ""]}, data

    def _list(self, path: str, until: float) -> dict[str, Any]:
        self._send(_LIST.format(path=_quoted(path)).encode(), ANSWER_S)
        found: list[list[Any]] = []
        while (line := self._read_line(until)) != b"\x1e\n":
            found.append([line.rstrip(b"\n").decode("utf-8", "replace"), 0])
        return {"files": found} if found else {"files": [], "problem": f"there is no {path}"}

    def _end_of_answer(self, until: float) -> None:
        """What is read ends here, or the log was cut meanwhile and nothing of it can be trusted."""
        if self._read_line(until) != b"\x1e\n":
            raise ValueError("the log was cut while it was read")


class AnyLine:
    """By Python where there is one, else by the shell."""

    def __init__(self, first: SshLine, second: ShellLine) -> None:
        self._line: SshLine = first
        self._second = second

    @property
    def skew_s(self) -> float:
        """Our clock less the host's."""
        return self._line.skew_s

    @property
    def is_open(self) -> bool:
        """Whether there is a connection, as far as was seen."""
        return self._line.is_open

    def ask(self, question: dict[str, Any], wait_s: float = ANSWER_S) -> tuple[Any, bytes]:
        """The answer, and the bytes that belong to it. Raises OriginError."""
        try:
            return self._line.ask(question, wait_s)
        except OriginError as error:
            if self._line is self._second or not str(error).endswith(NO_PYTHON):
                raise
        self._line = self._second
        return self._line.ask(question, wait_s)

    def close(self) -> None:
        """Let go of the connection."""
        self._line.close()


def _quoted(path: str) -> str:
    """A path for the shell over there; "~/" is the home."""
    if path.startswith("~/"):
        return f'"$HOME"/{shlex.quote(path[2:])}'
    return shlex.quote(path)
