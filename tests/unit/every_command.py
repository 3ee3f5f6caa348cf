"""Every command in a process of its own, with the standard streams as they are given.

`python -m tests.unit.every_command OUT STDOUT STDIN`, where STDOUT is one of `file`, `full`,
`pipe`, `closed` and STDIN of `empty`, `closed`. Modules are imported once and each command is a
fork of that, so that the whole table takes seconds. Writes to OUT what each one said, as JSON.
"""

from __future__ import annotations

import io
import json
import os
import sys
import tempfile
from pathlib import Path

TEXT = "日本語 naïve “x” 🫨 é"
COMMANDS: list[list[str]] = [
    ["start", TEXT, "--at", "40m ago", "--for", "25m", "--detach", "-t", "été"],
    ["park", TEXT], ["interrupt", "external", TEXT], ["back"], ["extend", "5m"],
    ["pause", TEXT], ["status"], ["status", "--json"], ["status", "--tmux"],
    ["status", "--waybar"], ["status", "--format", "{intention} {next_step}"], ["resume"],
    ["show"], ["relabel", "running", "1", "run", "--note", TEXT],
    ["stop", "--outcome", "done", "--rating", "4", "--note", TEXT],
    ["add", TEXT, "--start", "yesterday 09:00", "--for", "50m"],
    ["add", TEXT, "--start", "yesterday 11:00", "--for", "50m"],
    ["edit", "--where", "text=naïve", "--add-tag", "ü"], ["edit", "last", "--note", TEXT],
    ["start", TEXT, "--detach", "--open"], ["discard"],
    ["log"], ["log", "--json"], ["log", "--by", "tag"], ["log", "--by", "tag", "--csv"],
    ["log", "--grep", "naïve"], ["show", "last"], ["show", "last", "--json"],
    ["note", f"energy 4 -- {TEXT}"], ["habit", "Lesen", "--new", "count", "--unit", "Bücher"],
    ["habit", "lesen", "3"], ["workout", "yoga", "30m", "--effort", "6"], ["eat", "open"],
    ["eat"], ["checkin", "energy=4"], ["body"], ["body", "--json"],
    ["plan", "add", "weekdays 09:00 for 90m", TEXT], ["plan", "list"],
    ["shared", "https://example.org/é", TEXT], ["gave", "20m", TEXT], ["review"],
    ["break"], ["break", "start", "5m"], ["cycle"], ["away"],
    ["calendar", "show"], ["find", "naïve"], ["next"], ["parked"], ["man", "--help"],
    ["report"], ["report", "--md"],
    ["report", "--json"], ["insight"], ["insight", "table"], ["experiment", "status"],
    ["experiment", "list"], ["runs"], ["gpus"], ["runs", "read", "/no/such/log-é"],
    ["guard", "status"], ["guard", "list"], ["agent", "status"], ["export"], ["export", "--csv"],
    ["export", "--tinydb"], ["import", "/no/such/é.json"], ["doctor"], ["config"], ["paths"],
    ["themes"], ["keys"], ["completions", "bash"], ["demo", "--help"], ["serve", "--help"],
    ["run", "--help"], ["split", "last", "--at", "yesterday 11:20"], ["join", "last", "nothing"],
    ["delete", "last"], ["undo"], ["redo"], ["undo"], ["no-such-command"], ["log", "--nonsense"],
    ["--version"], ["--help"],
]  # fmt: skip


def stream(fd: int, mode: str) -> io.TextIOWrapper | None:
    """A standard stream as Python makes it at its start."""
    try:
        os.fstat(fd)
    except OSError:
        return None
    raw = open(fd, mode + "b", closefd=False)  # noqa: SIM115 - as the start does
    named = os.environ.get("PYTHONIOENCODING", "").partition(":")[0]
    default = "utf-8" if sys.flags.utf8_mode else None
    errors = "surrogateescape" if os.environ.get("LC_ALL") == "C" else "strict"
    return io.TextIOWrapper(raw, encoding=named or default, errors=errors)


def give(fd: int, what: str) -> None:
    """Make `fd` what was asked for."""
    if what == "closed":
        os.close(fd)
        return
    if what == "pipe":
        reader, writer = os.pipe()
        os.close(reader)
        os.dup2(writer, fd)
        return
    flags = os.O_RDONLY if fd == 0 else os.O_WRONLY | os.O_CREAT
    os.dup2(os.open({"full": "/dev/full", "empty": os.devnull}.get(what, what), flags), fd)


def one(words: list[str], out: str, into: str, folder: Path) -> dict[str, object]:
    """What one command said and how it ended."""
    said = {1: folder / "1", 2: folder / "2"}
    for file in said.values():
        file.write_bytes(b"")
    pid = os.fork()
    if pid == 0:
        code = 70
        try:
            give(0, into)
            give(1, str(said[1]) if out == "file" else out)
            give(2, str(said[2]))
            sys.stdin, sys.stdout, sys.stderr = stream(0, "r"), stream(1, "w"), stream(2, "w")
            # as the shell gives them, in the encoding that this locale says it is
            sys.argv = ["flowtui", *(os.fsdecode(word.encode()) for word in words)]
            from flowtui.entry import main

            code = main()
            if sys.stderr is not None:
                sys.stderr.flush()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
        except BaseException:
            import traceback

            os.write(2, traceback.format_exc().encode())
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    return {
        "words": words,
        "code": os.waitstatus_to_exitcode(status),
        "out": said[1].read_bytes().decode("utf-8", "replace"),
        "err": said[2].read_bytes().decode("utf-8", "replace"),
    }


def main() -> None:
    """Run them all."""
    from flowtui.cli import commands

    for module, _ in commands.COMMANDS.values():
        __import__(module)
    out, into = sys.argv[2:4]
    with tempfile.TemporaryDirectory() as folder:
        told = [one(words, out, into, Path(folder)) for words in COMMANDS]
    Path(sys.argv[1]).write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main()
