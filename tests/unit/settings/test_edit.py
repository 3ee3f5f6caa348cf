"""Changing one setting: all else in the file stays, byte for byte where it can."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from flowtui.core.errors import FlowError, UsageError
from flowtui.settings.config import parse
from flowtui.settings.edit import set_value

TEXT = """\
# mine
[display]   # colours
theme = "night"  # at home
clock = "none"

[contexts.own]
folders = [
  "/a",  # first
]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(TEXT, encoding="utf-8")
    return file


def test_a_value_is_changed_and_comments_stay(file: Path) -> None:
    set_value(file, "display.theme", "day")
    assert file.read_text(encoding="utf-8") == TEXT.replace('"night"', '"day"')


def test_a_missing_section_and_file_are_made(tmp_path: Path) -> None:
    file = tmp_path / "new" / "config.toml"
    set_value(file, "display.theme", "day")
    set_value(file, "blocks.presets_min", [30, 60])
    set_value(file, "contexts.own.week_floor_h", 3)
    config, problems = parse(file.read_text(encoding="utf-8"), file)
    assert problems == []
    assert config.display.theme == "day"
    assert config.blocks.presets_min == (30, 60)
    assert config.contexts["own"].week_floor_h == 3.0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_none_takes_a_value_away_so_that_the_default_holds(file: Path) -> None:
    set_value(file, "display.clock", None)
    assert file.read_text(encoding="utf-8") == TEXT.replace('clock = "none"\n', "")
    set_value(file, "goals.day_min", None)
    assert file.read_text(encoding="utf-8") == TEXT.replace('clock = "none"\n', "")


@pytest.mark.parametrize(
    "text",
    [
        'display.theme = "night"\n',
        'display = { theme = "night", clock = "none" }\n',
        '[display]\ntheme = "night"\n[display.more]\nx = 1\n',
        '"display"."theme" = \'night\' # why\n',
        "[[other]]\nx = 1\n[[other]]\nx = 2\n",
        "",
        "\ufeff[display]\r\ntheme = 'night'\r\n",
        "\n\n# only a comment",
    ],
)
def test_every_way_to_write_a_table_is_respected(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    set_value(file, "display.theme", "day")
    config, _ = parse(file.read_text(encoding="utf-8"), file)
    assert config.display.theme == "day"
    for comment in ("# why", "# only a comment"):
        assert (comment in text) == (comment in file.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("display.clock", "hours", "display.clock: 'hours' is not one of"),
        ("display.clokc", "bar", "display.clokc: unknown; did you mean clock?"),
        ("dispaly.clock", "bar", "dispaly: unknown; did you mean display?"),
        ("theme", "day", "'theme' is not a setting"),
        ("", "day", "'' is not a setting"),
        ("display.", "day", "'display.' is not a setting"),
        ("display.theme", object(), "display.theme: "),
    ],
)
def test_what_reading_would_complain_about_is_never_written(
    file: Path, key: str, value: object, message: str
) -> None:
    with pytest.raises(UsageError) as refused:
        set_value(file, key, value)
    assert refused.value.message.startswith(message)
    assert file.read_text(encoding="utf-8") == TEXT


@pytest.mark.parametrize("data", [b"[display\n", b"\xff", b"display = 3\n"])
def test_a_file_that_cannot_be_understood_is_left_alone(file: Path, data: bytes) -> None:
    file.write_bytes(data)
    with pytest.raises(FlowError):
        set_value(file, "display.theme", "day")
    assert file.read_bytes() == data


def test_a_link_into_a_folder_of_dotfiles_stays_a_link(tmp_path: Path, file: Path) -> None:
    link = tmp_path / "link.toml"
    link.symlink_to(file)
    file.chmod(0o640)
    set_value(link, "display.theme", "day")
    assert link.is_symlink()
    assert '"day"' in file.read_text(encoding="utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_a_change_that_cannot_be_written_leaves_the_file_and_nothing_beside_it(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(FlowError, match="No space left"):
        set_value(file, "display.theme", "day")
    assert file.read_text(encoding="utf-8") == TEXT
    assert [path.name for path in file.parent.glob(".*")] == []


def test_setting_what_is_set_already_writes_nothing(file: Path) -> None:
    before = file.stat().st_ino
    set_value(file, "display.theme", "night")
    assert file.stat().st_ino == before
