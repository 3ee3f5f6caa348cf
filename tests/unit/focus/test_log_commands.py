"""`log` and `show`: what was recorded, for people and as JSON."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flowtui.core.focus.block import Mode, Outcome, Source
from flowtui.core.focus.commands import Interrupt, Park, Pause, Resume, Return
from flowtui.services.focus.running_block import Draft
from tests.unit import schemas
from tests.user import Person, Shell


def some_days(person: Person) -> dict[str, str]:
    """Blocks of this week, of last week and of last month, by name."""
    add = person.services.history.add

    def one(days: int, hour: int, minutes: int, draft: Draft, rating: int | None = None) -> str:
        start = person.clock.now().replace(hour=hour) - timedelta(days=days)
        outcome = Outcome.DONE if rating else None
        return add(draft, start, start + timedelta(minutes=minutes), outcome, rating).id

    return {
        "today": one(0, 6, 45, Draft("read", tags=("paper",), mode=Mode.THEORY), 4),
        "later": one(0, 9, 90, Draft("port the tests", tags=("tok", "paper"))),
        "monday": one(2, 9, 30, Draft("a post", context="own")),
        "last week": one(8, 9, 60, Draft("loss spike", tags=("cuda",))),
        "last month": one(20, 9, 60, Draft()),
    }


def test_the_log_of_a_week_is_grouped_by_day_with_totals(person: Person, flow: Shell) -> None:
    ids = some_days(person)

    assert flow.ok("log").out.splitlines() == [
        "Mon 2026-03-02      30 min",
        f"  {ids['monday']}  09:00–09:30   30 min         a post  own",
        "Wed 2026-03-04      2 h 15",
        f"  {ids['today']}  06:00–06:45   45 min  ✓ 4/5  read  #paper",
        f"  {ids['later']}  09:00–10:30   1 h 30         port the tests  #tok #paper",
        "3 blocks on 2 days  2 h 45 of focus",
    ]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ((), ["monday", "today", "later"]),
        (("--since", "today"), ["today", "later"]),
        (("--since", "yesterday"), ["today", "later"]),
        (("--since", "2026-03-02", "--until", "2026-03-02"), ["monday"]),
        (("--since", "last week"), ["last week"]),
        (("--since", "2w"), ["last week", "monday", "today", "later"]),
        (("--since", "2026-02"), ["last month", "last week"]),
        (("--since", "7d", "--until", "yesterday"), ["monday"]),
        (("-t", "paper"), ["today", "later"]),
        (("-t", "#Paper", "-t", "tok"), ["later"]),
        (("-c", "own"), ["monday"]),
        (("-c", "nobody"), []),
        (("--since", "2020-01-01", "--until", "2020-12-31"), []),
    ],
)
def test_the_log_holds_what_was_asked_for(
    person: Person, flow: Shell, words: tuple[str, ...], names: list[str]
) -> None:
    ids = some_days(person)

    blocks = flow.ok("log", "--json", *words).json

    schemas.check(blocks, schemas.LOG)
    assert [block["id"] for block in blocks] == [ids[name] for name in names]


def test_an_empty_log_says_how_to_fill_it(flow: Shell) -> None:
    said = flow.ok("log")

    assert said.out == ""
    assert said.err == "no block from 2026-03-02 to 2026-03-04; start one: flowtui start\n"
    assert flow.ok("log", "--json").out == "[]\n"


def test_one_block_on_one_day_is_counted_as_one(person: Person, flow: Shell) -> None:
    person.past(60, 30)

    assert flow.ok("log").out.splitlines()[-1] == "1 block on 1 day  30 min of focus"


def test_a_running_block_is_in_the_log_up_to_now(person: Person, flow: Shell) -> None:
    block = person.begin(25)
    person.pass_min(30)

    line = flow.ok("log").out.splitlines()[1]

    assert line == f"  {block.id}  12:00–now     30 min +5 min  ▶      fuse the kernel"
    [data] = flow.ok("log", "--json").json
    schemas.check(data, schemas.BLOCK)
    assert (data["state"], data["ended_at"], data["overtime_s"]) == ("overtime", None, 300)


def test_a_log_over_new_year_reads_both_years(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    person = Person(tmp_path / "ny", datetime(2026, 1, 1, 12, 0, tzinfo=UTC))
    old, new = person.past(24 * 60, 30, "old"), person.past(60, 30, "new")

    blocks = Shell(person, monkeypatch, capsys).ok("log", "--since", "2d", "--json").json

    assert [block["id"] for block in blocks] == [old.id, new.id]


def a_full_block(person: Person) -> str:
    focus = person.services.focus
    draft = Draft("fuse", "if x, then y", ("cuda",), "own", Mode.BUILD)
    block = focus.start(draft, person.ago(60))
    focus.apply(Interrupt(Source.EXTERNAL, "phone"), person.ago(55))
    focus.apply(Return(), person.ago(53))
    focus.apply(Park("try bf16"), person.ago(50))
    focus.apply(Pause("the test"), person.ago(40))
    focus.apply(Resume(), person.ago(30))
    focus.finish(None, Outcome.PARTLY, 3, "slow")
    return block.id


def test_everything_about_a_block_is_shown(person: Person, flow: Shell) -> None:
    id = a_full_block(person)

    assert [line.strip() for line in flow.ok("show", id[:5]).out.splitlines()] == [
        f"block  {id}  fuse",
        "if … then  if x, then y",
        "tags  #cuda",
        "context  own · build",
        "from  Wed 2026-03-04 11:00:00 UTC",
        "to  12:00:00  completed",
        "planned  open-ended",
        "focus  50 min",
        "gaps  10 min",
        "outcome  partly",
        "rating  3 of 5",
        "note  slow",
        "gap 1  11:20:00–11:30:00  pause 10 min  the test",
        "interruption  i1  11:05:00  external  back after 2 min  phone",
        "parked  11:10:00  try bf16",
    ]


@pytest.mark.parametrize("words", [(), ("last",), ("ID",)])
def test_a_block_is_shown_as_json_by_any_of_its_names(
    person: Person, flow: Shell, words: tuple[str, ...]
) -> None:
    id = a_full_block(person)

    data = flow.ok("show", "--json", *(id if word == "ID" else word for word in words)).json

    schemas.check(data, schemas.BLOCK)
    assert (data["id"], data["focus_s"], data["interrupted_s"]) == (id, 3000, 120)


def test_without_a_name_the_running_block_is_shown_first(person: Person, flow: Shell) -> None:
    a_full_block(person)
    running = person.begin()

    assert flow.ok("show", "--json").json["id"] == running.id
    assert flow.ok("show", "running", "--json").json["id"] == running.id


def test_there_is_nothing_to_show_at_first(flow: Shell) -> None:
    said = flow("show")

    assert (said.code, said.out) == (1, "")
    assert said.err == "flowtui: there is no block yet\n  start one: flowtui start\n"
