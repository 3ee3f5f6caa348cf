"""Places: one folder when asked for, the XDG folders otherwise, and nothing made on the way."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.settings import fastpaths
from flowtui.settings.paths import resolve


def test_without_any_variable_the_defaults_of_the_specification_hold() -> None:
    paths = resolve({"HOME": "/home/ada"})
    assert paths.config_file == Path("/home/ada/.config/flowtui/config.toml")
    assert paths.ledger_dir == Path("/home/ada/.local/share/flowtui/ledger")
    assert paths.log_file == Path("/home/ada/.local/state/flowtui/flowtui.log")


def test_xdg_variables_move_each_root() -> None:
    env = {
        "HOME": "/home/ada",
        "XDG_CONFIG_HOME": "/c/",
        "XDG_DATA_HOME": "/d",
        "XDG_STATE_HOME": "/s",
    }
    paths = resolve(env)
    assert (paths.config_dir, paths.data_dir, paths.state_dir) == (
        Path("/c/flowtui"),
        Path("/d/flowtui"),
        Path("/s/flowtui"),
    )


@pytest.mark.parametrize("value", ["", "relative", "./x", "~/x"])
def test_an_empty_or_relative_xdg_value_is_ignored(value: str) -> None:
    assert resolve({"HOME": "/h", "XDG_CONFIG_HOME": value}) == resolve({"HOME": "/h"})


def test_flowtui_home_keeps_everything_together_and_wins_over_xdg() -> None:
    paths = resolve({"HOME": "/h", "FLOWTUI_HOME": "/one", "XDG_DATA_HOME": "/d"})
    assert (paths.config_dir, paths.data_dir, paths.state_dir) == (
        Path("/one/config"),
        Path("/one/data"),
        Path("/one/state"),
    )


def test_the_home_option_wins_over_the_variable() -> None:
    assert resolve({"FLOWTUI_HOME": "/one"}, Path("/two")).data_dir == Path("/two/data")


def test_a_relative_home_is_taken_from_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert resolve({}, Path("here/../there")).data_dir == tmp_path / "there" / "data"
    assert resolve({"HOME": "/h", "FLOWTUI_HOME": "~/f"}).data_dir == Path("/h/f/data")


def test_without_home_the_password_database_is_asked() -> None:
    assert resolve({}).config_dir.is_absolute()


def test_resolving_makes_no_folder(tmp_path: Path) -> None:
    paths = resolve({"FLOWTUI_HOME": str(tmp_path / "new")})
    assert all(not place.exists() for place in paths.named().values())
    assert list(tmp_path.glob("new*")) == []


def test_every_place_is_named_once_and_lies_under_a_root() -> None:
    paths = resolve({"FLOWTUI_HOME": "/one"})
    assert len(set(paths.named().values())) == len(paths.named())
    assert all(Path("/one") in place.parents for place in paths.named().values())
    assert all(getattr(paths, name) == place for name, place in paths.named().items())


NAMES = st.sampled_from(["HOME", "FLOWTUI_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"])
VALUES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)


@given(st.dictionaries(NAMES, VALUES.map(lambda text: "/" + text)))
def test_the_quick_way_and_the_full_way_agree(env: dict[str, str]) -> None:
    paths = resolve(env)
    assert Path(fastpaths.status_file(env)) == paths.status_file
    assert Path(fastpaths.heartbeat_file(env)) == paths.heartbeat_file


def test_the_quick_way_imports_nothing_that_python_had_not_loaded() -> None:
    script = (
        "import sys; before = set(sys.modules); import flowtui.settings.fastpaths;"
        "print(sorted(set(sys.modules) - before))"
    )
    env = dict(os.environ, PYTHONPATH=str(Path(__file__).parents[3]))
    run = subprocess.run(
        [sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == str(
        ["__future__", "flowtui", "flowtui.settings", "flowtui.settings.fastpaths"]
    )
