"""Every theme holds in a real app: no variable missing, colours as written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rich.console import Console
from textual.app import App, ComposeResult
from textual.color import Color
from textual.filter import ANSIToTruecolor
from textual.widgets import DataTable, Footer, Input, Label, OptionList, ProgressBar, Static

from flowtui.settings.paths import resolve
from flowtui.settings.themes import (
    FALLBACK,
    MEANINGS,
    ThemeSpec,
    contrast,
    find,
    has_few_colours,
    in_terminal_colours,
)
from flowtui.tui.app import FlowApp
from flowtui.tui.shell.theming import own_variables, to_textual, variable_defaults, variables
from tests.tui.harness import World, ready

THEMES = [*find(resolve({"FLOWTUI_HOME": "/nonexistent"}))[0].values(), FALLBACK]
OWN = (*MEANINGS, "muted", "faint", "line")


class Sampler(App[None]):
    """One label for each of flowtui's own colours, and widgets that use Textual's."""

    CSS = "\n".join(
        [f"#{name} {{ color: ${name}; background: $background; }}" for name in OWN]
        + ["#styled { text-style: $muted-style; } #styled2 { text-style: $faint-style; }"]
    )

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults()

    def compose(self) -> ComposeResult:
        for name in OWN:
            yield Label(name, id=name)
        yield Static("a", id="styled")
        yield Static("b", id="styled2")
        yield Input("text")
        yield OptionList("one", "two")
        table: DataTable[str] = DataTable()
        table.add_columns("a", "b")
        table.add_row("1", "2")
        yield table
        yield ProgressBar(total=10)
        yield Footer()


@pytest.mark.parametrize("spec", THEMES, ids=lambda spec: spec.name)
async def test_every_theme_shows_its_own_colours(spec: ThemeSpec) -> None:
    app = Sampler()
    app.register_theme(to_textual(spec))
    app.theme = spec.name
    async with app.run_test() as pilot:
        await pilot.pause()
        for name in OWN:
            expected = Color.parse(own_variables(spec)[name])
            assert app.query_one(f"#{name}", Label).styles.color == expected, name
        assert app.native_ansi_color is spec.ansi
        dim = app.query_one("#styled", Static).styles.text_style.dim
        assert bool(dim) is spec.ansi
        assert "faint" in app.export_screenshot()


async def test_a_theme_of_textual_gets_the_variables_that_it_lacks() -> None:
    app = Sampler()
    async with app.run_test() as pilot:
        for name in ("textual-light", "nord", "ansi-dark"):
            app.theme = name
            await pilot.pause()
            lost = Color.parse(FALLBACK.lost)
            assert app.query_one("#lost", Label).styles.color == lost


@pytest.mark.parametrize("spec", THEMES, ids=lambda spec: spec.name)
def test_every_colour_of_a_theme_can_be_generated(spec: ThemeSpec) -> None:
    generated = to_textual(spec).to_color_system().generate() | variables(spec)
    for name in [name for name in generated if name.endswith(("ground", "color"))]:
        value = generated[name]
        if value != "initial":
            Color.parse(value.rpartition(" ")[0] if value.endswith("%") else value)
    styles = [value for name, value in generated.items() if name.endswith("-style")]
    assert all(re.fullmatch(r"[a-z ]+", style) for style in styles)


@pytest.mark.parametrize("spec", [s for s in THEMES if not s.ansi], ids=lambda spec: spec.name)
def test_what_is_chosen_stays_readable(spec: ThemeSpec) -> None:
    made = variables(spec)
    for part in ("block-cursor", "block-cursor-blurred", "input-selection", "screen-selection"):
        ratio = contrast(made[f"{part}-foreground"], made[f"{part}-background"])
        assert ratio >= 4.5, part
    assert contrast(made["input-cursor-foreground"], made["input-cursor-background"]) >= 4.5
    assert (
        1.5 <= contrast(made["faint"], spec.background) < contrast(made["muted"], spec.background)
    )


def test_style_sheets_need_no_colour_of_their_own() -> None:
    folder = Path(__file__).parents[2] / "flowtui" / "tui"
    for sheet in folder.rglob("*.tcss"):
        assert not re.search(r"#[0-9a-fA-F]{3,8}\s*;", sheet.read_text(encoding="utf-8")), sheet


@pytest.mark.parametrize("spec", [t for t in THEMES if not t.ansi], ids=lambda spec: spec.name)
def test_sentences_and_hints_can_be_read_in_every_theme(spec: ThemeSpec) -> None:
    """4.5:1 for what is said, also where it stands back; 3:1 for what has dimmed and for hints."""
    own = own_variables(spec)
    for front in ("foreground", "muted", "accent", *MEANINGS):
        colour = getattr(spec, front, None) or own[front]
        assert contrast(colour, spec.background) >= 4.5, front
    for back in (spec.background, spec.panel):
        assert contrast(own["faint"], back) >= 3
        assert contrast(variables(spec)["text-disabled"], back) >= 3


@pytest.mark.parametrize("spec", THEMES, ids=lambda spec: spec.name)
def test_in_sixteen_colours_text_is_the_terminals_own_on_its_own_background(
    spec: ThemeSpec,
) -> None:
    themes = {each.name: each for each in THEMES}
    few = in_terminal_colours(themes)
    drawn = few[spec.name]
    assert (drawn.name, drawn.dark, drawn.ansi) == (spec.name, spec.dark, True)
    for name in ("background", "surface", "panel", "foreground", "muted"):
        assert getattr(drawn, name) == "ansi_default"
    Color.parse(variables(drawn)["block-cursor-foreground"])


@pytest.mark.parametrize(
    ("env", "few"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "linux"}, True),
        ({"TERM": "screen"}, True),
        ({"TERM": "xterm-16color"}, True),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, False),
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "tmux-256color"}, False),
        ({"TERM": "xterm-kitty"}, False),
        ({"TERM": "xterm", "TEXTUAL_COLOR_SYSTEM": "256"}, False),
        ({"TERM": "xterm-256color", "TEXTUAL_COLOR_SYSTEM": "standard"}, True),
    ],
)
def test_how_many_colours_there_are_is_judged_as_the_library_judges_it(
    env: dict[str, str], few: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TERM", "COLORTERM", "NO_COLOR", "TEXTUAL_COLOR_SYSTEM", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    assert has_few_colours(env) is few
    if "TEXTUAL_COLOR_SYSTEM" not in env:
        console = Console(force_terminal=True, _environ=env, legacy_windows=False)
        assert (console.color_system == "standard") is few


@pytest.mark.parametrize("name", ["terminal", "terminal-light", "night"])
async def test_a_theme_is_right_after_a_start_as_after_it_was_chosen(
    world: World, name: str
) -> None:
    """The terminal's own colours reach the terminal; they are not painted over by our guess."""
    world.services.paths.config_file.parent.mkdir(parents=True, exist_ok=True)
    world.services.paths.config_file.write_text(f'[display]\ntheme = "{name}"\n')
    own = name.startswith("terminal")
    app = world.app(name)
    async with app.run_test() as pilot:
        await ready(pilot)
        assert painted(app) is not own
        app.theme = "day" if own else "terminal"
        await pilot.pause()
        assert painted(app) is own
        app.theme = name
        await pilot.pause()
        assert painted(app) is not own


def painted(app: FlowApp) -> bool:
    """Whether names of colours are turned into fixed ones on their way to the terminal."""
    return any(isinstance(each, ANSIToTruecolor) for each in app.get_line_filters())
