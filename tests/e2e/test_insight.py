"""Insight and a whole experiment in a real terminal; the days in between pass on a fake clock."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from flowtui.core.insight.experiment import Declared, Design, Direction
from flowtui.core.kinds import BLOCKS, ENTRIES, KINDS
from flowtui.services.insight.insight_wiring import insight_of
from flowtui.services.wiring import build
from tests.e2e.terminal import PROMPT, Terminals
from tests.fakes import FakeClock
from tests.sample_year import answer, blocks_of, live
from tests.unit.ledger.helpers import save

DAYS = 28


def past(days: int) -> FakeClock:
    """Noon so many days ago."""
    today = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    return FakeClock(today - timedelta(days=days))


def follow(person: Terminals, effect: float) -> None:
    """Declare an experiment 30 days ago, follow its arms, work as they make one work."""
    clock = past(DAYS + 2)
    env = {"FLOWTUI_HOME": str(person.home), "TZ": "UTC"}
    services = build(env, None, clock)
    today = services.today()
    declared = Declared(
        "no phone before noon", "deep_min", Direction.MORE, Design.PAIRS,
        today + timedelta(days=1), DAYS, 70, "mornings decide", "habit:no-phone",
    )  # fmt: skip
    made = insight_of(services).experiments.declare(declared, "e2e")
    dice = random.Random(5)
    with services.store.ledger.transaction("four weeks"):
        for at, slot in enumerate(made.slots):
            minutes = 120 + 25 * dice.gauss(0, 1) + effect * slot.arm
            for block in blocks_of(slot.day, minutes, 7000 + at):
                save(services.store.ledger, "blocks", KINDS[BLOCKS].encode(block, slot.day))
            said = answer(f"p{at}", "no-phone", slot.day, bool(slot.arm))
            save(services.store.ledger, "entries", KINDS[ENTRIES].encode(said))


def test_an_experiment_from_declaration_to_score(person: Terminals) -> None:
    follow(person, effect=60)
    terminal = person.open()
    terminal.type("flowtui experiment status")
    terminal.see("no phone before noon: over; read it: flowtui experiment show")
    terminal.type("flowtui")
    terminal.see("start", "? help")
    terminal.press("4")
    terminal.see("patterns", "experiments")
    terminal.press("Tab")
    terminal.see("no phone before noon: over; enter reads it")
    terminal.press("Enter")
    terminal.see("You randomised 14 days with no phone before noon", "re-shuffles")
    terminal.see("You had said 70 %; it came out as you expected", "score 0.09")
    terminal.see("1 prediction scored, mean 0.09")

    terminal.press("E")
    terminal.see("an experiment on yourself")
    terminal.press("-l", "a walk before work")
    terminal.see("a walk before work")
    terminal.press("Enter")
    terminal.see("how sure are you that it will show?")
    terminal.press("-l", "60")
    terminal.see("how sure   60")
    terminal.press("Enter")
    terminal.see("freeze it like this?", "21 pairs")
    terminal.press("Enter")
    terminal.see("a walk before work: begins")
    terminal.press("q")
    terminal.see(PROMPT.strip())

    first, second = person.json("experiment", "list")
    assert (first["factor"], first["stage"], first["predicted"]) == (
        "a walk before work", "ahead", 60,
    )  # fmt: skip
    assert second["stage"] == "read" and second["score"] < 0.1
    assert second["result"]["assigned"]["p"] < 0.05


def test_insight_in_the_terminal_says_what_the_command_says(person: Terminals) -> None:
    clock = past(0)
    services = build({"FLOWTUI_HOME": str(person.home), "TZ": "UTC"}, None, clock)
    live(services, services.today() - timedelta(days=1), 120)
    found = person.json("insight")
    terminal = person.open()
    terminal.type("flowtui")
    terminal.see("start", "? help")
    terminal.press("4")

    terminal.see(f"{len(found['passed'])} of {found['pairs_asked']} patterns checked passed")
    terminal.see("sleep")
    terminal.press("Enter")
    terminal.see("days", "difference", "validation", "missing")
    terminal.press("q")
    terminal.see(PROMPT.strip())
