"""The text of the hosts file: nothing outside our segment changes by a byte, whatever it holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.guard.program import hosts_text
from flowtui.guard.program.errors import Damaged

TOKEN = "0123456789abcdef"
NAMES = {"news.test": "127.66.0.2", "www.news.test": "127.66.0.3"}
odd = st.lists(
    st.sampled_from(
        [
            b"127.0.0.1 localhost", b"\n", b"\r\n", b"\r", b"# flowtui", b"\xff\xfe\x00", b"\t",
            "ünï".encode(), b"127.66.0.2 news.test", b"# flowtui 0123: end", b"\x0b", b"\x85",
        ]
    )
    | st.binary(max_size=20),
    max_size=12,
).map(b"".join)  # fmt: skip


def ours() -> list[bytes]:
    return [b"127.66.0.2 news.test", b"127.66.0.3 www.news.test"]


@given(odd)
def test_what_was_put_behind_a_file_comes_off_again_without_a_trace(original: bytes) -> None:
    tail = hosts_text.tail(original, TOKEN, NAMES)

    glued = tail.startswith(b"\n")
    assert hosts_text.without(original + tail, TOKEN, ours(), glued) == original


@given(odd, odd, odd)
def test_lines_of_others_stay_wherever_they_were_put(
    original: bytes, inside: bytes, after: bytes
) -> None:
    inside = b"".join(b"# " + bytes([c]) + b" other\n" for c in inside if c not in b"\r\n")
    tail = hosts_text.tail(original, TOKEN, NAMES)
    middle = tail.index(b"127.66.0.3")

    text = original + tail[:middle] + inside + tail[middle:] + after
    left = hosts_text.without(text, TOKEN, ours(), glued=False)

    glue = b"\n" if tail.startswith(b"\n") else b""
    assert left == original + glue + inside + after


@given(odd, st.integers(0, 400), st.integers(0, 400))
def test_a_write_that_was_stopped_anywhere_is_known_for_what_it_is(
    original: bytes, cut: int, more: int
) -> None:
    """In place of an older segment a newer one was being written: its beginning, then the rest."""
    older = hosts_text.tail(original, TOKEN, NAMES)
    newer = hosts_text.tail(original, TOKEN, {**NAMES, "video.test": "127.66.0.4"})

    torn_first = original + older[:cut]
    torn_change = original + newer[:more] + older[more:]

    assert hosts_text.is_torn(torn_first, original, [older])
    assert hosts_text.is_torn(torn_change, original, [newer, older])


def test_what_somebody_wrote_behind_ours_is_not_taken_for_a_stopped_write() -> None:
    original = b"127.0.0.1 localhost\n"
    tail = hosts_text.tail(original, TOKEN, NAMES)

    assert not hosts_text.is_torn(original + tail + b"10.0.0.1 vm\n", original, [tail])
    assert not hosts_text.is_torn(b"10.0.0.1 vm\n" + original + tail, original, [tail])


def test_a_line_that_was_commented_out_inside_our_marks_is_ours_still() -> None:
    text = hosts_text.tail(b"", TOKEN, NAMES).replace(b"127.66.0.3", b"#127.66.0.3")

    assert hosts_text.without(text, TOKEN, ours(), glued=False) == b""


@pytest.mark.parametrize("damage", ["no end", "no start", "twice", "swapped", "edited"])
def test_with_damaged_marks_nothing_is_cut(damage: str) -> None:
    start, end = hosts_text.opening(TOKEN), hosts_text.closing(TOKEN)
    whole = hosts_text.tail(b"", TOKEN, NAMES)
    text = {
        "no end": whole.replace(end + b"\n", b""),
        "no start": whole.replace(start + b"\n", b""),
        "twice": whole + whole,
        "swapped": end + b"\n" + start + b"\n",
        "edited": whole.replace(end, end + b" here"),
    }[damage] + b"10.0.0.1 vm\n"

    with pytest.raises(Damaged):
        hosts_text.without(text, TOKEN, ours(), glued=False)
    mended = hosts_text.mended(text, TOKEN, ours())
    assert mended.endswith(b"10.0.0.1 vm\n") and b"news.test" not in mended


def test_every_name_has_an_address_of_its_own_on_the_loopback() -> None:
    found = {hosts_text.address(n) for n in range(64_000)}

    assert len(found) == 64_000
    beyond = {hosts_text.address(n) for n in range(64_000, 70_000)}
    assert not found & beyond and all(a.startswith("127.66.255.") for a in beyond)
    assert all(a.startswith("127.66.") for a in found)
    assert all(1 <= int(a.rsplit(".", 1)[1]) <= 254 for a in found)


def test_mapped_names_are_found_in_any_writing() -> None:
    text = b"10.0.0.1\tNews.Test www.news.test # video.test\r\n#10.0.0.2 chat.test\n::1 a\xff.test"

    assert hosts_text.mapped(text) >= {"news.test", "www.news.test"}
    assert not hosts_text.mapped(text) & {"video.test", "chat.test"}


def test_machines_of_the_own_network_are_known_from_the_hosts_file() -> None:
    text = (
        b"127.0.0.1 localhost me\n10.0.0.9 printer nas.lan # mine\n8.8.8.8 dns\n0.0.0.0 ads.test\n"
    )

    assert hosts_text.local_names(text) == ["localhost", "me", "printer", "nas.lan"]
    many = b"".join(b"127.0.0.1 ads%d.test\n" % n for n in range(500))
    assert hosts_text.local_names(many) == [], "a list of what is blocked is no network"
