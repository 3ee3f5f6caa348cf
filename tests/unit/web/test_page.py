"""The page: what it shows, what its buttons do, what it refuses."""

from __future__ import annotations

import asyncio
import stat
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from flowtui.core.errors import FlowError
from flowtui.services.web_token import page_token
from flowtui.web.deeds import DEEDS
from tests.unit.web.client import TOKEN, Browser, served
from tests.user import Person, Shell

HOSTILE = '<script>alert(1)</script>"&\u202e<img src=x onerror=y> \x1b[31m'


class Tags(HTMLParser):
    """Elements, attributes, and the text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.names: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.names += [name for name, _ in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def said(location: str) -> str:
    return parse_qs(urlsplit(location).query)["said"][0]


async def do(browser: Browser, path: str, **form: str) -> str:
    """Send a form of the page; what is said then."""
    answer = await browser.ask("POST", path, form)
    assert answer.status == 303, answer
    return said(answer.headers["Location"])


async def test_a_block_is_begun_paused_gone_on_with_and_finished_by_its_buttons(
    person: Person,
) -> None:
    async with served(person) as browser:
        assert "no block" in (await browser.ask("GET", "/")).body
        await do(browser, "/start", intention="fuse the kernel", length="50m")
        running = (await browser.ask("GET", "/")).body
        assert "50 min left of 50 min" in running and "fuse the kernel" in running
        person.clock.advance(600)
        assert await do(browser, "/pause", step="look at the shapes") == "paused"
        assert "look at the shapes" in (await browser.ask("GET", "/")).body
        person.clock.advance(60)
        await do(browser, "/resume")
        await do(browser, "/wandered")
        assert "interrupted" in (await browser.ask("GET", "/")).body
        person.clock.advance(60)
        await do(browser, "/back")
        await do(browser, "/called")
        await do(browser, "/back")
        await do(browser, "/park", thought="buy milk")
        await do(browser, "/energy", value="4")
        person.clock.advance(300)
        await do(browser, "/finish", outcome="done", rating="4", note="it runs")
        page = (await browser.ask("GET", "/")).body
        assert "energy, now 4" in page and "16 min" in page
    services = person.open()
    (block,) = services.store.blocks.every()
    assert (block.outcome, block.rating, block.note) == ("done", 4, "it runs")
    assert [gap.note for gap in block.gaps] == ["look at the shapes"]
    assert [thought.text for thought in block.parked] == ["buy milk"]
    assert len(block.interruptions) == 2


async def test_what_cannot_be_done_is_said_and_changes_nothing(person: Person) -> None:
    async with served(person) as browser:
        for path, form in (
            ("/pause", {}), ("/resume", {}), ("/back", {}), ("/park", {"thought": "x"}),
            ("/park", {"thought": " "}), ("/finish", {}), ("/energy", {"value": "9"}),
            ("/energy", {}), ("/start", {"length": "soonish"}),
            ("/start", {"intention": "x" * 9999}),
        ):  # fmt: skip
            answer = await browser.ask("POST", path, form)
            assert answer.status == 303 and "wrong=1" in answer.headers["Location"], path
            page = await browser.ask("GET", answer.headers["Location"])
            assert 'class="said wrong"' in page.body
    assert person.open().store.blocks.every() == []


async def test_a_get_changes_nothing(person: Person) -> None:
    async with served(person) as browser:
        for path in DEEDS:
            assert (await browser.ask("GET", path)).status == 404
            assert (await browser.ask("HEAD", f"{path}?intention=x")).status == 404
    assert person.open().store.blocks.every() == []


async def test_looking_only_has_no_buttons_and_takes_no_form(person: Person) -> None:
    async with served(person, look_only=True) as browser:
        assert "button" not in Tags((await browser.ask("GET", "/")).body).tags
        assert (await browser.ask("POST", "/start")).status == 403
    assert person.open().store.blocks.every() == []


async def test_every_page_is_without_script_and_its_text_is_no_markup(person: Person) -> None:
    async with served(person) as browser:
        await do(browser, "/start", intention=HOSTILE[:200])
        await do(browser, "/park", thought=HOSTILE)
        pages = [
            await browser.ask("GET", path)
            for path in ("/", "/report", "/ask/start", "/ask/park", "/ask/finish",
                         "/?said=%3Cscript%3Ealert(1)%3C/script%3E")
        ]  # fmt: skip
        for page in pages:
            tags = Tags(page.body)
            assert page.status == 200 and not {"script", "img", "iframe", "link"} & set(tags.tags)
            assert "onerror" not in tags.names and "style" not in tags.names
            assert "\x1b" not in page.body
            policy = page.headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'none'; style-src 'sha256-")
            assert "unsafe" not in policy and "frame-ancestors 'none'" in policy
            assert page.headers["Cache-Control"] == "no-store"
            assert TOKEN not in page.body
        assert "<script>alert(1)</script>" in Tags(pages[0].body).text


async def test_the_address_with_the_token_leads_to_the_page_and_the_token_leaves_it(
    person: Person,
) -> None:
    async with served(person) as browser:
        answer = await browser.ask("GET", f"/?token={TOKEN}", Cookie="")
        assert (answer.status, answer.headers["Location"]) == (303, "/")
        assert answer.headers["Set-Cookie"] == browser.gate.cookie
        assert (await browser.ask("GET", "/", Cookie="")).status == 403
        assert (await browser.ask("GET", f"/?token={TOKEN}x", Cookie="")).status == 403


@pytest.mark.parametrize(
    "path",
    ["/../../etc/passwd", "/%2e%2e/etc/passwd", "//etc/passwd", "/static/", "/favicon.ico",
     "/ask/", "/ask/start/..", "/.git/config", "/\\..\\x", "/report/x", "/START"],
)  # fmt: skip
async def test_there_are_no_other_pages(person: Person, path: str) -> None:
    async with served(person) as browser:
        assert (await browser.ask("GET", path)).status == 404
        assert (await browser.ask("POST", path)).status == 404


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421),
        (b"GET / HTTP/1.1\r\n\r\n", 421),
        (b"POST /pause HTTP/1.1\r\nHost: a\r\n\r\n", 411),
        (b"POST /pause HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n"
         b"Content-Type: application/x-www-form-urlencoded\r\n\r\n", 413),
        (b"POST /pause HTTP/1.1\r\nHost: a\r\nContent-Length: 1e9\r\n\r\n", 400),
        (b"POST /pause HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501),
        (b"POST /pause HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
         b"Content-Type: text/plain\r\n\r\n{}", 415),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 20_000 + b"\r\n\r\n", 431),
        (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", 400),
        (b"PUT / HTTP/1.1\r\nHost: a\r\n\r\n", 405),
    ],
)  # fmt: skip
async def test_what_is_no_request_of_a_browser_is_refused_and_counted(
    person: Person, data: bytes, status: int
) -> None:
    async with served(person) as browser:
        answer = await browser.raw(data)
        assert answer.startswith(f"HTTP/1.1 {status} ".encode()), answer[:80]
        assert browser.server.answered[status] == 1


async def test_who_sends_slowly_or_breaks_off_holds_nobody_up(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flowtui.web.requests.READ_S", 0.05)
    async with served(person) as browser:
        slow = [asyncio.ensure_future(browser.raw(b"GET / HT")) for _ in range(20)]
        assert (await browser.ask("GET", "/")).status == 200
        assert all(b" 408 " in answer for answer in await asyncio.gather(*slow))
        assert await browser.raw(b"", end=True) == b""
        assert b" 400 " in await browser.raw(b"GET / HTTP/1.1\r\nHost:", end=True)


async def test_too_many_at_once_are_turned_away_and_the_rest_served(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flowtui.web.server.AT_ONCE", 4)
    async with served(person) as browser:
        waiting = [await asyncio.open_connection("127.0.0.1", browser.port) for _ in range(4)]
        assert await browser.raw(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n") == b""
        for _, writer in waiting:
            writer.close()
        for _ in range(1000):  # their ends have to be noticed
            if not browser.server._open:
                break
            await asyncio.sleep(0)
        assert (await browser.ask("GET", "/")).status == 200


def test_the_token_is_a_file_for_its_owner_alone_and_is_made_anew(person: Person) -> None:
    paths = person.services.paths
    first = page_token(paths)
    file: Path = paths.state_dir / "page-token"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and len(first) == 43
    assert page_token(paths) == first
    assert page_token(paths, anew=True) != first
    second = page_token(paths)
    file.chmod(0o644)  # others may have read it
    assert page_token(paths) != second
    file.write_text("short\n")
    assert len(page_token(paths)) == 43
    file.unlink()
    file.mkdir()
    with pytest.raises(FlowError, match="page-token cannot be written"):
        page_token(paths)


def test_a_name_that_is_none_and_a_port_that_is_taken_are_one_line(flow: Shell) -> None:
    assert "is not the name of a host" in flow("serve", "--host", "http://x/").err
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = flow("serve", "--port", str(taken.getsockname()[1]))
    assert refused.code == 1 and "cannot be used" in refused.err
