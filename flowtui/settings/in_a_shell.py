"""What a key of the daily loop is in a shell: the same, by a command of its own."""

from __future__ import annotations

IN_A_SHELL: dict[str, str] = {
    "mode.focus": "log",
    "mode.runs": "runs",
    "mode.body": "body",
    "mode.insight": "insight",
    "mode.review": "report",
    "app.checkin": "checkin",
    "app.log": "note yoga 30 e6",
    "app.undo": "undo",
    "app.redo": "redo",
    "app.theme": "config --set display.theme night",
    "app.palette": "--help",
    "app.help": "keys",
    "block.plan": "start INTENTION --for 50m",
    "block.again": "start --again",
    "block.add": "add INTENTION --start 09:15 --end 10:05",
    "break.start": "break start; break end",
    "cycle.choose": "cycle 25/5 x4",
    "parked.open": "parked",
    "plan.add": "plan add WHEN INTENTION",
    "plan.begin": "plan begin ID",
    "plan.later": "plan later ID",
    "plan.move": "plan move ID TIME",
    "plan.skip": "plan skip ID",
    "block.pause": "pause; resume",
    "block.wandered": "interrupt internal",
    "block.called": "interrupt external",
    "block.back": "back REASON",
    "block.park": "park THOUGHT",
    "block.note": "note --block TEXT",
    "block.extend": "extend 15m",
    "block.shorten": "extend -5m",
    "block.finish": "stop --outcome done --rating 4",
    "block.discard": "discard",
    "block.inside": "show running; relabel running last --focus",
    "away.take": "away gap",
    "away.keep": "away focus",
    "block.edit": "edit running --start 09:10",
    "clock.next": "config --set display.clock minutes",
    "list.show": "show ID",
    "list.continue": "start --like ID",
    "list.edit": "edit ID --intention TEXT",
    "list.delete": "delete ID",
    "list.split": "split ID --at 10:15",
    "list.join": "join ID ID",
    "list.filter": "log --grep WORD",
    "day.before": "log --since yesterday --until yesterday",
    "day.after": "log --since today",
    "day.go": "log --since 2026-06-01 --until 2026-06-01",
    "window.turn": "eat open; eat close",
    "entry.add": "note coffee",
    "entry.edit": "body edit ID LINE",
    "entry.delete": "body delete ID",
    "body.go": "body --since 2026-06-01 --until 2026-06-01",
    "habit.new": "habit NAME --new count",
}
"""By the id of the action, without the name of the program; several are parted by "; "."""
APP_ALONE = {
    "app.suspend": "the shell's own ctrl+z",
    "app.leave": "a command ends by itself",
}
"""Keys that have no meaning in a shell, and why."""


def in_a_shell(id: str) -> str:
    """The commands that do what action `id` does; empty where there are none."""
    return "; ".join(f"flowtui {one}" for one in IN_A_SHELL.get(id, "").split("; ") if one)
