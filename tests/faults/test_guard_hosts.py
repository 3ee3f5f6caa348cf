"""Hosts files as they are met in the wild: each comes back as it was, or is not touched at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from flowtui.guard.program import hosts
from tests.guard.namespace import cell
from tests.unit.guard.conftest import make
from tests.unit.guard.harness import World

__all__ = ["make"]
ODD = {
    "CRLF": b"127.0.0.1 localhost\r\n10.0.0.1 vm\r\n",
    "invalid UTF-8": b"127.0.0.1 localhost # M\xfcller\n\xff\xfe\x00\x01\n",
    "no final newline": b"127.0.0.1 localhost\n10.0.0.1 vm",
    "empty": b"",
    "only blanks": b" \n\t\n",
    "nul bytes": b"\x00" * 100,
    "large": b"".join(b"0.0.0.0 ads%d.example.org\n" % n for n in range(300_000)),
    "others' marks": b"# BEGIN vagrant\n10.0.0.1 vm\n# END vagrant\n# flowtui dead: end\n",
}


@pytest.mark.parametrize("kind", ODD)
def test_whatever_it_holds_it_comes_back(kind: str, make: Callable[[bytes], World]) -> None:
    world = make(ODD[kind])
    before = world.look()

    world.arm()
    assert world.blocks()
    world.engine.end("test")

    assert world.look() == before


def test_what_others_write_meanwhile_stays(make: Callable[[bytes], World]) -> None:
    """As vagrant, docker or a person with an editor would: before, behind and inside ours."""
    world = make(b"127.0.0.1 localhost\n")
    world.arm()
    ours = world.hosts.index(b"127.66.")
    text = world.hosts

    world.roots.hosts.write_bytes(
        b"10.0.0.1 first\n" + text[:ours] + b"10.0.0.2 inside\n" + text[ours:] + b"10.0.0.3 last\n"
    )
    world.engine.end("test")

    assert world.hosts == (b"10.0.0.1 first\n127.0.0.1 localhost\n10.0.0.2 inside\n10.0.0.3 last\n")
    notes = [one["note"] for one in world.engine.proofs.read()["resources"]]
    assert "changes that others made meanwhile were kept" in notes


def test_a_file_that_others_replaced_keeps_what_they_put(make: Callable[[bytes], World]) -> None:
    world = make(b"127.0.0.1 localhost\n")
    world.arm()

    other = world.roots.hosts.with_name("hosts.new")
    other.write_bytes(world.hosts + b"10.0.0.3 vm\n")
    other.rename(world.roots.hosts)
    world.engine.end("test")

    assert world.hosts == b"127.0.0.1 localhost\n10.0.0.3 vm\n"


@pytest.mark.parametrize("how", ["removed", "commented out", "emptied", "replaced", "shortened"])
def test_what_is_meddled_with_is_put_right_within_seconds(
    how: str, make: Callable[[bytes], World]
) -> None:
    world = make(b"127.0.0.1 localhost\n10.0.0.1 vm")
    before = world.look()
    world.arm()
    text = world.hosts
    changed = {
        "removed": b"127.0.0.1 localhost\n10.0.0.1 vm",
        "commented out": text.replace(b"\n127.66.", b"\n#127.66."),
        "emptied": b"",
        "replaced": b"127.0.0.1 localhost\n",
        "shortened": text[:-60],
    }[how]

    world.roots.hosts.write_bytes(changed)
    world.later(6)

    assert world.blocks("news.test") and world.blocks("www.news.test")
    assert world.engine.lease is not None and "meddled" in world.engine.lease.notes[-1]
    world.engine.end("test")
    assert b"127.66." not in world.hosts
    if how in ("removed", "commented out", "shortened"):
        assert world.look() == before


def test_damaged_marks_change_nothing_and_can_be_mended(make: Callable[[bytes], World]) -> None:
    world = make(b"127.0.0.1 localhost\n")
    world.arm()
    record = world.engine.journal.of(hosts.KIND)[0]
    lines = world.hosts.splitlines(keepends=True)
    damaged = b"".join(lines[:-1]) + b"10.0.0.5 other\n"

    world.roots.hosts.write_bytes(damaged)
    world.engine.end("test")

    assert world.hosts == damaged, "nothing is cut where it is not sure what is ours"
    assert "damaged" in world.engine.problem
    shown = hosts.diff(world.engine.journal, record)
    assert all("127.66." in line or "flowtui" in line for line in shown) and len(shown) == 5
    world.engine.layers.release(mend=True)
    assert world.hosts == b"127.0.0.1 localhost\n10.0.0.5 other\n"
    assert world.engine.journal.records() == []


def test_a_link_is_not_followed(make: Callable[[bytes], World]) -> None:
    """As on NixOS; and no user who could plant a link makes root write elsewhere."""
    world = make(b"127.0.0.1 localhost\n")
    target = world.roots.root / "target"
    world.roots.hosts.rename(target)
    world.roots.hosts.symlink_to(target)

    lease = world.arm()

    assert target.read_bytes() == b"127.0.0.1 localhost\n"
    assert any("link" in note for note in lease.notes)
    world.engine.end("test")
    assert world.roots.hosts.is_symlink()


@pytest.mark.parametrize("kind", ["missing", "folder", "fifo"])
def test_what_is_no_file_is_left_alone(kind: str, make: Callable[[bytes | None], World]) -> None:
    world = make(None)
    if kind == "folder":
        world.roots.hosts.mkdir()
    elif kind == "fifo":
        os.mkfifo(world.roots.hosts)

    lease = world.arm()

    assert lease.notes and "hosts" in lease.notes[0]
    world.engine.end("test")
    assert world.engine.problem == ""


def test_a_link_in_the_place_of_our_policy_is_not_followed(make: Callable[[bytes], World]) -> None:
    world = make(b"127.0.0.1 localhost\n")
    secret = world.roots.root / "secret"
    secret.write_bytes(b"root's own")
    (world.policies / "zzz-flowtui.json").symlink_to(secret)

    lease = world.arm()

    assert secret.read_bytes() == b"root's own"
    assert any("zzz-flowtui.json" in note for note in lease.notes)
    world.engine.end("test")
    assert secret.read_bytes() == b"root's own"


def test_an_administrators_policy_changes_with_the_administrator(
    make: Callable[[bytes], World],
) -> None:
    world = make(b"")
    world.arm()

    (world.policies / "admin.json").write_bytes(b'{"URLBlocklist": ["games.test"]}')
    world.later(6)

    assert b"games.test" in (world.policies / "zzz-flowtui.json").read_bytes()
    world.engine.end("test")
    assert [p.name for p in world.policies.iterdir()] == ["admin.json"]


def test_a_full_disk_refuses_the_lease_and_leaves_all_as_it_was(tmp_path: Path) -> None:
    """A state folder of 60 kB, filled up: by the real kernel."""
    with cell(tmp_path) as room:
        room.install()
        before = room.state()
        room.run("sh", "-c", "mount -t tmpfs -o remount,size=100k none /var/lib;"
                 "dd if=/dev/zero of=/var/lib/fill bs=1k 2>/dev/null; true")  # fmt: skip

        refused = room.python(ARM, "news.test", "3600")

        assert "'disk'" in refused, refused
        assert room.state() == before
        room.run("rm", "/var/lib/fill")
        assert "'ok': True" in room.python(ARM, "news.test", "3")


def test_a_disk_that_fills_up_during_a_lease_does_not_stop_the_restore(tmp_path: Path) -> None:
    with cell(tmp_path) as room:
        room.install()
        before = room.state()
        assert "'ok': True" in room.python(ARM, "news.test", "3")
        room.run("sh", "-c", "mount -t tmpfs -o remount,size=200k none /var/lib;"
                 "dd if=/dev/zero of=/var/lib/fill bs=1k 2>/dev/null; true")  # fmt: skip
        assert room.state() != before

        room.run("sleep", "4")

        assert room.state() == before


def test_a_bind_mount_is_written_and_restored(tmp_path: Path) -> None:
    """As in containers, where the file cannot be replaced (EBUSY)."""
    with cell(tmp_path) as room:
        room.install()
        room.run("sh", "-c", "cp /etc/hosts /run/hosts; mount --bind /run/hosts /etc/hosts;"
                 "touch -d '2020-01-02 03:04:05.678' /etc/hosts")  # fmt: skip
        before = room.state()

        assert "'ok': True" in room.python(ARM, "news.test", "2")
        assert "127.66." in room.run("getent", "hosts", "news.test").stdout
        room.run("sleep", "3")

        assert room.state() == before


def test_a_read_only_hosts_file_leaves_the_other_layers(tmp_path: Path) -> None:
    with cell(tmp_path) as room:
        room.install()
        room.run("sh", "-c", "cp /etc/hosts /run/hosts; mount --bind /run/hosts /etc/hosts;"
                 "mount -o remount,bind,ro /etc/hosts")  # fmt: skip
        before = room.state()

        answer = room.python(ARM, "news.test", "3")

        assert "Read-only" in answer and "'Chromium': {'intact': True" in answer
        room.run("sleep", "4")
        assert room.state() == before


ARM = """
import json, socket, sys
link = socket.socket(socket.AF_UNIX)
link.connect("/run/flowtui/guard.sock")
body = {"v": 1, "id": 1, "verb": "arm", "seconds": int(sys.argv[2]), "strictness": "firm",
        "groups": [{"list": "news", "sites": [sys.argv[1]]}]}
link.sendall(json.dumps(body).encode() + b"\\n")
print(json.loads(link.makefile().readline()))
"""
