"""The policy of Chromium and its kin: ours beside an administrator's, never looser."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from flowtui.guard.program import names, policy_text
from flowtui.guard.program.policy_text import ALLOW, BLOCK


def merged(
    sites: Sequence[str],
    exceptions: Sequence[str] = (),
    admin: Mapping[str, Sequence[str]] = MappingProxyType({}),
    only: Sequence[str] = (),
) -> Any:
    """What our file says."""
    ours = policy_text.rules(sites, exceptions, only)
    return json.loads(policy_text.merged(ours, admin))


def test_a_name_covers_what_lies_below_it() -> None:
    sites = ["www.news.test", "news.test", "m.news.test", "reddit.com/r/all", "news.test/world"]

    assert policy_text.collapsed(sites) == ["news.test", "reddit.com/r/all"]


def test_sites_beyond_the_thousand_that_chromium_reads_are_counted() -> None:
    rules = policy_text.rules([f"n{n}.test" for n in range(1200)], [], [])

    assert len(rules.block) == names.MAX_POLICY
    assert rules.left_out == 200


def test_an_administrators_lists_stay_in_force() -> None:
    admin = {BLOCK: ["games.test"], ALLOW: ["wiki.test"]}

    found = merged(["news.test"], ["news.test/help"], admin)

    assert found == {BLOCK: ["games.test", "news.test"], ALLOW: ["wiki.test", "news.test/help"]}


def test_an_exception_of_ours_does_not_open_what_the_administrator_blocks() -> None:
    for pattern in ("games.test", ".games.test", "https://games.test:443/x", "*", "http://*"):
        found = merged(["news.test"], ["games.test/free", "sub.games.test"], {BLOCK: [pattern]})
        assert ALLOW not in found, pattern


def test_an_exception_of_the_administrator_does_not_open_what_the_lease_blocks() -> None:
    found = merged(["news.test"], [], {ALLOW: ["news.test/intranet", "wiki.test"]})

    assert found[ALLOW] == ["wiki.test"]


def test_only_these_blocks_everything_else_and_keeps_sign_in_working() -> None:
    found = merged([], only=["docs.test"])

    assert found[BLOCK] == ["http://*", "https://*", "ftp://*"]
    assert {"docs.test", "accounts.google.com", "detectportal.firefox.com"} <= set(found[ALLOW])


def test_a_name_above_a_vital_one_leaves_that_reachable() -> None:
    assert "accounts.google.com" in merged(["google.com"])[ALLOW]


def test_of_several_files_the_last_by_name_holds_as_in_chromium() -> None:
    files = {
        "10.json": b'{"URLBlocklist": ["a.test"], "URLAllowlist": ["b.test"]}',
        "20.json": b'{"URLBlocklist": ["c.test", 7]}',
        "30.json": b'{"URLBlocklist": ["d.te',
        policy_text.FILE: b'{"URLBlocklist": ["ours.test"]}',
    }

    assert policy_text.effective(files) == {BLOCK: ["c.test"], ALLOW: ["b.test"]}


def test_with_these_sites_alone_the_own_machine_and_network_stay_reachable() -> None:
    rules = policy_text.rules([], [], ["docs.test"], ["workstation", "printer.test"])

    assert {"localhost", "127.0.0.1", "[::1]", "workstation", "printer.test"} <= set(rules.allow)


def test_these_sites_alone_together_with_a_list_is_stricter_than_either() -> None:
    sites, only = ["reddit.com", "news.test", "wiki.test/talk"], ["wiki.test", "old.reddit.com"]
    rules = policy_text.rules(sites, ["news.test/weather", "wiki.test/help"], only)

    assert "old.reddit.com" not in rules.allow, "the list keeps it away"
    assert "wiki.test" in rules.allow and "wiki.test/talk" in rules.block
    assert "news.test/weather" not in rules.allow, "these alone keep it away"
    assert "wiki.test/help" in rules.allow
    assert {"http://*", "https://*", "reddit.com", "news.test"} <= set(rules.block)
