"""Do-not-disturb and frozen apps without root: journalled, put back, also after a kill."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from flowtui.guard.session import agent, dnd
from flowtui.guard.session.keeper import Keeper
from flowtui.system import interpreter


class Desktop:
    """Stand-in for the programs of a desktop, as they answer."""

    def __init__(self, **state: str) -> None:
        self.state = state
        self.broken: set[str] = set()

    def run(self, command: Sequence[str]) -> str | None:
        """What the real program would do to its state, and print."""
        program, *words = command
        if program in self.broken:
            return None
        if program in ("gsettings", "dconf") and "gnome" in self.state:
            return self._gnome(words)
        if program == "dunstctl" and "dunst" in self.state:
            if words[0] == "is-paused":
                return self.state["dunst"]
            self.state["dunst"] = words[1]
            return ""
        if program == "makoctl" and "mako" in self.state:
            modes = self.state["mako"].split()
            if words[1:2] == ["-a"]:
                modes.append(words[2])
            if words[1:2] == ["-r"]:
                modes.remove(words[2])
            self.state["mako"] = " ".join(modes)
            return "\n".join(modes)
        if program == "swaync-client" and "swaync" in self.state:
            if words[0] in ("--dnd-on", "--dnd-off"):
                self.state["swaync"] = str(words[0] == "--dnd-on").lower()
            return self.state["swaync"]
        if program in ("kreadconfig6", "kwriteconfig6") and "kde" in self.state:
            if program == "kreadconfig6":
                return self.state["kde"]
            self.state["kde"] = "" if words[-1] == "--delete" else words[-1]
            return ""
        return None

    def _gnome(self, words: Sequence[str]) -> str:
        kept = self.state["gnome"]
        if words[0] in ("get", "read"):
            return kept if words[0] == "read" else (kept or "true")
        self.state["gnome"] = "" if words[0] == "reset" else words[-1]
        return ""


APP = f"waster{os.getpid()}"
ENV = {"XDG_CURRENT_DESKTOP": "GNOME:KDE"}


@pytest.fixture(autouse=True)
def all_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every program is on the path."""
    monkeypatch.setattr(dnd.here, "__defaults__", (dnd.run, lambda name: f"/usr/bin/{name}"))


@pytest.mark.parametrize(
    ("kind", "former", "on"),
    [
        ("gnome", "", "false"), ("gnome", "true", "false"), ("gnome", "false", "false"),
        ("dunst", "false", "true"), ("dunst", "true", "true"),
        ("mako", "default", "default do-not-disturb"),
        ("mako", "default do-not-disturb", "default do-not-disturb do-not-disturb"),
        ("swaync", "false", "true"), ("swaync", "true", "true"),
        ("kde", "", "2099,1,1,0,0,0"), ("kde", "2026,1,1,0,0,0", "2099,1,1,0,0,0"),
    ],
)  # fmt: skip
def test_each_desktop_is_quiet_meanwhile_and_as_it_was_afterwards(
    kind: str, former: str, on: str, tmp_path: Path
) -> None:
    desktop = Desktop(**{kind: former})
    keeper = Keeper(tmp_path, ENV, desktop.run)

    assert len(keeper.quiet()) == 1
    assert desktop.state[kind] == on
    assert keeper.back() == []

    assert desktop.state[kind].split(" do-not-disturb do-")[0] in (former, on.split(" do-not")[0])
    if kind != "mako":
        assert desktop.state[kind] == former
    assert not keeper.pending


def test_another_process_puts_back_what_a_killed_one_switched(tmp_path: Path) -> None:
    desktop = Desktop(dunst="false")
    Keeper(tmp_path, ENV, desktop.run).quiet()

    Keeper(tmp_path, ENV, desktop.run).back()

    assert desktop.state["dunst"] == "false"


def test_what_cannot_be_put_back_now_is_told_and_tried_again(tmp_path: Path) -> None:
    desktop = Desktop(gnome="true")
    keeper = Keeper(tmp_path, ENV, desktop.run)
    keeper.quiet()

    desktop.broken = {"gsettings"}
    assert "GNOME" in keeper.back()[0] and keeper.pending
    desktop.broken = set()

    assert keeper.back() == [] and desktop.state["gnome"] == "true"


def test_without_a_desktop_nothing_is_switched(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path, {}, Desktop().run)

    assert keeper.quiet() == [] and not keeper.pending


def test_the_agent_ends_with_its_wish_and_survives_a_kill(tmp_path: Path) -> None:
    """The real process: it freezes, is killed, the next start lets go; then by its own time."""
    app = tmp_path / APP
    shutil.copy("/bin/sleep", app)
    running = subprocess.Popen([str(app), "100"])
    folder = tmp_path / "session"
    try:
        agent.write_wish(folder, False, (APP,), 600)
        first = start(folder)
        wait(lambda: stopped(running.pid))
        os.kill(first, signal.SIGKILL)
        wait(lambda: not Path(f"/proc/{first}").exists())
        assert agent.recover(folder, {}) == [] and stopped(running.pid), "its time is not over"
        agent.wish_file(folder).unlink()
        assert agent.recover(folder, {}) == []
        wait(lambda: not stopped(running.pid))

        agent.write_wish(folder, False, (APP,), 2)
        start(folder)
        wait(lambda: stopped(running.pid))
        wait(lambda: not stopped(running.pid))
    finally:
        running.kill()
        running.wait()


def test_a_real_gnome_setting_comes_back_as_unset(tmp_path: Path) -> None:
    """gsettings and dconf of a real session bus; "unset" and "true" are two states."""
    programs = ("dbus-run-session", "gsettings", "dconf")
    missing = [name for name in programs if not shutil.which(name)]
    schema = Path("/usr/share/glib-2.0/schemas/org.gnome.desktop.notifications.gschema.xml")
    if missing or not schema.exists():
        pytest.skip("install dbus, libglib2.0-bin, dconf-cli, dconf-gsettings-backend and "
                    "gsettings-desktop-schemas")  # fmt: skip
    code = (
        "import sys; sys.path[:0] = %r\n"
        "from pathlib import Path\n"
        "from flowtui.guard.session import dnd\n"
        "from flowtui.guard.session.keeper import Keeper\n"
        "key = '/org/gnome/desktop/notifications/show-banners'\n"
        "kept = lambda: dnd.run(['dconf', 'read', key])\n"
        "for first in (None, 'true', 'false'):\n"
        "    if first: dnd.run(['gsettings', 'set', *dnd._GNOME, first])\n"
        "    before = kept()\n"
        "    k = Keeper(Path(sys.argv[1]), {'XDG_CURRENT_DESKTOP': 'GNOME'})\n"
        "    assert 'GNOME' in k.quiet(), 'quiet'\n"
        "    assert kept() == 'false' and k.back() == [] and kept() == before, (kept(), before)\n"
        "print('ok')\n" % [str(Path(__file__).parents[3])]
    )  # fmt: skip
    (tmp_path / "run").mkdir(mode=0o700)
    done = subprocess.run(
        ["dbus-run-session", "--", sys.executable, "-c", code, str(tmp_path / "journal")],
        capture_output=True, text=True, timeout=60,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path),
             "XDG_RUNTIME_DIR": str(tmp_path / "run")},
    )  # fmt: skip
    assert done.stdout == "ok\n", done.stderr


def start(folder: Path) -> int:
    """Start the agent as a block does; its process."""
    subprocess.run(interpreter.command("flowtui.guard.session.agent", str(folder)), check=True)

    def found() -> list[int]:
        return [
            int(path.name)
            for path in Path("/proc").glob("[0-9]*")
            if str(folder).encode() in words(path)
        ]

    wait(found)
    return found()[0]


def words(path: Path) -> list[bytes]:
    """The command line of a process."""
    try:
        return (path / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return []


def wait(true: object, seconds: float = 15) -> None:
    """Wait until `true()`."""
    assert callable(true)
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "never came true"
        time.sleep(0.02)


def stopped(pid: int) -> bool:
    """True if a process is stopped."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
