"""Looking back: `log` and `show`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import groupby
from typing import Any

import click

from flowtui.cli.context import Context, json_option, pass_context, words
from flowtui.core.errors import UsageError
from flowtui.core.focus.block import Block
from flowtui.core.focus.block_facts import evidence_lines, facts
from flowtui.core.focus.block_json import ended_view
from flowtui.core.focus.measure import measure
from flowtui.core.focus.tags import parse_tag
from flowtui.core.review.groups import By, grouped
from flowtui.core.review.search import holds
from flowtui.core.status_file import minutes
from flowtui.core.time_grammar import parse_day
from flowtui.core.zones import elsewhere, zone_or_utc

MARKS = {"done": "✓", "partly": "◐", "not": "✗"}


@click.command("log")
@click.option("--since", metavar="DAY", help="first day: today, monday, 2026-11-20, 7d, 2w")
@click.option("--until", metavar="DAY", help="last day")
@click.option("-t", "--tag", "tags", multiple=True, metavar="TAG", help="only with this tag")
@click.option("-c", "--context", "context_name", metavar="NAME", help="only of this context")
@click.option("--grep", metavar="WORD", help="only what holds this text: intention, note, tag, ...")
@click.option("--by", type=words(By), help="only sums: by tag, context, mode, hour, day or week")
@click.option("--csv", "as_csv", is_flag=True, help="with --by: as a table")
@json_option
@pass_context
def log_command(
    context: Context,
    since: str | None,
    until: str | None,
    tags: tuple[str, ...],
    context_name: str | None,
    grep: str | None,
    by: str | None,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Blocks from --since to --until (default: this week), with totals a day."""
    if as_csv and by is None:
        raise UsageError("--csv is for --by", "all blocks as a table: flowtui export --csv")
    first, last = _days(context, since, until)
    wanted = {parse_tag(tag) for tag in tags}
    # one after the other: ten years of them need not be in memory for the first to be shown
    blocks = (
        b
        for b in context.services.store.each_on_days(first, last)
        if wanted <= set(b.tags)
        and context_name in (None, b.context)
        and (grep is None or holds(b, grep))
    )
    if by is not None:
        _sums(context, list(blocks), By(by), as_json, as_csv)
    elif as_json:
        context.put_json_list(_view(context, b) for b in blocks)
    elif not _print(context, blocks):
        until_day = min(last, max(first, context.services.today()))
        context.say(f"no block from {first} to {until_day}; start one: flowtui start")


def _sums(context: Context, blocks: list[Block], by: By, as_json: bool, as_csv: bool) -> None:
    services = context.services
    groups = grouped(
        blocks, by, services.clock.now(), services.store.day_of, services.first_weekday
    )
    rows = [{by.value: one.key, "focus_s": one.focus_s, "blocks": one.blocks} for one in groups]
    if as_json:
        context.put_json(rows)
        return
    if as_csv:
        import csv
        import sys

        table = csv.writer(sys.stdout, lineterminator="\n")
        table.writerow([by.value, "focus_s", "blocks"])
        table.writerows(row.values() for row in rows)
        return
    for one in groups:
        name = f"{one.key}:00" if by is By.HOUR else one.key or f"no {by.value}"
        context.put(f"{minutes(one.focus_s):>10}  {_count(one.blocks, 'block'):>10}  {name}")
    if not groups:
        context.say("no block there")


def _days(context: Context, since: str | None, until: str | None) -> tuple[date, date]:
    services = context.services
    today = services.today()
    weekday = services.first_weekday
    first = parse_day(since or "this week", today, first_weekday=weekday)
    if until is None:
        # a stretch such as "last week" names both of its ends
        # what was begun east of here may lie on tomorrow
        stretch = since and first.last < today and first.first != first.last
        last = first.last if stretch else today + timedelta(days=1)
    else:
        last = parse_day(until, today, first_weekday=weekday).last
    if last < first.first:
        raise UsageError(f"{last} is before {first.first}", "exchange --since and --until")
    return first.first, last


def _print(context: Context, blocks: Iterable[Block]) -> int:
    """Print the blocks day by day, each at once; how many there were."""
    now, store = context.services.clock.now(), context.services.store
    whole, number, days = 0, 0, set[date]()
    for day, group in groupby(blocks, key=store.day_of):
        members = list(group)
        focus = sum(measure(b, now).focus_s for b in members)
        whole, number = whole + focus, number + len(members)
        days.add(day)
        context.put(f"{day:%a %Y-%m-%d}  {minutes(focus):>10}")
        for block in members:
            context.put(f"  {_line(context, block)}")
    if number:
        context.put(
            f"{_count(number, 'block')} on {_count(len(days), 'day')}  {minutes(whole)} of focus"
        )
    return number


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _line(context: Context, block: Block) -> str:
    zone = zone_or_utc(block.zone)
    seen = measure(block, context.services.clock.now())
    start = f"{block.started_at.astimezone(zone):%H:%M}"
    end = f"{block.ended_at.astimezone(zone):%H:%M}" if block.ended_at else "now  "
    mark = MARKS.get(block.outcome or "", " " if block.ended_at else "▶")
    over = f" +{minutes(seen.overtime_s)}" if seen.overtime_s else ""
    rating = f"{block.rating}/5" if block.rating else "   "
    tags = " ".join(f"#{tag}" for tag in block.tags)
    words = [block.intention or "-", tags, block.context if block.context != "work" else ""]
    words.append(elsewhere(block.zone, block.started_at, context.services.zone))
    said = "  ".join(word for word in words if word)
    return f"{block.id}  {start}–{end} {minutes(seen.focus_s):>8}{over}  {mark} {rating}  {said}"


@click.command("show")
@click.argument("id", required=False)
@json_option
@pass_context
def show_command(context: Context, id: str | None, as_json: bool) -> None:
    """Everything about block ID: its first letters, `last` or `running`.

    Without ID: the running block, or else the last one.
    """
    store = context.services.store
    block = store.by_id(id) if id else store.running() or store.by_id("last")
    if as_json:
        context.put_json(_view(context, block))
        return
    now = context.services.clock.now()
    for name, text in facts(block, now, evidence_lines(block.evidence)):
        context.put(f"{name:>13}  {text}")


def _view(context: Context, block: Block) -> dict[str, Any]:
    services = context.services
    return ended_view(block, services.clock.now(), str(services.store.day_of(block)))
