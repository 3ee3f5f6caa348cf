"""The whole app behind the gate: who may open its socket, and what is passed on."""

from __future__ import annotations

import asyncio
import builtins
import sys
from typing import Any

import pytest
from aiohttp import ClientSession, WSMsgType

from flowtui.core.errors import FlowError
from flowtui.web.whole_app import FILES, KNOWN, PAGE, SESSIONS, SOCKET, WholeApp
from tests.unit.test_conductor import until
from tests.unit.web.client import Browser, served
from tests.user import Person, Shell

ECHO = (
    "import os, sys\n"
    "os.write(1, b'__GANGLION__\\n')\n"
    'size = f\'{os.environ["COLUMNS"]}x{os.environ["ROWS"]}\'.encode()\n'
    "os.write(1, b'D' + len(size).to_bytes(4, 'big') + size)\n"
    "while data := os.read(0, 4096):\n"
    "    if b'quit' in data: break\n"
    "    os.write(1, b'D' + len(data).to_bytes(4, 'big') + data)\n"
)
"""Stands where the app stands: says how large its screen is, and sends back what it is sent."""
IGNORES = "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
KEYS = {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13",
        "Upgrade": "websocket", "Connection": "Upgrade"}  # fmt: skip


def echo() -> WholeApp:
    return WholeApp([sys.executable, "-c", ECHO])


def own(browser: Browser) -> dict[str, str]:
    """What a browser that was let in sends from the page itself."""
    return {
        "Cookie": browser.gate.cookie.partition(";")[0],
        "Origin": f"http://127.0.0.1:{browser.port}",
    }


def address(browser: Browser, query: str = "width=100&height=30") -> str:
    return f"http://127.0.0.1:{browser.port}{SOCKET}?{query}&key={browser.gate.key}"


async def test_an_app_is_opened_with_the_size_of_the_browser_and_hears_its_keys(
    person: Person,
) -> None:
    async with served(person, app=echo()) as browser, ClientSession() as session:
        async with session.ws_connect(address(browser), headers=own(browser)) as socket:
            assert await socket.receive_bytes() == b"100x30"
            await socket.send_json(["stdin", "hello"])
            assert b"hello" in await socket.receive_bytes()
        await until(lambda: browser.server.answered[101] == 1)


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Origin": ""}, 403),
        ({"Cookie": ""}, 403),
        ({"Cookie": "flowtui=wrong"}, 403),
        ({"Host": "evil.example"}, 421),
        ({"Upgrade": "h2c"}, 426),
        ({"Sec-WebSocket-Key": ""}, 426),
    ],
)
async def test_a_socket_of_another_page_is_refused_and_starts_nothing(
    person: Person, changed: dict[str, str], status: int
) -> None:
    app = echo()
    async with served(person, app=app) as browser:
        headers = {**KEYS, **own(browser), **changed}
        found = await browser.ask("GET", f"{SOCKET}?key={browser.gate.key}", None, **headers)
        assert found.status == status
        assert not app._open


async def test_the_token_in_the_address_of_a_socket_is_not_enough(person: Person) -> None:
    async with served(person, app=echo()) as browser:
        path = f"{SOCKET}?token={browser.gate.token}"
        assert (await browser.ask("GET", path, None, **KEYS, Cookie="")).status == 403


async def test_only_so_many_apps_are_open_at_a_time(person: Person) -> None:
    async with served(person, app=echo()) as browser, ClientSession() as session:
        sockets = [
            await session.ws_connect(address(browser), headers=own(browser))
            for _ in range(SESSIONS)
        ]
        path = f"{SOCKET}?key={browser.gate.key}"
        assert (await browser.ask("GET", path, None, **KEYS, **own(browser))).status == 503
        for socket in sockets:
            await socket.close()
        await until(lambda: browser.server.answered[101] == SESSIONS)


@pytest.mark.parametrize(
    ("query", "size"),
    [("width=99999&height=5", b"1000x5"), ("width=1;reboot&height=-3", b"80x24"),
     ("", b"80x24"), ("width=٣&height=1e9", b"80x24")],
)  # fmt: skip
async def test_a_size_is_a_small_number(person: Person, query: str, size: bytes) -> None:
    from urllib.parse import quote

    async with served(person, app=echo()) as browser, ClientSession() as session:
        at = address(browser, quote(query, safe="=&;"))
        async with session.ws_connect(at, headers=own(browser)) as socket:
            assert await socket.receive_bytes() == size


async def test_what_is_no_message_ends_its_own_app_alone(person: Person) -> None:
    async with served(person, app=echo()) as browser, ClientSession() as session:
        for bad in ("{", "{}", "[]", '["stdin"]', '["resize", 1]', '["stdin", 7]'):
            async with session.ws_connect(address(browser), headers=own(browser)) as socket:
                await socket.send_str(bad)
                while (await socket.receive()).type not in (WSMsgType.CLOSED, WSMsgType.CLOSE):
                    pass
        async with session.ws_connect(address(browser), headers=own(browser)) as socket:
            assert await socket.receive_bytes() == b"100x30"


async def test_the_server_ends_with_apps_open(person: Person) -> None:
    app = echo()
    async with ClientSession() as session:
        async with served(person, app=app) as browser:
            socket = await session.ws_connect(address(browser), headers=own(browser))
            await socket.receive_bytes()
        assert (await socket.receive()).type in (WSMsgType.CLOSE, WSMsgType.CLOSED)
    assert not app._open


async def test_its_files_are_few_and_none_comes_from_elsewhere(person: Person) -> None:
    async with served(person, app=echo()) as browser:
        page = await browser.ask("GET", PAGE)
        assert page.status == 200 and "://" not in page.body
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        for name in ("start.js", "own.css", "textual.js", "xterm.css"):
            assert (await browser.ask("GET", FILES + name)).status == 200
        for name in ("", "..", "../server.py", "js/textual.js", "%2e%2e/server.py", "textual.js/"):
            assert (await browser.ask("GET", FILES + name)).status == 404
        assert (await browser.ask("GET", PAGE, Cookie="")).status == 403
        raw = await browser.raw(
            f"GET {FILES}mono.ttf HTTP/1.1\r\nHost: 127.0.0.1:{browser.port}\r\n"
            f"Cookie: {own(browser)['Cookie']}\r\n\r\n".encode()
        )
        assert b"font/ttf" in raw.partition(b"\r\n\r\n")[0] and len(raw) > 50_000
        assert set(KNOWN) == {"textual.js", "xterm.css", "mono.ttf"}


@pytest.mark.parametrize("look_only", [True, False])
async def test_without_it_there_is_no_such_page(person: Person, look_only: bool) -> None:
    async with served(person, look_only, echo() if look_only else None) as browser:
        assert (await browser.ask("GET", PAGE)).status == 404
        found = await browser.ask("GET", SOCKET, None, **KEYS, **own(browser))
        assert found.status == (403 if look_only else 404)
        assert "the whole app" not in (await browser.ask("GET", "/")).body


def test_looking_only_and_the_whole_app_are_not_combined(flow: Shell) -> None:
    assert "--app and --look cannot be combined" in flow("serve", "--app", "--look").err


def test_where_its_library_is_missing_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("textual_serve"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(FlowError, match="the extra web"):
        WholeApp(["true"])


async def test_a_client_that_vanishes_leaves_no_app(person: Person) -> None:
    app = echo()
    async with served(person, app=app) as browser:
        reader, writer = await asyncio.open_connection("127.0.0.1", browser.port)
        headers = {"Host": f"127.0.0.1:{browser.port}", **KEYS, **own(browser)}
        path = f"{SOCKET}?key={browser.gate.key}"
        lines = [f"GET {path} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n")
        assert b"101 Switching" in await reader.readuntil(b"\r\n\r\n")
        writer.transport.abort()
        await until(lambda: not app._open)


@pytest.mark.parametrize("key", ["", "key=", "key=wrong", "key=" + "0" * 64])
async def test_the_cookie_alone_which_every_port_is_sent_opens_no_app(
    person: Person, key: str
) -> None:
    app = echo()
    async with served(person, app=app) as browser:
        found = await browser.ask("GET", f"{SOCKET}?{key}", None, **KEYS, **own(browser))
        assert found.status == 403 and not app._open
        page = await browser.ask("GET", PAGE)
        assert browser.gate.key not in page.body, "whoever has the cookie could read it there"


async def test_sockets_that_come_at_once_are_no_more_than_there_may_be(person: Person) -> None:
    app = echo()
    async with served(person, app=app) as browser:
        path = f"{SOCKET}?key={browser.gate.key}"
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{browser.port}"]
        lines += [f"{k}: {v}" for k, v in {**KEYS, **own(browser)}.items()]
        head = "\r\n".join(lines).encode() + b"\r\n\r\n"
        ends = [await asyncio.open_connection("127.0.0.1", browser.port) for _ in range(12)]
        for _reader, writer in ends:
            writer.write(head)
        heads = [await reader.readuntil(b"\r\n\r\n") for reader, _writer in ends]
        assert sum(b" 101 " in one for one in heads) == SESSIONS
        assert sum(b" 503 " in one for one in heads) == 12 - SESSIONS
        for _reader, writer in ends:
            writer.close()
        await until(lambda: not app._open)


async def test_an_app_that_does_not_end_is_ended_with_the_server(person: Person) -> None:
    stubborn = WholeApp([sys.executable, "-c", "import signal\n" + IGNORES + ECHO])
    async with ClientSession() as session:
        async with served(person, app=stubborn) as browser:
            socket = await session.ws_connect(address(browser), headers=own(browser))
            await socket.receive_bytes()
            [one] = stubborn._sessions
            process = one.process
            assert process is not None
        await until(lambda: process.returncode is not None)
        await socket.close()


async def test_while_it_ends_nothing_new_is_opened(person: Person) -> None:
    app = echo()
    async with served(person, app=app) as browser:
        await app.end()
        path = f"{SOCKET}?key={browser.gate.key}"
        assert (await browser.ask("GET", path, None, **KEYS, **own(browser))).status == 503
