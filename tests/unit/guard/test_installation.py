"""An installation that is killed, raced or looked at by others leaves nothing unknown behind."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from flowtui.guard.program import boot_hooks, files, installation, lock, root_verbs, service
from flowtui.guard.program.boot_hooks import Hook
from flowtui.guard.program.roots import Roots


class Killed(BaseException):
    """The process ends here, without any tidying."""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without systemd whose init runs a hook."""
    root = tmp_path / "root"
    for below in ("etc/cron.d", "usr/local/lib", "var/lib", "run"):
        (root / below).mkdir(parents=True)
    hook = Hook("etc/cron.d/flowtui-guard", "# hook\n", 0o644, "cron")
    monkeypatch.setattr(boot_hooks, "of", lambda root: [hook])
    monkeypatch.setattr(installation, "POLICIES", ())
    return root


def tree(root: Path) -> list[str]:
    """All that is there."""
    return sorted(str(path.relative_to(root)) for path in root.rglob("*"))


def put(root: Path, program: bytes = b"program") -> None:
    """Install."""
    steps = installation.plan(root, [0], False, program)
    installation.carry_out(root, steps)


@pytest.mark.parametrize("upgrade", [False, True], ids=["first", "upgrade"])
def test_wherever_an_installation_is_killed_an_uninstallation_leaves_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch, upgrade: bool
) -> None:
    before = tree(root)
    replacing = files.replace

    def attempt(kill_at: int, late: bool) -> bool:
        calls = [0]

        def replace(path: Path, data: bytes, mode: int = 0o600) -> None:
            calls[0] += 1
            if calls[0] == kill_at and not late:
                raise Killed
            replacing(path, data, mode)
            if calls[0] == kill_at:
                raise Killed

        if upgrade:
            put(root, b"earlier")
        monkeypatch.setattr(files, "replace", replace)
        try:
            put(root)
        except Killed:
            killed = True
        else:
            killed = False
        monkeypatch.setattr(files, "replace", replacing)
        _, left = installation.take_away(root)
        assert not left, f"killed at {kill_at}: {left}"
        assert tree(root) == before, f"killed at {kill_at}"
        return killed

    number = 1
    while attempt(number, late=False) | attempt(number, late=True):
        number += 1
    assert number > 6


def test_a_number_that_another_program_has_now_is_not_ended(root: Path) -> None:
    put(root)
    run = Roots(root).run
    run.mkdir()
    other = subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()", "supervise", "/service/x"],
        stdin=subprocess.PIPE,
    )
    try:
        (run / service.PID_FILE).write_text(f"{other.pid}\n")
        service.stop(root, systemd=False)
        assert other.poll() is None
    finally:
        other.communicate()
    assert other.returncode == 0


def test_a_hook_that_runs_after_or_during_an_uninstallation_makes_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tree(root)
    put(root)
    monkeypatch.setattr(service, "has_systemd", lambda: False)
    ends: list[Any] = []
    hook = threading.Thread(target=lambda: ends.append(root_verbs.boot(root)))
    stopping = service.stop

    def stop(root: Path, systemd: bool) -> None:
        hook.start()  # it waits for the lock, or finds nothing installed
        stopping(root, systemd)

    monkeypatch.setattr(service, "stop", stop)
    root_verbs.uninstall(root)
    hook.join(60)

    assert ends == [0] and not lock.held
    assert root_verbs.boot(root) == 0
    assert tree(root) == before


def test_anacron_alone_runs_no_hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "etc/cron.d").mkdir(parents=True)
    monkeypatch.setattr(shutil, "which", lambda name, path: name if name == "anacron" else None)

    assert boot_hooks.of(tmp_path) == []
