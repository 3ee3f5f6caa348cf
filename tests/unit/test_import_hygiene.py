"""What each way in loads, seen in fresh interpreters; and the rules that keep it so, in force.

Start-up time is imports: `flowtui status` is asked every second, the app's first frame waits.
"""

from __future__ import annotations

import json
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import flowtui
import flowtui.core
from flowtui.system.clock import SystemClock
from tests.user import Person

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
THIRD_PARTY = {
    "textual", "rich", "tinydb", "click", "apscheduler", "numpy", "pyfiglet", "psutil", "pynvml",
    "tomlkit", "fitdecode", "dbus_fast", "urllib3",
}  # fmt: skip
COSTLY = {"json", "typing", "pathlib", "dataclasses", "datetime", "enum", "re", "zoneinfo"}
SERVERS = {"socket", "subprocess", "tempfile", "shutil", "sqlite3", "logging", "threading"}


def loaded(code: str, env: dict[str, str] | None = None) -> set[str]:
    """Modules that `code` loads in a new interpreter, beyond those of a bare one."""
    return _modules(code, env or {}) - _modules("pass", env or {})


def tops(names: set[str]) -> set[str]:
    """The outermost packages of modules."""
    return {name.partition(".")[0] for name in names}


def _modules(code: str, env: dict[str, str]) -> set[str]:
    # without site: what the environment itself loads (editable installs, coverage) does not count
    paths = [path for path in sys.path if path]
    tell = "sys.stderr.write('\\n' + ' '.join(sys.modules))"
    ran = subprocess.run(
        [sys.executable, "-E", "-S", "-c", f"import sys\nsys.path[:0] = {paths!r}\n{code}\n{tell}"],
        env={"PATH": os.defpath, **env},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    return set(ran.stderr.splitlines()[-1].split())


def command(*words: str) -> str:
    """Code that does what the installed `flowtui WORDS` does."""
    return f"sys.argv = ['flowtui', *{words!r}]\nfrom flowtui.entry import main\nmain()"


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """The environment of somebody with a running block and a fresh status file.

    By the machine's own clock, since other processes look at it.
    """
    person = Person(tmp_path / "flowtui", SystemClock().now())
    person.begin(50)
    person.services.paths.heartbeat_file.unlink()  # it is by a clock that is not the machine's
    return person.env


@pytest.mark.parametrize("shape", [(), ("--tmux",), ("--format", "{phrase} {clock} {tags}")])
def test_a_prompt_loads_next_to_nothing(home: dict[str, str], shape: tuple[str, ...]) -> None:
    found = loaded(command("status", *shape), home)

    assert not tops(found) & (THIRD_PARTY | COSTLY | SERVERS)
    assert {name for name in found if name.startswith("flowtui")} == {
        "flowtui", "flowtui.cli", "flowtui.cli.focus", "flowtui.cli.focus.prompt",
        "flowtui.cli.focus.status_formats", "flowtui.cli.streams", "flowtui.core",
        "flowtui.core.errors", "flowtui.core.status_file", "flowtui.entry", "flowtui.settings",
        "flowtui.settings.fastpaths", "flowtui.system", "flowtui.system.clock",
        "flowtui.system.stamp",
    }  # fmt: skip


@pytest.mark.parametrize("shape", ["--json", "--waybar"])
def test_a_status_as_json_loads_json_and_no_more(home: dict[str, str], shape: str) -> None:
    found = tops(loaded(command("status", shape), home))

    assert "json" in found
    assert not found & (THIRD_PARTY | SERVERS | COSTLY - {"json", "re", "enum"})


@pytest.mark.parametrize(
    "words", [("log",), ("show",), ("pause",), ("doctor",), ("themes",), ("undo",)], ids=" ".join
)
def test_a_command_loads_neither_the_app_nor_the_scheduler(
    home: dict[str, str], words: tuple[str, ...]
) -> None:
    found = loaded(command(*words), home)

    unwanted = {"textual", "rich", "apscheduler", "numpy", "pyfiglet", "psutil", "pynvml"}
    assert "flowtui.services.wiring" in found
    assert not tops(found) & unwanted
    assert not any(name.startswith("flowtui.tui") for name in found)


def test_a_command_loads_its_own_module_of_commands_alone(home: dict[str, str]) -> None:
    found = {name for name in loaded(command("log"), home) if name.startswith("flowtui.cli.")}

    allowed = {"app", "commands", "context", "focus", "focus.log", "streams"}
    assert {name.removeprefix("flowtui.cli.") for name in found} == allowed


def test_the_app_loads_no_numbers_and_no_command_parser() -> None:
    found = tops(loaded("import flowtui.tui.app, flowtui.tui.focus.idle_screen"))

    assert "textual" in found
    unwanted = {"numpy", "click", "pynvml", "psutil", "apscheduler", "tinydb", "pyfiglet"}
    assert not found & unwanted


def test_the_app_is_opened_without_the_command_parser() -> None:
    found = tops(
        loaded(
            "import sys; sys.argv = ['flowtui']\n"
            "import flowtui.tui.app, flowtui.cli.launch as launch\n"
            "launch.open_app = lambda *_: None\n"
            "from flowtui.entry import main; main()"
        )
    )

    assert "textual" in found and "click" not in found


def test_the_app_shows_insight_without_numbers_of_its_own() -> None:
    """What computes is a process of its own; what asks it and shows its answers loads no numpy."""
    found = loaded(
        "import flowtui.tui.app, flowtui.tui.insight.insight_screen\n"
        "import flowtui.tui.insight.pair_screen, flowtui.tui.insight.experiment_flow\n"
        "import flowtui.services.insight.insight_wiring, flowtui.services.insight.tables\n"
        "import flowtui.cli.insight.insight, flowtui.cli.insight.experiment"
    )

    assert "numpy" not in tops(found)
    assert {name for name in found if name.startswith("flowtui.insight")} == set()


def test_the_computing_process_loads_numpy_and_no_ledger() -> None:
    found = loaded("import flowtui.insight.tasks")

    assert "numpy" in found
    assert not tops(found) & (THIRD_PARTY - {"numpy"})
    assert not any(name.startswith(("flowtui.ledger", "flowtui.services")) for name in found)


def test_what_talks_to_a_network_is_loaded_by_no_front(home: dict[str, str]) -> None:
    """Runs are listed and shown from files; the process that watches alone asks others."""
    for words in (("runs",), ("runs", "sources"), ("status",)):
        found = loaded(command(*words), home)
        assert not tops(found) & {"urllib3", "ssl"}
        assert not {name for name in found if name.startswith("flowtui.watch.servers")}
        assert "flowtui.watch.remote.line" not in found
    app = loaded("import flowtui.tui.app, flowtui.tui.runs.runs_screen, flowtui.services.wiring")
    assert "urllib3" not in tops(app)  # asyncio, of which Textual is made, has ssl


def test_core_is_the_standard_library_alone() -> None:
    """All of it in one interpreter: whatever one module needs is found."""
    walked = pkgutil.walk_packages(flowtui.core.__path__, "flowtui.core.")
    names = ["flowtui.core", *(module.name for module in walked)]
    assert len(names) > 20

    found = loaded("\n".join(f"import {name}" for name in names))

    strangers = {name for name in found if name != "flowtui" and tops({name}) == {"flowtui"}}
    assert {name for name in strangers if not name.startswith("flowtui.core")} == set()
    public = {name for name in tops(found) if not name.startswith("_")}
    assert public - set(sys.stdlib_module_names) == {"flowtui"}
    # what reads files, starts programs or opens connections has no place in it either
    assert not tops(found) & SERVERS - {"threading"}


def test_importing_makes_nothing(tmp_path: Path) -> None:
    env = {"HOME": str(tmp_path / "h"), "FLOWTUI_HOME": str(tmp_path / "f")}
    walked = pkgutil.walk_packages(flowtui.__path__, "flowtui.")
    names = [module.name for module in walked if not module.name.endswith("__main__")]
    assert len(names) > 100

    loaded("\n".join(f"import {name}" for name in names), env)

    assert list(tmp_path.glob("[hf]")) == []


def test_the_layers_hold() -> None:
    """import-linter's contracts, as pyproject.toml states them."""
    ran = subprocess.run(
        [BIN / "lint-imports", "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )

    assert ran.returncode == 0, ran.stdout
    assert "0 broken" in ran.stdout


def broken(file: str, text: str) -> set[str]:
    """The rules of ruff that `text` breaks, were it the file of that name."""
    how = ("--no-cache", "--output-format", "json", "--stdin-filename", file)
    ran = subprocess.run(
        [str(BIN / "ruff"), "check", *how, "-"],
        input=text,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    return {found["code"] for found in json.loads(ran.stdout)}


@pytest.mark.parametrize(
    "text",
    [
        "from datetime import UTC, datetime\n\nX = datetime.now(UTC)\n",
        "from datetime import date\n\nX = date.today()\n",
        "import time\n\nX = time.time()\n",
        "import time\n\nX = time.monotonic()\n",
        "import time\n\nX = time.clock_gettime(0)\n",
        "from time import time\n\nX = time()\n",
    ],
)
def test_one_module_alone_may_read_the_clocks(text: str) -> None:
    assert "TID251" in broken("flowtui/core/focus/block.py", text)
    assert "TID251" in broken("flowtui/services/focus/running_block.py", text)
    assert "TID251" not in broken("flowtui/system/clock.py", text)


def test_an_instant_without_a_zone_is_refused() -> None:
    text = "from datetime import datetime\n\nX = datetime(2026, 3, 2)\n"

    assert "DTZ001" in broken("flowtui/core/focus/block.py", text)


def test_the_rules_hold_in_the_whole_program() -> None:
    ran = subprocess.run(
        [BIN / "ruff", "check", "--no-cache", "flowtui"], cwd=ROOT, capture_output=True, text=True
    )

    assert ran.returncode == 0, ran.stdout
