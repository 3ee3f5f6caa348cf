"""Runs as the command line writes them: a table, and all about one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flowtui.core.runs.glance import RunGlance
from flowtui.core.runs.gpu_text import size
from flowtui.core.runs.run_text import (
    ends,
    figure,
    grouped,
    heard_words,
    place,
    silence,
    state_words,
    unheard,
    waits,
)
from flowtui.core.status_file import minutes
from flowtui.core.text import cell_count, middle_cut, padded, plain

if TYPE_CHECKING:
    from flowtui.services.runs.runs_service import RunDetail

MARKS = {
    "running": "▶",
    "finished": "✓",
    "crashed": "✗",
    "stopped": "■",
    "stalled": "…",
    "pending": "○",
}


HEADER = ("id", "", "run", "state", "where", "metric", "last", "best", "ends or ended")
RIGHT = frozenset({4, 6, 7})
"""Columns of figures: they end below each other."""


def run_table(runs: Sequence[RunGlance], zone: ZoneInfo) -> list[str]:
    """A heading for each group of runs, then one line a run, in columns."""
    rows = {run.id: _row(run, zone) for run in runs}
    widths = [max(len(row[i]) for row in (HEADER, *rows.values())) for i in range(len(HEADER))]
    lines = [_columns(HEADER, widths)]
    for heading, members in grouped(runs, zone):
        lines += ["", heading]
        for run in members:
            lines.append(_columns(rows[run.id], widths))
            said = [sentence for _, severity, sentence in run.findings[:2] if severity]
            lines += [f"{'':{widths[0]}}     {sentence}" for sentence in said]
    return lines


def _row(run: RunGlance, zone: ZoneInfo) -> tuple[str, ...]:
    return (
        run.id,
        MARKS.get(run.state, "?"),
        middle_cut(run.name, 24),
        middle_cut(state_words(run), 60),
        place(run),
        middle_cut(run.key or "", 20),
        figure(run.last) if run.key else "",
        figure(run.best) if run.key else "",
        unheard(run, zone) or waits(run, zone) or ends(run, zone, None).removeprefix("ends ")
        if run.live
        else silence(run, zone) or when(run, zone),
    )


def _columns(row: tuple[str, ...], widths: Sequence[int]) -> str:
    cells = (
        f"{cell:>{width}}" if i in RIGHT else f"{cell:<{width}}"
        for i, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join(cells).rstrip()


def when(run: RunGlance, zone: ZoneInfo) -> str:
    """When it ended and how long it took; when it began, if it has not."""
    if run.started_at is None:
        return ""
    if run.ended_at is None:
        return f"since {_clock(run.started_at, zone)}"
    length = minutes(max(0, round(run.ended_at - run.started_at)))
    return f"{_clock(run.ended_at, zone)} after {length}"


def detail_lines(detail: RunDetail, zone: ZoneInfo) -> list[str]:
    """Everything about one run, a fact a line."""
    glance, run = detail.glance, detail.run
    head = "  ".join(w for w in (run.id, run.name, state_words(glance), place(glance)) if w)
    silent = silence(glance, zone)
    facts = [
        ("command", " ".join(run.command)),
        ("folder", run.folder),
        ("commit", _commit(run.commit, run.dirty)),
        ("began", _clock(glance.started_at, zone) if glance.started_at else ""),
        ("ended", "" if silent or not glance.ended_at else when(glance, zone)),
        ("end", silent),
        ("ends", ends(glance, zone, None)),
        ("where", _where(glance)),
        ("told by", _told_by(glance, zone)),
        ("queue", ", ".join(w for w in (glance.queue, waits(glance, zone)) if w)),
        ("baseline", _against(glance)),
        ("uses", " ".join(_use(glance))),
        ("cost", _cost(detail)),
        ("formats", ", ".join(glance.formats)),
        ("output", str(detail.output) if detail.output else ""),
        ("trouble", glance.problem),
    ]
    lines = [head, *(f"  {name:<9} {text}" for name, text in facts if text)]
    lines += _metrics(detail)
    lines += [f"  {s.severity.value:<9} {s.sentence}" for s in detail.findings]
    return [*lines, *(f"  {line}" for line in detail.card)]


def _told_by(glance: RunGlance, zone: ZoneInfo) -> str:
    """The host or cluster that tells of a run, and when it was heard of."""
    if not glance.where:
        return ""
    heard = "" if glance.heard_at is None else heard_words(glance.heard_at, glance.at, zone)
    late = unheard(glance, zone)
    return f"{glance.where}, {late or f'heard {heard}'}" if late or heard else glance.where


def _commit(commit: str, dirty: bool | None) -> str:
    if not commit:
        return ""
    return commit + {True: ", with changes", False: "", None: ", changes unknown"}[dirty]


def _where(glance: RunGlance) -> str:
    parts = []
    if glance.step is not None:
        whole = f" of {glance.total_steps}" if glance.total_steps else ""
        parts.append(f"step {glance.step}{whole}")
    if glance.epoch is not None:
        whole = f" of {glance.total_epochs:g}" if glance.total_epochs else ""
        parts.append(f"epoch {glance.epoch:g}{whole}")
    return ", ".join(parts)


def _against(glance: RunGlance) -> str:
    if not glance.baseline:
        return ""
    if glance.ahead is None:
        return f"{glance.baseline}: not to be compared yet"
    word = "better" if glance.ahead >= 0 else "worse"
    return f"{abs(glance.ahead) * 100:.1f} % {word} than {glance.baseline} at the same step"


def _use(glance: RunGlance) -> list[str]:
    parts = []
    if glance.gpus:
        parts.append("GPU " + ", ".join(map(str, glance.gpus)))
        if glance.gpu_util is not None:
            parts.append(f"at {glance.gpu_util * 100:.0f} %")
    if glance.gpu_bytes is not None:
        parts.append(f"{size(glance.gpu_bytes)} of GPU memory")
    if glance.cpu is not None:
        parts.append(f"{glance.cpu:.1f} cores")
    if glance.rss_bytes is not None:
        parts.append(f"{size(glance.rss_bytes)} of memory")
    return [", ".join(parts).replace(", at ", " at ")] if parts else []


def _cost(detail: RunDetail) -> str:
    cost = detail.run.cost
    parts = []
    if cost.gpu_s is not None:
        idle = f" ({minutes(cost.gpu_idle_s)} of it idle)" if cost.gpu_idle_s else ""
        parts.append(f"{minutes(cost.gpu_s)} of GPU{idle}")
    if cost.energy_wh is not None:
        parts.append(f"{cost.energy_wh:g} Wh")
    return ", ".join(parts)


def _metrics(detail: RunDetail) -> list[str]:
    tracks = list(detail.seen.history.metrics.values())
    if not tracks:  # nothing of its log is left: the record has the last and best values
        return [
            f"  {padded(middle_cut(m.name, 28), 28)}  {figure(m.last):>10}  {figure(m.best):>10}"
            for m in detail.run.metrics
        ]
    width = max(cell_count(middle_cut(track.name, 28)) for track in tracks)
    lines = [f"  {'metric':<{width}}  {'last':>10}  {'best':>10}  {'values':>7}"]
    for track in tracks[:24]:
        name = padded(middle_cut(track.name, 28), width)
        lines.append(f"  {name}  {figure(track.last):>10}  {figure(track.best):>10}  {track.n:>7}")
    if len(tracks) > 24:
        lines.append(f"  and {len(tracks) - 24} more; all of them: --json")
    return lines


def _clock(seconds: float, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC).astimezone(zone):%Y-%m-%d %H:%M}"


def source_lines(rows: Sequence[Mapping[str, Any]], now: float, zone: ZoneInfo) -> list[str]:
    """One line a source: what it was asked, how long that took, when it was heard of."""
    cells = [("source", "asked", "last hour", "took", "each", "last heard")]
    for row in rows:
        heard = row["heard_at"]
        said = "never" if heard is None else heard_words(heard, now, zone)
        cells.append((
            plain(str(row["source"]), 40), f"{row['requests']}", f"{row['requests_last_hour']}",
            f"{row['server_s']:.1f} s", f"{row['next_wait_s']:.0f} s",
            said + (f"  {plain(row['problem'], 100)}" if row["problem"] else ""),
        ))  # fmt: skip
    widths = [max(len(row[i]) for row in cells) for i in range(5)]
    return [
        "  ".join([
            row[0].ljust(widths[0]),
            *(row[i].rjust(widths[i]) for i in range(1, 5)),
            row[5],
        ]).rstrip()
        for row in cells
    ]  # fmt: skip
