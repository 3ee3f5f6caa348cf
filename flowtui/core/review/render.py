"""A summary as Markdown, as one HTML page, as a short post; all from the figures alone.

The page holds everything in itself: no script, no font, no request. It is dark or light as its
reader's system is, prints on white, and is narrow where the window is.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from flowtui.core.review.stretches import Stretch, kind_of, stretches, weeks_of
from flowtui.core.review.summary import Summary
from flowtui.core.status_file import minutes

BAR_CELLS = 24
_MARKS = str.maketrans({c: f"\\{c}" for c in "\\`*_[]<>#|~"})
_ADDRESS = re.compile(r"https?://\S+")
LINES = 40
"""Lines of a list; a year has hundreds."""
SHADE_STEPS_S = (1, 3600, 7200, 14400)
SHADE_WORDS = ("none", "to 1 h", "to 2 h", "to 4 h", "beyond")
ROWS = 8
"""Names told in a table; the rest is one row."""


def title(summary: Summary) -> str:
    """ "23 to 29 November 2026"; a whole month or year by its name."""
    first, last = summary.first, summary.last
    after = last + timedelta(days=1)
    if (first.month, first.day, after.month, after.day) == (1, 1, 1, 1) and first.year == last.year:
        return str(first.year)
    if first.day == after.day == 1 and (first.month, first.year) == (last.month, last.year):
        return f"{first:%B} {first.year}"
    if first == last:
        return _day(first)
    if (first.month, first.year) == (last.month, last.year):
        return f"{first.day} to {_day(last)}"
    return f"{_day(first)} to {_day(last)}"


def facts(summary: Summary) -> list[tuple[str, str]]:
    """What is told in words: a name and its value; nothing that is nought."""
    found = [
        ("focus", f"{minutes(summary.focus_s)} in {_count(summary.blocks, 'block')}"),
        ("a day", minutes(summary.mean_s) if summary.mean_s else ""),
        ("theory to practice", _ratio(summary)),
        ("commits", str(summary.commits or "")),
        ("runs", str(summary.runs or "")),
        ("shared", str(summary.shared or "")),
        ("gave", str(summary.gave or "")),
        ("planned", f"{summary.begun} of {summary.planned} begun" if summary.planned else ""),
        ("interruptions", str(summary.interruptions or "")),
    ]
    return [(name, value) for name, value in found if value]


def markdown(summary: Summary, front_matter: bool = False) -> str:
    """GitHub's Markdown; with `front_matter` what Obsidian reads above it."""
    lines = []
    if front_matter:
        lines += [
            "---",
            f"from: {summary.first}",
            f"to: {summary.last}",
            f"focus_min: {summary.focus_s // 60}",
            f"blocks: {summary.blocks}",
            "---",
            "",
        ]
    lines += [f"# {title(summary)}", ""]
    lines += [f"- {name}: {value}" for name, value in facts(summary)]
    told = stretches(summary)
    most = max((one.focus_s for one in told), default=0)
    if told:
        lines += ["", f"| {kind_of(summary)} | focus | |", "|---|---:|:---|"]
    for one in told:
        bar = "█" * round(BAR_CELLS * one.focus_s / most) if most else ""
        lines.append(f"| {one.name} | {_said(one)} | {bar} |")
    for name, sums in _tables(summary):
        lines += ["", f"| {name} | focus |", "|---|---:|"]
        lines += [f"| {escaped(key)} | {minutes(seconds)} |" for key, seconds in sums.items()]
    for name, texts in _lists(summary):
        if texts:
            lines += ["", f"## {name}", "", *(f"- {escaped(text)}" for text in texts)]
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """`text` in Markdown as it is, on one line."""
    return " ".join(text.split()).translate(_MARKS)


def page(summary: Summary) -> str:
    """One HTML file."""
    name = html.escape(title(summary))
    rows = "".join(
        f"<dt>{html.escape(key)}</dt><dd>{html.escape(value)}</dd>" for key, value in facts(summary)
    )
    tables = "".join(_table(key, sums) for key, sums in _tables(summary))
    lists = "".join(
        f"<h2>{key}</h2><ul>{''.join(f'<li>{html.escape(text)}</li>' for text in texts)}</ul>"
        for key, texts in _lists(summary)
        if texts
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{name}</title><style>{_STYLE}</style></head><body><main>"
        f"<h1>{name}</h1><dl>{rows}</dl>{_chart(summary)}{tables}{lists}"
        "</main></body></html>\n"
    )


def post(summary: Summary, limit: int, lines: Sequence[str] = ()) -> str:
    """A short text of at most `limit` characters: whole sentences, the most telling first.

    It begins with `lines`, what the person chose to tell. Counted as the networks do (`length`).
    """
    parts = [*map(_sentence, lines)]
    parts.append(f"{title(summary)}: {minutes(summary.focus_s)} of deep work.")
    if summary.theory_s and summary.practice_s:
        parts.append(f"Theory to practice {_ratio(summary)}.")
    counted = [
        _count(summary.commits, "commit") if summary.commits else "",
        _count(summary.runs, "training run") if summary.runs else "",
        f"{_count(summary.shared, 'thing')} shared" if summary.shared else "",
        f"{_count(summary.gave, 'person', 'people')} helped" if summary.gave else "",
    ]
    counted = [part for part in counted if part]
    if counted:
        parts.append(f"{', '.join(counted)}.")
    named = [f"{key} {minutes(s)}" for key, s in summary.contexts.items()]
    if len(named) > 1:
        parts.append(f"{', '.join(named)}.")
    text = ""
    for part in parts:
        longer = f"{text} {part}".strip()
        if length(longer, limit) > limit:
            break
        text = longer
    if text:
        return text
    cut = parts[0]
    while length(f"{cut}…", limit) > limit:
        cut = cut[:-1].rstrip()
    return f"{cut}…"


def length(text: str, limit: int) -> int:
    """How long a post is, as the network with that limit counts.

    500 (Mastodon) and 280 (X): an address is 23; 280: letters beyond the Latin, Greek and Cyrillic
    ones, and emoji, are two; 300 (Bluesky): characters as they are seen, addresses whole.
    """
    if limit != 300:
        text, addresses = _ADDRESS.subn("", text)
        extra = sum(_is_wide(char) for char in text) if limit == 280 else 0
        return len(text) + extra + 23 * addresses
    return sum(not unicodedata.combining(char) and char != "\u200d" for char in text)


def _is_wide(char: str) -> bool:
    """By the weights that X publishes for its counter."""
    code = ord(char)
    light = ((0, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
    return not any(first <= code <= last for first, last in light)


def alt_text(summary: Summary) -> str:
    """What the chart shows, in words."""
    told = stretches(summary)
    if not told:
        return "No focus in these days."
    days = ", ".join(
        f"{one.spoken} {minutes(one.focus_s) if one.focus_s else 'none'}" for one in told
    )
    return f"Focus of each {kind_of(summary)}: {days}."


def _tables(summary: Summary) -> list[tuple[str, Mapping[str, int]]]:
    named = (("context", summary.contexts), ("mode", summary.modes), ("tag", summary.tags))
    found: list[tuple[str, Mapping[str, int]]] = []
    for name, sums in named:
        told: dict[str, int] = {}
        for key, seconds in sums.items():
            if seconds:  # somebody may have called a context "none"
                told[key or "none"] = told.get(key or "none", 0) + seconds
        if len(told) > ROWS:
            kept = dict(list(told.items())[:ROWS])
            kept[f"{len(told) - ROWS} more"] = sum(list(told.values())[ROWS:])
            told = kept
        if told and list(told) != ["none"]:
            found.append((name, told))
    return found


def _lists(summary: Summary) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (
        ("What was done", _fitting(summary.lines)),
        ("Runs that ended", _fitting(summary.ended)),
        ("Parked, then taken up", _fitting(summary.taken_up)),
        ("Shared", summary.links),
    )


def _fitting(texts: tuple[str, ...]) -> tuple[str, ...]:
    """As many as are read; how many more there are is said, and all of them are in the JSON."""
    if len(texts) <= LINES:
        return texts
    return (*texts[: LINES - 1], f"and {len(texts) - LINES + 1} more")


def _said(one: Stretch) -> str:
    return minutes(one.focus_s) if one.focus_s else "rest" if one.rest else "–"


def _table(name: str, sums: Mapping[str, int]) -> str:
    rows = "".join(
        f"<tr><td>{html.escape(key)}</td><td>{minutes(seconds)}</td></tr>"
        for key, seconds in sums.items()
    )
    return (
        f"<table><thead><tr><th>{name}</th><th>focus</th></tr></thead><tbody>{rows}</tbody></table>"
    )


def _chart(summary: Summary) -> str:
    """Bars as HTML, so that their text stays as large as the reader's."""
    told = stretches(summary)
    most = max((one.focus_s for one in told), default=0) or 1
    rows = "".join(
        f'<div class="d"><span>{one.name}</span>'
        '<svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect width="{max(0.4, 100 * one.focus_s / most):.1f}" height="1"/></svg>'
        f"<span>{_said(one)}</span></div>"
        for one in told
    )
    bars = f'<div class="c" role="img" aria-label="{html.escape(alt_text(summary))}">{rows}</div>'
    return bars + (_heat(summary) if kind_of(summary) != "day" else "")


def _heat(summary: Summary) -> str:
    """A square a day, a column a week; its words are below it, as large as the reader's."""
    weeks = weeks_of(summary)
    if not weeks:
        return ""
    squares = "".join(
        f'<rect class="s{shade(day.focus_s)}" x="{10 * x + 1}" y="{10 * y + 1}" width="8" '
        'height="8" rx="1"/>'
        for x, week in enumerate(weeks)
        for y, day in enumerate(week)
        if day is not None
    )
    wide = f' style="max-width:{len(weeks) * 1.1:.1f}rem"'
    steps = "".join(
        f'<span><svg viewBox="0 0 10 10" aria-hidden="true"><rect class="s{step}" x="1" y="1" '
        f'width="8" height="8" rx="1"/></svg>{word}</span>'
        for step, word in enumerate(SHADE_WORDS)
    )
    return (
        f'<figure><svg class="h" viewBox="0 0 {10 * len(weeks)} 70"{wide} role="img" '
        f'aria-label="{_heat_words(summary)}">{squares}</svg>'
        f"<figcaption><span>a square is a day, a column a week</span>{steps}</figcaption></figure>"
    )


def _heat_words(summary: Summary) -> str:
    return f"a square for each day of {_count(len(summary.days), 'day')}, from the first with focus"


def shade(focus_s: int) -> int:
    """The step of a day's colour, from 0 (none) to 4 (beyond 4 h): fixed, so that a quiet year
    looks quiet."""
    return sum(focus_s >= step for step in SHADE_STEPS_S)


def _ratio(summary: Summary) -> str:
    theory, practice = summary.theory_s, summary.practice_s
    if not theory or not practice:
        return ""
    share = practice / theory
    return f"1 : {share:.1f}" if share >= 1 else f"{1 / share:.1f} : 1"


def _count(number: int, noun: str, plural: str = "") -> str:
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def _sentence(text: str) -> str:
    return text if text[-1:] in ".!?…" else f"{text}."


def _day(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


_STYLE = (
    ":root{--g:#fbfaf7;--t:#1d2129;--m:#5b6270;--a:#2f5ea8;--l:#d8d5cc;"
    "--s1:#b9cce6;--s2:#86a8d6;--s3:#4f7fc0}"
    "@media(prefers-color-scheme:dark){:root{--g:#0e1116;--t:#e3e7ee;--m:#98a2b3;--a:#9dc1f5;"
    "--l:#2a303a;--s1:#22344f;--s2:#35547f;--s3:#5c86bf}}"
    "@media print{:root{--g:#fff;--t:#000;--m:#444;--a:#2f5ea8;--l:#bbb;"
    "--s1:#b9cce6;--s2:#86a8d6;--s3:#4f7fc0}}"
    "figure{margin:1.5rem 0}.h{width:100%;display:block}rect{print-color-adjust:exact;"
    "-webkit-print-color-adjust:exact}.s0{fill:none;stroke:var(--l)}.s1{fill:var(--s1)}"
    ".s2{fill:var(--s2)}.s3{fill:var(--s3)}.s4{fill:var(--a)}"
    "figcaption{display:flex;flex-wrap:wrap;gap:.2rem 1rem;color:var(--m);font-size:.9rem;"
    "margin-top:.6rem}figcaption svg{width:.9rem;height:.9rem;vertical-align:-.1rem;"
    "margin-right:.3rem}"
    "body{background:var(--g);color:var(--t);font:16px/1.5 system-ui,sans-serif;margin:0}"
    "main{max-width:44rem;margin:auto;padding:2rem 1rem}h1{font-size:1.4rem}h2{font-size:1.1rem}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1.2rem}dt{color:var(--m)}"
    "dd{margin:0}.c{margin:1.5rem 0}.d{display:grid;grid-template-columns:4.8rem 1fr 5rem;"
    "gap:.6rem;align-items:center}.d svg{width:100%;height:.8rem;display:block;fill:var(--a);"
    "print-color-adjust:exact;-webkit-print-color-adjust:exact}"
    ".d span:last-child{text-align:right;font-variant-numeric:tabular-nums}"
    "table{break-inside:avoid}"
    "table{border-collapse:collapse;width:100%;margin:1.2rem 0}td,th{text-align:left;"
    "padding:.25rem 0;border-bottom:1px solid var(--l);overflow-wrap:anywhere}"
    "td:last-child,th:last-child{text-align:right;white-space:nowrap}li{overflow-wrap:anywhere}"
)
