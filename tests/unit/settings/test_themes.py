"""Themes: the shipped ones can be read by human eyes, a broken one stops nothing."""

from __future__ import annotations

import itertools
import math
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.settings.paths import Paths, resolve
from flowtui.settings.problems import Problem
from flowtui.settings.sections import Display
from flowtui.settings.themes import (
    DEFAULT_THEME,
    FALLBACK,
    MEANINGS,
    ThemeSpec,
    blend,
    choose,
    contrast,
    find,
    is_colour,
    parse_theme,
    rgb,
    shipped_folder,
    weaknesses,
)

NIGHT = tomllib.loads((shipped_folder() / "night.toml").read_text(encoding="utf-8"))
SHIPPED = find(resolve({"FLOWTUI_HOME": "/nonexistent"}))[0]
FIXED = [theme for theme in SHIPPED.values() if not theme.ansi]
FILE = Path("mine.toml")


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    paths = resolve({"FLOWTUI_HOME": str(tmp_path / "f")})
    paths.themes_dir.mkdir(parents=True)
    return paths


def changed(**values: Any) -> dict[str, Any]:
    return {**NIGHT, **values}


def test_every_shipped_file_is_a_theme_named_like_its_file() -> None:
    files = sorted(shipped_folder().glob("*.toml"))
    assert sorted(file.stem for file in files) == sorted(SHIPPED)
    assert len(files) >= 7
    assert find(resolve({"FLOWTUI_HOME": "/nonexistent"}))[1] == []


def test_the_default_theme_is_shipped() -> None:
    assert Display().theme == DEFAULT_THEME
    assert SHIPPED[DEFAULT_THEME].dark


def test_there_are_dark_light_strong_and_terminal_themes() -> None:
    assert {theme.dark for theme in FIXED} == {True, False}
    assert {theme.dark for theme in SHIPPED.values() if theme.ansi} == {True, False}
    assert all(theme.about for theme in SHIPPED.values())


@pytest.mark.parametrize("theme", FIXED, ids=lambda theme: theme.name)
def test_all_is_readable_on_everything_that_lies_behind(theme: ThemeSpec) -> None:
    assert weaknesses(theme) == []
    assert contrast(theme.foreground, theme.background) >= 7
    assert contrast(theme.line, theme.background) >= 1.25


@pytest.mark.parametrize("name", ["contrast-dark", "contrast-light"])
def test_the_strong_themes_reach_the_enhanced_contrast_everywhere(name: str) -> None:
    theme = SHIPPED[name]
    for front in ("foreground", "muted", "accent", *MEANINGS):
        for back in ("background", "surface", "panel"):
            assert contrast(getattr(theme, front), getattr(theme, back)) >= 7, (front, back)
    assert contrast(theme.line, theme.background) >= 3


def oklab(colour: str) -> tuple[float, float, float]:
    """OKLab of a colour. Source: B. Ottosson, "A perceptual color space for image processing"."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in rgb(colour))
    )
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


@pytest.mark.parametrize("theme", FIXED, ids=lambda theme: theme.name)
def test_the_four_meanings_look_different_from_one_another(theme: ThemeSpec) -> None:
    for one, other in itertools.combinations(MEANINGS, 2):
        apart = math.dist(oklab(theme.meanings()[one]), oklab(theme.meanings()[other]))
        assert apart >= 0.08, (one, other, apart)  # a just noticeable difference is about 0.02


def test_a_theme_of_the_user_wins_over_a_shipped_one(paths: Paths) -> None:
    text = (shipped_folder() / "day.toml").read_text(encoding="utf-8")
    (paths.themes_dir / "own.toml").write_text(text.replace('"day"', '"night"'), encoding="utf-8")
    themes, problems = find(paths)
    assert problems == []
    assert themes["night"].background == SHIPPED["day"].background
    assert len(themes) == len(SHIPPED)


def test_each_broken_file_gives_one_problem_and_the_others_load(paths: Paths) -> None:
    night = (shipped_folder() / "night.toml").read_text(encoding="utf-8")
    (paths.themes_dir / "a.toml").write_text(night.replace("#0d1117", "blue"), encoding="utf-8")
    (paths.themes_dir / "b.toml").write_text("name = ", encoding="utf-8")
    (paths.themes_dir / "c.toml").write_bytes(b"\xff")
    (paths.themes_dir / "d.toml").mkdir()
    (paths.themes_dir / "e.toml").write_text("", encoding="utf-8")
    (paths.themes_dir / "f.toml").write_text(night.replace('"night"', '"f"'), encoding="utf-8")
    (paths.themes_dir / "g.toml").write_text(night.replace('"night"', '"f"'), encoding="utf-8")
    (paths.themes_dir / "h.toml").symlink_to("gone")
    (paths.themes_dir / "notes.txt").write_text("not a theme", encoding="utf-8")
    themes, problems = find(paths)
    assert set(themes) == set(SHIPPED) | {"f"}
    assert [problem.file.name for problem in problems] == [f"{x}.toml" for x in "abcdegh"]
    assert all(isinstance(problem, Problem) for problem in problems)


def test_a_file_in_place_of_the_folder_is_one_problem(tmp_path: Path) -> None:
    paths = resolve({"FLOWTUI_HOME": str(tmp_path / "f")})
    paths.config_dir.mkdir(parents=True)
    paths.themes_dir.write_text("", encoding="utf-8")
    themes, problems = find(paths)
    assert themes == SHIPPED
    assert [problem.file for problem in problems] == [paths.themes_dir]


@pytest.mark.parametrize(
    ("table", "key", "message"),
    [
        (changed(backgruond="#000"), "backgruond", "unknown; did you mean background?"),
        (changed(background="#12345"), "background", "'#12345' is not a colour: "),
        (changed(background="red"), "background", "'red' is not a colour: "),
        (changed(accent="ansi_pink"), "accent", "'ansi_pink' is not a colour: "),
        (changed(accent=3), "accent", "3 is not a colour: "),
        (changed(line="#xyz"), "line", "'#xyz' is not a colour: "),
        (changed(dark="yes"), "dark", "'yes' is not true or false"),
        (changed(name=""), "name", "'' is not a name"),
        (changed(name="Mein Thema"), "name", "'Mein Thema' is not a name"),
        (changed(about="a\nb"), "about", "is not one line"),
        (changed(meanings=3), "meanings", "3 is not a table"),
        (changed(meanings={}), "meanings.focus", "missing; it must be a colour: "),
        (changed(meanings={**NIGHT["meanings"], "fokus": "#000"}), "meanings.fokus", "unknown; "),
        (changed(accent="ansi_blue"), "", "mixes fixed colours with the terminal's own"),
        ({}, "name", "missing; it must be a text (and 8 more)"),
    ],
)
def test_what_is_wrong_in_a_theme_is_told_by_its_key(
    table: dict[str, Any], key: str, message: str
) -> None:
    problem = parse_theme(table, FILE)
    assert isinstance(problem, Problem)
    assert (problem.file, problem.key) == (FILE, key)
    assert message in problem.message


def test_a_line_is_drawn_from_the_others_if_it_is_not_given() -> None:
    theme = parse_theme({key: value for key, value in NIGHT.items() if key != "line"}, FILE)
    assert isinstance(theme, ThemeSpec)
    assert theme.line == blend(NIGHT["background"], NIGHT["foreground"], 0.16)


def test_what_is_hard_to_read_is_told_in_a_sentence() -> None:
    theme = parse_theme(changed(muted="#333333"), FILE)
    assert isinstance(theme, ThemeSpec)
    assert weaknesses(theme)[0] == "muted on background has a contrast of 1.5, under 3"
    assert len(weaknesses(theme)) == 3


def test_a_theme_that_is_not_there_is_replaced_and_the_nearest_named() -> None:
    assert choose("dusk", SHIPPED, FILE) == (SHIPPED["dusk"], None)
    theme, problem = choose("dsuk", SHIPPED, FILE)
    assert theme == SHIPPED["night"]
    assert problem == Problem(FILE, "display.theme", "there is no theme 'dsuk'; did you mean dusk?")
    assert choose("night", {}, FILE)[0] == FALLBACK


VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("#abc")


@given(st.dictionaries(st.sampled_from([*NIGHT, "x"]), VALUES | st.just(NIGHT["meanings"])))
def test_any_table_is_a_theme_or_one_problem(table: dict[str, Any]) -> None:
    theme = parse_theme(table, FILE)
    if isinstance(theme, ThemeSpec):
        assert all(is_colour(colour) for colour in theme.meanings().values())
    else:
        assert "\n" not in theme.message


def test_contrast_is_measured_as_wcag_does() -> None:
    assert contrast("#000", "#fff") == 21
    assert contrast("#fff", "#ffffff") == 1
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54  # the darkest known AA grey on white


@given(st.tuples(*[st.integers(0, 255)] * 3), st.tuples(*[st.integers(0, 255)] * 3))
def test_blending_starts_at_one_colour_and_ends_at_the_other(
    one: tuple[int, int, int], other: tuple[int, int, int]
) -> None:
    first, second = ("#{:02x}{:02x}{:02x}".format(*parts) for parts in (one, other))
    assert rgb(first) == one
    assert blend(first, second, 0) == first
    assert blend(first, second, 1) == second


def test_a_terminal_colour_has_no_parts_to_compute_with() -> None:
    with pytest.raises(ValueError, match="ansi_red"):
        rgb("ansi_red")
