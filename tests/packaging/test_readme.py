"""The README says what the code does, and its two set-up commands are exactly two."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

from flowtui import __version__
from flowtui.cli.commands import COMMANDS, GROUPS
from flowtui.cli.manual import manual
from flowtui.core.glossary import WORDS
from flowtui.settings.actions import ACTIONS

README = Path(__file__).parents[2] / "README.md"
GUIDE = README.parent / ".github" / "GUIDE.md"
TEXT = README.read_text(encoding="utf-8")


def test_it_is_read_in_a_few_minutes_and_explains_nine_words() -> None:
    assert len(TEXT.split()) < 1500
    assert [word for word, _ in WORDS if f"| **{word}** |" not in TEXT] == []
    assert len(WORDS) == 9


def test_every_command_stands_in_one_group_and_all_in_the_manual_page() -> None:
    grouped = [name for names in GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(COMMANDS)
    page = "\n".join(manual())
    assert [name for name in COMMANDS if f".B {name}\n" not in page] == []
    assert [action.id for action in ACTIONS if action.id not in page.replace("\\-", "-")] == []
    assert "tasks.taskwarrior" in page


def test_every_command_that_is_named_exists() -> None:
    for text in (TEXT, GUIDE.read_text(encoding="utf-8")):
        named = set(re.findall(r"(?:^|`|\$\()flowtui ([a-z]+)\b", text, re.M))
        assert named - set(COMMANDS) - {"is"} == set()


def test_the_top_of_the_checkout_holds_what_belongs_there_and_nothing_else() -> None:
    root = README.parent
    kept = subprocess.run(
        ["git", "-C", str(root), "ls-files"], capture_output=True, text=True, check=False
    )
    names = kept.stdout.split("\n") if kept.returncode == 0 else [p.name for p in root.iterdir()]
    tops = {name.split("/")[0] for name in names if name and not name.startswith(".")}
    leftovers = {"snapshot_report.html", "dist", "build"} if kept.returncode else set()

    belongs = {"pyproject.toml", "flowtui", "tests", "themes"}
    belongs |= {"README.md", "LICENSE", "CHANGELOG.md"}
    assert tops - leftovers == belongs


def test_there_are_exactly_two_set_up_commands() -> None:
    assert len(re.findall(r"^python3 -m venv .*$", TEXT, re.M)) == 2


def test_every_picture_is_there() -> None:
    for file in (README, GUIDE):
        pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", file.read_text(encoding="utf-8"))
        assert pictures
        for picture in pictures:
            path = file.parent / picture.replace("%5B", "[").replace("%5D", "]")
            assert path.is_file(), picture


def test_a_key_that_the_guide_names_beside_a_mode_works_there() -> None:
    places = {"Focus": ("idle", "running", "list"), "Runs": ("runs", "run"), "Body": ("body",),
              "Insight": ("insight",), "Review": ("review",)}  # fmt: skip
    named = re.findall(r"`(\w)` in (\w+)", GUIDE.read_text(encoding="utf-8"))
    assert len(named) >= 3
    for key, mode in named:
        keys = {k for a in ACTIONS if a.place in places[mode] for k in a.keys.split(",")}
        assert key in keys, f"{key} in {mode}"


def test_the_version_is_that_of_the_newest_entry_of_the_changelog() -> None:
    root = README.parent
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    newest = re.search(r"^## (\S+)", (root / "CHANGELOG.md").read_text("utf-8"), re.M)
    assert newest is not None
    assert project["version"] == __version__ == newest[1]
