"""Who may ask the page for what."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.web.gate import COOKIE, WRONG_TOKENS, Gate
from flowtui.web.requests import RefusedRequest, Request, cookies, parse_form, parse_head

TOKEN = "t" * 43
HOST = "127.0.0.1:8427"


class Seconds:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def gate(look_only: bool = False, names: tuple[str, ...] = ()) -> tuple[Gate, Seconds]:
    seconds = Seconds()
    return Gate(TOKEN, 8427, names, look_only, monotonic=seconds), seconds


def ask(
    one: Gate, method: str = "GET", query: dict[str, str] | None = None, **headers: str
) -> bool:
    given = {"host": HOST, "cookie": one.cookie.partition(";")[0]}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    return one.check(Request(method, "/", query or {}, {k: v for k, v in given.items() if v}))


def status(one: Gate, method: str = "GET", query: dict[str, str] | None = None, **h: str) -> int:
    with pytest.raises(RefusedRequest) as refused:
        ask(one, method, query, **h)
    return refused.value.status


def test_the_token_is_given_once_and_a_cookie_that_is_not_it_is_enough_from_then_on() -> None:
    one, _ = gate()
    assert ask(one, query={"token": TOKEN}, cookie="") is True
    assert TOKEN not in one.cookie
    assert "HttpOnly" in one.cookie and "SameSite=Strict" in one.cookie
    assert ask(one) is False
    assert status(one, cookie="") == 403
    assert status(one, cookie=f"{COOKIE}={TOKEN}") == 403


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "127.0.0.1", "127.0.0.1:80", "localhost:84270", "localhost.evil.example",
     "evil.example:8427", "127.0.0.1:8427@evil.example", "[::1", "127.0.0.1:8427 "],
)  # fmt: skip
def test_a_foreign_name_is_not_served_even_with_the_token(host: str) -> None:
    one, _ = gate()
    assert status(one, host=host) == 421
    assert status(one, query={"token": TOKEN}, host=host) == 421


def test_a_name_that_was_opened_on_purpose_is_served() -> None:
    one, _ = gate(names=("phone.example",))
    assert ask(one, host="phone.example") is False
    assert ask(one, host="Phone.Example:8427") is False
    assert status(one, host="other.example") == 421


@pytest.mark.parametrize(
    "headers",
    [
        {}, {"origin": "null"}, {"origin": "http://evil.example"}, {"origin": f"ftp://{HOST}"},
        {"origin": HOST}, {"origin": f"http://{HOST}.evil.example"}, {"origin": f"http://{HOST}/"},
        {"sec_fetch_site": "cross-site"}, {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "none"},
        {"origin": "http://evil.example", "sec_fetch_site": "same-origin"},
    ],
)  # fmt: skip
def test_a_form_of_another_page_is_refused(headers: dict[str, str]) -> None:
    one, _ = gate()
    assert status(one, "POST", None, **headers) == 403


def test_a_form_of_the_page_itself_is_taken_and_not_where_one_only_looks() -> None:
    one, _ = gate()
    for headers in ({"origin": f"http://{HOST}"}, {"sec_fetch_site": "same-origin"}):
        assert ask(one, "POST", None, **headers) is False
    looking, _ = gate(look_only=True)
    assert status(looking, "POST", origin=f"http://{HOST}") == 403
    assert ask(looking) is False


def test_a_token_never_lets_a_form_in() -> None:
    one, _ = gate()
    assert status(one, "POST", {"token": TOKEN}, cookie="", origin=f"http://{HOST}") == 403


def test_five_wrong_tokens_a_minute_close_the_door_for_the_rest_of_it() -> None:
    one, seconds = gate()
    for _ in range(WRONG_TOKENS):
        assert status(one, query={"token": "x"}, cookie="") == 403
    for _ in range(10_000):
        assert status(one, query={"token": "y"}, cookie="") == 429
    assert status(one, query={"token": TOKEN}, cookie="") == 429
    assert ask(one) is False  # whoever was let in before stays in
    seconds.now = 61
    assert ask(one, query={"token": TOKEN}, cookie="") is True


HEADS = st.one_of(
    st.binary(max_size=400),
    st.lists(st.sampled_from([
        b"GET / HTTP/1.1", b"POST /pause HTTP/1.1", b"Host: a", b"host:b", b"Content-Length: 1",
        b"Content-Length: -1", b" folded", b"X: \x00", b"Cookie: a=b; a=c",
        b"GET http://x/ HTTP/1.1",
        b"Transfer-Encoding: chunked", b"", b"\xff: y", b"GET /../../etc/passwd HTTP/1.1",
    ]), max_size=8).map(b"\r\n".join),
)  # fmt: skip


@given(HEADS)
def test_any_head_is_understood_or_refused(head: bytes) -> None:
    try:
        method, target, headers = parse_head(head + b"\r\n\r\n")
    except RefusedRequest as refused:
        assert 400 <= refused.status < 600
        return
    assert method in ("GET", "HEAD", "POST") and target.startswith("/")
    assert all(name == name.lower() and name.isascii() for name in headers)


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b", b"GET / HTTP/1.1\r\nHost: a\r\n b",
        b"GET http://evil.example/ HTTP/1.1", b"GET // HTTP/2", b"get / HTTP/1.1",
        b"DELETE / HTTP/1.1",
        b"GET /\x00 HTTP/1.1", b"GET / HTTP/1.1\r\nHost : a",
        b"GET / HTTP/1.1\r\nA: " + b"x" * 17000,
        b"GET / HTTP/1.1" + b"\r\nA: b" * 101, b"GET / HTTP/1.1\nHost: a",
    ],
)  # fmt: skip
def test_a_head_that_could_be_read_in_two_ways_is_refused(head: bytes) -> None:
    with pytest.raises(RefusedRequest):
        parse_head(head + b"\r\n\r\n")


@given(st.binary(max_size=300))
def test_any_form_is_fields_or_refused(body: bytes) -> None:
    try:
        fields = parse_form(body)
    except RefusedRequest as refused:
        assert refused.status == 400
        return
    assert len(fields) <= 20
    assert cookies({"cookie": body.decode("latin-1")}) is not None


def test_guesses_of_another_page_are_refused_and_lock_nobody_out() -> None:
    one, _ = gate()
    for _ in range(50):
        assert status(one, query={"token": "x"}, cookie="", sec_fetch_site="cross-site") == 403
    assert ask(one, query={"token": TOKEN}, cookie="") is True
    assert ask(one, query={"token": TOKEN}, cookie="", sec_fetch_site="cross-site") is True
