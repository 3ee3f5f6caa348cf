"""What the firewall is given, and what is never cut."""

from __future__ import annotations

import os
import socket
import subprocess
import threading

import pytest

from flowtui.guard.program import firewall, pf, resolve, sockets
from tests.guard.namespace import need_root

TARGETS = [("45.66.0.1", 443), ("2a0f:66::1", 443), ("45.66.0.1", 80)]
ME = 1000


def test_nft_takes_the_rules_as_they_are() -> None:
    need_root("nft", "unshare")

    for targets in (TARGETS, []):
        done = subprocess.run(
            ["unshare", "--net", "nft", "-f", "-"],
            input=firewall.script(targets, 8, ME, [22, 8888]),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr


def test_each_target_expires_in_the_kernel() -> None:
    script = firewall.script(TARGETS, 8, ME)

    assert "45.66.0.1 . 443 timeout 8s" in script and "2a0f:66::1 . 443 timeout 8s" in script
    assert script.count("timeout 8s") == 3


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "127.66.0.2", "::1", "0.0.0.0", "::", "224.0.0.1", "fe80::1", "x", "10.0.0.7",
     "172.16.3.4", "192.168.1.1", "100.64.0.9", "169.254.1.1", "255.255.255.255", "fc00::1",
     "fd12:3456::1", "ff02::1", "::ffff:192.168.1.1", "::ffff:127.0.0.1", "2002:c0a8:0101::1",
     "192.0.2.1", "2001:db8::1", "240.0.0.1", "fe80::1%eth0"],
)  # fmt: skip
def test_what_is_local_private_or_no_single_machine_is_never_cut(address: str) -> None:
    assert not firewall.may_be_cut(address)
    assert address not in firewall.script([(address, 443)], 8, ME)
    assert pf.script([(address, 443)], ME).strip() == ""


@pytest.mark.parametrize("address", ["45.66.0.1", "1.1.1.1", "2a0f:66::1"])
def test_public_addresses_may_be_cut(address: str) -> None:
    assert firewall.may_be_cut(address)


def test_only_web_ports_of_the_asking_user_are_named() -> None:
    script = firewall.script([("45.66.0.1", 22), ("45.66.0.1", 443)], 8, ME, [22, 8888])

    assert "45.66.0.1 . 22" not in script and "45.66.0.1 . 443" in script
    assert f"meta skuid {ME} jump cut" in script and script.count("jump") == 1
    assert "tcp sport { 22, 8888 } return" in script


def test_pf_is_given_one_rule_a_protocol_and_target() -> None:
    lines = pf.script(TARGETS, ME).splitlines()

    assert len(lines) == 5 and all(line.startswith("block return out quick") for line in lines)
    rule = f"block return out quick inet6 proto udp from any to 2a0f:66::1 port 443 user {ME}"
    assert rule in lines


def test_a_resolver_that_does_not_answer_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    never = threading.Event()
    monkeypatch.setattr("socket.getaddrinfo", lambda *a, **k: (never.wait(30), [])[1])

    assert resolve.targets([f"n{n}.test" for n in range(100)], 0.2) == []
    never.set()


def test_names_lead_to_public_addresses_and_the_ports_of_the_web(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = {"a.test": ["45.66.0.1", "2a0f:66::1"], "b.test": ["127.0.0.1", "192.168.1.1"]}

    def lookup(name: str, *rest: object, **more: object) -> list[tuple[object, ...]]:
        if name not in answers:
            raise OSError
        return [(0, 0, 0, "", (address, 0)) for address in answers[name]]

    monkeypatch.setattr("socket.getaddrinfo", lookup)

    found = resolve.targets(["a.test", "b.test", "none.test"], 5)

    assert found == [
        ("2a0f:66::1", 80), ("2a0f:66::1", 443), ("45.66.0.1", 80), ("45.66.0.1", 443),
    ]  # fmt: skip


def test_connections_are_known_by_owner_and_direction() -> None:
    """A real server and its client, both ours: only what was opened counts, not what was served."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client, server.accept()[0]:
            mine = sockets.opened(os.getuid())

            assert port in sockets.listening()
            assert [s.local for s in mine if s.remote == ("127.0.0.1", port)] == [
                client.getsockname()
            ]
            assert not [s for s in mine if s.local == ("127.0.0.1", port)]
            assert not [s for s in sockets.opened(65533) if port in (s.local[1], s.remote[1])]
