"""The page from the agent's loop: there as long as the settings want it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
from pathlib import Path

from flowtui.services.web_token import page_token
from flowtui.web.agent_page import AgentPage
from flowtui.web.gate import Gate
from tests.e2e.terminal import BIN, until
from tests.unit.web.client import answer
from tests.user import Person, Shell


def free_port() -> int:
    """A port that nobody has now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


async def status(person: Person, port: int) -> int:
    """What the page answers to whoever has the cookie; 0 where nobody listens."""
    gate = Gate(page_token(person.services.paths), port, monotonic=person.clock.monotonic)
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return 0
    cookie = gate.cookie.partition(";")[0]
    writer.write(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n".encode())
    try:
        data = await reader.read()
    except ConnectionError:
        data = b""  # it ends just now
    writer.close()
    return answer(data).status if data else 0


async def test_it_follows_the_settings(person: Person) -> None:
    said: list[str] = []
    page = AgentPage(said.append)
    await page.follow(person.services)
    assert said == [], "none is wanted, and nothing listens"
    first, second = free_port(), free_port()
    person.configure(f"[web]\nport = {first}\n")
    await page.follow(person.services)
    assert await status(person, first) == 200
    person.configure(f'[web]\nport = {second}\nhosts = ["laptop.example"]\n')
    await page.follow(person.services)
    assert (await status(person, first), await status(person, second)) == (0, 200)
    person.configure("")
    await page.follow(person.services)
    assert await status(person, second) == 0
    await page.end()


async def test_a_port_that_is_taken_is_said_and_ends_nothing(person: Person) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        person.configure(f"[web]\nport = {port}\n")
        said: list[str] = []
        page = AgentPage(said.append)
        await page.follow(person.services)
        await page.end()
    assert len(said) == 1 and f"port {port}" in said[0]


def test_the_agent_serves_it_and_takes_it_away(person: Person) -> None:
    port = free_port()
    person.past(90, 30)
    env = {**os.environ, **person.env}
    with subprocess.Popen(
        [str(BIN / "flowtui"), "agent", "run"], env=env, stderr=subprocess.DEVNULL
    ) as agent:
        try:
            until(lambda: Path(person.services.paths.run_dir / "conductor.lock").exists())
            person.configure(f"[web]\nport = {port}\n")
            until(lambda: asyncio.run(status(person, port)) == 200)
            person.configure("")
            until(lambda: asyncio.run(status(person, port)) == 0)
        finally:
            agent.send_signal(signal.SIGTERM)
        assert agent.wait(20) == 0


def test_the_address_of_the_agents_page_is_printed(flow: Shell, person: Person) -> None:
    person.configure('[web]\nport = 8500\nhosts = ["laptop.example"]\n')
    token = page_token(person.services.paths)
    lines = flow.ok("serve", "--address").out.splitlines()
    assert lines[:2] == [
        f"http://127.0.0.1:8500/?token={token}", f"https://laptop.example/?token={token}",
    ]  # fmt: skip
    assert flow.ok("serve", "--address", "--port", "9000").out.startswith("http://127.0.0.1:9000/")
