"""Settings: everything wrong is told once and by name, and nothing wrong stops flowtui."""

from __future__ import annotations

import dataclasses
from datetime import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.errors import UsageError
from flowtui.core.focus.block import AtPlan, Mode
from flowtui.settings.config import Config, load, option_names, parse, read_section, require
from flowtui.settings.kinds import whole
from flowtui.settings.paths import Paths, resolve
from flowtui.settings.problems import Collector, Problem
from flowtui.settings.sections import Blocks, option

FILE = Path("/etc/config.toml")


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    paths = resolve({"FLOWTUI_HOME": str(tmp_path / "f")})
    paths.config_dir.mkdir(parents=True)
    return paths


def only(problems: list[Problem]) -> Problem:
    assert len(problems) == 1, problems
    return problems[0]


def test_a_missing_file_means_the_defaults_and_is_not_made(tmp_path: Path) -> None:
    paths = resolve({"FLOWTUI_HOME": str(tmp_path / "none")})
    assert load(paths) == (Config(), [])
    assert not (tmp_path / "none").exists()


def test_a_full_file_is_read(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    paths.config_file.write_text(
        """
        [day]
        start = "05:30"
        week_starts = "sunday"
        rest_days = ["sat", "Sunday"]
        zone = "Europe/Warsaw"
        [blocks]
        presets_min = [45, 90]
        default_min = "open"
        at_plan = "end"
        idle_dim_s = "never"
        break_ratio = 0.2
        [goals]
        day_min = 180
        week_h = 12
        overwork_h = "none"
        [contexts.work]
        folders = ["~/src", "/srv/models"]
        [contexts.own]
        default_mode = "theory"
        [contexts.teaching]
        week_floor_h = 1.5
        tags = ["#Talks"]
        [display]
        clock = "none"
        [notices]
        events = ["plan-reached"]
        [evidence]
        timeout_s = 2
        [keys]
        "block.pause" = "p"
        [body]
        eating = true
        targets = {default = "16:8", sun = "off"}
        stops = ["phone in bed"]
        order = ["sleep", "habit"]
        floors = ["workout 3 days"]
        away = ["2026-03-01..2026-03-03"]
        checkin_at = "off"
        wind_down = "22:30"
        [body.habits]
        meditate = "yes_no"
        iron = {form = "dose", unit = "mg"}
        """,
        encoding="utf-8",
    )
    config, problems = load(paths)
    assert problems == []
    assert config.day.start == time(5, 30)
    assert (config.day.week_starts, config.day.rest_days) == (6, (5, 6))
    assert config.day.zone == ZoneInfo("Europe/Warsaw")
    assert config.blocks.presets_min == (45, 90)
    assert config.blocks.default_min is None
    assert config.blocks.at_plan is AtPlan.END
    assert config.blocks.idle_dim_s is None
    assert (config.goals.week_h, config.goals.overwork_h) == (12.0, None)
    assert config.contexts["work"].folders == (Path("/home/ada/src"), Path("/srv/models"))
    assert config.contexts["own"].default_mode is Mode.THEORY
    assert config.contexts["own"].week_floor_h is None
    assert config.contexts["teaching"].tags == ("talks",)
    assert config.display.clock == "none"
    assert config.notices.events == ("plan-reached",)
    assert config.evidence.timeout_s == 2.0
    assert config.keys == {"block.pause": "p"}
    body = config.body
    assert (body.eating, dict(body.targets)) == (True, {"default": "16:8", "sun": "off"})
    assert (body.stops, body.order) == (("phone in bed",), ("sleep", "habit"))
    assert (body.floors, body.away) == (("workout 3 days",), ("2026-03-01..2026-03-03",))
    assert (body.checkin_at, body.wind_down) == (None, time(22, 30))
    assert list(body.habits) == ["meditate", "iron"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[day]\nstart = ", "at end of document, line 2, column 9"),
        ("[day]\nstart 4", "at line 2, column 7"),
        ("[day\n", "at line 1, column 5"),
        ("a = 1\na = 2", "line 2"),
        ("[day]\n[day]\n", "line 2"),
    ],
)
def test_a_broken_file_means_the_defaults_and_one_problem_with_its_place(
    paths: Paths, text: str, place: str
) -> None:
    paths.config_file.write_text(text, encoding="utf-8")
    config, problems = load(paths)
    assert config == Config()
    assert place in only(problems).message
    assert only(problems).file == paths.config_file


def test_a_file_that_is_not_utf_8_is_told_with_its_place(paths: Paths) -> None:
    paths.config_file.write_bytes('# ż\n[day]\nstart = "'.encode() + b'\xff"')
    config, problems = load(paths)
    assert config == Config()
    assert only(problems).message == "is not UTF-8 (line 3, column 10)"


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter(paths: Paths) -> None:
    paths.config_file.write_bytes(b'\xef\xbb\xbf[display]\r\ntheme = "day"\r\n')
    config, problems = load(paths)
    assert (config.display.theme, problems) == ("day", [])


def test_a_folder_or_an_endless_file_in_its_place_is_one_problem(paths: Paths) -> None:
    paths.config_file.mkdir()
    assert only(load(paths)[1]).message.startswith("cannot be read")
    paths.config_file.rmdir()
    paths.config_file.symlink_to("/dev/zero")
    assert "larger than 1 MiB" in only(load(paths)[1]).message


def test_brackets_nested_without_end_are_one_problem() -> None:
    config, problems = parse("a = " + "[" * 100_000, FILE)
    assert config == Config()
    assert "TOML" in only(problems).message


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("day.start", '"25:00"'),
        ("day.start", "04:00:00"),
        ("day.week_starts", "1"),
        ("day.rest_days", '"sunday"'),
        ("day.rest_days", '["sunday", "sun"]'),
        ("day.zone", '"Mars/Base"'),
        ("day.zone", '"Europe"'),
        ("day.zone", '"/etc/passwd"'),
        ("blocks.presets_min", "[]"),
        ("blocks.presets_min", "[25, true]"),
        ("blocks.presets_min", "[0]"),
        ("blocks.default_min", "25.0"),
        ("blocks.default_min", "-5"),
        ("blocks.at_plan", '"stop"'),
        ("blocks.break_ratio", "nan"),
        ("blocks.break_ratio", "inf"),
        ("blocks.break_steps_min", "[[50, 8], [25, 5]]"),
        ("blocks.break_steps_min", "[[25]]"),
        ("goals.week_h", "true"),
        ("display.clock", '"hours"'),
        ("display.font", '"../../etc"'),
        ("notices.bell", "1"),
        ("notices.events", '["everything"]'),
        ("contexts.work.folders", '["src"]'),
        ("contexts.work.folders", '["~nobody-of-this-name/src"]'),
        ("contexts.work.tags", '["two words"]'),
        ("keys.quit", "3"),
        ("day", "3"),
        ("keys", "3"),
        ("contexts", "3"),
        ("contexts.work", "3"),
        ("body", "3"),
        ("body.eating", '"yes"'),
        ("body.targets", '{default = "16:9"}'),
        ("body.targets", '{caturday = "16:8"}'),
        ("body.targets", "16"),
        ("body.habits", "3"),
        ("body.stops", '[""]'),
        ("body.order", '["mood"]'),
        ("body.hidden", '["sleep.colour"]'),
        ("body.floors", '["workout 9 days"]'),
        ("body.away", '["2026-02-30"]'),
        ("body.away", '["2026-03-01..2027-12-01"]'),
        ("body.checkin_at", '"25:00"'),
        ("body.closing_min", "0"),
        ("body.wind_down", "22"),
    ],
)
def test_a_bad_value_means_the_default_for_that_key_and_one_problem(key: str, value: str) -> None:
    config, problems = parse(f"{key} = {value}", FILE)
    assert config == Config()
    assert only(problems).key == key
    assert " is not " in only(problems).message


def test_the_rest_of_a_section_with_a_bad_value_counts() -> None:
    config, problems = parse('[day]\nstart = "soon"\nweek_starts = "sunday"', FILE)
    assert (config.day.week_starts, config.day.start) == (6, time(4))
    assert only(problems).message == "'soon' is not a time of day such as 04:00"


@pytest.mark.parametrize(
    ("text", "key", "message"),
    [
        ("[day]\nstrat = 1", "day.strat", "unknown; did you mean start?"),
        ("[day]\nweek-starts = 1", "day.week-starts", "unknown; did you mean week_starts?"),
        ("[dispaly]\nx = 1", "dispaly", "unknown; did you mean display?"),
        ("theme = 'x'", "theme", "unknown here; did you mean display.theme?"),
        ("[day]\nqqq = 1", "day.qqq", "unknown; [day] knows start, week_starts, rest_days, zone"),
        ("[contexts.x]\nfolder = []", "contexts.x.folder", "unknown; did you mean folders?"),
    ],
)
def test_an_unknown_key_is_told_with_the_nearest_one(text: str, key: str, message: str) -> None:
    config, problems = parse(text, FILE)
    assert only(problems).key == key
    assert only(problems).message == message
    assert dataclasses.replace(config, contexts=Config().contexts) == Config()


def test_a_context_with_a_strange_name_is_refused() -> None:
    config, problems = parse('[contexts."a b\\n"]', FILE)
    assert config == Config()
    assert "\n" not in str(only(problems))


def test_require_passes_a_clean_config_and_refuses_the_first_problem_with_exit_code_2() -> None:
    config, problems = parse("[day]\nstart = 1\nstrat = 2\nzone = 3", FILE)
    assert require(config, []) is config
    with pytest.raises(UsageError) as refused:
        require(config, problems)
    assert refused.value.exit_code == 2
    assert refused.value.message == f"{FILE}: day.start: 1 is not a time of day such as 04:00"
    assert refused.value.hint == "There are 2 more problems. See: flowtui doctor"


@given(st.text(max_size=200))
def test_any_text_gives_a_config(text: str) -> None:
    config, problems = parse(text, FILE)
    assert isinstance(config, Config)
    assert all("\n" not in str(problem) for problem in problems if problem.key)


TOML_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
)


@given(st.sampled_from([name for name, _ in option_names()]), TOML_VALUES)
def test_any_value_is_read_or_refused_under_its_own_key(name: str, value: Any) -> None:
    section, _, key = name.partition(".")
    into = Collector(FILE)
    before = getattr(Config(), section)
    after = read_section(type(before), {key: value}, section, into)
    assert len(into.found) <= 1
    if into.found:
        assert into.found[0].key == name
        assert after == before


@given(st.sampled_from([(name, field) for name, field in option_names()]))
def test_every_default_is_a_value_that_its_kind_reads_back(
    named: tuple[str, dataclasses.Field[Any]],
) -> None:
    kind = named[1].metadata["kind"]
    section, _, name = named[0].partition(".")
    default = getattr(getattr(Config(), section), name)
    assert kind.read(kind.write(default)) == default
    assert named[1].metadata["help"].endswith(".")


def test_a_new_section_is_a_dataclass_of_options() -> None:
    @dataclasses.dataclass(frozen=True, slots=True)
    class Tea:
        """How tea is made."""

        minutes: int = option(3, whole(1, 9, "minutes"), "How long it draws.")

    into = Collector(FILE)
    assert read_section(Tea, {"minutes": 5}, "tea", into) == Tea(5)
    assert read_section(Tea, {"minutes": 50}, "tea", into) == Tea()
    assert only(into.found).message == "50 is not a whole number of minutes from 1 to 9"


@pytest.mark.parametrize(
    ("focus_min", "break_min"), [(1, 5), (25, 5), (26, 8), (50, 8), (51, 10), (180, 10)]
)
def test_the_break_suggested_grows_with_the_focus(focus_min: int, break_min: int) -> None:
    assert Blocks().break_s(focus_min * 60) == break_min * 60


def test_a_ratio_takes_the_place_of_the_steps() -> None:
    blocks = Blocks(break_ratio=0.2)
    assert blocks.break_s(3000) == 600
    assert blocks.break_s(10) == 60


def test_a_habit_that_cannot_be_meant_leaves_the_others_as_they_are() -> None:
    text = """
    [body.habits]
    meditate = "yes_no"
    iron = {form = "dose"}
    Meditate = "count"
    walk = {form = "count", unit = "km"}
    """

    config, problems = parse(text, FILE)

    assert list(config.body.habits) == ["meditate", "walk"]
    assert [p.key for p in problems] == ["body.habits.'iron'", "body.habits.'Meditate'"]
    assert "without a unit" in problems[0].message
    assert "declared twice" in problems[1].message
