"""The evening's check-in in a real terminal: a dozen keys, and the ledger afterwards."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.e2e.terminal import PROMPT, Terminals

SETTINGS = """
[day]
start = "00:00"
[body]
eating = true
stops = ["phone in bed"]
[body.habits]
meditate = "yes_no"
"""
MOST_KEYS = 12


def test_the_whole_check_in_is_at_most_a_dozen_keys_one_at_a_time(person: Terminals) -> None:
    person.configure(SETTINGS)
    person.run("note", "yoga 30 e6 yesterday, coffee")
    person.run("note", "eat 9:00-17:00 yesterday")
    person.run("checkin", "--day", "yesterday", "worked=phone in the other room")
    person.run("add", "fuse the kernel", "--for", "1s")
    terminal = person.open()
    terminal.type("flowtui")
    terminal.see("fuse the kernel", "start")
    pressed: list[str] = []
    for key, then in (
        ("c", "How much energy do you have right now?"),
        ("4", "How much of what mattered got done?"),
        ("3", "How long did you sleep?"),
        ("7", "How did you sleep?"),
        ("4", "Any workout?"),
        ("1", "Eating window?"),
        ("n", "How much added sugar today?"),
        ("0", "meditate?"),
        ("y", "Did it happen: phone-in-bed?"),
        ("n", "What worked?"),
        ("1", "Tomorrow's first block?"),
        ("1", "check-in kept, 11 answers"),
    ):
        terminal.press(key)
        pressed.append(key)
        terminal.see(then)

    assert len(pressed) <= MOST_KEYS
    today = _today(person)
    assert _told(today) == {
        ("energy", None, "given", 4),
        ("output", None, "given", 3),
        ("sleep", None, "given", 4),
        ("workout", "yoga", "given", 6),
        ("eating", None, "no", None),
        ("caffeine", "coffee", "given", 1),
        ("sugar", None, "no", None),
        ("habit", "meditate", "given", None),
        ("stop", "phone-in-bed", "no", None),
        ("worked", None, "given", "phone in the other room"),
    }
    assert not any(entry["late"] for entry in today)
    terminal.press("u")
    terminal.see("took back: check-in of")
    assert {entry["kind"] for entry in _today(person)} == {"caffeine"}
    terminal.press("q")
    terminal.see(PROMPT.strip())


def test_a_check_in_typed_at_once_and_killed_in_the_middle_is_gone_on_with(
    person: Terminals,
) -> None:
    person.configure(SETTINGS.replace("eating = true", "eating = false"))
    terminal = person.open()
    terminal.type("exec flowtui")
    terminal.see("no block yet")
    terminal.press("c")
    terminal.see("How much energy")
    terminal.press("4", "3", *"7,5", "Enter", "4", *"nordic", "Space", *"30", "Enter")
    terminal.press("1", "2", "Enter")
    terminal.see("How much added sugar")
    terminal.close()

    told = {
        ("energy", None, "given", 4),
        ("output", None, "given", 3),
        ("sleep", None, "given", 4),
        ("workout", "nordic", "given", None),
        ("caffeine", None, "given", 12),
    }
    assert _told(_today(person)) == told
    assert [e["duration_s"] for e in _today(person) if e["kind"] == "sleep"] == [27000]
    terminal = person.open()
    terminal.type("flowtui")
    terminal.see("no block yet")
    terminal.press("c")
    terminal.see("How much added sugar")
    terminal.press("0", "Escape")
    terminal.see("check-in kept, 1 answer")
    assert _told(_today(person)) == told | {("sugar", None, "no", None)}
    terminal.press("u")
    terminal.see("took back: check-in of")
    assert _today(person) == []


def test_flowtui_checkin_opens_it_and_esc_keeps_what_was_said(person: Terminals) -> None:
    person.configure('[body]\ncheckin_at = "04:01"\n')  # the reminder of today comes due at once
    terminal = person.open()
    terminal.type("flowtui checkin --day yesterday")
    terminal.see("How much energy do you have right now?", "late")
    terminal.press("2")
    terminal.see("How much of what mattered got done?")
    terminal.press("Escape")
    terminal.see("check-in kept, 1 answer")
    terminal.see("Time for the check-in")
    terminal.press("3")
    terminal.see("nothing recorded", "today", "week")
    terminal.press("[")
    terminal.see("energy 2", "late")
    terminal.press("q")
    terminal.see(PROMPT.strip())

    (day,) = person.json("body", "--since", "yesterday", "--until", "yesterday")["days"]
    assert [(e["kind"], e["value"], e["late"]) for e in day["entries"]] == [("energy", 2, True)]
    assert day["day"] <= (date.fromisoformat(_last_day(person)) - timedelta(days=1)).isoformat()


def _today(person: Terminals) -> list[dict[str, Any]]:
    days: list[dict[str, Any]] = person.json("body", "--since", "today")["days"]
    entries: list[dict[str, Any]] = days[-1]["entries"]
    return entries


def _last_day(person: Terminals) -> str:
    return str(person.json("body", "--since", "today")["until"])


def _told(entries: list[dict[str, Any]]) -> set[tuple[str, str | None, str, object]]:
    """Kind, name, state, and what was said of it."""
    said = ("value", "effort", "quality", "note")
    return {
        (
            entry["kind"],
            entry.get("name"),
            entry["state"],
            next((entry[field] for field in said if field in entry), None),
        )
        for entry in entries
    }
