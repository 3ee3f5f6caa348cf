"""The four views of one pattern as lines of text: pure, from a finding and its days."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from textual.content import Content

from flowtui.core.insight import binned, sentences
from flowtui.core.insight.amounts import size_of, text
from flowtui.core.insight.association import Finding, Insight
from flowtui.core.insight.binned import Point
from flowtui.core.insight.day_table import Kind
from flowtui.core.lazy_dataclass import dataclass
from flowtui.tui.insight.plots import OFF, ON, curve, forest, histogram, over_time

LABEL = 11
TAIL = 18
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Made:
    """A view: the plot and the lines under it."""

    plot: list[Content]
    under: list[str]


def lines(
    view: str, finding: Finding, whole: Insight, points: Sequence[Point], width: int, height: int
) -> Made:
    """The view of that name in `width` x `height` cells."""
    make = {
        "days": _days,
        "difference": _difference,
        "validation": _validation,
        "missing": _missing,
    }[view]
    return make(finding, whole, points, width, height)


def in_words(
    view: str, finding: Finding, whole: Insight, points: Sequence[Point], width: int, height: int
) -> Made:
    """The same in words alone: what the plots show by their places stands in lines."""
    if view == "days":
        return Made(_means(finding, whole, points), [])
    if view == "difference":
        size = size_of(finding)
        ends = sentences.interval(size.low, size.high, size.places)
        per = "" if finding.factor.kind is Kind.BINARY else f" for {sentences.step_words(finding)}"
        said = f"adjusted {text(size.effect, size.places)}, 95 % interval {ends}{per}"
        return Made([*_means(finding, whole, points), Content(said)], _figures(finding, whole))
    made = lines(view, finding, whole, points, width, height)
    if view == "validation" and finding.forecasts is not None:
        gain = finding.forecasts.gain
        total = f"summed gain at the end {gain[-1]:.0f}" if gain else "no gain to sum"
        return Made([*made.plot[:3], Content(total)], ["A display, not a test."])
    return Made([_without_bars(line) for line in made.plot], made.under)


def _means(finding: Finding, whole: Insight, points: Sequence[Point]) -> list[Content]:
    """Each arm in a line: its days and the mean of the outcome."""
    made = []
    for arm, name in zip((True, False), arms(finding), strict=True):
        own = [point.value for point in points if point.on is arm]
        mean = f", mean {fmean(own):.0f} {whole.outcome.label}" if own else ""
        made.append(Content(f"{name}: {'1 day' if len(own) == 1 else f'{len(own)} days'}{mean}"))
    return made


def _without_bars(line: Content) -> Content:
    words = line.plain.replace("━", "").replace("╌", "")
    return Content(words)


def arms(finding: Finding) -> tuple[str, str]:
    """What the two arms are called."""
    name = finding.factor.label
    if finding.factor.kind is Kind.BINARY:
        return f"with {name}", "without"
    return f"more {name} than usual", "less"


def _days(
    finding: Finding, whole: Insight, points: Sequence[Point], width: int, height: int
) -> Made:
    bins, length = binned.over_time(points, width - 8)
    if not bins:
        return Made([Content("no days to show")], [])
    on, off = arms(finding)
    each = "day by day" if length == 1 else f"means of {length} days"
    legend = Content.assemble(
        (f"{ON} ", "$focus"), (f"{on}   ", ""), (f"{OFF} ", "$rest"), (f"{off}   ", ""),
        (f"{whole.outcome.label}, {each}", "$muted"),
    )  # fmt: skip
    plot = over_time(bins, max(3, height - 3), width)
    return Made([legend, Content(""), *plot], [])


def _difference(
    finding: Finding, whole: Insight, points: Sequence[Point], width: int, height: int
) -> Made:
    values = [p.value for p in points]
    if not values:
        return Made([Content("no days to show")], [])
    low, high = min(values), max(values)
    room = max(10, width - LABEL - TAIL)
    made: list[Content] = []
    spreads = {arm: binned.spread(points, arm, low, high, room) for arm in (True, False)}
    top = max(max(counts) for counts in spreads.values())
    for arm, mark, style in ((True, ON, "$focus"), (False, OFF, "$rest")):
        own = [p.value for p in points if p.on is arm]
        mean = f"{fmean(own):.0f}" if own else "·"
        name = "with" if arm else "without"
        head = Content.assemble((f"{mark} ", style), (f"{name:<{LABEL - 2}}", ""))
        tail = Content.assemble((f" {mean:>6}", "bold"), (f" {len(own):>4} days", "$muted"))
        made += [Content.assemble(head, histogram(spreads[arm], top, style), tail), Content("")]
    ends = f"{low:.0f}".ljust(room - len(f"{high:.0f}")) + f"{high:.0f}"
    made += [Content.styled(" " * LABEL + ends, "$faint"), Content("")]
    size = size_of(finding)
    edge = max(abs(size.low), abs(size.high), abs(size.effect)) * 1.1
    axis = forest(size.low, size.effect, size.high, edge, room | 1, finding.passed)
    per = "" if finding.factor.kind is Kind.BINARY else f" for {sentences.step_words(finding)}"
    said = f" {text(size.effect, size.places):>6}"
    made.append(Content.assemble((f"{'adjusted':<{LABEL}}", ""), axis, (said, "bold")))
    ends = sentences.interval(size.low, size.high, size.places)
    under = f"95 % interval {ends}{per}; │ is none"
    made.append(Content.styled(" " * LABEL + under, "$muted"))
    return Made(made, _figures(finding, whole))


def _figures(finding: Finding, whole: Insight) -> list[str]:
    n, size = finding.numbers, size_of(finding)
    first = (
        f"raw {text(n.raw_effect * size.step, size.places)}   d {n.d:.2f}   p {n.p:.4f}   "
        f"q {finding.q_bh:.3f} (BH) {finding.q_by:.3f} (BY) of {whole.asked}"
    )
    if finding.joint_p is not None:
        first += f"   beside the others p {finding.joint_p:.4f}"
    second = f"{n.n} days, worth {n.n_eff:.0f} independent ones; a day carries over {n.rho:.2f}"
    more = []
    if n.robust_slope is not None:
        more.append(f"Theil-Sen slope {text(n.robust_slope * size.step, size.places)}")
    if n.rank_p is not None:
        more.append(f"on ranks p {n.rank_p:.4f}")
    if n.slow_p is not None:
        more.append(f"beside slow waves p {n.slow_p:.4f}")
    return [first, second, "   ".join(more)] if more else [first, second]


def _validation(
    finding: Finding, whole: Insight, points: Sequence[Point], width: int, height: int
) -> Made:
    seen = finding.forecasts
    if seen is None:
        return Made([Content("There are too few days to foretell any: it takes 31.")], [])
    share = 1 - seen.error_with / seen.error_without
    better = share > 0
    outcome = whole.outcome

    def size(value: float) -> str:
        return sentences.with_unit(sentences.amount(value, outcome.unit), outcome)

    verdict = (
        f"{share:.0%} nearer with {finding.factor.label}"
        if better
        else f"no nearer with {finding.factor.label}: it does not beat the baseline"
    )
    head = [
        Content(f"{len(seen.days)} days were foretold, each from the days before it alone."),
        Content.assemble(
            ("the best plain forecast ", "$muted"), (seen.baseline, ""),
            (" missed by ", "$muted"), (size(seen.error_without), "bold"),
        ),
        Content.assemble(
            ("with it, by ", "$muted"), (size(seen.error_with), "bold"), ("   ", ""),
            (verdict, "bold $focus" if better else "bold $warn"),
        ),
        Content(""),
    ]  # fmt: skip
    room = max(3, height - len(head) - 1)
    plot = curve(seen.gain, room, width - 8)
    under = ["summed gain over the days foretold; rising: it helped. A display, not a test."]
    return Made([*head, *plot], under)


def _missing(
    finding: Finding, whole: Insight, points: Sequence[Point], width: int, height: int
) -> Made:
    seen = whole.missing_of(finding.factor.name)
    if seen is None:
        return Made([Content("nothing is known of missing days")], [])
    made = [
        Content(f"{seen.days - seen.missing} of {seen.days} days have both values."),
        Content(""),
    ]
    room = max(10, min(40, width - 14))
    for name, share in zip(DAYS, seen.by_weekday, strict=True):
        if share is None:
            made.append(Content.assemble((f"{name}  ", "$muted"), ("no such day", "$faint")))
            continue
        full = round(share * room)
        made.append(
            Content.assemble(
                (f"{name}  ", "$muted"), ("━" * full, "$focus"), ("╌" * (room - full), "$faint"),
                (f" {share:>4.0%}", ""),
            )
        )  # fmt: skip
    made.append(Content(""))
    unit = whole.outcome.unit
    for what, difference, p in seen.differences:
        telling = what in seen.clues
        size = sentences.signed(difference, unit if what.startswith("output") else "")
        mark, style = ("! ", "$warn") if telling else ("  ", "$muted")
        where = f"{size} where days are missing"
        made.append(
            Content.assemble(
                (mark, style), (f"{what}: ", style), where, (f"   p {p:.2f}", "$muted")
            )
        )
    caveat = seen.caveat or "Nothing here says that the missing days are unlike the others."
    return Made(made, [caveat])
