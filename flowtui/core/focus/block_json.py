"""Blocks as the command line's JSON shows them: derived seconds, instants in ISO 8601 with offset.

The keys are the contract of `status --json` and `log --json`; the unit is part of each key.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flowtui.core.focus.block import Block
from flowtui.core.focus.measure import end_reason, interrupted_s, measure
from flowtui.core.zones import zone_or_utc


def iso(instant: datetime | None, zone: str) -> str | None:
    """`instant` in local time of `zone` with its offset, to the second; None stays None."""
    if instant is None:
        return None
    return instant.astimezone(zone_or_utc(zone)).isoformat(timespec="seconds")


def running_view(block: Block, now: datetime) -> dict[str, Any]:
    """A running block, as in `status --json`."""
    seen = measure(block, now)
    gap = block.open_gap
    return {
        "id": block.id,
        "intention": block.intention,
        "then": block.then,
        "tags": list(block.tags),
        "context": block.context,
        "mode": block.mode.value if block.mode else None,
        "state": seen.state.value,
        "started_at": iso(block.started_at, block.zone),
        "plan": block.plan.kind.value,
        "planned_s": seen.planned_s,
        "focus_s": seen.focus_s,
        "paused_s": seen.paused_s,
        "overtime_s": seen.overtime_s,
        "remaining_s": seen.remaining_s,
        "interruptions": [
            {
                "at": iso(i.at, block.zone),
                "source": i.source.value,
                "reason": i.reason,
                "returned_at": iso(i.returned_at, block.zone),
                "return_s": None
                if i.returned_at is None
                else int((i.returned_at - i.at).total_seconds()),
            }
            for i in block.interruptions
        ],
        "interrupted_s": interrupted_s(block, now),
        "gaps": [
            {
                "start": iso(g.start, block.zone),
                "end": iso(g.end, block.zone),
                "cause": g.cause.value,
                "note": g.note,
                "focus": g.focus,
            }
            for g in block.gaps
        ],
        "parked": [{"at": iso(t.at, block.zone), "text": t.text} for t in block.parked],
        "next_step": gap.note if gap is not None else None,
    }


def ended_view(block: Block, now: datetime, day: str) -> dict[str, Any]:
    """A block with its end, as in `log --json`; the end's fields are None while it runs."""
    ended = block.ended_at is not None
    seen = block.evidence
    return running_view(block, now) | {
        "day": day,
        "zone": block.zone,
        "folder": block.folder,
        "ended_at": iso(block.ended_at, block.zone),
        "ended_by": block.ended_by.value if block.ended_by else None,
        "end_reason": end_reason(block).value if ended else None,
        "outcome": block.outcome.value if block.outcome else None,
        "rating": block.rating,
        "note": block.note,
        "added": block.added,
        "evidence": None
        if seen is None
        else {
            "commits": seen.commits,
            "insertions": seen.insertions,
            "deletions": seen.deletions,
            "files": seen.files,
            "subjects": list(seen.subjects),
            "problems": list(seen.problems),
            "runs": list(seen.runs),
        },
    }
