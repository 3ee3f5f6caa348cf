"""`flowtui status`: every shape, the quick way and the long way to the same answer."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from flowtui import entry
from flowtui.cli.focus import status_formats
from flowtui.cli.focus.prompt import quick_status
from flowtui.core.focus.block import Source
from flowtui.core.focus.commands import Interrupt, Park, Pause
from tests.unit import schemas
from tests.user import Person, Said, Shell

EVERY_FIELD = "|".join(f"{name}={{{name}}}" for name in status_formats.FORMAT_FIELDS)
ALL_SECONDS = " ".join(f"{{{name}_s}}" for name in status_formats.SECONDS)
SHAPES = [
    (),
    ("--json",),
    ("--tmux",),
    ("--waybar",),
    ("--format", EVERY_FIELD),
    (f"--format={ALL_SECONDS}",),
]


def main(flow: Shell, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Said:
    """What the installed command does, from its beginning."""
    monkeypatch.setattr(sys, "argv", ["flowtui", *arguments])
    return flow.listen(entry.main)


def overtime(person: Person) -> None:
    person.begin(25)
    person.pass_min(30)


def paused(person: Person) -> None:
    person.begin(None, 'a #tag & <b> "quote"')
    person.pass_min(5)
    person.services.focus.apply(Park("x"))
    person.services.focus.apply(Pause("go on"))
    person.pass_min(5)


def away(person: Person) -> None:
    person.begin(50)
    person.services.focus.apply(Interrupt(Source.EXTERNAL, "phone"))
    person.pass_min(5)


STATES: dict[str, Callable[[Person], object]] = {
    "none": lambda p: p.past(60, 30),
    "running": lambda p: p.begin(50),
    "open": lambda p: p.begin(None),
    "overtime": overtime,
    "paused": paused,
    "away": away,
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape[0][:9] if shape else "plain")
def test_the_quick_way_and_the_long_way_say_the_same(
    person: Person,
    flow: Shell,
    monkeypatch: pytest.MonkeyPatch,
    state: str,
    shape: tuple[str, ...],
) -> None:
    STATES[state](person)
    person.clock.advance(61)

    quick = quick_status(["status", *shape])
    said = main(flow, monkeypatch, "status", *shape)
    long = flow.ok("status", *shape)

    assert quick is not None
    assert quick == said.out == long.out
    assert said.err == long.err == ""


@pytest.mark.parametrize("state", STATES)
def test_the_json_is_the_contract(person: Person, flow: Shell, state: str) -> None:
    STATES[state](person)
    person.clock.advance(61)

    data = json.loads(quick_status(["status", "--json"]) or "")

    schemas.check(data, schemas.STATUS)
    assert data["runs"] == [] and data["guard"]["level"] == "none"
    if state == "none":
        assert data["block"] is None and data["day"]["focus_s"] == 1800
    else:
        assert data["block"]["state"] == {"open": "running", "away": "running"}.get(state, state)


def test_json_without_any_ledger_is_the_contract_too(person: Person, flow: Shell) -> None:
    data = flow.ok("status", "--json").json

    schemas.check(data, schemas.STATUS)
    assert (data["block"], data["day"]["blocks"]) == (None, 0)
    assert not person.home.exists()


@pytest.mark.parametrize(
    ("state", "line"),
    [
        ("none", "no block · 30 min today"),
        ("running", "50 min left · fuse the kernel · 0 min today"),
        ("open", "0 min · fuse the kernel · 0 min today"),
        ("overtime", "5 min over · fuse the kernel · 30 min today"),
        ("paused", 'paused 5 min · a #tag & <b> "quote" · 5 min today'),
    ],
)
def test_the_plain_line(person: Person, flow: Shell, state: str, line: str) -> None:
    STATES[state](person)

    assert flow.ok("status").out == f"{line}\n"


def test_a_tmux_item_colours_by_state_and_escapes_its_own_signs(
    person: Person, flow: Shell
) -> None:
    assert flow.ok("status", "--tmux").out == "\n"
    paused(person)

    out = flow.ok("status", "--tmux").out

    assert out == '#[fg=blue]paused 5 min a ##tag & <b> "quote"#[default]\n'


def test_a_waybar_item_has_class_percentage_and_escaped_tooltip(
    person: Person, flow: Shell
) -> None:
    assert flow.ok("status", "--waybar").json == {
        "text": "", "alt": "none", "class": "none", "tooltip": "no block · 0 min today",
    }  # fmt: skip
    paused(person)
    item = flow.ok("status", "--waybar").json
    assert (item["text"], item["alt"], item["class"]) == ("paused 5 min", "paused", "rest")
    assert "a #tag &amp; &lt;b&gt;" in item["tooltip"]
    assert "percentage" not in item
    flow.ok("start", "--switch", "--for", "50m")
    person.pass_min(20)

    assert flow.ok("status", "--waybar").json["percentage"] == 40


def test_every_field_of_a_format_has_its_text(person: Person, flow: Shell) -> None:
    flow.ok("start", "fuse", "--for", "50m", "-t", "a,b", "-m", "build", "--then", "if x, then y")
    person.pass_min(20)
    flow.ok("interrupt", "internal")
    flow.ok("park", "later")
    flow.ok("pause", "go on")
    person.pass_min(10)

    out = flow.ok("status", "--format", EVERY_FIELD).out.rstrip("\n")
    named = dict(pair.split("=", 1) for pair in out.split("|"))

    id = person.services.store.need_running().id
    assert set(named) == set(status_formats.FORMAT_FIELDS)
    expected = {
        "state": "paused", "id": id, "intention": "fuse", "then": "if x, then y",
        "tags": "#a #b", "context": "work", "mode": "build", "phrase": "paused 10 min",
        "clock": "30:00", "planned": "50 min", "focus": "20 min", "paused": "10 min",
        "overtime": "0 min", "remaining": "30 min", "percent": "40", "interruptions": "1",
        "parked": "1", "next_step": "go on", "day_focus": "20 min", "day_goal": "",
        "day_blocks": "1", "week_focus": "20 min", "week_goal": "", "focus_s": "1200",
    }  # fmt: skip
    assert {name: named[name] for name in expected} == expected


def test_the_seconds_of_a_format_are_whole_numbers(person: Person, flow: Shell) -> None:
    overtime(person)

    out = flow.ok("status", "--format", ALL_SECONDS).out.split()

    assert out == ["1500", "1800", "0", "300", "0", "1800", "1800"]
    assert flow.ok("status", "--format", "{clock}").out == "+05:00\n"


@pytest.mark.parametrize(
    ("template", "out"),
    [("", ""), ("x", "x"), ("{{{state}}}", "{running}"), ("{{}}", "{}"), ("ü{id}"[:1], "ü")],
)
def test_braces_are_doubled(person: Person, flow: Shell, template: str, out: str) -> None:
    person.begin()

    assert flow.ok("status", "--format", template).out == f"{out}\n"
    assert quick_status(["status", "--format", template]) == f"{out}\n"


@pytest.mark.parametrize(
    ("template", "what", "todo"),
    [
        ("{focu}", "the format has no field 'focu'", "did you mean {focus}?"),
        ("{zzzz}", "the format has no field 'zzzz'", "see them: flowtui status --help"),
        ("{focus", "the format '{focus' has a single {", "write {{ and }} for braces"),
        ("focus}", "the format 'focus}' has a single }", "write {{ and }} for braces"),
    ],
)
def test_a_format_that_cannot_be_meant_is_told(
    person: Person,
    flow: Shell,
    monkeypatch: pytest.MonkeyPatch,
    template: str,
    what: str,
    todo: str,
) -> None:
    person.begin()

    said = main(flow, monkeypatch, "status", "--format", template)

    assert said.code == 2
    assert said.out == ""
    assert said.err.startswith(f"flowtui: {what}\n  {todo}")


def test_two_shapes_are_one_too_many(flow: Shell) -> None:
    said = flow("status", "--json", "--tmux")

    assert (said.code, said.out) == (2, "")
    assert said.err == "flowtui: --json and --tmux cannot be combined\n  give one of them\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--home", "HOME", "status"],
        ["--home=HOME", "status"],
    ],
)
def test_the_quick_way_knows_the_home_that_is_named(
    person: Person,
    flow: Shell,
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    person.begin()
    home = str(person.home)
    monkeypatch.setenv("FLOWTUI_HOME", str(tmp_path / "another"))

    assert quick_status([a.replace("HOME", home) for a in arguments]) is not None
    assert quick_status(["status"]) is None


@pytest.mark.parametrize(
    "arguments",
    [
        ["--home", "status"],
        ["--home"],
        ["park", "status"],
        ["--plain", "status"],
        ["status", "--follow"],
        ["status", "--help"],
        ["status", "--json", "--tmux"],
        ["status", "--format"],
    ],
)
def test_what_the_quick_way_does_not_know_goes_the_long_way(
    person: Person, flow: Shell, arguments: list[str]
) -> None:
    person.begin()

    assert quick_status(arguments) is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace("planned_s\t3000", "planned_s\tmany"),
        lambda text: re.sub("json\t.*", "json\t{", text),
        lambda text: re.sub("json\t.*", "json\t[]", text),
        lambda text: re.sub("json\t.*", 'json\t{"block":{},"day":3}', text),
        lambda text: text.replace("state\trunning", "stat\trunning"),
    ],
)
def test_a_damaged_status_file_is_mended_by_the_question(
    person: Person,
    flow: Shell,
    monkeypatch: pytest.MonkeyPatch,
    damage: Callable[[str], str],
) -> None:
    person.begin(50)
    file = person.services.paths.status_file
    text = file.read_text()
    file.write_text(damage(text))
    assert file.read_text() != text

    for shape in ("--json", "--waybar"):
        said = main(flow, monkeypatch, "status", shape)
        assert (said.code, said.err) == (0, "")

    schemas.check(main(flow, monkeypatch, "status", "--json").json, schemas.STATUS)
    assert flow.ok("status", "--json").json["block"]["planned_s"] == 3000
    assert file.read_text() == text


def test_following_prints_whenever_the_answer_changes(
    person: Person, flow: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A minute apart, since nothing waits here; the third look finds nothing new."""
    person.begin(50)
    naps: list[float] = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) != 3:
            person.pass_min(1)
        if len(naps) == 2:
            person.services.paths.status_file.write_text("damaged")
        if len(naps) == 5:
            person.services.focus.apply(Pause())
        if len(naps) == 6:
            raise KeyboardInterrupt

    monkeypatch.setattr("flowtui.cli.focus.status.time.sleep", nap)

    said = flow.ok("status", "--follow", "--every", "0.5", "--format", "{phrase}")

    assert said.out.splitlines() == [
        "50 min left", "49 min left", "48 min left", "47 min left", "paused 0 min",
    ]  # fmt: skip
    assert naps == [0.5] * 6


def test_followed_json_is_one_line_each(
    person: Person, flow: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.begin(50)

    def stop(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("flowtui.cli.focus.status.time.sleep", stop)

    out = flow.ok("status", "--follow", "--json").out

    assert out.count("\n") == 1
    schemas.check(json.loads(out), schemas.STATUS)
