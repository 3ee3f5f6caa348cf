"""Which names may be blocked, and in which form they are kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.guard.program import names
from flowtui.guard.program.errors import GuardError


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Reddit.COM", "reddit.com"),
        ("*.reddit.com", "reddit.com"),
        ("reddit.com.", "reddit.com"),
        ("reddit.com/r/all/", "reddit.com/r/all"),
        ("reddit.com/", "reddit.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("a_b.example.org", "a_b.example.org"),
    ],
)
def test_a_site_has_one_form(given: str, kept: str) -> None:
    assert names.site(given) == kept


@pytest.mark.parametrize(
    "wrong",
    [
        "", "localhost", "printer", "nas.local", "router.lan", "1.2.3.4", "0x7f.0x1", "::1",
        "a..b.com",
        "-a.com", "a-.com", "x" * 64 + ".com", ".".join(["abcdefgh"] * 32),
        "news.test\n127.0.0.1 evil",
        "news.test 127.0.0.1", "news.test\t#", "news.test\x00", "http://news.test", "news.test/..",
        7, None,
        ["news.test"], "news.test/\n", "news.test/a b", "co.uk", "github.io", "security.debian.org",
        "accounts.google.com", "x.pool.ntp.org", "my.machine", "é" * 300 + ".com",
    ],
    ids=repr,
)  # fmt: skip
def test_what_is_no_site_or_must_stay_reachable_is_refused(wrong: object) -> None:
    with pytest.raises(GuardError):
        names.site(wrong, own=["my.machine"])


@given(st.text(max_size=80) | st.from_regex(r"[a-z0-9.*-]{1,40}(/[ -~]{0,20})?", fullmatch=True))
def test_whatever_is_accepted_is_safe_in_a_hosts_line_and_in_a_policy(text: str) -> None:
    try:
        kept = names.site(text)
    except GuardError:
        return
    host, path = names.split(kept)

    assert kept.isascii() and kept.isprintable() and " " not in kept and "#" not in kept
    assert host == host.lower() and "." in host and len(host) <= names.MAX_HOST
    assert '"' not in kept and "\\" not in kept and "*" not in kept
    assert names.site(kept) == kept, "the form is stable"
    assert not path or path.startswith("/")


def test_a_name_lies_within_itself_and_what_is_above_it() -> None:
    assert names.within("old.reddit.com", "reddit.com")
    assert not names.within("notreddit.com", "reddit.com")
    assert list(names.above("a.b.c")) == ["a.b.c", "b.c", "c"]
