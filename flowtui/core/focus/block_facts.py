"""A block in words, fact by fact, for whoever wants to see all of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from flowtui.core.focus.block import Block, Evidence, Gap
from flowtui.core.focus.interruptions import interruption_words
from flowtui.core.focus.measure import end_reason, measure
from flowtui.core.status_file import minutes
from flowtui.core.zones import zone_or_utc, zone_words

STAMP = "%a %Y-%m-%d %H:%M:%S"
Fact = tuple[str, str]
"""A name and a text."""


def facts(
    block: Block, now: datetime, evidence: Sequence[str] = (), parts: bool = True
) -> list[Fact]:
    """Everything that is known of `block`, empty facts left out; `evidence` is put last.

    Without `parts` its gaps and interruptions are left to whoever lists them.
    """
    zone = zone_or_utc(block.zone)
    seen = measure(block, now)
    ended = f"  {end_reason(block)}" if block.ended_at is not None else ""
    found = [
        ("block", f"{block.id}  {block.intention}".rstrip()),
        ("if … then", block.then),
        ("tags", " ".join(f"#{tag}" for tag in block.tags)),
        ("context", " · ".join(w for w in (block.context, block.mode or "") if w)),
        (
            "from",
            f"{block.started_at.astimezone(zone):%a %Y-%m-%d %H:%M:%S} {zone_words(block.zone)}",
        ),
        ("to", _clock(block.ended_at, zone) + ended),
        ("planned", minutes(seen.planned_s) if seen.planned_s else "open-ended"),
        ("focus", minutes(seen.focus_s)),
        ("gaps", minutes(seen.paused_s) if seen.paused_s else ""),
        ("overtime", minutes(seen.overtime_s) if seen.overtime_s else ""),
        ("outcome", block.outcome or ""),
        ("rating", f"{block.rating} of 5" if block.rating else ""),
        ("note", block.note),
    ]
    if parts:
        found += [(f"gap {n}", gap_words(gap, now, zone)) for n, gap in enumerate(block.gaps, 1)]
        for n, noted in enumerate(block.interruptions, 1):
            found.append(("interruption", f"i{n}  {interruption_words(noted, zone)}"))
    found += [("parked", f"{_clock(t.at, zone)}  {t.text}") for t in block.parked]
    found += [("evidence", line) for line in evidence]
    return [(name, text) for name, text in found if text]


def gap_words(gap: Gap, now: datetime, zone: ZoneInfo) -> str:
    """One gap: from–to, cause, length, what was noted."""
    length = int(((gap.end or now) - gap.start).total_seconds())
    kept = ", given back as focus" if gap.focus else ""
    span = f"{_clock(gap.start, zone)}–{_clock(gap.end, zone)}"
    return f"{span}  {gap.cause} {minutes(max(0, length))}{kept}  {gap.note}".rstrip()


def _clock(instant: datetime | None, zone: ZoneInfo) -> str:
    return f"{instant.astimezone(zone):%H:%M:%S}" if instant else "now"


def evidence_lines(seen: Evidence | None) -> list[str]:
    """Evidence in words, one line each; empty where nobody looked."""
    if seen is None:
        return []
    lines = list(seen.problems)
    if seen.commits is not None:
        noun = "commit" if seen.commits == 1 else "commits"
        changed = f", +{seen.insertions} −{seen.deletions} in {count_files(seen.files or 0)}"
        lines.insert(0, f"{seen.commits} {noun}{changed if seen.commits else ''}")
        lines[1:1] = [f"  {subject}" for subject in seen.subjects]
    return [*lines, *(f"run {line}" for line in seen.runs)]


def count_files(number: int) -> str:
    """ "1 file", "2 files"."""
    return "1 file" if number == 1 else f"{number} files"
