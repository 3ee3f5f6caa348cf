"""The guard under the real systemd: stopped, killed, rebooted, broken; the end comes."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.guard.machine import Machine
from tests.guard.namespace import until

UNIT = "flowtui-guard.service"


@pytest.fixture
def machine() -> Iterator[Machine]:
    """A machine that has come up, with a list of one's own and the guard."""
    made = Machine()
    try:
        made.boot()
        lists = made.root / "srv/flowtui-test/config/lists"
        lists.mkdir(parents=True)
        (lists / "news.toml").write_text('sites = ["news.test"]\n')
        made.flowtui("guard", "install", "--yes", "--owner", "0", "--shortest", "2")
        yield made
    finally:
        made.close()


def test_a_hard_lease_under_systemd_outlives_all_and_ends(machine: Machine) -> None:
    before = machine.state()
    machine.flowtui("start", "--guard", "news", "--strict", "hard", "--for", "1m", "--detach")
    assert blocked(machine)

    until(lambda: "refused" in stop(machine), "systemctl stop is refused", 10)
    first = main_pid(machine)
    machine.run("kill", "-KILL", first)
    until(lambda: main_pid(machine) not in ("0", first), "systemd starts another", 10)
    assert blocked(machine)
    boot = machine.run("cat", "/proc/sys/kernel/random/boot_id").stdout
    machine.reboot()
    assert machine.run("cat", "/proc/sys/kernel/random/boot_id").stdout != boot
    until(lambda: main_pid(machine) != "0", "it runs after the reboot", 20)
    assert blocked(machine), "the lease goes on"
    left = json.loads(machine.flowtui("guard", "status", "--json").stdout)["lease"]["left_s"]
    assert 0 < left < 60

    until(lambda: machine.state() == before, "the deadline passes", 75)
    assert "refused" not in stop(machine)


def test_with_a_broken_guard_recover_puts_all_back_at_the_next_boot(machine: Machine) -> None:
    before = machine.state()
    machine.flowtui("start", "--guard", "news", "--for", "1m", "--detach")
    machine.run("sh", "-c", "kill -KILL $(systemctl show -P MainPID flowtui-guard); "
                "systemctl mask --now flowtui-guard 2>/dev/null; rm -f /run/flowtui/guard.sock; "
                "ln -sf /dev/null /etc/systemd/system/flowtui-guard.service")  # fmt: skip
    assert blocked(machine)

    machine.run("rm", "/var/lib/flowtui/lease.json")  # as if its end had come meanwhile
    machine.reboot()

    until(lambda: machine.state() == before, "recover has run at boot", 20)
    timer = machine.run("systemctl", "is-active", "flowtui-recover.timer").stdout
    assert timer == "active\n"


def test_uninstalling_takes_units_program_and_state_away(machine: Machine) -> None:
    before = machine.state()
    machine.flowtui("start", "--guard", "news", "--for", "1m", "--detach")

    done = machine.flowtui("guard", "uninstall", "--yes")

    assert "removed /etc/systemd/system/flowtui-guard.service" in done.stdout
    assert "/etc/hosts exact" in done.stdout and machine.state() == before
    found = machine.run("sh", "-c", "ls -d /etc/systemd/system/*flowtui* /usr/local/lib/flowtui "
                        "/var/lib/flowtui /etc/flowtui /run/flowtui /run/systemd/system/*flowtui* "
                        "/etc/systemd/system/*/*flowtui* 2>/dev/null; true").stdout  # fmt: skip
    assert found == ""


def test_the_hardened_units_do_all_their_work(machine: Machine) -> None:
    """Nothing that the guard does is refused by its own unit: counts, cut, files."""
    machine.flowtui("start", "--guard", "news", "--strict", "firm", "--for", "1m", "--detach")
    doctor = {line["id"]: line for line in json.loads(machine.flowtui(
        "guard", "doctor", "--json", check=False).stdout)}  # fmt: skip
    again = machine.flowtui("guard", "install", "--yes", "--owner", "7", check=False)
    log = machine.run(
        "journalctl", "-u", UNIT, "-u", "flowtui-recover.service", "--no-pager"
    ).stdout

    assert doctor["cut"]["ok"] and doctor["attempts"]["ok"] and doctor["answers"]["ok"]
    assert again.returncode == 1 and "firm lease runs" in again.stderr
    assert "Operation not permitted" not in log and "PermissionError" not in log, log
    recovered = machine.run("systemctl", "start", "flowtui-recover.service", check=False)
    assert recovered.returncode == 0, recovered.stderr
    assert blocked(machine)


def stop(machine: Machine) -> str:
    """What systemd says to whoever wants to stop the guard."""
    done = machine.run("systemctl", "stop", UNIT, check=False)
    return done.stderr if done.returncode else ""


def main_pid(machine: Machine) -> str:
    """The guard's process; "0" without one."""
    return machine.run("systemctl", "show", "-P", "MainPID", UNIT).stdout.strip()


def blocked(machine: Machine) -> bool:
    """True if a program in the machine finds no way to the site."""
    return "127.66." in machine.run("getent", "hosts", "news.test", check=False).stdout
