"""Blocks for tests, and hypothesis strategies that make them by living through commands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from flowtui.core.errors import FlowError
from flowtui.core.focus.block import Block, Cause, Mode, Outcome, Plan, PlanKind, Source
from flowtui.core.focus.commands import (
    Command,
    Extend,
    Finish,
    Interrupt,
    Lose,
    Park,
    Pause,
    Resume,
    Return,
    Start,
)
from flowtui.core.focus.step import start, step

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    """So many minutes after nine."""
    return NINE + timedelta(minutes=minutes)


def fixed(minutes: int) -> Plan:
    return Plan(PlanKind.FIXED, minutes * 60)


def begin(plan: Plan | None = None, id: str = "aaaaaa", zone: str = "UTC") -> Block:
    """A block that starts at nine; 50 minutes planned unless told otherwise."""
    block, _ = start(Start(id, zone, "fuse the kernel", plan=plan or fixed(50)), NINE)
    return block


def do(block: Block, command: Command, minutes: float) -> Block:
    """`block` after `command`, so many minutes after nine."""
    return step(block, command, at(minutes))[0]


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30)
plans = st.one_of(
    st.just(Plan()),
    st.integers(60, 7200).map(lambda s: Plan(PlanKind.FIXED, s)),
    st.integers(60, 7200).map(lambda s: Plan(PlanKind.UNTIL, until=NINE + timedelta(seconds=s))),
)
commands: st.SearchStrategy[Command] = st.one_of(
    texts.map(Pause),
    st.just(Resume()),
    st.builds(Interrupt, st.sampled_from(Source), texts),
    st.just(Return()),
    texts.filter(str.strip).map(Park),
    st.sampled_from([300, 900, -300]).map(Extend),
)


@st.composite
def lives(draw: st.DrawFn, ended: bool | None = None) -> tuple[Block, datetime]:
    """A block that lived through random commands, and the instant after the last."""
    now = NINE
    block, _ = start(
        Start(
            "aaaaaa",
            draw(st.sampled_from(["UTC", "Europe/Warsaw", "America/New_York"])),
            draw(texts),
            tags=tuple(draw(st.lists(st.sampled_from(["cuda", "paper", "a-b"]), max_size=3))),
            mode=draw(st.none() | st.sampled_from(Mode)),
            plan=draw(plans),
        ),
        now,
    )
    for _ in range(draw(st.integers(0, 12))):
        now += timedelta(seconds=draw(st.integers(0, 1800)))
        command = draw(commands)
        if draw(st.booleans()) and now > NINE:
            first = draw(st.integers(0, int((now - NINE).total_seconds())))
            command = Lose(NINE + timedelta(seconds=first), now, draw(st.sampled_from(Cause)))
        try:
            block, _ = step(block, command, now)
        except FlowError:
            continue  # refused: the block is as it was, which the state machine tests
    if ended if ended is not None else draw(st.booleans()):
        now += timedelta(seconds=draw(st.integers(1, 1800)))
        finish = Finish(
            outcome=draw(st.none() | st.sampled_from(Outcome)),
            rating=draw(st.none() | st.integers(1, 5)),
            note=draw(texts),
        )
        block, _ = step(block, finish, now)
    return block, now
