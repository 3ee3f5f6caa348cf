"""What blocks alone tell: each with its n and interval, or what it still needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from flowtui.core.focus.block import (
    Block,
    Cause,
    EndedBy,
    Gap,
    Interruption,
    Mode,
    Source,
)
from flowtui.core.insight.focus_facts import (
    Fact,
    best_hours,
    focus_facts,
    guard_difference,
    return_time,
    stretches_s,
    theory_share,
    turning_length,
    waiting_share,
)

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def block(
    day: int,
    hour: int = 9,
    minutes: int = 50,
    rating: int | None = 3,
    mode: Mode | None = None,
    gaps: tuple[Gap, ...] = (),
    interruptions: tuple[Interruption, ...] = (),
) -> Block:
    start = datetime(2026, 1, 1, hour, tzinfo=UTC) + timedelta(days=day)
    return Block(
        f"b{day}{hour}",
        start,
        "UTC",
        mode=mode,
        ended_at=start + timedelta(minutes=minutes),
        ended_by=EndedBy.USER,
        rating=rating,
        gaps=gaps,
        interruptions=interruptions,
    )


def day_of(block: Block) -> date:
    return block.started_at.date()


def facts(blocks: Sequence[Block]) -> dict[str, Fact]:
    return {fact.name: fact for fact in focus_facts(blocks, NOW, day_of)}


def test_without_blocks_every_fact_says_what_it_needs() -> None:
    for fact in facts([]).values():
        assert (fact.value, fact.n) == (None, 0)
        assert fact.sentence.startswith("Not enough data: it takes 10")


def test_hours_that_are_rated_higher_stand_out() -> None:
    blocks = [block(day, 9, rating=4 + day % 2) for day in range(20)]
    blocks += [block(day, 15, rating=2 + day % 2) for day in range(20)]

    found = best_hours(blocks, NOW)

    assert (found.value, found.n) == (4.5, 20)
    assert found.sentence == (
        "Blocks begun 09:00 to 12:00 were rated 4.5 of 5 (4.3 to 4.7, 20 blocks), all others 2.5."
    )


def test_hours_that_differ_by_chance_do_not_stand_out() -> None:
    blocks = [block(day, 9, rating=1 + day % 5) for day in range(20)]
    blocks += [block(day, 15, rating=1 + (day + 1) % 5) for day in range(21)]

    assert "no part of the day stands out for certain" in best_hours(blocks, NOW).sentence


def test_the_length_from_which_ratings_fall_is_said() -> None:
    blocks = [block(day, minutes=50, rating=4 + day % 2) for day in range(20)]
    blocks += [block(day, 15, minutes=120, rating=1 + day % 2) for day in range(20)]

    found = turning_length(blocks, NOW)

    assert found.sentence == "Blocks of 90 min and more were rated lower than those of 30-60 min."
    assert [d.split()[0] for d in found.details] == ["30-60", "90+"]


def test_lengths_that_overlap_do_not_stand_out() -> None:
    blocks = [block(day, minutes=50, rating=1 + day % 5) for day in range(20)]
    blocks += [block(day, 15, minutes=120, rating=1 + (day + 2) % 5) for day in range(20)]

    assert turning_length(blocks, NOW).sentence == "No length stands out."


def test_the_return_is_a_median_with_its_interval() -> None:
    def called(day: int) -> tuple[Interruption, ...]:
        at = datetime(2026, 1, 1, 9, 10, tzinfo=UTC) + timedelta(days=day)
        return (Interruption(at, Source.EXTERNAL, "", at + timedelta(minutes=day)),)

    found = return_time([block(day, interruptions=called(day)) for day in range(1, 21)])

    assert (found.value, found.n) == (10.5, 20)
    assert found.low is not None and found.high is not None
    assert 3 <= found.low < 10.5 < found.high <= 18


def test_theory_is_a_share_of_theory_and_practice() -> None:
    blocks = [block(day, mode=Mode.THEORY, minutes=30) for day in range(12)]
    blocks += [block(day, 15, mode=Mode.PRACTICE, minutes=90) for day in range(12)]

    found = theory_share(blocks, NOW, day_of)

    assert (found.value, found.low, found.high) == (25, 25, 25)
    assert found.sentence == "25% of theory and practice was theory (25% to 25%, 12 days)."


def test_waiting_on_runs_is_a_share_of_all_time_in_blocks() -> None:
    def waited(day: int) -> tuple[Gap, ...]:
        at = datetime(2026, 1, 1, 9, 10, tzinfo=UTC) + timedelta(days=day)
        return (Gap(at, at + timedelta(minutes=10), Cause.RUN),)

    blocks = [block(day, minutes=100, gaps=waited(day)) for day in range(10)]

    assert waiting_share(blocks, NOW, day_of).value == 10


def test_guarded_blocks_are_compared_since_the_first_of_them() -> None:
    before = [block(day, rating=1) for day in range(10)]
    after = [block(day, rating=4 + day % 2) for day in range(10, 34)]
    others = [block(day, 15, rating=2 + day % 2) for day in range(10, 34)]
    guarded = {b.id: "guard" for b in after}

    found = guard_difference([*before, *after, *others], NOW, guarded)

    assert (found.value, found.n) == (4.5, 24)
    assert found.sentence.startswith("Guarded blocks were rated higher. You chose when")
    assert "rated 2.5" in found.details[1] and "24 blocks" in found.details[1]


def test_a_guard_in_the_session_alone_is_no_guard_and_few_blocks_say_nothing() -> None:
    blocks = [block(day) for day in range(30)]

    found = guard_difference(blocks, NOW, {b.id: "session" for b in blocks})

    assert found.value is None
    assert found.sentence == (
        "Not enough data: it takes 10 rated blocks with the guard and 10 without."
    )


def test_a_stretch_ends_at_a_gap_and_at_an_interruption() -> None:
    start = datetime(2026, 1, 1, 9, tzinfo=UTC)
    gap = Gap(start + timedelta(minutes=20), start + timedelta(minutes=30), Cause.PAUSE)
    called = Interruption(start + timedelta(minutes=45), Source.INTERNAL)

    found = stretches_s(block(0, gaps=(gap,), interruptions=(called,)), NOW)

    assert found == [20 * 60, 15 * 60, 5 * 60]
