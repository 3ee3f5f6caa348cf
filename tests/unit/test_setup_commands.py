"""What there is: settings, paths, themes, keys, completions, help, doctor, export and import."""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest
from tinydb import TinyDB

from flowtui import entry
from flowtui.cli.app import root
from flowtui.cli.commands import COMMANDS
from flowtui.settings.actions import ACTIONS
from flowtui.system.clock import SystemClock
from tests.user import Person, Shell


def test_the_help_names_every_command_without_importing_any(flow: Shell) -> None:
    out = flow.ok("--help").out

    for name, (_, help) in COMMANDS.items():
        assert f"  {name} " in out
        assert help.split(",")[0][:30] in out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_has_a_help(flow: Shell, name: str) -> None:
    out = flow.ok(name, "--help").out

    assert out.startswith(f"Usage: flowtui {name} ")
    command = root.get_command(click.Context(root), name)
    assert command is not None and command.name == name
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help or parameter.opts[-1] in ("--context", "--mode"), parameter.opts


@pytest.mark.parametrize("word", ["-h", "--help"])
def test_help_is_asked_in_two_ways(flow: Shell, word: str) -> None:
    assert "Long, uninterrupted blocks of deep work" in flow.ok(word).out


def test_the_version_is_that_of_the_package(flow: Shell) -> None:
    assert flow.ok("--version").out == f"flowtui, version {importlib.metadata.version('flowtui')}\n"


def test_paths_are_shown_and_nothing_is_made(person: Person, flow: Shell) -> None:
    named = flow.ok("paths", "--json").json
    plain = dict(line.split(maxsplit=1) for line in flow.ok("paths").out.splitlines())

    assert named == plain
    assert named["ledger_dir"] == str(person.home / "data" / "ledger")
    assert not person.home.exists()


def test_the_option_home_is_stronger_than_the_environment(flow: Shell, tmp_path: Path) -> None:
    named = flow.ok("--home", str(tmp_path / "h"), "paths", "--json").json

    assert named["data_dir"] == str(tmp_path / "h" / "data")


def test_reading_makes_nothing(person: Person, flow: Shell) -> None:
    for words in (
        ["status"], ["log"], ["paths"], ["themes"], ["keys"], ["config"], ["config", "--sample"],
        ["doctor"], ["export"], ["completions", "bash"], ["undo"], ["show"],
    ):  # fmt: skip
        flow(*words)

    assert not person.home.exists()


def test_the_sample_holds_every_setting_and_is_sound(person: Person, flow: Shell) -> None:
    sample = flow.ok("config", "--sample").out
    person.configure(sample)

    assert tomllib.loads(sample) is not None
    assert flow.ok("config", "--check").err == ""


def test_a_setting_is_changed_and_comments_stay(person: Person, flow: Shell) -> None:
    person.configure("# mine\n[goals]\nday_min = 60  # an hour\n")

    flow.ok("config", "--set", "goals.day_min", "90")
    flow.ok("config", "--set", "display.theme", "day")

    text = person.services.paths.config_file.read_text()
    assert "# mine" in text and "day_min = 90  # an hour" in text
    assert tomllib.loads(text)["display"]["theme"] == "day"


def test_a_setting_that_cannot_be_is_refused(person: Person, flow: Shell) -> None:
    person.configure("[goals]\nday_min = 60\n")
    before = person.services.paths.config_file.read_bytes()

    for key, value in (("goals.day_min", "-5"), ("goals.dya_min", "60"), ("blocks.at_plan", "x")):
        said = flow("config", "--set", key, value)
        assert said.code == 2 and key.split(".")[1] in said.err
    assert person.services.paths.config_file.read_bytes() == before


def test_the_themes_are_listed_with_the_chosen_one(person: Person, flow: Shell) -> None:
    themes = flow.ok("themes", "--json").json

    assert len(themes) >= 10
    assert [t["name"] for t in themes if t["current"]] == ["night"]
    assert {t["dark"] for t in themes} == {True, False}
    assert sum(line.startswith("* night ") for line in flow.ok("themes").out.splitlines()) == 1


def test_the_keys_are_listed_as_they_are_remapped(person: Person, flow: Shell) -> None:
    person.configure('[keys]\n"block.pause" = "ctrl+b"\n"block.nap" = "n"\n')

    said = flow.ok("keys", "--json")

    by_id = {key["id"]: key["keys"] for key in said.json}
    assert set(by_id) == {action.id for action in ACTIONS}
    assert by_id["block.pause"] == ["ctrl+b"]
    assert "keys.block.nap: there is no such action" in said.err
    assert "ctrl+b" in flow.ok("keys").out


# Completions


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_is_valid_where_the_shell_is_there(
    flow: Shell, shell: str, tmp_path: Path
) -> None:
    script = flow.ok("completions", shell).out
    assert f"_FLOWTUI_COMPLETE={shell}_complete" in script
    file = tmp_path / "flowtui.completion"
    file.write_text(script)
    if shutil.which(shell) is None:
        assert "flowtui" in script  # nothing here reads it; bash stands for all in CI
        return

    checked = subprocess.run([shell, "-n", str(file)], capture_output=True, text=True)

    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize(
    ("typed", "index", "found"),
    [
        ("flowtui st", "1", {"start", "stop", "status"}),
        ("flowtui start --fo", "2", {"--for"}),
        ("flowtui stop --outcome ", "3", {"done", "partly", "not"}),
        ("flowtui completions ", "2", {"bash", "zsh", "fish"}),
    ],
)
def test_a_shell_is_told_what_can_follow(
    flow: Shell,
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    index: str,
    found: set[str],
) -> None:
    """A shell calls `flowtui` without any argument for it; the app must not open."""
    env = os.environ | {
        "_FLOWTUI_COMPLETE": "bash_complete",
        "COMP_WORDS": typed,
        "COMP_CWORD": index,
    }

    ran = subprocess.run(
        [sys.executable, "-m", "flowtui"], env=env, capture_output=True, text=True, timeout=60
    )

    assert {line.split(",")[1] for line in ran.stdout.splitlines()} == found
    assert ran.stderr == ""


def test_bash_completes_a_command_line(flow: Shell, tmp_path: Path) -> None:
    file = tmp_path / "flowtui.bash"
    file.write_text(flow.ok("completions", "bash").out)
    bin = tmp_path / "bin"
    bin.mkdir()
    program = bin / "flowtui"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m flowtui "$@"\n')
    program.chmod(0o755)
    code = (
        f"source {file}; COMP_WORDS=(flowtui resu); COMP_CWORD=1; "
        'function=$(complete -p flowtui | sed "s/.*-F \\([^ ]*\\).*/\\1/"); '
        '$function flowtui; echo "${COMPREPLY[@]}"'
    )

    ran = subprocess.run(
        ["bash", "-c", code],
        env=os.environ | {"PATH": f"{bin}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert (ran.stdout, ran.stderr) == ("resume\n", "")


# The ledger as a whole


def test_a_sound_home_is_told_to_be_sound(person: Person, flow: Shell) -> None:
    person.past(60, 30)

    assert flow.ok("doctor").out == "everything is sound\n"
    assert flow.ok("doctor", "--json").json == []


def test_the_doctor_tells_of_settings_themes_and_hooks(person: Person, flow: Shell) -> None:
    person.configure('[goals]\nday_mni = 60\n[display]\ntheme = "nihgt"\n[keys]\n"x.y" = "q"\n')
    themes, hooks = person.services.paths.themes_dir, person.services.paths.hooks_dir
    themes.mkdir()
    (themes / "mine.toml").write_text("name = ")
    hooks.mkdir()
    (hooks / "block-start").write_text("#!/bin/sh\n")

    said = flow.ok("doctor", "--json")

    told = " ".join(item["what"] for item in said.json)
    assert all(word in told for word in ("day_mni", "nihgt", "x.y", "not TOML", "not executable"))
    assert {item["weight"] for item in said.json} == {"note"}


@pytest.mark.parametrize("shape", ["--json", "--tinydb"])
def test_what_is_exported_is_read_back_elsewhere_and_only_once(
    person: Person, flow: Shell, tmp_path: Path, shape: str
) -> None:
    for n in range(3):
        person.past(100 - 20 * n, 10, f"block {n}")
    file = tmp_path / "all"
    before = flow.ok("log", "--json").json
    said = flow.ok("export", shape, str(file))
    assert f"3 blocks in {file}" in said.err

    elsewhere = ("--home", str(tmp_path / "elsewhere"))
    dry = flow.ok(*elsewhere, "import", "--dry-run", str(file))
    assert "3 would be added" in dry.err
    assert flow.ok(*elsewhere, "log", "--json").json == []
    flow.ok(*elsewhere, "import", str(file))
    assert flow.ok(*elsewhere, "log", "--json").json == before
    again = flow.ok(*elsewhere, "import", str(file))

    assert "3 there already" in again.err
    flow.ok(*elsewhere, "undo")
    assert flow.ok(*elsewhere, "log", "--json").json == []


def test_stock_tinydb_opens_an_export(person: Person, flow: Shell, tmp_path: Path) -> None:
    id = person.past(100, 10, "for TinyDB").id
    file = tmp_path / "db.json"
    flow.ok("export", "--tinydb", str(file))

    with TinyDB(file) as db:
        [found] = db.table("blocks").all()

    assert (found["id"], found["intention"]) == (id, "for TinyDB")


def test_an_export_goes_to_standard_output_where_no_file_is_named(
    person: Person, flow: Shell
) -> None:
    person.past(100, 10)

    said = flow.ok("export")

    assert len(json.loads(said.out)["blocks"]) == 1
    assert flow.ok("export", "--csv").out.count("\n") == 2


def test_an_export_replaces_a_file_only_if_told_to(
    person: Person, flow: Shell, tmp_path: Path
) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("mine")

    refused = flow("export", str(file))

    assert refused.code == 1
    assert refused.err == (f"flowtui: {file} exists already\n  name another file, or add --force\n")
    assert file.read_text() == "mine"
    flow.ok("export", "--force", str(file))
    assert file.read_text() != "mine"


# Where it begins


def test_the_app_without_a_terminal_says_what_can_be_done(
    flow: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["flowtui"])
    said = flow.listen(entry.main)

    assert said.code == 1
    assert said.err == (
        "flowtui: the app needs a terminal\n  see what can be done without: flowtui --help\n"
    )
    assert flow("--plain").code == 1


def test_the_installed_command_and_the_module_are_one(person: Person) -> None:
    person.past(60, 30)
    programs = [[sys.executable, "-m", "flowtui"], [str(Path(sys.executable).with_name("flowtui"))]]
    for program in programs:
        ran = subprocess.run(
            [*program, "log", "--since", "2026-03-04", "--json"],
            env=os.environ | person.env,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert (ran.returncode, ran.stderr) == (0, "")
        assert len(json.loads(ran.stdout)) == 1


def test_a_reader_that_has_seen_enough_is_no_error(person: Person) -> None:
    for n in range(30):
        person.past(600 - 10 * n, 5)
    program = f"'{sys.executable}' -m flowtui log --since 2026-03-04 --json"

    ran = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {program} | head -c 10"],
        env=os.environ | person.env,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert ran.stderr == ""
    assert len(ran.stdout) == 10


@pytest.mark.parametrize(
    "words", [("status",), ("log", "--since", "2026-03-04"), ("export",)], ids=" ".join
)
def test_a_reader_that_is_gone_already_is_no_error(person: Person, words: tuple[str, ...]) -> None:
    person.clock.set_wall(SystemClock().now())  # the quick way wants a fresh file
    person.past(60, 30)
    reader, writer = os.pipe()
    os.close(reader)

    ran = subprocess.run(
        [sys.executable, "-m", "flowtui", *words],
        env=os.environ | person.env,
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
    )
    os.close(writer)

    assert (ran.returncode, ran.stderr) == (0, "")
