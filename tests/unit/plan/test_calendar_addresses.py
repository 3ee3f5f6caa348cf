"""Calendars behind addresses: asked politely, kept when they fail, secret in every message."""

from __future__ import annotations

import stat
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from flowtui.services.plan.calendar_addresses import CalendarAddresses
from flowtui.system import fetch
from tests.user import Person, Shell

CALENDAR = (
    b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nSUMMARY:stand-up\r\n"
    b"DTSTART:20260304T140000Z\r\nDTEND:20260304T143000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


class Server:
    """A calendar's server on loopback that answers as it is told."""

    def __init__(self) -> None:
        self.status, self.body, self.headers = 200, CALENDAR, {"ETag": '"one"'}
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.headers.get("If-None-Match", ""))
                same = self.headers.get("If-None-Match") == outer.headers.get("ETag") != None  # noqa: E711
                self.send_response(304 if same and outer.status == 200 else outer.status)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                if not same:
                    self.wfile.write(outer.body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.http.server_port}/secret-token/basic.ics"


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.http.shutdown()
    made.http.server_close()


def addresses(person: Person, server: Server) -> CalendarAddresses:
    return CalendarAddresses([server.address], person.home / "cache", person.clock)


def test_an_address_is_asked_every_quarter_of_an_hour_and_sends_nothing_twice(
    person: Person, server: Server
) -> None:
    calendars = addresses(person, server)
    for _ in range(3):
        (copy,) = calendars.fetch()
    person.pass_min(16)
    (copy,) = calendars.fetch()
    assert server.asked == ["", '"one"']
    assert copy.path is not None and copy.path.read_bytes() == CALENDAR
    assert copy.fetched_at == person.clock.now() and copy.problem == ""


def test_its_copy_is_readable_by_its_owner_alone(person: Person, server: Server) -> None:
    addresses(person, server).fetch()
    files = sorted((person.home / "cache").iterdir())
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600, 0o600]
    assert not any("secret" in file.name for file in files)


@pytest.mark.parametrize(
    ("status", "body", "headers", "why"),
    [
        (200, b"<html>log in</html>", {}, "is not a calendar"),
        (401, b"", {}, "a login"),
        (404, b"", {}, "no longer there"),
        (500, b"", {}, "HTTP 500"),
        (302, b"", {"Location": "file:///etc/passwd"}, "HTTP 302"),
        (200, CALENDAR * 10, {}, "larger than"),
    ],
)
def test_the_last_good_copy_stays_when_an_address_fails(
    person: Person,
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    body: bytes,
    headers: dict[str, str],
    why: str,
) -> None:
    calendars = addresses(person, server)
    calendars.fetch()
    server.status, server.body, server.headers = status, body, headers
    monkeypatch.setattr(fetch.fetch, "__defaults__", (len(CALENDAR) * 2,))
    person.pass_min(180)
    (copy,) = calendars.fetch()
    assert why in copy.problem and "secret" not in copy.problem
    assert copy.path is not None and copy.path.read_bytes() == CALENDAR
    (remark,) = calendars.remarks()
    assert remark.startswith("the calendar of 127.0.0.1 is 3 h old")


def test_a_server_that_is_gone_is_one_sentence(person: Person, server: Server) -> None:
    calendars = addresses(person, server)
    server.http.shutdown()
    server.http.server_close()
    (copy,) = calendars.fetch()
    assert copy.path is None and "cannot be reached" in copy.problem
    assert "secret" not in " ".join(calendars.remarks())


def test_what_was_fetched_is_read_with_the_other_calendars(
    flow: Shell, person: Person, server: Server, tmp_path: Path
) -> None:
    person.configure(f"[plan]\ncalendars = ['{server.address}']\n")
    before = flow.ok("calendar", "show", "--json").json
    assert before["events"] == [] and "was not fetched yet" in before["remarks"][0]
    assert flow.ok("calendar", "fetch", "--json").json[0]["problem"] is None
    shown = flow.ok("calendar", "show", "--json").json
    assert [event["title"] for event in shown["events"]] == ["stand-up"]
    person.clock.advance(timedelta(hours=5).total_seconds())
    assert flow.ok("calendar", "show", "--json").json["remarks"] == [
        "the calendar of 127.0.0.1 is 5 h old"
    ]
