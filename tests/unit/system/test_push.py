"""Notices to a phone: one POST, and no words that were not asked for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from email.header import decode_header, make_header
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from flowtui.services.agent import Agent
from flowtui.system.desktop import Notice, Severity
from flowtui.system.push import push
from tests.unit.test_conductor import SILENT, until
from tests.user import Person

Sent = list[tuple[str, str, str, str]]


@pytest.fixture
def phone() -> Iterator[tuple[str, Sent]]:
    """An ntfy server on loopback, and what it was sent: path, title, priority, body."""
    sent: Sent = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            title = str(make_header(decode_header(self.headers["Title"])))
            sent.append((self.path, title, self.headers["Priority"], body))
            self.send_response(404 if "gone" in self.path else 200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", sent
    server.shutdown()
    server.server_close()


def test_words_go_only_where_they_were_asked_for(phone: tuple[str, Sent]) -> None:
    address, sent = phone
    notice = Notice("Läuft\nnicht", "loss is nan\x1b[0m", Severity.SERIOUS)
    assert push(f"{address}/topic", notice, False) is None
    assert push(f"{address}/topic", notice, True) is None
    assert sent == [
        ("/topic", "flowtui", "5", "something to look at"),
        ("/topic", "Läuft nicht", "5", "loss is nan"),
    ]


def test_a_phone_that_is_not_reached_is_one_sentence_without_the_address(
    phone: tuple[str, Sent],
) -> None:
    assert push(f"{phone[0]}/gone", Notice("x"), True) == "the phone was not reached: HTTP 404"
    said = push("http://127.0.0.1:9/secret", Notice("x"), True)
    assert said is not None and "secret" not in said


async def test_the_end_of_a_plan_reaches_the_phone_while_no_app_is_open(
    person: Person, phone: tuple[str, Sent]
) -> None:
    address, sent = phone
    person.configure(f'{SILENT}ntfy = "{address}/me"\n')
    person.begin(50, "a secret kernel")
    person.pass_min(51)
    agent = Agent(person.services, person.env, lambda text: None)
    agent.begin()
    await until(lambda: sent)
    await asyncio.sleep(0)
    agent.end()
    assert sent == [("/me", "flowtui", "3", "something to look at")]
