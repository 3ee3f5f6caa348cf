"""Two apps and a shell on one home, random keys, forms and commands, for as long as is said.

    python -m tests.faults.two_apps --seconds 3600 --seed 1

Each text is one of a kind. What was acknowledged (a form taken by Enter, a command that ended with
0) must stand in the ledger's journal at the end, also if it was taken back later; a form must never
be gone with its text nowhere; `flowtui doctor` must find everything sound.
"""

from __future__ import annotations

import argparse
import random
import shlex
import sys
import tempfile
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

from tests.e2e.terminal import PROMPT, Terminal, Terminals

GRACE_S = 25.0
"""Seconds within which a form that was taken has to be in the journal: the machine may be busy."""
SETTLE_S = 1.5
FAULTS = ("Traceback", "something went wrong", "Error:")
TITLES = {
    "park a thought": "park", "next step, shown when you resume": "pause",
    "a block of deep work": "plan", "a past block": "add", "change this block": "edit",
    "split at": "split", "delete this block?": "confirm", "join these two?": "confirm",
    "discard this block?": "confirm", "what it was, or enter": "reason", "esc go on": "finish",
    "your block is still here": "recover", "energy 4 · coffee": "quick", "go to a day": "day",
    "an interruption": "interruption", "show only": "filter",
}  # fmt: skip
IDLE = ["Enter", "S", "a", "e", "d", "x", "J", "l", "u", "U", ":", "[", "]", "j", "k", "1", "2",
        "3", "4", "5", "?", "b"]  # fmt: skip
RUNNING = ["Space", "Space", "p", "p", "i", "o", "r", "r", "+", "-", "f", "f", "l", "e", "u", "U",
           "X", "v", ":", "3", "1"]  # fmt: skip


def days_ago(days: int) -> str:
    """A date as one types it."""
    return str(date.today() - timedelta(days))


class Day:
    """What was done, and what must be there for it."""

    def __init__(self, person: Terminals, dice: random.Random) -> None:
        self.person, self.dice = person, dice
        self.number = 0
        self.acknowledged = 0
        self.waiting: list[str] = []
        """What was acknowledged and not seen in the journal yet."""
        self.faults: list[str] = []
        self.counts: Counter[str] = Counter()

    def token(self) -> str:
        """A text like no other."""
        self.number += 1
        return f"tok{self.number:05}z"

    def journal(self) -> str:
        """Everything that was ever written to the ledger."""
        folder = self.person.home / "data" / "ledger"
        folders = [folder, self.person.home / "ledger", self.person.home]
        there = next(f for f in folders if list(f.rglob("*.jsonl")))
        return "".join(
            path.read_text(encoding="utf-8", errors="replace") for path in there.rglob("*.jsonl*")
        )

    def look(self) -> list[str]:
        """What of all that was acknowledged was never in the journal.

        Asked often: what was taken back long ago goes when the journal is made anew.
        """
        journal = self.journal()
        self.waiting = [token for token in self.waiting if token not in journal]
        return self.waiting

    def fault(self, text: str) -> None:
        """Something is wrong."""
        self.faults.append(text)
        print(f"FAULT {text}", flush=True)


class Hands:
    """Somebody at one app."""

    def __init__(self, day: Day, name: str) -> None:
        self.day, self.name = day, name
        self.terminal: Terminal = day.person.open()
        self._launch()

    def _launch(self) -> None:
        self.terminal.type("flowtui")
        self.terminal.gone(PROMPT.strip() + " flowtui")

    def dialog(self) -> str:
        """Which dialog is open: empty for none, "other" for one that is only left again."""
        screen = self.terminal.screen()
        if "▌" not in screen or "esc" not in screen:
            return ""
        form = self.form(screen)
        return next((kind for words, kind in TITLES.items() if words in form), "other")

    def form(self, screen: str = "") -> str:
        """What stands in the dialog; empty for none."""
        lines = (screen or self.terminal.screen()).splitlines()
        return " ".join(line.partition("▌")[2] for line in lines if "▌" in line)

    def step(self) -> None:
        """One thing that a person does."""
        screen = self.terminal.screen()
        for word in FAULTS:
            if word in screen:
                self.day.fault(f"{self.name} shows {word}:\n{screen}")
        if PROMPT.strip() in screen:
            self._launch()
            return
        kind = self.dialog()
        if kind:
            # a key that was pressed before it stood there belongs to it, and may close it
            time.sleep(SETTLE_S)
            if self.dialog() == kind:
                self.day.counts[kind] += 1
                self.answer(kind)
            return
        running = "finish" in screen and "pause" in screen
        key = self.day.dice.choice(RUNNING if running else IDLE)
        if key == "X" and self.day.dice.random() < 0.7:
            key = "p"
        self.day.counts["key"] += 1
        self.terminal.press(*([key] if key not in "+-:[]?" else ["-l", key]))
        time.sleep(self.day.dice.choice([0.0, 0.05, 0.3]))

    def answer(self, kind: str) -> None:
        """Fill a form in and take it, or leave it."""
        dice, day = self.day.dice, self.day
        if kind in ("confirm", "recover", "filter", "other", "day", "split") or dice.random() < 0.1:
            self.close("Enter" if kind in ("confirm", "recover") else "Escape")
            return
        token = day.token()
        text = f"coffee -- {token}" if kind == "quick" else token
        if kind == "add":
            start = f"{dice.randrange(24):02}:{dice.randrange(60):02}"
            days = dice.randrange(2, 400)
            self.type(text)
            self.terminal.press("Tab")
            self.type(f"{days_ago(days)} {start}")
            self.terminal.press("Tab")
            self.type("9m")
        elif kind == "finish":
            self.terminal.press(dice.choice("dyn"), dice.choice("12345"), "Tab")
            self.type(text)
        else:
            self.type(text)
        if dice.random() < 0.3:
            time.sleep(dice.random() * 3)  # somebody is slow; the world goes on
        self.terminal.press("Enter")
        self.await_kept(kind, token)

    def close(self, key: str) -> None:
        """Press `key`, and wait until the dialog is another: what follows would belong to it."""
        before = self.form()
        self.terminal.press(key)
        deadline = time.monotonic() + GRACE_S
        while self.form() == before and time.monotonic() < deadline:
            time.sleep(0.2)

    def type(self, text: str) -> None:
        """Type a text."""
        self.terminal._owner.tmux("send-keys", "-t", self.terminal._name, "-l", text)

    def await_kept(self, kind: str, token: str) -> None:
        """The text is in the journal, or still in the form with the reason beside it."""
        begun = time.monotonic()
        deadline = begun + GRACE_S
        seen: list[str] = []
        while time.monotonic() < deadline:
            if token in self.day.journal():
                self.day.counts["kept"] += 1
                self.day.acknowledged += 1
                return
            screen = self.terminal.screen()
            if not seen or seen[-1].partition("\n")[2] != screen:
                seen.append(f"after {time.monotonic() - begun:.1f} s\n{screen}")
            time.sleep(0.3)
            if time.monotonic() > deadline - GRACE_S + 4 and token in self.terminal.screen():
                self.day.counts["refused, form stays"] += 1
                self.close("Escape")
                return
        self.day.fault(f"{self.name}: {kind} with {token} is nowhere\n{''.join(seen)}")


class Typist:
    """Somebody at a shell."""

    def __init__(self, day: Day, folder: Path) -> None:
        self.day, self.folder = day, folder
        self.terminal = day.person.open()
        self.number = 0

    def commands(self, token: str) -> list[list[str]]:
        """What may be typed next; each that records something carries the token."""
        dice = self.day.dice
        past = f"{days_ago(dice.randrange(2, 300))} {dice.randrange(24):02}:{dice.randrange(60):02}"
        return [
            ["start", token, "--detach", "--for", "25m"], ["park", token], ["park", token],
            ["interrupt", "external", token], ["back"], ["pause", token], ["resume"],
            ["stop", "--note", token, "--rating", "4"], ["extend", "5m"],
            ["add", token, "--start", past, "--for", "9m"], ["edit", "last", "--note", token],
            ["habit", "pages", "3"], ["checkin", "energy=4"], ["undo"], ["undo"], ["redo"],
            ["delete", "last"], ["log", "--json"], ["status", "--json"], ["show"], ["body"],
            ["discard"], ["doctor"], ["report"],
        ]  # fmt: skip

    def step(self) -> None:
        """Type a command and wait for its end."""
        token = self.day.token()
        words = self.day.dice.choice(self.commands(token))
        self.number += 1
        at = self.folder / f"{self.number}"
        line = f"flowtui {shlex.join(words)} </dev/null >{at}.out 2>{at}.err; echo $? >{at}.tmp; "
        self.terminal.type(f"clear; {line} mv {at}.tmp {at}.rc")
        deadline = time.monotonic() + 60
        done = Path(f"{at}.rc")
        while not done.exists():
            if time.monotonic() > deadline:
                self.day.fault(f"shell: {words} does not end")
                return
            time.sleep(0.1)
        code, said = int(done.read_text()), Path(f"{at}.err").read_text()
        self.day.counts[f"shell {code}"] += 1
        if code not in (0, 1) or "Traceback" in said:
            self.day.fault(f"shell: {words} ended with {code}\n{said}")
        if code == 1 and not 1 <= len(said.strip().splitlines()) <= 3:
            self.day.fault(f"shell: {words} says\n{said}")
        if code == 0 and token in words:
            self.day.waiting.append(token)
            self.day.acknowledged += 1


def live(folder: Path, seconds: float, seed: int) -> Day:
    """The whole of it."""
    dice = random.Random(seed)
    person = Terminals(folder)
    day = Day(person, dice)
    try:
        person.run("habit", "pages", "--new", "count")
        for number in range(3):  # so that no list is empty
            person.run(
                "add", f"read {number}", "--start", f"{days_ago(number + 1)} 09:00", "--for", "50m"
            )
        people: list[Hands | Typist] = [
            Hands(day, "app one"),
            Hands(day, "app two"),
            Typist(day, folder),
        ]
        began, told = time.monotonic(), 0.0
        while time.monotonic() - began < seconds:
            dice.choice(people).step()
            if time.monotonic() - told > 60:
                told = time.monotonic()
                day.look()
                print(f"{told - began:6.0f} s  {dict(day.counts)}", flush=True)
        if day.look():
            day.fault(f"acknowledged and never there: {day.waiting}")
        said = person.run("doctor")
        print(f"doctor: {said.strip()}")
        if "everything is sound" not in said:
            day.fault(said)
    finally:
        person.close()
    return day


def main() -> int:
    """Print what was done; 1 if something was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="flow") as folder:
        day = live(Path(folder), asked.seconds, asked.seed)
    print(f"{day.acknowledged} acknowledged changes, all in the journal" if not day.faults else "")
    print(f"{dict(day.counts)}\n{len(day.faults)} faults")
    return bool(day.faults)


if __name__ == "__main__":
    sys.exit(main())
