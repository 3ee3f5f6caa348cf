"""The evening's check-in: in the app, or from the shell in one line."""

from __future__ import annotations

from datetime import date

import click

from flowtui.cli.body.body import UNDO, view
from flowtui.cli.context import Context, at_option, json_option, pass_context
from flowtui.core.body.day_text import entry_text
from flowtui.core.errors import FlowError, UsageError
from flowtui.core.text import padded
from flowtui.core.time_grammar import parse_day


@click.command("checkin")
@click.argument("answers", nargs=-1, metavar="[NAME=ANSWER]...")
@click.option("--day", metavar="DAY", help="yesterday, monday, 2026-11-20; later answers are late")
@click.option("--list", "listed", is_flag=True, help="the questions, and what is known")
@at_option
@json_option
@pass_context
def checkin_command(
    context: Context,
    answers: tuple[str, ...],
    day: str | None,
    listed: bool,
    at: str | None,
    as_json: bool,
) -> None:
    """Open the check-in, or record answers: energy=4 sleep=7.5 output=3 worked="phone away".

    An answer is what the check-in takes: a number, no, skip, or the quick line's words
    (sleep=23:40-7:05, workout="yoga 30 e6"); plan=TEXT is tomorrow's first block.
    """
    chosen = _day(context, day)
    if listed:
        _list(context, chosen, as_json)
        return
    if not answers:
        _open(context, chosen)
        return
    checkins = context.services.body.checkins
    given: dict[str, str] = {}
    for answer in answers:
        name, sign, text = answer.partition("=")
        if not sign or not text.strip():
            raise UsageError(f"{answer!r} is not an answer", "write NAME=ANSWER, such as energy=4")
        id = checkins.question_named(name.strip())
        if id in given:
            raise UsageError(f"{name!r} is answered twice", "give it once")
        given[id] = text
    kept = checkins.keep(chosen, given, context.instant(at))
    if as_json:
        context.put_json([view(entry) for entry in kept.entries])
        return
    for entry in kept.entries:
        context.say(f"kept {entry_text(entry)}{', late' if entry.late else ''}")
    if kept.first_block:
        context.say(f"the next day's first block: {kept.first_block}")
    context.say(f"check-in of {kept.day}; {UNDO}")


def _day(context: Context, text: str | None) -> date | None:
    if text is None:
        return None
    services = context.services
    named = parse_day(text, services.today(), first_weekday=services.first_weekday)
    if named.first != named.last:
        raise UsageError(f"{text!r} is more than a day", "name one: yesterday, 2026-11-20")
    return named.first


def _open(context: Context, day: date | None) -> None:
    from flowtui.cli.launch import open_app

    try:
        open_app(context.env, context.home, context.plain, check_in=True, check_in_day=day)
    except FlowError as error:
        raise FlowError(
            error.message, "or answer here: flowtui checkin energy=4 sleep=7.5 output=3"
        ) from None


def _list(context: Context, day: date | None, as_json: bool) -> None:
    sheet = context.services.body.checkins.sheet(day)
    if as_json:
        context.put_json(
            [
                {
                    "id": a.question.id,
                    "prompt": a.question.prompt,
                    "known": a.question.known_text,
                    "yesterday": a.question.yesterday_text,
                    "context": a.question.context,
                    "keys": {k.key: k.label for k in a.question.keys},
                }
                for a in sheet.asked
            ]
        )
        return
    for asked in sheet.asked:
        one = asked.question
        known = one.known_text or "-"
        before = f"  (yesterday {one.yesterday_text})" if one.yesterday_text else ""
        context.put(f"{padded(one.id, 20, right=True)}  {known}{before}")
