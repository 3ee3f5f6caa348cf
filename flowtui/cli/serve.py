"""`flowtui serve`: the page for the phone, on loopback, behind a token."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from flowtui.cli.context import Context, pass_context
from flowtui.core.errors import UsageError
from flowtui.settings.web import is_host

if TYPE_CHECKING:
    from flowtui.web.gate import Gate
    from flowtui.web.server import PageServer

PORT = 8427


@click.command("serve")
@click.option("--port", type=click.IntRange(0, 65535), help="else that of web.port, or 8427")
@click.option("--host", "hosts", multiple=True, metavar="NAME",
              help="a name that a tunnel or proxy of yours leads here by")  # fmt: skip
@click.option("--look", is_flag=True, help="for looking only: no button does anything")
@click.option("--app", "whole", is_flag=True, help="the whole app too, at /app; the extra web")
@click.option("--address", is_flag=True, help="only print the address, as of the agent's page")
@click.option("--new-token", is_flag=True, help="a new secret; browsers that knew the old are out")
@pass_context
def serve_command(
    context: Context,
    port: int | None,
    hosts: tuple[str, ...],
    look: bool,
    whole: bool,
    address: bool,
    new_token: bool,
) -> None:
    """A small page with today, the block and its buttons, until stopped.

    It listens on this machine alone, whatever --host names, and asks for the token in the address
    that is printed. To reach it from a phone lead a tunnel here (ssh -R, tailscale serve, ...) and
    name it with --host.
    """
    from flowtui.services.browser_app import app_command
    from flowtui.services.web_token import page_token
    from flowtui.web.gate import Gate
    from flowtui.web.server import PageServer
    from flowtui.web.whole_app import WholeApp

    settings = context.services.config.web
    names = list(dict.fromkeys([*settings.hosts, *map(_name, hosts)]))
    port = (settings.port or PORT) if port is None else port
    look = look or settings.look
    token = page_token(context.services.paths, new_token)
    if whole and look:
        raise UsageError("--app and --look cannot be combined", "a key in the app changes things")
    if address:
        _put_addresses(context, port, names, token)
        if new_token and settings.port is not None:
            context.say("the agent takes the new token when it is started anew")
        return
    gate = Gate(token, port, names, look, monotonic=context.services.clock.monotonic)
    app = WholeApp(app_command(context.services)) if whole else None
    asyncio.run(_serve(context, port, PageServer(context.services, gate, app), gate))


def _name(text: str) -> str:
    name = text.strip().lower()
    if not is_host(name):
        raise UsageError(f"{text!r} is not the name of a host", "such as --host laptop.example")
    return name


async def _serve(context: Context, port: int, server: PageServer, gate: Gate) -> None:
    taken = await server.begin(port)
    _put_addresses(context, taken, gate.names, gate.token)
    if server.has_app:
        for base in (f"http://127.0.0.1:{taken}", *(f"https://{name}" for name in gate.names)):
            context.put(f"{base}/app?token={gate.token}#{gate.key}")
    context.say("the address opens the page to whoever has it; ctrl+c ends it")
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(one, stopped.set)
    await stopped.wait()
    await server.end()
    fine = sum(count for status, count in server.answered.items() if status < 400)
    refused = {s: n for s, n in sorted(server.answered.items()) if s >= 400}
    told = ", ".join(f"{status}: {count}" for status, count in refused.items())
    context.say(f"answered {fine}, refused {sum(refused.values())}{f' ({told})' if told else ''}")


def _put_addresses(context: Context, port: int, names: Iterable[str], token: str) -> None:
    """The addresses that open the page, each name's with a code for the phone."""
    context.put(f"http://127.0.0.1:{port}/?token={token}")
    for name in names:
        address = f"https://{name}/?token={token}"
        context.put(address)
        _put_code(context, address)


def _put_code(context: Context, address: str) -> None:
    """The address as a QR code, where the extra `web` is installed and this is a terminal."""
    try:
        import segno
    except ImportError:
        context.say("for a QR code of it: pip install 'flowtui[web]'")
        return
    import io

    out = io.StringIO()
    segno.make(address, error="l").terminal(out, compact=True)
    context.put(out.getvalue().rstrip("\n"))
