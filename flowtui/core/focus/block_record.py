"""A block as the ledger stores it, and back; strict, and nothing derived in it.

The version of its form is the ledger's: a change of it is a step in `flowtui.ledger.migrate`.

Fields that have their usual value are left out, so that a line stays short and readable.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flowtui.core.fields import Fields, stamp
from flowtui.core.focus.block import (
    AtPlan,
    Block,
    Cause,
    EndedBy,
    Evidence,
    Gap,
    Interruption,
    Mode,
    Outcome,
    Plan,
    PlanKind,
    Source,
    Thought,
)


def encode_block(block: Block, day: date) -> dict[str, Any]:
    """`block`, filed under the logical `day`, as JSON values."""
    plan = block.plan
    return {
        "id": block.id,
        "day": day.isoformat(),
        "started_at": stamp(block.started_at),
        **_given("ended_at", block.ended_at and stamp(block.ended_at)),
        "zone": block.zone,
        "intention": block.intention,
        "context": block.context,
        **_given("then", block.then),
        **_given("tags", list(block.tags)),
        **_given("mode", block.mode and block.mode.value),
        "plan": {
            "kind": plan.kind.value,
            **_given("seconds", plan.seconds),
            **_given("until", plan.until and stamp(plan.until)),
            **_given("at_plan", "end" if plan.at_plan is AtPlan.END else ""),
            **_given("run", plan.run),
            **_given("run_name", plan.run_name),
            **_given("run_marks", plan.run_marks),
        },
        **_given("folder", block.folder),
        **_given("ended_by", block.ended_by and block.ended_by.value),
        **_given("gaps", [_gap_record(gap) for gap in block.gaps]),
        **_given("interruptions", [_interruption_record(i) for i in block.interruptions]),
        **_given("parked", [{"at": stamp(t.at), "text": t.text} for t in block.parked]),
        **_given("outcome", block.outcome and block.outcome.value),
        **_given("rating", block.rating),
        **_given("note", block.note),
        **_given("evidence", block.evidence and _evidence_record(block.evidence)),
        **_given("added", block.added),
    }


def decode_block(record: Mapping[str, Any]) -> Block:
    """The block in `record`. Raises LedgerError naming the block and the field."""
    read = Fields(record, f"block {record.get('id', '?')}")
    read.ignore(("day",))
    block = Block(
        id=read.text("id"),
        started_at=read.instant("started_at"),
        zone=read.text("zone") or "UTC",
        intention=read.text("intention"),
        then=read.text("then"),
        tags=read.words("tags"),
        context=read.text("context") or "work",
        mode=read.word("mode", Mode),
        plan=read.part("plan", _plan) or Plan(),
        folder=read.text("folder"),
        ended_at=read.maybe_instant("ended_at"),
        ended_by=read.word("ended_by", EndedBy),
        gaps=read.each("gaps", _gap),
        interruptions=read.each("interruptions", _interruption),
        parked=read.each("parked", lambda r: Thought(r.instant("at"), r.text("text"))),
        outcome=read.word("outcome", Outcome),
        rating=read.whole("rating"),
        note=read.text("note"),
        evidence=read.part("evidence", _evidence),
        added=read.flag("added"),
    )
    read.done()
    return block


def _given(key: str, value: Any) -> dict[str, Any]:
    """The pair, unless the value says nothing; 0 says something."""
    return {} if value is None or value is False or value in ("", []) else {key: value}


def _plan(read: Fields) -> Plan:
    return Plan(
        read.word("kind", PlanKind) or PlanKind.OPEN,
        read.whole("seconds"),
        read.maybe_instant("until"),
        read.word("at_plan", AtPlan) or AtPlan.OVERTIME,
        read.text("run"),
        read.text("run_name"),
        read.whole("run_marks"),
    )


def _gap(read: Fields) -> Gap:
    cause = read.word("cause", Cause)
    if cause is None:
        raise read.error("cause", "is missing")
    return Gap(
        read.instant("start"),
        read.maybe_instant("end"),
        cause,
        read.text("note"),
        read.flag("focus"),
    )


def _gap_record(gap: Gap) -> dict[str, Any]:
    return {
        "start": stamp(gap.start),
        **_given("end", gap.end and stamp(gap.end)),
        "cause": gap.cause.value,
        **_given("note", gap.note),
        **_given("focus", gap.focus),
    }


def _interruption(read: Fields) -> Interruption:
    source = read.word("source", Source)
    if source is None:
        raise read.error("source", "is missing")
    return Interruption(
        read.instant("at"), source, read.text("reason"), read.maybe_instant("returned_at")
    )


def _interruption_record(noted: Interruption) -> dict[str, Any]:
    return {
        "at": stamp(noted.at),
        "source": noted.source.value,
        **_given("reason", noted.reason),
        **_given("returned_at", noted.returned_at and stamp(noted.returned_at)),
    }


def _evidence(read: Fields) -> Evidence:
    return Evidence(
        read.whole("commits"),
        read.whole("insertions"),
        read.whole("deletions"),
        read.whole("files"),
        read.words("subjects"),
        read.words("problems"),
    )


def _evidence_record(seen: Evidence) -> dict[str, Any]:
    return {
        **_given("commits", seen.commits),
        **_given("insertions", seen.insertions),
        **_given("deletions", seen.deletions),
        **_given("files", seen.files),
        **_given("subjects", list(seen.subjects)),
        **_given("problems", list(seen.problems)),
    }
