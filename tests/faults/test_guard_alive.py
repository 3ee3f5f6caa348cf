"""Whatever dies, the end comes: guards and supervisors killed, stopped, and the ledger gone."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.guard import site as site_module
from tests.guard.namespace import SITE as SITE_ADDRESS
from tests.guard.namespace import Cell, cell, until

SITE = Path(site_module.__file__)
APP = f"waster{os.getpid()}"
"""An app of these tests alone: processes are the machine's."""
ASK = """
import json, socket, sys
link = socket.socket(socket.AF_UNIX)
link.connect("/run/flowtui/guard.sock")
link.sendall(sys.argv[1].encode() + b"\\n")
print(link.makefile().readline())
"""


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Cell]:
    """A cell with a guard."""
    with cell(tmp_path) as made:
        made.install()
        yield made


def ask(room: Cell, verb: str, *before: str, **fields: object) -> dict[str, object]:
    """The answer to a request that is made in the cell."""
    line = json.dumps({"v": 1, "id": 1, "verb": verb, **fields})
    out = room.run(*before, "/usr/bin/python3", "-c", ASK, line).stdout
    return dict(json.loads(out))


def arm(room: Cell, seconds: int, strictness: str = "hard", **more: object) -> str:
    """Arm a lease; the state before it."""
    before = room.state()
    groups = [{"list": "news", "sites": ["news.test"]}]
    answer = ask(room, "arm", groups=groups, seconds=seconds, strictness=strictness, **more)
    assert answer["ok"], answer
    assert blocked(room)
    return before


def code(answer: dict[str, object]) -> object:
    """The code of a refusal."""
    error = answer["error"]
    assert isinstance(error, dict)
    return error["code"]


def blocked(room: Cell) -> bool:
    """True if a program in the cell finds no way to the site."""
    return "127.66." in room.run("getent", "ahostsv4", "news.test", check=False).stdout


def test_a_killed_guard_is_back_and_ends_the_lease_in_time(room: Cell) -> None:
    before = arm(room, 4)
    first = room.serving()

    os.kill(first, signal.SIGKILL)
    until(lambda: first not in room.guards() and len(room.guards()) == 2, "another guard")

    assert blocked(room)
    until(lambda: room.state() == before, "everything as it was")


def test_a_guard_whose_supervisor_is_killed_gets_another(room: Cell) -> None:
    before = arm(room, 8)
    first = room.serving()

    os.kill(room.supervisor(), signal.SIGKILL)
    until(lambda: b"supervise" in command_line(first), "the guard becomes a supervisor")
    until(lambda: len(room.guards()) == 2 and first != room.serving(), "and has a guard")
    os.kill(room.serving(), signal.SIGKILL)
    until(lambda: len(room.guards()) == 2, "and another")

    until(lambda: room.state() == before, "everything as it was")


def test_a_guard_that_stands_still_is_replaced(room: Cell) -> None:
    before = arm(room, 14)
    first = room.serving()

    os.kill(first, signal.SIGSTOP)
    took = until(lambda: first not in room.guards() and len(room.guards()) == 2, "another guard")

    assert took < 14
    until(lambda: room.state() == before, "everything as it was")


def test_with_guard_and_supervisor_dead_rescue_needs_the_journal_alone(room: Cell) -> None:
    """No guard, no ledger, no settings: the lease is over, and one command puts all back."""
    before = arm(room, 2)
    for pid in (room.supervisor(), *room.guards()):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    shutil.rmtree(room.home)
    room.home.mkdir()

    early = room.flowtui("guard", "rescue", check=False)
    assert early.returncode == 0 and "runs for" in early.stderr, early
    assert blocked(room), "a hard lease that is not over stays"
    room.run("sleep", "2")
    shown = room.flowtui("guard", "rescue", "--dry-run")
    assert "/etc/hosts" in shown.stdout and blocked(room)
    done = room.flowtui("guard", "rescue")

    assert "/etc/hosts exact" in done.stdout
    assert room.state() == before
    again = room.flowtui("guard", "rescue")
    assert again.returncode == 0 and room.state() == before


def test_another_program_that_flushes_all_rules_does_not_open_what_was_cut(room: Cell) -> None:
    site = room.popen(sys.executable, str(SITE), stdout=subprocess.PIPE)
    assert site.stdout is not None and site.stdout.readline() == b"ready\n"
    arm(room, 40)
    assert SITE_ADDRESS in room.run("nft", "list", "ruleset").stdout
    room.run("nft", "flush", "ruleset")

    until(lambda: SITE_ADDRESS in room.run("nft", "list", "ruleset").stdout, "the rules", 10)


def test_rules_of_others_are_as_they_were(room: Cell) -> None:
    room.run("nft", "add", "table", "inet", "others")
    room.run("nft", "add", "chain", "inet", "others", "c")

    before = arm(room, 3)
    until(lambda: room.state() == before, "everything as it was")

    assert "table inet others" in room.run("nft", "list", "ruleset").stdout


def test_another_user_may_neither_arm_nor_see(room: Cell) -> None:
    arm(room, 60)
    as_nobody = ("setpriv", "--reuid", "65533", "--clear-groups")

    hello = ask(room, "hello", *as_nobody)
    assert hello["ok"] and hello["owner"] is False
    asked: tuple[tuple[str, dict[str, object]], ...] = (
        ("status", {}),
        ("release", {"reason": "I would like to read news"}),
    )
    for verb, fields in asked:
        assert code(ask(room, verb, *as_nobody, **fields)) == "user"
    assert blocked(room)


def test_root_of_a_user_namespace_is_nobody_here(room: Cell) -> None:
    """It has uid 0 in there; the kernel tells the guard who it is out here."""
    unshared = ("setpriv", "--reuid", "65533", "--clear-groups", "unshare", "--user", "-r")

    assert room.run(*unshared, "id", "-u").stdout == "0\n"
    hello = ask(room, "hello", *unshared)

    assert hello["owner"] is False and hello["uid"] == 65533


def test_state_and_program_are_roots_alone(room: Cell) -> None:
    lib = "/usr/local/lib/flowtui"
    places = ("/var/lib/flowtui", lib, f"{lib}/guard.pyz", "/etc/flowtui/guard.json")
    modes = room.run("stat", "-c", "%a %u %n", *places).stdout

    assert [line.split()[:2] for line in modes.splitlines()] == [
        ["700", "0"], ["755", "0"], ["644", "0"], ["644", "0"],
    ]  # fmt: skip
    room.run("chmod", "666", "/etc/flowtui/guard.json")
    os.kill(room.serving(), signal.SIGKILL)
    room.run("sleep", "1")
    refused = room.run("cat", "/var/lib/flowtui/supervisor.out").stdout
    assert "root's alone" in refused, "a guard does not trust a file that others can write"


def test_apps_are_frozen_children_too_and_go_on(room: Cell, tmp_path: Path) -> None:
    app = tmp_path / APP
    shutil.copy("/bin/bash", app)
    script = "echo up; while :; do read -t 0.05 < <(:); echo tick; done"
    running = room.popen(str(app), "-c", f"/bin/sleep 1000 & {script}", stdout=subprocess.PIPE)
    assert running.stdout is not None and running.stdout.readline() == b"up\n"
    pid = running.pid

    arm(room, 20, apps=[APP])
    started_late = room.popen(str(app), "-c", "read -t 100 < <(sleep 100)")

    until(lambda: state_of(pid) == "T", "it is frozen")
    children = [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    assert children
    until(lambda: all(state_of(child) in "TXZ" for child in children), "its children are as well")
    until(lambda: state_of(started_late.pid) == "T", "one that is started meanwhile is frozen too")
    os.kill(pid, signal.SIGCONT)
    until(lambda: state_of(pid) == "T", "who lets it go does not have it for long")
    until(lambda: state_of(pid) != "T" and state_of(started_late.pid) != "T", "they go on", 40)
    assert all(state_of(child) != "T" for child in children)


def test_a_killed_guard_leaves_no_app_frozen_beyond_the_lease(room: Cell, tmp_path: Path) -> None:
    app = tmp_path / APP
    shutil.copy("/bin/sleep", app)
    running = room.popen(str(app), "1000")
    until(lambda: Path(f"/proc/{running.pid}/exe").resolve() == app, "it runs")

    arm(room, 3, apps=[APP])
    until(lambda: state_of(running.pid) == "T", "it is frozen")
    os.kill(room.serving(), signal.SIGKILL)

    until(lambda: state_of(running.pid) == "S", "it goes on")


def test_what_a_session_needs_is_never_frozen(room: Cell) -> None:
    for name in ("bash", "sshd", "gnome-shell", "python3.11", "flowtui", "../bash", "Xorg"):
        answer = ask(room, "arm", groups=[], apps=[name], seconds=60)
        assert code(answer) == "app", name


def test_the_installation_is_taken_away_without_a_trace(room: Cell) -> None:
    listing = (
        "import os; print(sorted(os.path.join(d, f) for r in ('/etc', '/usr/local/lib', '/var/lib')"
        " for d, s, fs in os.walk(r) for f in (*s, *fs)))"
    )
    with_guard = room.python(listing)

    arm(room, 3)
    refused_while_hard = room.flowtui("guard", "uninstall", "--yes", check=False)
    assert refused_while_hard.returncode == 1 and "runs for" in refused_while_hard.stderr
    room.run("sleep", "4")
    done = room.flowtui("guard", "uninstall", "--yes")

    assert "removed /usr/local/lib/flowtui/guard.pyz" in done.stdout
    assert "flowtui" in with_guard and "flowtui" not in room.python(listing)
    assert room.guards() == []


def test_a_changed_program_is_told_of_and_left(room: Cell) -> None:
    room.run("sh", "-c", "echo '#' >> /usr/local/lib/flowtui/guard.pyz")

    assert "not as it was installed" in room.flowtui("guard", "doctor", check=False).stdout
    done = room.flowtui("guard", "uninstall", "--yes", check=False)

    assert "was changed since" in done.stderr or "recover failed" in done.stderr, done


def test_a_dry_run_of_the_installation_touches_nothing(tmp_path: Path) -> None:
    with cell(tmp_path) as room:
        before = room.python("import os; print(sorted(os.walk('/etc')), os.listdir('/var/lib'))")

        done = room.flowtui("guard", "install", "--dry-run", "--no-systemd")

        assert "/usr/local/lib/flowtui/guard.pyz" in done.stdout and "sha256" in done.stdout
        after = room.python("import os; print(sorted(os.walk('/etc')), os.listdir('/var/lib'))")
        assert before == after


def command_line(pid: int) -> list[bytes]:
    """The words of a process's command line; none if it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return []


def state_of(pid: int) -> str:
    """The letter of a process's state; X if it is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return "X"
    return text.rpartition(")")[2].split()[0]


def test_the_program_runs_under_the_oldest_python_it_promises() -> None:
    """Its grammar is that of 3.9, and it imports nothing but the standard library."""
    import ast

    import flowtui.guard.program as program

    folder = Path(program.__file__).parent
    for path in folder.glob("*.py"):
        tree = ast.parse(path.read_text(), feature_version=(3, 9))
        for node in ast.walk(tree):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            assert all(n.split(".")[0] in sys.stdlib_module_names for n in names), (path, names)
            assert not isinstance(node, ast.Match), path


HOLDERS = {
    "a terminal emulator": "import os, time; os.openpty(); r = os.open('/dev/ptmx', os.O_RDWR)",
    "an agent of keys": "s.bind(b + '/ssh-agent.sock'); s.listen()",
    "a compositor": "s.bind(b + '/wayland-7'); s.listen()",
    "an X server": "os.makedirs('/tmp/.X11-unix', exist_ok=True); s.bind(x); s.listen()",
    "a multiplexer": "os.mkdir(b + '/tmux-0'); s.bind(b + '/tmux-0/default'); s.listen()",
    "the message bus": "s.bind(b + '/bus'); s.listen()",
    "a VPN daemon": "t = os.open('/dev/net/tun', os.O_RDWR)",
}
"""Programs under an innocent name, by what they hold."""


@pytest.mark.parametrize("holder", HOLDERS)
def test_what_a_session_stands_on_is_known_by_what_it_holds(
    room: Cell, tmp_path: Path, holder: str
) -> None:
    if "tun" in HOLDERS[holder] and not Path("/dev/net/tun").exists():
        pytest.skip("needs /dev/net/tun")
    app = tmp_path / APP
    shutil.copy("/usr/bin/python3", app)
    path = f"/tmp/.X11-unix/X{os.getpid() % 10000 + 20}"
    code = (
        "import os, socket, sys, time; s = socket.socket(socket.AF_UNIX); b, x = sys.argv[1:];"
        f"{HOLDERS[holder]}; print('up', flush=True); time.sleep(1000)"
    )
    held = room.popen(str(app), "-c", code, str(tmp_path), path, stdout=subprocess.PIPE)
    other = tmp_path / "other" / APP
    other.parent.mkdir()
    shutil.copy("/bin/sleep", other)
    plain = room.popen(str(other), "1000")
    try:
        assert held.stdout is not None and held.stdout.readline() == b"up\n"

        arm(room, 10, apps=[APP])

        until(lambda: state_of(plain.pid) == "T", "an app like any other is frozen")
        assert state_of(held.pid) in "SR"
    finally:
        Path(path).unlink(missing_ok=True)
