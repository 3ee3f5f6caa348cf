"""Everything about one run, and several compared, as coloured lines and curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from textual.content import Content

from flowtui.core.runs.findings.finding import Finding, Rule
from flowtui.core.runs.glance import RunGlance
from flowtui.core.runs.gpu_text import size
from flowtui.core.runs.history import History
from flowtui.core.runs.metric_track import Track
from flowtui.core.runs.metrics import Split, partner, split_of
from flowtui.core.runs.run_text import (
    clock,
    ends,
    figure,
    heard_words,
    percent,
    silence,
    state_words,
    unheard,
    waits,
)
from flowtui.core.status_file import minutes
from flowtui.core.text import cell_count, end_cut, middle_cut, padded
from flowtui.services.runs.runs_service import RunDetail
from flowtui.services.runs.runs_view import Compared
from flowtui.tui.runs.curves import COLOURS, Curve
from flowtui.tui.runs.run_rows import MARKS

Pair = tuple[str, str | None]
"""A metric, and its training half if it has one."""


def state(detail: RunDetail) -> Content:
    """The state with its sign: "▶ running"."""
    glance = detail.glance
    mark, colour = MARKS.get(glance.state, ("?", "$muted"))
    return Content.styled(f"{mark} {state_words(glance)}", colour)


def fact_lines(detail: RunDetail, zone: ZoneInfo, width: int) -> list[Content]:
    """Where it is and what it uses, in one or two lines."""
    glance, cost = detail.glance, detail.run.cost
    where = [w for w in (_steps(glance), percent(glance.progress), ends(glance, zone, None)) if w]
    where += beyond(glance, zone)
    silent = silence(glance, zone)
    if silent:
        where.append(silent)
    elif glance.ended_at is not None and glance.started_at is not None:
        where.append(f"took {minutes(max(0, round(glance.ended_at - glance.started_at)))}")
    use = (
        [f"GPU {','.join(map(str, glance.gpus))} {percent(glance.gpu_util)}"] if glance.gpus else []
    )
    use += [f"{size(glance.gpu_bytes)} of GPU memory"] if glance.gpu_bytes else []
    use += [f"{glance.cpu:.1f} cores"] if glance.cpu is not None else []
    use += [f"{size(glance.rss_bytes)} of memory"] if glance.rss_bytes else []
    if cost.gpu_s is not None:
        use.append(f"{minutes(cost.gpu_s)} of GPU")
    if cost.energy_wh is not None:
        use.append(f"{cost.energy_wh:g} Wh")
    if detail.run.commit:
        use.append(f"at {detail.run.commit}{' with changes' if detail.run.dirty else ''}")
    lines = ["   ".join(where), "   ".join(use)]
    return [Content(middle_cut(line, width)) for line in lines if line]


def beyond(glance: RunGlance, zone: ZoneInfo) -> list[str]:
    """Where it is told of, why it waits, when its time is up."""
    if not glance.where:
        return []
    parts = [w for w in (waits(glance, zone), f"on {glance.where}", unheard(glance, zone)) if w]
    if glance.heard_at is not None and not unheard(glance, zone) and glance.ended_at is None:
        parts.append(f"heard {heard_words(glance.heard_at, glance.at, zone)}")
    if glance.cut_at is not None and glance.live:
        parts.append(f"its time is up {clock(glance.cut_at, glance.at, zone)}")
    return parts


def _steps(glance: RunGlance) -> str:
    if glance.step is None:
        return ""
    whole = f" of {glance.total_steps}" if glance.total_steps else ""
    return f"step {glance.step}{whole}"


def found(detail: RunDetail) -> RunGlance:
    """The findings of this very look, in the shape of a list's."""
    said = tuple((f.rule.value, f.severity.value, f.sentence) for f in detail.findings)
    return replace(detail.glance, findings=said or detail.glance.findings)


def pairs(history: History) -> list[Pair]:
    """Metrics to page through: the one that matters first, each with its training half."""
    names = list(history.metrics)
    key = history.key
    ordered = sorted(names, key=lambda n: (n != key, history.metrics[n].better is None))
    result: list[Pair] = []
    taken: set[str] = set()
    for name in ordered:
        if name in taken:
            continue
        half = partner(name, names) if split_of(name) is Split.VALIDATION else None
        taken |= {name} | ({half} if half is not None else set())
        result.append((name, half))
    return result


def curves(history: History, all_pairs: Sequence[Pair], number: int) -> list[Curve]:
    """The curves of the pair with this number; empty if nothing can be drawn."""
    if not all_pairs:
        return []
    names = [name for name in all_pairs[number % len(all_pairs)] if name is not None]
    made = [curve_of(name, history.metrics[name]) for name in names]
    return [curve for curve in made if len(curve.steps) > 1]


def curve_of(name: str, track: Track) -> Curve:
    """A metric as it is drawn: few points as they are, many with each place's extremes."""
    points = track.series.points()
    return Curve(name, tuple(p.step for p in points), tuple(p.value for p in points))


def legend(
    history: History, shown: Sequence[Curve], number: int, count: int, width: int
) -> Content:
    """One line: each curve's number, name, last and best value."""
    if not history.metrics:
        return Content.styled("no metric was found in what it printed", "$muted")
    if not shown:
        return Content.styled("no curve yet: a metric needs two values", "$muted")
    page = f"{number % count + 1}/{count}" if count > 1 else ""
    line = Content("")
    for told in (("best", "step"), ("best",), ()):  # whole figures, as many as there is room for
        line = _legend(history, shown, page, told)
        if line.cell_length <= width:
            return line
    first = _legend(history, shown[:1], page, ())
    return first if first.cell_length <= width else line.truncate(width, ellipsis=True)


def _legend(history: History, shown: Sequence[Curve], page: str, told: tuple[str, ...]) -> Content:
    parts: list[tuple[str, str]] = []
    for place_, curve in enumerate(shown, 1):
        track = history.metrics[curve.name]
        sign = f"{place_} " if len(shown) > 1 else ""
        colour = f"${COLOURS[(place_ - 1) % len(COLOURS)]}"
        parts.append((f"{sign}{middle_cut(curve.name, 24)}", colour))
        parts.append((f" {figure(track.last)}", ""))
        if track.best is not None and "best" in told:
            known = "step" in told and track.best_step is not None
            step = f" at {track.best_step:g}" if known else ""
            parts.append((f" best {figure(track.best)}{step}", "$muted"))
        parts.append(("   ", ""))
    return Content.assemble(*parts, (page, "$muted"))


def mark(findings: Sequence[Finding]) -> float | None:
    """The step at which overfitting or another turn began, to point at."""
    turns = (Rule.OVERFITTING, Rule.NAN, Rule.DIVERGING, Rule.PLATEAU)
    for rule in turns:
        for finding in findings:
            if finding.rule is rule and finding.since_step is not None:
                return finding.since_step
    return None


def shared(made: Compared) -> list[str]:
    """Metrics that at least two of the runs have; the one that matters first."""
    if len(made.runs) < 2:
        return []
    first = made.runs[0][1]
    names: dict[str, int] = {}
    for _, history in made.runs:
        for name in history.metrics:
            names[name] = names.get(name, 0) + 1
    both = [name for name, number in names.items() if number > 1]
    tracks = first.metrics
    return sorted(
        both,
        key=lambda n: (n != first.key, n not in tracks or tracks[n].better is None),
    )


def compare_curves(made: Compared, name: str) -> list[Curve]:
    """The curves of one metric, a run each."""
    return [
        replace(curve_of(name, history.metrics[name]), name=glance.name)
        if name in history.metrics
        else Curve(glance.name, (), ())
        for glance, history in made.runs
    ]


def apart_lines(made: Compared, width: int) -> list[Content]:
    """Runs that share no metric: a sentence each of what it prints, and that no plot holds both."""
    lines = []
    for glance, history in made.runs:
        name = middle_cut(glance.name, 24)
        key = history.key or next(iter(history.metrics), None)
        if key is None or key not in history.metrics:
            said = "prints no metric that was found"
        else:
            track = history.metrics[key]
            best = f", best {figure(track.best)}" if track.best is not None else ""
            others = [other for other in history.metrics if other != key]
            more = f"; also {', '.join(others[:4])}" if others else ""
            said = f"prints {key}, last {figure(track.last)}{best}{more}"
        text = f"  {said} ({state_words(glance)})"
        cut = end_cut(text, max(8, width - cell_count(name)))
        lines.append(Content.assemble((name, "bold"), (cut, "$muted")))
    return [*lines, Content(""), Content.styled("m in the list marks others", "$muted")]


def compare_lines(made: Compared, name: str, width: int) -> list[Content]:
    """A line a run: its number, name, last and best value, and where it is."""
    wide = max(cell_count(middle_cut(glance.name, 24)) for glance, _ in made.runs)
    lines = []
    for number, (glance, history) in enumerate(made.runs, 1):
        track = history.metrics.get(name)
        colour = f"${COLOURS[(number - 1) % len(COLOURS)]}"
        parts = [(f"{number} {padded(middle_cut(glance.name, 24), wide)}", colour)]
        if track is None:
            parts.append(("  has none", "$muted"))
        else:
            step = f" at {track.best_step:g}" if track.best_step is not None else ""
            parts.append((f"  {figure(track.last):>9}", ""))
            parts.append((f"  best {figure(track.best):>9}{step}", "$muted"))
        parts.append((f"  {state_words(glance)}", "$muted"))
        line = Content.assemble(*parts)
        lines.append(line if line.cell_length <= width else line.truncate(width, ellipsis=True))
    return lines
