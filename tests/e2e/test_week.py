"""A week lived at a terminal: planned, moved for a meeting, begun late, let go, looked back at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.e2e.days import Days
from tests.e2e.terminal import PROMPT, Terminal, Terminals
from tests.e2e.test_terminal import raw_blocks, raw_focus_s

EMPTY = "BEGIN:VCALENDAR\nEND:VCALENDAR\n"
MEETING = """BEGIN:VCALENDAR
BEGIN:VEVENT
UID:all-hands
SUMMARY:all hands
DTSTART:20270302T090000Z
DTEND:20270302T100000Z
END:VEVENT
END:VCALENDAR
"""
ANSWERS = (
    "it trains",
    "the meeting on Tuesday",
    "news before noon",
    "fri 15:00 for 50m: write",
    "if a meeting takes 9:00, I begin at 10",
    "how I fused the attention kernel",
)


class Week:
    """Somebody who opens the app, does one thing, and leaves."""

    def __init__(self, person: Terminals, folder: Path) -> None:
        self.calendar = folder / "work.ics"
        self.calendar.write_text(EMPTY)
        person.configure(
            f'[plan]\ncalendars = ["{self.calendar}"]\n'
            '[day]\nrest_days = ["saturday", "sunday"]\n[contexts.work]\npublic = true\n'
        )
        self.person = person
        self.days = Days(person, folder)
        self._terminal: Terminal | None = None

    def app(self, *sees: str) -> Terminal:
        """The app, once it shows these."""
        if self._terminal is None:
            self._terminal = self.person.open()
        self._terminal.type("clear; flowtui")
        self._terminal.see(*sees)
        return self._terminal

    def leave(self) -> None:
        """The app is closed, and a shell is there again."""
        assert self._terminal is not None
        self._terminal.press("q")
        self._terminal.see(PROMPT.strip())
        self._terminal.gone("1 focus")

    def work_to_the_end(self, until: str) -> None:
        """A block that was left running ends where its plan does."""
        self.days.work(until)
        terminal = self.app("your block is still here")
        terminal.press("j", "j", "j", "Enter")
        terminal.see("ended where its plan did: 1 h 30 of focus")
        self.leave()

    def told(self, *words: str) -> Any:
        return self.person.json(*words)


def test_a_week_is_planned_lived_and_looked_back_at(person: Terminals, tmp_path: Path) -> None:
    week = Week(person, tmp_path)
    week.days.wake("2027-03-01T08:55:00+00:00")  # a Monday
    person.run("plan", "add", "weekdays 09:00 for 90m", "fuse the kernel", "-t", "cuda")
    plan = week.told("plan", "list")["plans"][0]["id"]

    week.days.work("2027-03-01T09:01:00+00:00")
    terminal = week.app("B begins")
    terminal.press("B")
    terminal.see("min left of 1 h 30")
    week.leave()
    week.work_to_the_end("2027-03-01T10:32:00+00:00")

    week.calendar.write_text(MEETING)
    week.days.wake("2027-03-02T08:50:00+00:00")
    terminal = week.app("meets all hands, room at 10:00")
    terminal.press("M")
    terminal.see("move to", "10:00")
    terminal.press("Enter")
    terminal.see("moved to Tue 10:00")
    week.leave()
    week.days.work("2027-03-02T10:10:00+00:00")
    terminal = week.app("B begins")
    terminal.press("B")
    terminal.see("since 10:10")
    week.leave()
    week.work_to_the_end("2027-03-02T11:41:00+00:00")

    week.days.wake("2027-03-03T09:05:00+00:00")
    terminal = week.app("N not today")
    terminal.press("N")
    terminal.see("let go of fuse the kernel")
    week.leave()

    week.days.wake("2027-03-04T09:03:20+00:00")
    terminal = week.app("W in 15 min")
    terminal.press("W")
    terminal.see("offered again at 09:18")
    week.leave()
    week.days.work("2027-03-04T09:20:00+00:00")
    person.run("plan", "begin")
    week.days.work("2027-03-04T10:50:40+00:00")
    person.run("stop", "--outcome", "done")
    person.run("shared", "https://example.org/post", "fused attention in 80 lines")

    week.days.wake("2027-03-08T08:30:00+00:00")  # Friday went by without it
    terminal = week.app("looked back at, in six questions   5 Q")
    terminal.press("5", "Q")
    terminal.see("The week, in six questions", "0 of 6", "4 h 30 in 3 blocks, 1 of them done")
    for number, answer in enumerate(ANSWERS, 1):
        terminal.type(answer)
        if number < len(ANSWERS):
            terminal.see(f"{number} of 6")
    terminal.see("6 of 6")
    terminal.press("Escape")
    terminal.see("v by  Q review")
    week.leave()

    planned = week.told("plan", "list", "--from", "2027-03-01", "--until", "2027-03-05")
    stood = {one["day"]: (one["at"][11:16], one["standing"]) for one in planned["occurrences"]}
    assert stood == {
        "2027-03-01": ("09:00", "begun"),
        "2027-03-02": ("10:00", "begun"),
        "2027-03-03": ("09:00", "let go"),
        "2027-03-04": ("09:18", "begun"),
        "2027-03-05": ("09:00", "not begun"),
    }
    days = ("--since", "2027-03-01", "--until", "2027-03-07")
    blocks = week.told("log", *days)
    assert {one["block"] for one in planned["occurrences"]} - {None} == {b["id"] for b in blocks}
    ledger = ledger_of(person)
    answers = {row["occurrence"]: row["kind"] for row in ledger["answers"] if row["plan"] == plan}
    assert answers == {"2027-03-02": "moved", "2027-03-03": "let go", "2027-03-04": "moved"}

    report = week.told("report", "--week", "2027-W09")
    assert (report["planned"], report["begun"], report["blocks"]) == (4, 3, 3)
    sums = {
        "report": report["focus_s"],
        "log": sum(block["focus_s"] for block in blocks),
        "by day": sum(row["focus_s"] for row in week.told("log", "--by", "day", *days)),
        "by tag": sum(row["focus_s"] for row in week.told("log", "--by", "tag", *days)),
    }
    sums["jq over the ledger"] = sum(map(raw_focus_s, raw_blocks(person.home).values()))
    assert set(sums.values()) == {report["focus_s"]} and abs(report["focus_s"] - 3 * 5400) < 60
    text = person.run("report", "--week", "2027-W09")
    for words in ("fuse the kernel (done, 3 blocks, 4 h 30)", "planned: 3 of 4 begun",
                  "fused attention in 80 lines", "Wed 3 | –"):  # fmt: skip
        assert words in text
    kept = week.told("review", "--list", "--week", "2027-W09")
    assert kept["answered"] == 6 and tuple(kept["answers"].values()) == ANSWERS
    coming = week.told("plan", "list", "--from", "2027-03-12", "--until", "2027-03-12")
    assert [one["intention"] for one in coming["occurrences"]] == ["fuse the kernel", "write"]


def ledger_of(person: Terminals) -> Any:
    """All of the ledger, as `flowtui export` gives it."""
    return json.loads(person.run("export", "--json"))
