"""Breaks, cycles and time away in a shell: the same as by the keys of the app."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import pytest

from flowtui.core.focus.away import Away, Offer
from flowtui.core.focus.block import Cause, Mode, Source
from flowtui.services.away_rounds import AwayRounds
from flowtui.services.wiring import Services
from flowtui.system.away import Hints
from tests.unit.schemas import INSTANT, SECONDS, STATUS, TEXT, check, maybe, record
from tests.user import Person, Shell

T = TypeVar("T")
BREAK = record(started_at=maybe(INSTANT), ends_at=maybe(INSTANT), left_s=maybe(SECONDS), next=TEXT)


def test_a_break_is_begun_seen_and_ended_in_a_shell(person: Person, flow: Shell) -> None:
    assert flow.ok("break").out.startswith("no break")
    assert "break of 10 min, until 12:10" in flow.ok("break", "start", "10m").err
    person.pass_min(3.5)
    assert "7 min left of 10 min" in flow.ok("break").out
    assert flow.ok("status").out.startswith("break, 7 min left · ")
    told = flow.ok("status", "--json").json
    check(told, STATUS)
    assert told["break"]["left_s"] == 390
    check(flow.ok("break", "--json").json, BREAK)
    person.pass_min(7)
    assert flow.ok("break").out.startswith("break over")
    assert flow.ok("status", "--format", "{break}").out == "break over\n"
    assert "break ended; next" in flow.ok("break", "end").err
    assert "no break is on" in flow.ok("break", "end").err
    assert flow.ok("status", "--json").json["break"] is None


def test_a_break_that_was_over_for_long_is_told_no_more(person: Person, flow: Shell) -> None:
    flow.ok("break", "start", "10m")
    flow.ok("status")
    person.pass_min(71)
    assert flow.ok("status").out.startswith("no block")
    assert flow.ok("status", "--json").json["break"] is None


def test_no_break_begins_while_a_block_runs(person: Person, flow: Shell) -> None:
    person.begin()
    said = flow("break", "start")
    assert said.code == 1 and "a pause within it" in said.err
    assert person.open().breaks.current() is None


def test_a_cycle_is_chosen_followed_and_its_break_skipped_in_a_shell(
    person: Person, flow: Shell
) -> None:
    assert flow.ok("cycle").out.startswith("no cycle")
    assert flow.ok("cycle", "25/5", "x4").out == "25/5 ×4   next 25 min, 1 of 4\n"
    flow.ok("start", "read", "--detach")
    assert "1 of 4, then a break of 5 min" in flow.ok("cycle").out
    person.pass_min(25)
    assert "a break of 5 min has begun" in flow.ok("stop").err
    assert "next 25 min, 2 of 4" in flow.ok("break", "end").err
    flow.ok("start", "--again", "--detach")
    person.pass_min(25)
    assert "break" not in flow.ok("stop", "--no-break").err
    assert person.open().breaks.current() is None
    assert flow.ok("cycle", "--json").json == {
        "cycle": "25/5 x4", "number": 3, "focus_s": 1500, "rest_s": 300,
    }  # fmt: skip
    assert flow.ok("cycle", "none").out.startswith("no cycle")
    assert flow("cycle", "25").code == 2


def test_a_block_goes_on_or_begins_again_with_all_it_had(person: Person, flow: Shell) -> None:
    first = flow.ok(
        "start", "fuse", "--for", "40m", "-t", "cuda", "-m", "build", "--then", "if a, then b",
        "--json",
    ).json["id"]  # fmt: skip
    person.pass_min(10)
    flow.ok("stop", "--outcome", "partly")
    flow.ok("add", "other", "--start", "11:00", "--for", "30m")

    again = person.block(flow.ok("start", "--again", "--json").json["id"])
    assert (again.intention, again.tags, again.plan.seconds) == ("fuse", ("cuda",), 2400)
    flow.ok("discard")
    like = person.block(flow.ok("start", "--like", first, "-t", "gpu", "--json").json["id"])
    assert (like.intention, like.then, like.mode) == ("fuse", "if a, then b", Mode.BUILD)
    assert like.tags == ("gpu",)
    assert flow("start", "--again", "--like", first, "--switch").code == 2


def offered(person: Person, start: float = 30, end: float = 10) -> str:
    """The id of a block with time away that nobody has said anything of."""
    block = person.begin(90)
    person.pass_min(40)
    stretch = Away(person.ago(start), person.ago(end))
    services = person.open()
    services.away_offers.add(block.id, Offer(stretch, services.heart.reading()))
    return block.id


def test_coming_back_to_a_shell_offers_the_time_away(person: Person, flow: Shell) -> None:
    offered(person)
    assert "away 12:10 to 12:30, 20 min? flowtui away" in flow.ok("status").out
    assert flow.ok("status", "--format", "{offer}").out == "12:10 to 12:30, 20 min\n"
    told = flow.ok("status", "--json").json
    check(told, STATUS)
    assert told["away"]["seconds"] == 1200
    assert "flowtui away gap" in flow("start", "next").err
    assert flow.ok("away").out == "away 12:10 to 12:30, 20 min\n"


@pytest.mark.parametrize(("what", "gaps"), [("gap", 1), ("focus", 0)])
def test_time_away_is_a_gap_only_where_it_is_said(
    person: Person, flow: Shell, what: str, gaps: int
) -> None:
    id = offered(person)
    flow.ok("status")
    assert person.block(id).gaps == ()
    flow.ok("away", what)
    assert [gap.cause for gap in person.block(id).gaps] == [Cause.AWAY] * gaps
    assert "away" not in flow.ok("status").out
    assert flow.ok("away").out.startswith("no time away is known of")
    assert flow.ok("away", "--json").json is None
    assert flow("away", what).code == 1


def test_a_block_that_ends_while_nobody_answers_keeps_the_time_and_says_so(
    person: Person, flow: Shell
) -> None:
    id = offered(person)
    said = flow.ok("stop")
    assert "counts as focus, as nobody said otherwise" in said.err
    assert person.block(id).gaps == ()
    assert flow.ok("away").out.startswith("no time away")


def test_an_absence_that_two_processes_noticed_is_offered_once(person: Person) -> None:
    id = offered(person)
    services = person.open()
    later = Away(person.ago(29), person.ago(9))
    services.away_offers.add(id, Offer(later, services.heart.reading()))
    assert len(services.away_offers.kept(id)) == 1
    assert services.away_offers.kept("other") == []


@pytest.mark.parametrize(
    "text",
    [
        "", "\x00", "flowtui-away 1\n{", "flowtui-away 1\n[]", "other\n{}",
        'flowtui-away 1\n{"block": "B", "offers": [{"start": "x"}]}',
    ],
)  # fmt: skip
def test_a_file_of_offers_that_cannot_be_read_offers_nothing(
    person: Person, flow: Shell, text: str
) -> None:
    id = offered(person)
    file = person.services.paths.state_dir / "away"
    file.write_text(text.replace("B", id))
    assert person.open().away_offers.first() is None
    assert "away" not in flow.ok("status").out


async def test_who_rings_without_an_app_notices_time_away(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    block = person.begin(90)
    person.pass_min(10)
    since = int((person.clock.now() - timedelta(minutes=1)).timestamp() * 1e6)
    answers = [Hints(True, False, since), Hints(False, False, None)]
    monkeypatch.setattr("flowtui.system.away.ask", lambda env: answers.pop(0))
    services = person.open()
    looked: list[bool] = []

    async def ask(call: Callable[[Services], T]) -> T:
        found = call(services)
        looked.append(bool(found))
        return found

    rounds = AwayRounds(ask)
    rounds.follow(True)
    for _ in range(100):
        await asyncio.sleep(0)
        if looked:
            break
    assert looked == [True]
    rounds.end()
    person.pass_min(19)

    assert rounds.look(services)
    assert person.open().away_offers.first() == Away(person.ago(20), person.ago(0))
    assert person.block(block.id).gaps == ()
    person.services.store.ledger.refresh()
    person.services.focus.finish()
    assert not rounds.look(services)


def test_an_interruption_gets_its_reason_and_is_changed_in_a_shell(
    person: Person, flow: Shell
) -> None:
    id = person.begin().id
    flow.ok("interrupt", "external")
    person.pass_min(2)
    flow.ok("back", "the", "phone")
    assert person.block(id).interruptions[0].reason == "the phone"
    assert "i1 " in flow.ok("show").out
    flow.ok("relabel", id, "i1", "internal", "--note", "wandered")
    noted = person.block(id).interruptions[0]
    assert (noted.source, noted.reason) == (Source.INTERNAL, "wandered")
    assert flow("relabel", id, "i1", "sleep").code == 2
    assert flow("relabel", id, "1", "internal").code == 2
    flow.ok("relabel", id, "i1", "--drop")
    assert person.block(id).interruptions == ()


def test_the_file_of_offers_is_text(person: Person) -> None:
    id = offered(person)
    header, text = (person.services.paths.state_dir / "away").read_text().splitlines()
    assert header == "flowtui-away 1"
    assert json.loads(text)["block"] == id
