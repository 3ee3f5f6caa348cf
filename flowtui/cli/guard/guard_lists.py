"""`flowtui guard list`: what lists there are, what they hold, and lists of others brought in."""

from __future__ import annotations

from typing import Any

import click

from flowtui.cli.context import Context, json_option, pass_context
from flowtui.core.errors import FlowError


@click.group("list", invoke_without_command=True)
@json_option
@click.pass_context
def list_command(ctx: click.Context, as_json: bool) -> None:
    """The lists there are; `list show NAME`, `list import NAME FILE`."""
    if ctx.invoked_subcommand is not None:
        return
    context = ctx.find_object(Context)
    assert context is not None
    known = context.services.guard.lists()
    if as_json:
        context.put_json(
            [
                {
                    "name": one.name, "title": one.title, "sites": len(one.sites),
                    "left_out": one.total - len(one.sites), "apps": list(one.apps),
                    "only": one.only, "source": one.source,
                }
                for one in known.values()
            ]
        )  # fmt: skip
        return
    for one in known.values():
        extra = f", {len(one.apps)} apps" if one.apps else ""
        out = (
            f" ({one.total - len(one.sites)} more have no room)"
            if one.total > len(one.sites)
            else ""
        )
        mine = "" if one.source == "flowtui" else f"  {one.source}"
        context.put(f"{one.name:12} {len(one.sites):5} names{out}{extra}  {one.title}{mine}")
    for name, error in context.services.guard.damaged().items():
        context.say(f"{name} is switched off: {error.message}")
    context.say(f"your own: {context.services.guard.lists_folder}/NAME.toml, see the guide")


@list_command.command("show")
@click.argument("name")
@json_option
@pass_context
def show_command(context: Context, name: str, as_json: bool) -> None:
    """Everything that a list holds."""
    from flowtui.guard.lists import chosen

    desk = context.services.guard
    one = chosen(desk.lists(), [name], desk.damaged())[0]
    if as_json:
        context.put_json(
            {
                "name": one.name, "title": one.title, "source": one.source, "only": one.only,
                "sites": list(one.sites), "left_out": one.total - len(one.sites),
                "exceptions": list(one.exceptions), "apps": list(one.apps),
                "open": [f"{start:%H:%M}-{end:%H:%M}" for start, end in one.windows],
            }
        )  # fmt: skip
        return
    for site in one.sites:
        context.put(site)
    for site in one.exceptions:
        context.put(f"except {site}")
    for app in one.apps:
        context.put(f"app {app}")
    for start, end in one.windows:
        context.put(f"open {start:%H:%M}-{end:%H:%M}")


@list_command.command("import")
@click.argument("name")
@click.argument("file", type=click.File("r", encoding="utf-8", errors="replace"))
@pass_context
def import_command(context: Context, name: str, file: Any) -> None:
    """Make a list of a hosts file, or of a file with one name a line."""
    from flowtui.guard import lists
    from flowtui.guard.program.names import MAX_NAMES, MAX_POLICY

    found, wrong = lists.read_names(file)
    if not found:
        raise FlowError(f"{file.name} holds no name of a site", "a hosts file, or one name a line")
    path = lists.keep(context.services.guard.lists_folder, name, found)
    context.say(f"{name}: {len(found)} names in {path}")
    if wrong:
        context.say(f"left out: {wrong} lines that are no site, or one that is never blocked")
    if len(found) > MAX_NAMES:
        context.say(f"a lease has room for the first {MAX_NAMES}, fewest dots first")
    if len(found) > MAX_POLICY:
        context.say(f"policies of Chromium have room for {MAX_POLICY}, the hosts file for the rest")


@list_command.command("fetch")
@click.argument("name")
@click.argument("address", required=False, metavar="[URL]")
@json_option
@pass_context
def fetch_command(context: Context, name: str, address: str | None, as_json: bool) -> None:
    """Make a list of what is at URL, or fetch it again; nothing is ever fetched by itself."""
    from flowtui.services.guard.list_address import bring

    services = context.services
    news = bring(services.guard.lists_folder, name, address, services.clock)
    if as_json:
        context.put_json(
            {
                "name": name, "from": news.origin.address, "fetched_at": news.origin.at,
                "sha256": news.origin.hash, "names": news.names, "more": news.more,
                "less": news.less, "left_out": news.wrong, "changed": news.changed,
            }
        )  # fmt: skip
        return
    what = f"{news.more} more, {news.less} less" if news.changed else "nothing has changed"
    context.say(f"{name}: {news.names} names ({what}), sha256 {news.origin.hash[:16]}…")
    if news.wrong:
        context.say(f"left out: {news.wrong} lines that are no site, or one that is never blocked")
