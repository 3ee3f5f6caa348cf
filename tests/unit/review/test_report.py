"""Sums and reports: the same figures everywhere, and nothing private in what is public."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.focus.block import (
    Block,
    Cause,
    Evidence,
    Gap,
    Interruption,
    Mode,
    Outcome,
    Source,
    Thought,
)
from flowtui.core.focus.measure import measure
from flowtui.core.review.groups import By, grouped
from flowtui.core.review.render import alt_text, markdown, page, post
from flowtui.core.review.shared import SharedKind
from flowtui.core.review.summary import QUARTER_S, public, summarise
from tests.user import NOON, Person, Shell

MONDAY = date(2026, 3, 2)
HOSTILE = '<b>"|`*_[x](y)</b> & \u202eright'


def lived(flow: Shell, person: Person) -> None:
    """A week: Monday to Wednesday, with tags, modes, contexts."""
    for day, start, length, words in (
        ("2026-03-02", "09:00", "90m", ("fuse", "-t", "cuda", "-m", "practice")),
        ("2026-03-02", "14:10", "50m", ("read", "-t", "paper", "-t", "cuda", "-m", "theory")),
        ("2026-03-03", "09:30", "45m", ("post", "-c", "own", "-m", "share")),
        ("2026-03-04", "09:00", "60m", ("plain",)),
    ):
        flow.ok("add", *words, "--start", f"{day} {start}", "--for", length, "--outcome", "done")


@pytest.mark.parametrize("by", list(By))
def test_sums_by_anything_agree_with_the_blocks(flow: Shell, person: Person, by: By) -> None:
    lived(flow, person)
    rows = flow.ok("log", "--by", by.value, "--json").json
    whole = sum(block["focus_s"] for block in flow.ok("log", "--json").json)
    assert whole == (90 + 50 + 45 + 60) * 60
    assert sum(row["focus_s"] for row in rows) == whole + (50 * 60 if by is By.TAG else 0)
    csv = flow.ok("log", "--by", by.value, "--csv").out.splitlines()
    assert csv[0] == f"{by.value},focus_s,blocks"
    assert csv[1:] == [f"{row[by.value]},{row['focus_s']},{row['blocks']}" for row in rows]


def test_an_hour_has_its_part_of_a_block(flow: Shell, person: Person) -> None:
    lived(flow, person)
    rows = flow.ok("log", "--by", "hour", "--json").json
    assert {row["hour"]: row["focus_s"] // 60 for row in rows} == {
        "09": 60 + 30 + 60, "10": 30 + 15, "14": 50,
    }  # fmt: skip


def test_a_report_has_the_figures_of_the_log(flow: Shell, person: Person) -> None:
    lived(flow, person)
    flow.ok("shared", "https://example.org/post", "what I learned")
    flow.ok("gave", "20m", "read Ana's draft")
    told = flow.ok("report", "--json").json
    by = {what: flow.ok("log", "--by", what, "--json").json for what in ("context", "mode", "day")}
    assert told["focus_s"] == 245 * 60
    assert told["contexts"] == {row["context"]: row["focus_s"] for row in by["context"]}
    assert told["modes"] == {row["mode"]: row["focus_s"] for row in by["mode"]}
    days = {day["day"]: day["focus_s"] for day in told["days"] if day["focus_s"]}
    assert days == {row["day"]: row["focus_s"] for row in by["day"]}
    assert (told["theory_s"], told["practice_s"]) == (3000, 5400)
    assert (told["shared"], told["gave"], told["gave_s"], told["done"]) == (1, 1, 1200, 4)
    kinds = {thing["kind"] for thing in flow.ok("shared", "--json").json}
    assert kinds == {"gave", "shared"}


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ((), "2026-03-02", "2026-03-08"),
        (("--week", "last"), "2026-02-23", "2026-03-01"),
        (("--week", "2026-W53"), "2026-12-28", "2027-01-03"),
        (("--day", "yesterday"), "2026-03-03", "2026-03-03"),
        (("--month", "last"), "2026-02-01", "2026-02-28"),
        (("--year", "2026"), "2026-01-01", "2026-12-31"),
        (("--since", "2026-03-01", "--until", "2026-03-02"), "2026-03-01", "2026-03-02"),
    ],
)
def test_a_stretch_is_named_in_words(
    flow: Shell, words: tuple[str, ...], first: str, last: str
) -> None:
    told = flow.ok("report", *words, "--json").json
    assert (told["first"], told["last"]) == (first, last)


@pytest.mark.parametrize(
    "words",
    [
        ("--week", "last", "--month", "last"), ("--year", "x"), ("--until", "today"),
        ("--since", "today", "--until", "yesterday"), ("--json", "--post", "280"),
        ("--week", "this", "--public"),
    ],
)  # fmt: skip
def test_a_report_that_cannot_be_made_is_one_line(flow: Shell, words: tuple[str, ...]) -> None:
    said = flow("report", *words)
    assert said.code in (1, 2)
    assert said.err.startswith("flowtui: ") and said.out == ""


def test_a_file_that_cannot_be_written_stays_as_it_was(flow: Shell, person: Person) -> None:
    said = flow("report", "--html", "/proc/report.html")
    assert said.code == 1 and "cannot be written" in said.err


CANARIES = {
    "intention": "canaryone", "then": "canarytwo", "tags": ("canary-three",),
    "context": "canaryfour", "note": "canaryfive", "folder": "/home/canarysix",
    "zone": "Asia/Kathmandu",
}  # fmt: skip


def canary_block() -> Block:
    start = datetime(2026, 2, 24, 9, 7, tzinfo=UTC)
    return replace(
        Block("canaryseven", start, "UTC"),
        **CANARIES,  # type: ignore[arg-type]
        mode=Mode.BUILD,
        ended_at=start + timedelta(minutes=53),
        outcome=Outcome.DONE,
        gaps=(
            Gap(start + timedelta(minutes=5), start + timedelta(minutes=6), Cause.PAUSE, "canary8"),
        ),
        interruptions=(Interruption(start, Source.EXTERNAL, "canary9"),),
        parked=(Thought(start, "canary10"),),
        evidence=Evidence(2, 10, 3, 1, ("canary11",), ("/canary12",)),
        imported="canary13",
    )


def test_no_text_of_a_person_is_in_any_public_output(person: Person, tmp_path: Path) -> None:
    block = canary_block()
    with person.services.store.change("put") as writer:
        writer.put(block)
    person.services.shared.add(
        kind=SharedKind.SHARED,
        link="https://canary14.example", note="canary15", at=block.started_at,
    )  # fmt: skip
    from flowtui.services.review.report import public_report

    summary = public_report(person.services, date(2026, 2, 23), date(2026, 3, 1))
    outputs = [
        markdown(summary), markdown(summary, True), page(summary), post(summary, 500),
        alt_text(summary), json.dumps(summary.as_json()),
    ]  # fmt: skip
    for output in outputs:
        for secret in ("canary", "Kathmandu", "09:07", "/home"):
            assert secret not in output
    assert summary.contexts == {"other work": 2700}
    assert all(day.focus_s % QUARTER_S == 0 for day in summary.days)


def test_what_was_opened_by_name_is_named(flow: Shell, person: Person) -> None:
    person.configure('[contexts.own]\npublic = true\n[review]\npublic_tags = ["paper"]\n')
    lived(flow, person)
    person.pass_min(7 * 24 * 60)
    told = flow.ok("report", "--week", "last", "--public", "--json").json
    assert told["contexts"] == {"own": 2700, "other work": 11700}
    assert told["tags"] == {"paper": 2700}
    assert told["lines"] == told["links"] == []


class Pages(HTMLParser):
    """What a reader of the page gets."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.text += data


@given(st.text(max_size=60) | st.just(HOSTILE), st.integers(0, 86400))
def test_any_text_is_text_in_the_page_and_in_markdown(name: str, seconds: int) -> None:
    start = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
    block = replace(
        Block("b", start, "UTC", intention=name), ended_at=start + timedelta(seconds=seconds),
        context=name or "c",
    )  # fmt: skip
    summary = summarise(
        [block], MONDAY, MONDAY + timedelta(days=6), NOON + timedelta(days=30),
        lambda one: one.started_at.date(),
    )  # fmt: skip
    reader = Pages()
    reader.feed(page(summary))
    assert set(reader.tags) <= {
        "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "dl", "dt", "dd",
        "div", "span", "svg", "rect", "table", "thead", "tbody", "tr", "th", "td", "ul", "li",
        "figure", "figcaption",
    }  # fmt: skip
    assert reader.addresses == []
    assert "<b>" not in markdown(summary)
    rows = [line for line in markdown(summary).splitlines() if line.startswith("| ")]
    assert all(line.replace("\\|", "").count("|") in (3, 4) for line in rows)
    for limit in (280, 300, 500):
        assert len(post(summary, limit)) <= limit


@given(
    st.lists(
        st.tuples(st.integers(0, 30 * 24 * 60), st.integers(1, 24 * 60)), min_size=1, max_size=6
    )
)
def test_hours_and_days_have_all_of_the_focus(spans: list[tuple[int, int]]) -> None:
    start = datetime(2026, 3, 15, tzinfo=UTC)  # over the night when clocks change in Berlin
    blocks = [
        replace(
            Block(str(n), start + timedelta(minutes=at), "Europe/Berlin"),
            ended_at=start + timedelta(minutes=at + length),
        )
        for n, (at, length) in enumerate(spans)
    ]
    now = start + timedelta(days=60)
    whole = sum(measure(block, now).focus_s for block in blocks)
    for by in (By.HOUR, By.DAY, By.WEEK, By.CONTEXT, By.MODE):
        groups = grouped(blocks, by, now, lambda block: block.started_at.date())
        assert sum(group.focus_s for group in groups) == whole


def test_an_empty_stretch_is_a_report_all_the_same(flow: Shell) -> None:
    assert "0 min in 0 blocks" in flow.ok("report").out
    assert flow.ok("report", "--year", "2020", "--json").json["focus_s"] == 0
    assert public(summarise([], MONDAY, MONDAY, NOON, lambda block: MONDAY)).contexts == {}


def test_everything_written_down_is_found(flow: Shell, person: Person) -> None:
    lived(flow, person)
    flow.ok("note", "yoga 30 -- after the Fuse")
    flow.ok("plan", "add", "tomorrow 9:00", "fuse again")
    flow.ok("shared", "https://example.org", "how to FUSE")
    found = flow.ok("find", "fuse", "--json").json
    assert [one["kind"] for one in found] == ["plan", "shared", "entry", "block"]
    assert flow.ok("find", "nothing-like-it", "--json").json == []
    grep = flow.ok("log", "--grep", "PAPER", "--json").json
    assert [block["intention"] for block in grep] == ["read"]


@pytest.mark.parametrize("words", [("--week", "last"), ("--year", "2026"), ("--day", "yesterday")])
def test_a_report_is_a_picture_that_names_only_figures(
    flow: Shell, person: Person, tmp_path: Path, words: tuple[str, ...]
) -> None:
    lived(flow, person)
    person.services.store.ledger.refresh()
    with person.services.store.change("put") as writer:
        writer.put(canary_block())
    svg, png = tmp_path / "week.svg", tmp_path / "week.png"
    assert "alt text" in flow.ok("report", *words, "--picture", str(svg)).err
    flow.ok("report", *words, "--picture", str(png))
    root = ElementTree.fromstring(svg.read_text())
    assert root.tag.endswith("svg") and "canary" not in svg.read_text()
    assert png.read_bytes().startswith(b"\x89PNG") and b"canary" not in png.read_bytes()
    assert png.read_bytes()[16:24] == (1200).to_bytes(4) + (630).to_bytes(4)


def test_a_picture_of_another_kind_or_in_no_folder_is_one_line(flow: Shell) -> None:
    assert "let it end in .png or .svg" in flow("report", "--picture", "week.gif").err
    assert "cannot be written" in flow("report", "--picture", "/proc/week.png").err


def test_a_parked_thought_that_became_a_block_is_told_to_oneself_alone(
    flow: Shell, person: Person
) -> None:
    flow.ok("start", "fuse", "--detach")
    flow.ok("park", "Try bf16")
    flow.ok("park", "book the train")
    person.pass_min(30)
    flow.ok("stop", "--outcome", "done")
    flow.ok("start", "try bf16", "--detach")
    person.pass_min(30)
    flow.ok("stop", "--outcome", "done")
    told = flow.ok("report", "--json").json
    assert told["taken_up"] == ["try bf16"]
    assert "Parked, then taken up" in flow.ok("report", "--md").out
    person.pass_min(7 * 24 * 60)
    public = flow.ok("report", "--week", "last", "--public", "--json").json
    assert public["taken_up"] == public["runs_ended"] == []


def test_a_thought_that_was_parked_last_month_counts_too(flow: Shell, person: Person) -> None:
    flow.ok("start", "fuse", "--detach")
    flow.ok("park", "Try bf16")
    person.pass_min(30)
    flow.ok("stop", "--outcome", "done")
    person.pass_min(30 * 24 * 60)
    flow.ok("start", "try bf16", "--detach")
    person.pass_min(30)
    flow.ok("stop", "--outcome", "done")
    assert flow.ok("report", "--week", "this", "--json").json["taken_up"] == ["try bf16"]
