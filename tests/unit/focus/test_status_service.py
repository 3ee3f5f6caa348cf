"""The status file: carried on it says what the ledger would say, and it knows when it is old."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.cli.focus import prompt, status_formats
from flowtui.cli.focus.prompt import current, quick_status
from flowtui.core import status_file
from flowtui.core.focus.block import AtPlan, Block, Plan, PlanKind, Source
from flowtui.core.focus.commands import Interrupt, Pause, Resume
from flowtui.core.focus.edit import Changes
from flowtui.core.focus.pointers import Running
from flowtui.core.focus.recovery import Closing
from flowtui.core.focus.snapshot import Week
from flowtui.core.focus.step import step
from flowtui.services.focus.running_block import Draft
from flowtui.services.focus.totals import Totals
from tests.unit.focus.blocks import lives
from tests.user import NOON, Person, Shell


@pytest.fixture(autouse=True)
def _here(person: Person, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """`quick.current` looks at the person's home and clock."""
    monkeypatch.setattr("flowtui.cli.focus.prompt.epoch", lambda: person.clock.now().timestamp())
    monkeypatch.setattr(
        "flowtui.cli.focus.prompt.since_boot",
        lambda: (person.clock.boottime(), person.clock.monotonic()),
    )
    monkeypatch.setenv("FLOWTUI_HOME", str(person.home))
    yield


def fresh(person: Person) -> status_file.Fields:
    """What the ledger says now."""
    fields = status_file.decode(person.open().status.text())
    assert fields is not None
    return fields


def told(person: Person) -> dict[str, str]:
    """Every shape of the quick answer; the file must be good."""
    fields = current(None)
    assert fields is not None
    return every_shape(fields)


def every_shape(fields: status_file.Fields) -> dict[str, str]:
    template = "|".join(f"{{{name}}}" for name in status_formats.values(fields))
    return {
        shape: status_formats.render(fields, shape, template)
        for shape in ("plain", "json", "tmux", "waybar", "format")
    }


@given(lives(), st.integers(0, 7200), st.integers(0, 7200))
def test_carried_on_it_says_what_the_ledger_would_say(
    life: tuple[Block, datetime], first: int, second: int
) -> None:
    """Over running, paused, overtime and until blocks, interruptions and gaps given back."""
    block, now = life
    with tempfile.TemporaryDirectory() as home:
        person = Person(Path(home), now)
        with person.services.store.change("live") as writer:
            writer.put(block)
        person.clock.advance(first)
        early = fresh(person)

        person.clock.advance(second)
        later = fresh(person)
        carried = status_file.at(early, person.clock.now().timestamp() + 0.4)

    assert every_shape(carried) == every_shape(later)


@pytest.mark.parametrize("seconds", [0, 1, 599, 600, 601, 5000])
@pytest.mark.parametrize("kind", ["fixed", "until", "open", "ends", "away", "paused"])
def test_every_kind_of_block_is_carried_over_its_plan(
    person: Person, kind: str, seconds: int
) -> None:
    plans = {
        "until": Plan(PlanKind.UNTIL, until=NOON + timedelta(minutes=15)),
        "open": Plan(),
        "ends": Plan(PlanKind.FIXED, 900, at_plan=AtPlan.END),
    }
    person.services.focus.start(Draft(kind, plan=plans.get(kind, Plan(PlanKind.FIXED, 900))))
    person.pass_min(5)
    if kind == "away":
        person.services.focus.apply(Interrupt(Source.EXTERNAL, "phone"))
    if kind == "paused":
        person.services.focus.apply(Pause("go on # here"))
    person.services.status.write()

    person.clock.advance(seconds)

    assert told(person) == every_shape(fresh(person))


def test_without_a_block_it_says_what_was_done_today(person: Person) -> None:
    person.past(60, 30)

    fields = current(None)

    assert fields is not None
    assert status_file.line(fields) == "no block · 30 min today"
    assert json.loads(status_formats.render(fields, "json"))["block"] is None


def test_nothing_is_written_where_there_is_no_ledger(person: Person) -> None:
    person.services.status.write()

    assert current(None) is None
    assert not person.home.exists()


def test_each_change_leaves_a_file_that_is_true(person: Person) -> None:
    focus, history = person.services.focus, person.services.history
    steps: list[Callable[[], object]] = [
        lambda: person.begin(),
        lambda: focus.apply(Pause("x")),
        lambda: focus.apply(Resume()),
        lambda: focus.apply(Interrupt(Source.INTERNAL)),
        lambda: focus.finish(),
        lambda: history.edit("last", Changes(note="n")),
        lambda: history.undo(2),
        lambda: history.redo(),
        lambda: history.delete("last"),
    ]
    for change in steps:
        person.pass_min(3)
        change()
        assert told(person) == every_shape(fresh(person))


def test_what_another_process_wrote_makes_the_file_old(person: Person) -> None:
    """Even where that process dies before it can write the file itself."""
    person.begin()
    assert current(None) is not None
    store = person.open().store

    with store.change("die after this") as writer:
        writer.put(writer.need_running())
        writer.state.put(Running("other"), id="running")

    assert current(None) is None
    person.open().status.write()
    assert current(None) is not None


def test_a_block_of_last_year_makes_the_file_old_when_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = Person(tmp_path / "ny", datetime(2025, 12, 31, 23, 30, tzinfo=UTC))
    monkeypatch.setattr("flowtui.cli.focus.prompt.epoch", lambda: person.clock.now().timestamp())
    monkeypatch.setattr(
        "flowtui.cli.focus.prompt.since_boot",
        lambda: (person.clock.boottime(), person.clock.monotonic()),
    )
    monkeypatch.setenv("FLOWTUI_HOME", str(person.home))
    person.begin(None)
    person.pass_min(6 * 60)  # the logical day is in 2026, the block's file is that of 2025
    person.services.status.write()
    assert current(None) is not None

    store = person.open().store
    with store.change("die after this") as writer:
        writer.put(step(writer.need_running(), Pause(), person.clock.now())[0])

    assert current(None) is None


def test_another_process_that_writes_while_the_file_is_made_makes_it_old(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stamp is older than the data, never newer."""
    person.begin()
    other = person.open()
    week = Totals.week
    calls: list[None] = []

    def write_meanwhile(self: Totals, *arguments: object) -> Week:
        found = week(self, *arguments)  # type: ignore[arg-type] # passed on as they came
        if self is person.services.totals and not calls:
            calls.append(None)
            other.store.ledger.refresh()
            other.focus.listeners._listeners.clear()  # it dies before it writes the file
            other.focus.apply(Pause())
        return found

    monkeypatch.setattr(Totals, "week", write_meanwhile)
    person.services.status.write()

    assert calls
    assert current(None) is None


def test_changed_settings_make_the_file_old(person: Person) -> None:
    person.begin()
    assert current(None) is not None

    person.configure("[goals]\nday_min = 30\n")

    assert current(None) is None
    person.services.status.write()
    fields = current(None)
    assert fields is not None and fields["day_goal_s"] == "1800"


def test_the_file_is_old_when_the_day_is_over_or_the_clock_was_set_back(person: Person) -> None:
    person.begin(None)
    person.clock.advance(15 * 3600)
    assert current(None) is not None
    person.clock.advance(3600)  # 04:00
    assert current(None) is None
    person.clock.set_wall(NOON - timedelta(seconds=3))
    assert current(None) is None


@pytest.mark.parametrize("end", [0, 1, 20, -40, -2, -1])
def test_a_file_that_was_cut_short_is_none(person: Person, end: int) -> None:
    person.begin()
    file = person.services.paths.status_file
    data = file.read_bytes()

    file.write_bytes(data[: end if end >= 0 else len(data) + end])

    assert current(None) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("flowtui-status 1", "flowtui-status 2"),
        ("anchor\t", "anchor\tx"),
        ("day_ends\t", "nights\t"),
        ("files\t", "file\t"),
        ("stamp\t", "stamp\t9"),
        ("settings\t", "settings\t9"),
        ("focus_s\t", "focus_s\tx"),
    ],
)
def test_a_file_that_was_changed_by_hand_is_none(person: Person, old: str, new: str) -> None:
    person.begin()
    person.pass_min(1)
    file = person.services.paths.status_file
    file.write_text(file.read_text().replace(old, new, 1))

    assert current(None) is None


def test_bytes_that_are_no_text_and_a_folder_are_none(person: Person) -> None:
    person.begin()
    file = person.services.paths.status_file
    file.write_bytes(b"flowtui-status 1\n\xff\xfe\njson\t{}\n")
    assert current(None) is None
    file.unlink()
    file.mkdir()
    assert current(None) is None


def test_an_intention_with_tabs_or_newlines_would_not_break_the_file() -> None:
    text = status_file.encode({"intention": "a\tb\nc", "then": None}, "{}")

    assert status_file.decode(text) == {"intention": "a b c", "then": "", "json": "{}"}


@pytest.mark.parametrize("by", ["app", "shell"])
@pytest.mark.parametrize("asleep_s", [60, 7200, 15 * 3600])
def test_status_notices_a_sleep_at_once(
    person: Person, flow: Shell, by: str, asleep_s: int
) -> None:
    block = person.begin(None)
    if by == "app":
        app = person.open(attended=True)
        app.heart.beat(block.id)
    person.pass_min(20)
    person.open(attended=by == "app").focus.observe()
    flow.ok("status")
    person.clock.sleep(asleep_s)

    assert quick_status(["status"]) is None  # the file cannot know
    assert flow.ok("status", "--format", "{focus_s}").out == "1200\n"
    assert quick_status(["status", "--format", "{focus_s} {day_focus_s}"]) == "1200 1200\n"


@pytest.mark.parametrize("seconds", [-3600, 3600, 86400])
def test_status_notices_a_set_clock_at_once(person: Person, flow: Shell, seconds: int) -> None:
    person.begin(None)
    person.pass_min(20)
    person.services.focus.observe()
    flow.ok("status")
    person.clock.set_wall(person.clock.now() + timedelta(seconds=seconds))

    assert flow.ok("status", "--format", "{focus_s}").out == "1200\n"
    person.pass_min(5)
    assert quick_status(["status", "--format", "{focus_s}"]) == "1500\n"


@pytest.mark.parametrize("how", ["crash", "reboot"])
def test_status_shows_an_absence_as_a_pause_until_it_is_said(
    person: Person, flow: Shell, how: str
) -> None:
    person.begin(None)
    person.pass_min(20)
    if how == "crash":
        person.look_after()
        flow.ok("status")
        person.pass_min(600)
    else:
        person.services.focus.observe()
        flow.ok("status")
        person.clock.reboot(36000)

    shape = "{state} {focus_s} {day_focus_s}"
    assert flow.ok("status", "--format", shape).out == "paused 1200 1200\n"
    data = flow.ok("status", "--json").json
    assert (data["block"]["paused_s"], data["day"]["week_focus_s"]) == (36000, 1200)
    assert person.block(data["block"]["id"]).gaps == ()  # nothing is recorded for that
    person.services.focus.close_absence(Closing.COUNT)
    assert flow.ok("status", "--format", "{state} {focus_s}").out == "running 37200\n"


def test_status_of_a_block_left_with_q_counts_on(person: Person, flow: Shell) -> None:
    block = person.begin(None)
    app = person.open(attended=True)
    app.heart.beat(block.id)
    person.pass_min(20)
    app.heart.goodbye(leave_running=True)
    person.pass_min(40)

    assert flow.ok("status", "--format", "{state} {focus_s}").out == "running 3600\n"


@given(st.datetimes(datetime(1970, 1, 1), datetime(2199, 12, 31)))
def test_the_quick_answer_reads_a_heartbeats_time(instant: datetime) -> None:
    aware = instant.replace(tzinfo=UTC)

    assert prompt._seconds(aware.isoformat()) == pytest.approx(aware.timestamp(), abs=1e-4)
