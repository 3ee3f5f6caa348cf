"""Correcting what was recorded; every command says how to take it back."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from flowtui.cli.context import Context, json_option, pass_context, words
from flowtui.cli.focus.block import outcome_option, rating_option
from flowtui.core.errors import FlowError, UsageError
from flowtui.core.focus.block import Block, Cause, Mode, Outcome, Source
from flowtui.core.focus.block_json import ended_view
from flowtui.core.focus.edit import Changes
from flowtui.core.focus.edit_times import read_end, read_inside, read_times
from flowtui.core.focus.measure import measure
from flowtui.core.focus.tags import parse_tags
from flowtui.core.length_grammar import parse_duration
from flowtui.core.status_file import minutes
from flowtui.services.focus.corrections import Done
from flowtui.services.focus.running_block import Draft

tag_option = click.option(
    "-t", "--tag", "tags", multiple=True, metavar="TAG", help="again for more"
)
context_option = click.option("-c", "--context", "context_name", metavar="NAME")
mode_option = click.option("-m", "--mode", type=words(Mode))


@click.command("add")
@click.argument("intention", nargs=-1)
@click.option("--start", "start", metavar="TIME", help="when it began")
@click.option("--end", "end", metavar="TIME", help="when it ended (default now)")
@click.option("--for", "length", metavar="LENGTH", help="instead of --start or --end")
@click.option("--at", "at", metavar="TIME", help="the same as --start")
@tag_option
@context_option
@mode_option
@outcome_option
@rating_option
@click.option("--note", default="", help="one line")
@json_option
@pass_context
def add_command(
    context: Context,
    intention: tuple[str, ...],
    start: str | None,
    end: str | None,
    length: str | None,
    at: str | None,
    tags: tuple[str, ...],
    context_name: str | None,
    mode: str | None,
    outcome: str | None,
    rating: int | None,
    note: str,
    as_json: bool,
) -> None:
    """Enter a past block, by two of --start, --end and --for."""
    if start and at:
        raise UsageError("--start and --at mean the same", "give one of them")
    began, ended = _stretch(context, start or at, end, length)
    draft = Draft(
        intention=" ".join(intention),
        tags=parse_tags(tags),
        context=context.services.contexts.named(context_name, ""),
        mode=Mode(mode) if mode else None,
    )
    judged = Outcome(outcome) if outcome else None
    block = context.services.history.add(draft, began, ended, judged, rating, note)
    _report(context, block, as_json, "added")


def _stretch(
    context: Context, start: str | None, end: str | None, length: str | None
) -> tuple[datetime, datetime]:
    services = context.services
    began = context.instant(start)
    ended = context.instant(end) if began is None else None
    if began and end and length:
        raise UsageError("--start, --end and --for are one too many", "give two of them")
    if not began and not length:
        raise UsageError("a past block needs a start", "give --start TIME, or --for LENGTH")
    lasted = timedelta(seconds=parse_duration(length)) if length else None
    if began is None:
        ended = ended or context.services.clock.now()
        assert lasted is not None
        return ended - lasted, ended
    if ended is None:
        if lasted:
            return began, began + lasted
        ended = read_end(end or "", began, services.clock.now(), services.zone)
    return began, ended


@click.command("edit")
@click.argument("id", required=False)
@click.option(
    "--where",
    "where",
    multiple=True,
    metavar="KEY=VALUE",
    help="all blocks with this tag, context, mode, outcome, text, since, until; again for and",
)
@click.option("--add-tag", "add_tags", multiple=True, metavar="TAG", help="beside those there are")
@click.option("--drop-tag", "drop_tags", multiple=True, metavar="TAG", help="take this one off")
@click.option("--dry-run", is_flag=True, help="with --where: only say what would change")
@click.option("--intention", help="what it was for")
@click.option("--then", "if_then", help="the if-then plan")
@tag_option
@click.option("--no-tags", is_flag=True, help="take all tags off")
@context_option
@mode_option
@outcome_option
@rating_option
@click.option("--note", help="one line")
@click.option("--start", metavar="TIME", help="when it began; HH:MM is that of its day")
@click.option("--end", metavar="TIME", help="when it ended, or a length: 50m")
@click.option(
    "--clear",
    multiple=True,
    type=click.Choice(["outcome", "rating", "mode", "note", "then"]),
    help="take it off; may be given again",
)
@json_option
@pass_context
def edit_command(
    context: Context,
    id: str | None,
    where: tuple[str, ...],
    add_tags: tuple[str, ...],
    drop_tags: tuple[str, ...],
    dry_run: bool,
    intention: str | None,
    if_then: str | None,
    tags: tuple[str, ...],
    no_tags: bool,
    context_name: str | None,
    mode: str | None,
    outcome: str | None,
    rating: int | None,
    note: str | None,
    start: str | None,
    end: str | None,
    clear: tuple[str, ...],
    as_json: bool,
) -> None:
    """Change block ID, or all blocks of --where; what is not given stays as it is.

    A tag is renamed, in every block and plan, by --where tag=OLD --drop-tag OLD --add-tag NEW.
    """
    if bool(id) == bool(where):
        raise UsageError("name one block, or say which by --where", "such as --where tag=cuda")
    if where and (start or end):
        raise UsageError("--start and --end are for one block", "flowtui edit ID --start TIME")
    if dry_run and not where:
        raise UsageError("--dry-run belongs to --where", "see: flowtui edit --help")
    for name, value in (("outcome", outcome), ("rating", rating), ("mode", mode), ("note", note),
                        ("then", if_then)):  # fmt: skip
        if name in clear and value is not None:
            raise UsageError(f"--{name} and --clear {name} cannot be combined", "give one of them")
    note = "" if "note" in clear else note
    if_then = "" if "then" in clear else if_then
    if tags and no_tags:
        raise UsageError("--tag and --no-tags cannot be combined", "give one of them")
    named = context.services.contexts.named(context_name, "") if context_name else None
    services = context.services
    began, ended = None, None
    if id and (start or end):
        began, ended = read_times(services.store.by_id(id), start, end, services.clock.now())
    changes = Changes(
        intention=intention,
        then=if_then,
        tags=parse_tags(tags) if tags else (() if no_tags else None),
        context=named,
        mode=Mode(mode) if mode else None,
        outcome=Outcome(outcome) if outcome else None,
        rating=rating,
        note=note,
        started_at=began,
        ended_at=ended,
        clear=frozenset(clear),
        add_tags=parse_tags(add_tags),
        drop_tags=parse_tags(drop_tags),
    )
    if changes == Changes():
        raise UsageError("there is nothing to change", "see: flowtui edit --help")
    if id:
        _report(context, services.history.edit(id, changes), as_json, "changed")
        return
    _edit_all(context, where, changes, dry_run, as_json)


def _edit_all(
    context: Context, where: tuple[str, ...], changes: Changes, dry_run: bool, as_json: bool
) -> None:
    from flowtui.services.focus.bulk_edit import edit_all, parse_where

    services = context.services
    meant = parse_where(where, services.today(), services.first_weekday)
    edited = edit_all(services, meant, changes, dry_run)
    if as_json:
        now, day_of = services.clock.now(), services.store.day_of
        views = [ended_view(block, now, str(day_of(block))) for block in edited.blocks]
        context.put_json({"blocks": views, "plans": [p.id for p in edited.plans],
                          "dry_run": dry_run})  # fmt: skip
        return
    for block in edited.blocks if dry_run else ():
        tags = " ".join(f"#{tag}" for tag in block.tags)
        context.put(
            f"{block.id}  {services.store.day_of(block)}  {block.intention}  {tags}".rstrip()
        )
    counted = [f"{len(edited.blocks)} block{'s' * (len(edited.blocks) != 1)}"]
    if edited.plans:
        counted.append(f"{len(edited.plans)} plan{'s' * (len(edited.plans) != 1)}")
    done = "would be changed" if dry_run else "changed; take it back: flowtui undo"
    context.say(f"{' and '.join(counted)} {done}")


@click.command("split")
@click.argument("id")
@click.option("--at", "at", metavar="TIME", required=True, help="where to cut")
@pass_context
def split_command(context: Context, id: str, at: str) -> None:
    """Cut block ID in two; the second keeps outcome, rating and note."""
    services = context.services
    services.store.ledger.refresh()
    instant = read_inside(at, services.store.by_id(id), services.clock.now())
    first, second = services.history.split(id, instant, services.evidence.collect)
    context.say(f"split into {first.id} and {second.id}; take it back: flowtui undo")


@click.command("join")
@click.argument("first")
@click.argument("second")
@json_option
@pass_context
def join_command(context: Context, first: str, second: str, as_json: bool) -> None:
    """Make one block of two; what lies between becomes a gap."""
    _report(context, context.services.history.join(first, second), as_json, "joined into")


@click.command("relabel")
@click.argument("id")
@click.argument("gap")
@click.argument(
    "cause",
    required=False,
    type=click.Choice([*(c.value for c in Cause), *(s.value for s in Source)]),
)
@click.option("--focus/--no-focus", "focus", default=None, help="give the time back as focus")
@click.option("--note", help="one line")
@click.option("--drop", is_flag=True, help="take an interruption away")
@json_option
@pass_context
def relabel_command(
    context: Context,
    id: str,
    gap: str,
    cause: str | None,
    focus: bool | None,
    note: str | None,
    drop: bool,
    as_json: bool,
) -> None:
    """Give GAP (a number from `flowtui show ID`, or `last`) of block ID another cause.

    With i before the number, as in i2, it is an interruption: internal or external, its --note is
    the reason, and --drop takes it away.
    """
    if gap[:1] == "i":
        block = _renoted(context, id, _number(gap[1:]), cause, focus, note, drop)
        _report(context, block, as_json, "changed an interruption of")
        return
    if drop or cause in list(Source):
        raise UsageError(f"gap {gap} is no interruption", f"interruption {gap} is: i{gap}")
    if cause is None and focus is None and note is None:
        raise UsageError("there is nothing to change", "give a cause, --focus or --note")
    number = None if gap == "last" else _number(gap)
    known = Cause(cause) if cause else None
    block = context.services.history.relabel(id, number, known, focus, note)
    _report(context, block, as_json, "relabelled a gap of")


def _renoted(
    context: Context,
    id: str,
    number: int,
    source: str | None,
    focus: bool | None,
    reason: str | None,
    drop: bool,
) -> Block:
    history = context.services.history
    if focus is not None or (source is not None and source not in list(Source)):
        raise UsageError("the clock runs on in an interruption", "it is internal or external")
    if drop:
        return history.unnote(id, number)
    if source is None and reason is None:
        raise UsageError("there is nothing to change", "give internal, external, --note or --drop")
    return history.renote(id, number, Source(source) if source else None, reason)


@click.command("delete")
@click.argument("id")
@pass_context
def delete_command(context: Context, id: str) -> None:
    """Remove block ID."""
    block = context.services.history.delete(id)
    context.say(f"deleted {block.id} {block.intention}".rstrip() + "; take it back: flowtui undo")


@click.command("undo")
@click.argument("count", type=click.IntRange(1, 1000), default=1)
@pass_context
def undo_command(context: Context, count: int) -> None:
    """Take back the last COUNT changes, also those made in the app or before a restart."""
    _tell(context, context.services.history.undo(count), "took back", "flowtui redo")
    focus = context.services.focus
    found, block = focus.absence(), focus.current()
    if found is None or block is None:
        return
    since = f"{found.start.astimezone(context.services.zone):%H:%M}"
    closing = context.ask_absence(None, "go on")
    if closing is not None:
        focus.close_absence(closing, collect=context.services.evidence.collect)
        return
    context.say(
        f"block {block.id} runs again; the time since {since} becomes a gap at its next pause or "
        "end, and the app asks; it was focus? flowtui relabel then"
    )


@click.command("redo")
@click.argument("count", type=click.IntRange(1, 1000), default=1)
@pass_context
def redo_command(context: Context, count: int) -> None:
    """Do again what undo took back."""
    _tell(context, context.services.history.redo(count), "did again", "flowtui undo")


def _tell(context: Context, done: list[Done], verb: str, inverse: str) -> None:
    if not done:
        raise FlowError(
            f"there is nothing to {'undo' if inverse == 'flowtui redo' else 'redo'}",
            "undo takes back commands; redo, what undo took back, until the next command",
        )
    for change in done:
        context.say(f"{verb}: {change.label} {' '.join(change.ids)}; the other way: {inverse}")


def _number(text: str) -> int:
    if not text.isdecimal():
        raise UsageError(f"{text!r} is no gap's number", "see: flowtui show ID")
    return int(text)


def _report(context: Context, block: Block, as_json: bool, verb: str) -> None:
    now = context.services.clock.now()
    if as_json:
        context.put_json(ended_view(block, now, str(context.services.store.day_of(block))))
        return
    focus = minutes(measure(block, now).focus_s)
    name = f"{block.id} {block.intention}".rstrip()
    context.say(f"{verb} {name}, {focus} of focus; take it back: flowtui undo")
