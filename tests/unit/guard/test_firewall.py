"""What the firewall is given, and what is never cut."""

from __future__ import annotations

import subprocess
import threading

import pytest

from flowtui.guard.program import firewall, pf, resolve
from tests.guard.namespace import need_root

TARGETS = [("10.66.0.1", 443), ("2001:db8::1", 443), ("10.66.0.1", 80)]


def test_nft_takes_the_rules_as_they_are() -> None:
    need_root("nft", "unshare")

    for targets in (TARGETS, []):
        done = subprocess.run(
            ["unshare", "--net", "nft", "-f", "-"],
            input=firewall.script(targets, 8),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr


def test_each_target_expires_in_the_kernel() -> None:
    script = firewall.script(TARGETS, 8)

    assert "10.66.0.1 . 443 timeout 8s" in script and "2001:db8::1 . 443 timeout 8s" in script
    assert script.count("timeout 8s") == 3


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "127.66.0.2", "::1", "0.0.0.0", "::", "224.0.0.1", "fe80::1", "x"]
)
def test_what_is_this_machine_or_no_single_one_is_never_cut(address: str) -> None:
    assert not firewall.may_be_cut(address)


def test_pf_is_given_one_rule_a_protocol_and_target() -> None:
    lines = pf.script(TARGETS).splitlines()

    assert len(lines) == 6 and all(line.startswith("block return out quick") for line in lines)
    assert "block return out quick inet6 proto udp from any to 2001:db8::1 port 443" in lines


def test_a_resolver_that_does_not_answer_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    never = threading.Event()
    monkeypatch.setattr("socket.getaddrinfo", lambda *a, **k: (never.wait(30), [])[1])

    assert resolve.targets([f"n{n}.test" for n in range(100)], 0.2) == []
    never.set()


def test_names_lead_to_their_addresses_and_to_the_ports_that_are_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = {"a.test": ["10.66.0.1", "2001:db8::1"], "b.test": ["127.0.0.1"]}

    def lookup(name: str, *rest: object, **more: object) -> list[tuple[object, ...]]:
        if name not in answers:
            raise OSError
        return [(0, 0, 0, "", (address, 0)) for address in answers[name]]

    monkeypatch.setattr("socket.getaddrinfo", lookup)
    monkeypatch.setattr(resolve, "connected", lambda: {"10.66.0.1": {8443}, "10.0.0.1": {22}})

    found = resolve.targets(["a.test", "b.test", "none.test"], 5)

    assert found == [
        ("10.66.0.1", 80), ("10.66.0.1", 443), ("10.66.0.1", 8443),
        ("2001:db8::1", 80), ("2001:db8::1", 443),
    ]  # fmt: skip
