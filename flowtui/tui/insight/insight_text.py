"""What Insight shows, as lines of text: pure, from findings and experiments to words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from textual.content import Content

from flowtui.core.insight import amounts, sentences
from flowtui.core.insight.amounts import size_of
from flowtui.core.insight.association import Finding, Insight
from flowtui.core.insight.day_table import Kind, Outcome
from flowtui.core.insight.focus_facts import Fact
from flowtui.core.insight.refusal import MIN_DAYS, Refused, Why
from flowtui.core.insight.verdicts import verdict
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.text import cell_count, end_cut, middle_cut
from flowtui.tui.insight.plots import forest

MARKS = {"passed": ("✓", "$focus"), "not": ("·", "$muted"), "refused": ("–", "$faint")}
NAME = 22
TINY = 60


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list of patterns."""

    id: str
    finding: Finding | None
    refused: Refused | None

    @property
    def state(self) -> str:
        """passed, not or refused."""
        if self.finding is None:
            return "refused"
        return "passed" if self.finding.passed else "not"


def rows_of(whole: Insight) -> list[Row]:
    """What passed, what did not, what was refused."""
    tested = [*whole.passed, *whole.not_passed]
    found = [Row(f"{f.factor.name}|{f.lag}", f, None) for f in tested]
    return found + [Row(f"{r.factor}|{r.lag}", None, r) for r in whole.refused]


def row_line(row: Row, whole: Insight, width: int, plain: bool = False) -> Content:
    """Mark, name, interval on an axis, figures."""
    mark, colour = MARKS[row.state]
    if row.refused is not None:
        name = sentences.short(row.refused.factor) + (", day before" if row.refused.lag else "")
        said = _refusal(row.refused, max(8, width - NAME - 4))
        return Content.assemble(
            (f"{mark} ", colour), (f"{middle_cut(name, NAME):<{NAME}} ", "$muted"), (said, "$muted")
        )
    finding = row.finding
    assert finding is not None
    name = finding.factor.label + (", day before" if finding.lag else "")
    n, size = finding.numbers, size_of(finding)
    low, high = (amounts.text(end, size.places) for end in (size.low, size.high))
    wide_low, wide_high = _ends(whole)
    figures = f"{_plus(size.effect, size.places):>6}  "
    figures += f"{low:>{wide_low}} to {high:>{wide_high}}  {n.n:>4} d"
    tiny = width < TINY
    room = width - 2 - NAME - 1 - cell_count(figures) - 2
    style = "" if finding.passed else "$muted"
    parts: list[Content] = [
        Content.styled(f"{mark} ", colour),
        Content.styled(f"{middle_cut(name, NAME):<{NAME}} ", "bold" if finding.passed else ""),
    ]
    if not tiny and not plain:
        axis = forest(size.low, size.effect, size.high, scale(whole), room | 1, finding.passed)
        parts += [axis, Content(" ")]
    parts.append(Content.styled(figures[:6] if tiny else figures, style))
    return Content.assemble(*parts)


def _ends(whole: Insight) -> tuple[int, int]:
    """Cells of the lower and of the upper ends of all intervals."""
    sizes = [size_of(finding) for finding in whole.findings]
    lows = (len(amounts.text(size.low, size.places)) for size in sizes)
    highs = (len(amounts.text(size.high, size.places)) for size in sizes)
    return max(lows, default=1), max(highs, default=1)


def _refusal(refused: Refused, room: int) -> str:
    """Why in one line: in full, or how far it is; all of it stands below the list."""
    if cell_count(refused.reason) <= room:
        return refused.reason
    if refused.why is Why.TOO_FEW and refused.days_needed:
        return end_cut(f"{MIN_DAYS - refused.days_needed} of {MIN_DAYS} days", room)
    return end_cut(refused.reason, room)


def scale(whole: Insight) -> float:
    """Half the width of the common axis, in the outcome's unit."""
    every = [size_of(finding) for finding in whole.findings]
    return max((max(abs(size.low), abs(size.high)) for size in every), default=1.0) or 1.0


def about(row: Row, whole: Insight) -> tuple[str, str]:
    """Sentence and warnings of the chosen line."""
    if row.refused is not None:
        needed = row.refused.days_needed
        more = f"{needed} more {'day' if needed == 1 else 'days'} and it can be tested"
        return row.refused.reason, more if needed else ""
    assert row.finding is not None
    missing = whole.missing_of(row.finding.factor.name)
    said = f"{verdict(row.finding, whole)}. {sentences.sentence(row.finding, whole)}"
    return f"{said[:1].upper()}{said[1:]}", " · ".join(sentences.tags(row.finding, missing))


def scale_note(whole: Insight, plain: bool = False) -> str:
    """What the axis means."""
    unit = sentences.with_unit("", whole.outcome).strip() or "units"
    doses = any(f.factor.kind is not Kind.BINARY for f in whole.findings)
    of = "with it, or one usual step more" if doses else "with it against without"
    return f"{unit}, {of}; {'then' if plain else 'the line is'} the 95 % interval"


def empty_lines(whole: Insight, width: int, plain: bool = False) -> list[Content]:
    """Where nothing could be tested yet: how far each habit is, and which keys fill it."""
    lines: list[Content] = []
    short_of = [r for r in whole.refused if r.why is Why.TOO_FEW and r.days_needed]
    # a habit's two lags are days apart at most: the nearer one tells how far it is
    waiting = {r.factor: r for r in sorted(short_of, key=lambda r: -(r.days_needed or 0))}
    for refusal in sorted(waiting.values(), key=lambda r: r.days_needed or 0):
        have = MIN_DAYS - (refusal.days_needed or 0)
        name = sentences.short(refusal.factor)
        lines.append(
            Content.assemble(
                (f"{middle_cut(name, NAME):<{NAME}} ", ""),
                ("" if plain else "━" * have, "$focus"),
                ("" if plain else "╌" * (MIN_DAYS - have), "$faint"),
                (f"  {have:>2} of {MIN_DAYS} days", "$muted"),
            )
        )  # fmt: skip
    others = [r for r in whole.refused if r not in short_of]
    for refusal in others:
        said = f"{sentences.short(refusal.factor)}: {refusal.reason}"
        lines += _wrapped(said, width, "$muted")
    if lines:
        lines.append(Content(""))
    lines += [
        Content("Insight compares days, so it needs days with both:"),
        Content.assemble(("  1 then enter   ", "$accent"), "blocks of deep work"),
        Content.assemble(("  c              ", "$accent"), "the check-in: sleep, habits of yours"),
        Content.assemble(("  3 then n       ", "$accent"), "name a habit"),
        Content(""),
        *_wrapped(
            f"From {MIN_DAYS} days with both values on a pattern is checked; fewer would fool you.",
            width,
            "$muted",
        ),
    ]
    return lines


def fact_lines(facts: Sequence[Fact], width: int) -> list[Content]:
    """The facts of focus: name, figure, sentence."""
    lines: list[Content] = []
    for fact in facts:
        head = Content.assemble(
            (fact.name, "bold" if fact.value is not None else "$muted"),
            (f"   n {fact.n}", "$muted"),
        )
        lines += [head, *_wrapped(fact.sentence, width, "" if fact.value is not None else "$muted")]
        lines += [Content.styled(detail[:width], "$muted") for detail in fact.details]
        lines.append(Content(""))
    lines += _wrapped(
        "You chose the hours and the lengths yourself, so none of these is an effect.",
        width,
        "$muted",
    )
    return lines


def noise_view(found: Mapping[str, Any], outcome: Outcome, width: int) -> list[Content]:
    """The noise button's answer."""
    from flowtui.core.insight.sentences import noise_lines

    lines: list[Content] = []
    for text in noise_lines(found, outcome):
        bold = text.startswith(("a plain", "this engine"))
        colour = "bold $warn" if text.startswith("a plain") else "bold $focus" if bold else ""
        if bold:
            lines.append(Content.styled(text, colour))
        else:
            lines += _wrapped(text, width, "$muted" if text.startswith("  ") else "")
    return lines


def as_of(through: date) -> str:
    """On which day the results stand."""
    return f"as of {through:%a %-d %b}"


def wrapped(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width`."""
    import textwrap

    return textwrap.wrap(text, max(10, width)) or [""]


def _wrapped(text: str, width: int, style: str) -> list[Content]:
    return [Content.styled(line, style) for line in wrapped(text, width)]


def _plus(value: float, places: int) -> str:
    shown = amounts.text(value, places)
    return shown if shown.startswith("-") or not round(value, places) else f"+{shown}"
