"""Lists: the shipped ones are right, one's own take their place, public ones are read whole."""

from __future__ import annotations

import os
from datetime import time
from pathlib import Path
from typing import Any

import pytest

from flowtui.core.errors import FlowError, UsageError
from flowtui.guard import lists
from flowtui.guard.client import PART_BYTES, parts
from flowtui.guard.program import deadline, names, policy_text, requests
from flowtui.guard.program.deadline import Reading
from flowtui.guard.program.lease import Lease
from flowtui.guard.program.requests import Group, Wish


def test_the_shipped_lists_are_all_there_and_all_of_them_can_be_armed(tmp_path: Path) -> None:
    known = lists.known(tmp_path)

    assert list(known) == ["chat", "forums", "news", "shopping", "social", "video"]
    for one in known.values():
        groups = [{"list": one.name, "sites": list(one.sites)}]
        wish = requests.wish(
            {"v": 1, "verb": "arm", "seconds": 60, "groups": groups, "apps": list(one.apps)}
        )
        assert wish.refused == () and wish.groups[0].sites == one.sites, one.name
        assert len(one.sites) > 25 and one.title


@pytest.mark.parametrize(
    ("name", "make", "says"),
    [
        ("broken.toml", lambda path: path.write_text("sites = ["), "not TOML"),
        ("pipe.toml", os.mkfifo, "no regular file"),
        ("pipe.txt", os.mkfifo, "no regular file"),
        ("folder.toml", Path.mkdir, "no regular file"),
        ("huge.toml", lambda path: os.truncate(path.touch() or path, 5 << 20), "larger than 4 MiB"),
        ("huge.txt", lambda path: os.truncate(path.touch() or path, 1 << 40), "larger than 64 MiB"),
        ("bytes.toml", lambda path: path.write_bytes(b"title = '\xff'"), "is not UTF-8"),
        ("bytes.txt", lambda path: path.write_bytes(b"a.test\n\xff\n"), "is not UTF-8"),
        ("gone.toml", lambda path: path.symlink_to("nowhere"), "No such file"),
        ("Big Name.toml", lambda path: path.write_text(""), "no name of a list"),
        ("news.toml", lambda path: path.write_text("site = 1"), "unknown 'site'"),
    ],
)
def test_a_broken_file_switches_itself_off_alone(
    tmp_path: Path, name: str, make: Any, says: str
) -> None:
    (tmp_path / "mine.toml").write_text('sites = ["a.test"]')
    make(tmp_path / name)

    known, wrong = lists.known(tmp_path), lists.damaged(tmp_path)

    stem = name.rpartition(".")[0]
    assert list(wrong) == [stem] and says in wrong[stem].message and name in wrong[stem].message
    assert known["mine"].sites == ("a.test", "www.a.test") and "social" in known
    assert stem not in known, "a shipped list does not take its place"
    with pytest.raises(UsageError, match="switched off"):
        lists.chosen(known, [stem], wrong)


def test_a_link_to_a_list_is_followed(tmp_path: Path) -> None:
    (tmp_path / "dotfiles").write_text('sites = ["a.test"]')
    (tmp_path / "mine.toml").symlink_to("dotfiles")

    assert lists.known(tmp_path)["mine"].sites[0] == "a.test"


def test_a_bare_name_brings_its_www_and_the_other_way_round(tmp_path: Path) -> None:
    text = 'sites = ["a.test", "www.b.test", "m.c.test", "d.co.uk", "e.test/x"]'
    one = lists.from_toml("n", text, "")

    assert one.sites == (
        "a.test", "www.a.test", "www.b.test", "b.test", "m.c.test", "d.co.uk", "www.d.co.uk",
        "e.test/x",
    )  # fmt: skip


def test_ones_own_list_takes_the_place_of_a_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "news.toml").write_text(
        'title = "mine"\nsites = ["news.test"]\napps = ["Slack"]\nexceptions = ["news.test/a"]\n'
        'open = ["12:30-13:00", "23:00-01:00"]\n'
    )

    one = lists.known(tmp_path)["news"]

    assert one.title == "mine" and one.sites == ("news.test", "www.news.test")
    assert one.apps == ("slack",) and one.exceptions == ("news.test/a",)
    assert one.windows == ((time(12, 30), time(13)), (time(23), time(1)))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sites = [", "not TOML"), ('site = ["a.test"]', "unknown 'site'"),
        ("sites = [7]", "sites"),
        ('sites = ["localhost"]', "single word"), ('open = ["noon"]', "noon"),
        ('apps = ["bash"]', "never frozen"), ('sites = ["1.2.3.4"]', "address"),
        ('open = ["12:00-12:00"]', "empty"),
    ],
)  # fmt: skip
def test_a_list_that_is_wrong_says_where_and_what(text: str, says: str) -> None:
    with pytest.raises(FlowError) as caught:
        lists.from_toml("mine", text, "/home/me/mine.toml")

    assert "/home/me/mine.toml" in caught.value.message and says in str(caught.value)


def test_public_lists_of_both_kinds_are_read(tmp_path: Path) -> None:
    text = """\
# comment
127.0.0.1 localhost
::1 ip6-localhost ip6-loopback
0.0.0.0 0.0.0.0
0.0.0.0 ads.test # why
127.0.0.1\tone.test two.test
||blocked.test^
plain.test
! adblock comment
not a host line at all
1.2.3.4
security.debian.org
"""

    found, wrong = lists.read_names(text.splitlines(keepends=True))

    assert found == ["ads.test", "one.test", "two.test", "blocked.test", "plain.test"]
    assert wrong == 3


def test_an_imported_list_keeps_all_names_and_uses_as_many_as_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names, "MAX_NAMES", 5000)
    listed = [f"a.b.c{n}.test" for n in range(9000)] + [f"c{n}.test" for n in range(10)]

    path = lists.keep(tmp_path, "big", listed)
    one = lists.known(tmp_path)["big"]

    assert len(path.read_text().splitlines()) == 9010 + 2
    assert one.total == 9010 and len(one.sites) == names.MAX_NAMES
    assert one.sites[:10] == tuple(f"c{n}.test" for n in range(10)), "fewest dots first"
    with pytest.raises(FlowError):
        lists.keep(tmp_path, "../evil", listed)


def test_an_unknown_list_is_told_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        lists.chosen(lists.known(tmp_path), ["newz"])

    assert "did you mean news?" in str(caught.value)


def test_a_long_wish_goes_in_parts_that_fit_and_loses_nothing() -> None:
    sites = [f"site-{n}.with-a-rather-long-name.example.org" for n in range(4000)]
    groups = [
        {"list": "one", "sites": sites[:10], "open": []},
        {"list": "big", "sites": sites[10:]},
    ]

    first, rest = parts({"groups": groups, "seconds": 60})

    sent = [s for g in first["groups"] for s in g["sites"]] + [s for _, part in rest for s in part]
    assert sent == sites
    assert len(str(first)) < requests.MAX_LINE
    assert all(sum(len(site) + 3 for site in part) <= PART_BYTES for _, part in rest)
    assert {name for name, _ in rest} == {"big"}


@pytest.mark.parametrize(
    ("typed", "site"),
    [
        ("https://www.reddit.com/r/all?sort=new#top", "www.reddit.com/r/all"),
        ("http://news.test", "news.test"),
        ("https://news.test:443/", "news.test"),
        ("HTTPS://me:pw@News.Test/", "news.test"),
        ("//news.test/a", "news.test/a"),
        ("news.test?x=1", "news.test"),
        ("*.news.test", "news.test"),
    ],
)
def test_an_address_copied_from_a_browser_is_understood(typed: str, site: str) -> None:
    assert lists.entry(typed) == site


def test_the_example_of_the_readme_keeps_its_exception_open_in_both_names() -> None:
    text = 'sites = ["reddit.com", "https://youtube.com/shorts"]\n' + (
        'exceptions = ["https://reddit.com/r/MachineLearning"]\n'
    )
    one = lists.from_toml("mine", text, "mine.toml")
    wish = Wish((Group("mine", one.sites),), one.exceptions, seconds=600)
    lease = Lease("x", 0, wish, deadline.begin(600, Reading("b", 1.0, 1.0, True)), 600.0)

    assert one.sites == ("reddit.com", "www.reddit.com", "youtube.com/shorts")
    assert lease.hosts() == [], "neither name goes into the hosts file: a part stays reachable"
    rules = policy_text.rules(lease.sites(), wish.exceptions, ())
    assert "reddit.com/r/MachineLearning" in rules.allow and "reddit.com" in rules.block


def test_an_imported_list_that_a_hand_was_at_gives_no_line_that_is_no_name(tmp_path: Path) -> None:
    bad = ["a\x1b]0;x\x07.test", "b.test\u202e", "c" * 500 + ".test", "d.test e.test", "\x00"]
    text = "\n".join([lists.HEAD, "# 2 names", "ads.test", *bad, "more.test/r/all", ""])
    (tmp_path / "ads.txt").write_text(text, "utf-8")

    known = lists.known(tmp_path)["ads"]

    assert known.sites == ("ads.test", "more.test/r/all")
