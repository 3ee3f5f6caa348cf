"""The JSON of a block: derived seconds as measured, instants with the offset of where it was."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from hypothesis import given

from flowtui.core.focus.block import Block, EndReason, Evidence, Outcome, Source
from flowtui.core.focus.block_json import ended_view, iso, running_view
from flowtui.core.focus.commands import Finish, Interrupt, Judge, Park, Pause, Resume, Return
from flowtui.core.focus.measure import end_reason, interrupted_s, measure
from tests.unit.focus.blocks import at, begin, do, lives


@given(lives())
def test_the_seconds_shown_are_those_measured(life: tuple[Block, datetime]) -> None:
    block, now = life
    shown, seen = running_view(block, now), measure(block, now)

    assert shown["state"] == seen.state.value
    for name in ("planned_s", "focus_s", "paused_s", "overtime_s", "remaining_s"):
        assert shown[name] == getattr(seen, name)
    assert shown["interrupted_s"] == interrupted_s(block, now)
    assert len(shown["gaps"]) == len(block.gaps)
    assert len(shown["parked"]) == len(block.parked)


@given(lives())
def test_every_view_is_json_and_its_instants_come_back(life: tuple[Block, datetime]) -> None:
    block, now = life
    shown = json.loads(json.dumps(ended_view(block, now, "2026-03-02")))

    assert datetime.fromisoformat(shown["started_at"]) == block.started_at
    gaps = [(datetime.fromisoformat(g["start"]), g["cause"], g["note"]) for g in shown["gaps"]]
    assert gaps == [(g.start, g.cause.value, g.note) for g in block.gaps]
    noted = [datetime.fromisoformat(i["at"]) for i in shown["interruptions"]]
    assert noted == [i.at for i in block.interruptions]
    ended = shown["ended_at"]
    assert (datetime.fromisoformat(ended) if ended else None) == block.ended_at
    assert shown["end_reason"] == (end_reason(block).value if block.ended_at else None)


def test_an_instant_has_the_offset_of_its_zone() -> None:
    winter = datetime(2026, 1, 2, 9, 0, 0, 999_999, tzinfo=UTC)
    summer = datetime(2026, 7, 2, 9, 0, tzinfo=UTC)

    assert iso(winter, "Europe/Warsaw") == "2026-01-02T10:00:00+01:00"
    assert iso(summer, "Europe/Warsaw") == "2026-07-02T11:00:00+02:00"
    assert iso(summer, "Asia/Kathmandu") == "2026-07-02T14:45:00+05:45"
    assert iso(None, "UTC") is None


def test_the_next_step_is_shown_only_while_the_pause_lasts() -> None:
    paused = do(begin(), Pause("write the test"), 10)

    assert running_view(paused, at(12))["next_step"] == "write the test"
    assert running_view(do(paused, Resume(), 15), at(16))["next_step"] is None


def test_an_interruption_tells_how_long_the_return_took() -> None:
    away = do(begin(), Interrupt(Source.EXTERNAL, "phone"), 10)
    back = do(away, Return(), 12.5)

    assert running_view(away, at(11))["interruptions"][0]["return_s"] is None
    assert running_view(away, at(11))["interrupted_s"] == 60
    assert running_view(back, at(13))["interruptions"] == [
        {
            "at": "2026-03-02T09:10:00+00:00",
            "source": "external",
            "reason": "phone",
            "returned_at": "2026-03-02T09:12:30+00:00",
            "return_s": 150,
        }
    ]


def test_the_fields_of_the_end_are_null_while_it_runs() -> None:
    shown = ended_view(do(begin(), Park("lr"), 3), at(5), "2026-03-02")

    for name in ("ended_at", "ended_by", "end_reason", "outcome", "rating", "evidence"):
        assert shown[name] is None


def test_an_ended_block_shows_what_it_produced() -> None:
    block = do(begin(), Finish(), 55)
    block = do(block, Judge(Outcome.DONE, 4, "good", Evidence(2, 10, 3, 1, ("a", "b"))), 60)
    shown = ended_view(block, at(60), "2026-03-02")

    assert (shown["outcome"], shown["rating"], shown["note"]) == ("done", 4, "good")
    assert (shown["end_reason"], shown["overtime_s"]) == (EndReason.OVERTIME.value, 300)
    assert shown["evidence"] == {
        "commits": 2,
        "insertions": 10,
        "deletions": 3,
        "files": 1,
        "subjects": ["a", "b"],
        "problems": [],
        "runs": [],
    }
