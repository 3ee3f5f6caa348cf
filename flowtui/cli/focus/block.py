"""Commands on the running block."""

from __future__ import annotations

import re
import sys
from datetime import datetime

import click

from flowtui.cli.context import Context, at_option, json_option, pass_context, words
from flowtui.cli.guard.start_guard import say_guard, say_remains
from flowtui.core.errors import UsageError
from flowtui.core.focus.block import Block, Cause, Mode, Outcome, PlanKind, Source
from flowtui.core.focus.block_facts import evidence_lines
from flowtui.core.focus.block_json import ended_view, running_view
from flowtui.core.focus.commands import Command, Extend, Interrupt, Park, Pause, Resume, Return
from flowtui.core.focus.measure import deadline, measure
from flowtui.core.focus.recovery import Closing
from flowtui.core.focus.tags import parse_tags
from flowtui.core.guard.protection import STRICTNESS
from flowtui.core.length_grammar import parse_duration
from flowtui.core.status_file import minutes
from flowtui.services.focus.begin import (
    GuardRequest,
    PlanRequest,
    Said,
    begin,
    choice_for,
    draft_for,
    plan_for,
)

MINUS = "\N{MINUS SIGN}"
outcome_option = click.option(
    "--outcome", type=words(Outcome), help="whether the intention was met"
)
rating_option = click.option("--rating", type=int, help="1 (poor) to 5 (excellent)")


@click.command("start")
@click.argument("intention", nargs=-1)
@click.option("--for", "length", metavar="LENGTH", help="planned focus: 50m, 1h30, 90")
@click.option("--open", "open_ended", is_flag=True, help="no planned end")
@click.option("--until", metavar="TIME", help="planned end: 17:30, or: meeting")
@click.option(
    "--until-run",
    metavar="R",
    help="until this run evaluates, saves or ends; at most --for, or 4 h",
)
@click.option("--end-at-plan/--overtime", default=None, help="what happens when it is reached")
@click.option("-t", "--tag", "tags", multiple=True, metavar="TAG", help="may be given again")
@click.option("-c", "--context", "context_name", metavar="NAME", help="work, own, or your own")
@click.option("-m", "--mode", type=words(Mode), help="kind of work")
@click.option("--then", "if_then", default="", metavar="TEXT", help='"if X, then Y"')
@click.option("--guard", "guard", multiple=True, metavar="LIST", help="keep away: social,news")
@click.option("--no-guard", is_flag=True, help="keep nothing away, whatever the settings say")
@click.option("--strict", type=click.Choice(STRICTNESS), help="who may end the guard early")
@click.option("--again", is_flag=True, help="go on with what is unfinished, as S does")
@click.option("--like", metavar="ID", help="as that block was, with all it had")
@click.option("--switch", is_flag=True, help="end a running block first")
@click.option("--detach", is_flag=True, help="do not open the app")
@at_option
@json_option
@pass_context
def start_command(
    context: Context,
    /,
    intention: tuple[str, ...],
    tags: tuple[str, ...],
    context_name: str | None,
    mode: str | None,
    if_then: str,
    guard: tuple[str, ...],
    no_guard: bool,
    strict: str | None,
    again: bool,
    like: str | None,
    switch: bool,
    detach: bool,
    at: str | None,
    as_json: bool,
    length: str | None,
    open_ended: bool,
    until: str | None,
    until_run: str | None,
    end_at_plan: bool | None,
) -> None:
    """Start a block and open the app on it; INTENTION is what shall be true at its end.

    Without --for, --until or --open the usual length of the settings is planned.
    """
    services = context.services
    request = PlanRequest(length, until, until_run, open_ended, end_at_plan)
    known = Mode(mode) if mode else None
    said = Said(" ".join(intention), if_then, parse_tags(tags), context_name, known)
    usual = None
    if again or like:
        if again and like:
            raise UsageError("--again and --like cannot be combined", "give one of them")
        from flowtui.services.focus.block_forms import started_again

        before = started_again(services, services.store.by_id(like) if like else None)
        usual = plan_for(services, PlanRequest.from_text(before.length), services.plans.usual())
        said = said.over(before)
    plan = plan_for(services, request, usual)
    draft = draft_for(services, plan, said.intention, said.then, said.tags, said.context, said.mode)
    choice = choice_for(services, _guard_request(guard, strict, no_guard), draft.context)
    instant = context.instant(at)
    if services.focus.current() is not None:
        _say_away(context)
        if switch:
            _settle_ending(context, instant, "start the next one")
    begun = begin(services, draft, choice, instant, switch)
    block = begun.block
    say_guard(context, begun)
    interactive = sys.stdin.isatty() and sys.stdout.isatty() and not as_json
    if not detach and interactive:
        from flowtui.cli.launch import open_app

        open_app(context.env, context.home, context.plain)
        return
    if not detach and not as_json:
        context.say("no terminal here: the block runs without the app")
    _report(context, block, as_json, f"started {_name(block)}{_until(context, block)}")
    if block.plan.kind is not PlanKind.OPEN:
        _say_who_rings(context, block, as_json)


def _say_who_rings(context: Context, block: Block, as_json: bool) -> None:
    """See that the end is rung where no app is open, and say who does."""
    from flowtui.services.agent_watch import Ringer, ring_alone

    ringer = ring_alone(context.services, block.id)
    if as_json:
        return
    if ringer is Ringer.NOBODY:
        context.say("no bell will ring at its end: no desktop to tell it, no hook to run")
    elif ringer is Ringer.STARTED:
        context.say("its end will be rung; for reminders and plans too: flowtui agent install")


def _guard_request(texts: tuple[str, ...], strictness: str | None, off: bool) -> GuardRequest:
    names = tuple(word.strip() for text in texts for word in text.split(",") if word.strip())
    return GuardRequest(names if texts else None, strictness, off)


@click.command("pause")
@click.argument("next_step", nargs=-1)
@click.option("--cause", type=words(Cause), default="pause", help="why")
@at_option
@json_option
@pass_context
def pause_command(
    context: Context, next_step: tuple[str, ...], cause: str, at: str | None, as_json: bool
) -> None:
    """Stop the clock. NEXT STEP is shown when you resume."""
    ended = None if as_json else _settle_ending(context, context.instant(at), "pause it")
    if ended is not None:
        _report(context, ended, as_json, f"ended {_name(ended)}; take it back: flowtui undo")
        return
    if not as_json:
        _say_away(context)
    block = _apply(context, Pause(" ".join(next_step), Cause(cause)), at)
    focus = measure(block, context.services.clock.now()).focus_s
    _report(context, block, as_json, f"paused after {minutes(focus)} of focus")
    if not as_json:
        _say_digest(context)


@click.command("resume")
@at_option
@json_option
@pass_context
def resume_command(context: Context, at: str | None, as_json: bool) -> None:
    """Let the clock run again; shows your next step and the state of the repository."""
    before = context.services.focus.current()
    if not as_json:
        _say_away(context)
    block = _apply(context, Resume(), at)
    gap = before.open_gap if before is not None else None
    _report(context, block, as_json, f"resumed{_until(context, block)}")
    if as_json:
        return
    if gap is not None and gap.note:
        context.say(f"next: {gap.note}")
    for line in context.services.evidence.where_was_i(block.folder):
        context.say(line)


@click.command("stop")
@outcome_option
@rating_option
@click.option("--note", default="", help="one line")
@click.option(
    "--keep",
    type=click.Choice(["heartbeat", "plan", "all"]),
    help="after a closed terminal or crash: end where the app was last alive, "
    "at the plan, or now with all of the time",
)
@click.option("--no-break", is_flag=True, help="without the break of the cycle")
@at_option
@json_option
@pass_context
def stop_command(
    context: Context,
    outcome: str | None,
    rating: int | None,
    note: str,
    keep: str | None,
    no_break: bool,
    at: str | None,
    as_json: bool,
) -> None:
    """End the block and collect what it produced."""
    focus, evidence = context.services.focus, context.services.evidence
    instant = context.instant(at)
    if keep and instant:
        raise UsageError("--keep and --at cannot be combined", "give one of them")
    judged = Outcome(outcome) if outcome else None
    if not as_json:
        _ask_away(context)
    said = context.ask_absence(instant, "end it now") if not (keep or as_json) else None
    if said is Closing.COUNT:
        focus.close_absence(said)
    elif said in (Closing.HEARTBEAT, Closing.PLAN):
        keep = said.value
    if keep:
        block = focus.close_absence(Closing(keep), judged, rating, note, evidence.collect)
    else:
        context.settle(instant, ends=True)
        running = focus.current()
        found = evidence.collect(running, instant) if running is not None else None
        block = focus.finish(instant, judged, rating, note, found, rests=not no_break)
    seen = measure(block, context.services.clock.now())
    words = [f"{minutes(seen.focus_s)} of focus"]
    words += [f"{minutes(seen.overtime_s)} of it overtime"] if seen.overtime_s else []
    words += [f"{minutes(seen.paused_s)} in gaps"] if seen.paused_s else []
    _report(context, block, as_json, f"ended {_name(block)}: {', '.join(words)}")
    if as_json:
        return
    say_remains(context)
    for line in evidence_lines(block.evidence):
        context.say(line)
    for thought in block.parked:
        context.say(f"parked: {thought.text}")
    _say_digest(context)
    rest = context.services.breaks.current()
    if rest is not None and rest.started_at == block.ended_at:
        context.say(f"a break of {minutes(rest.seconds)} has begun; flowtui break end ends it")


def _say_digest(context: Context) -> None:
    """What was held back of runs while the block went on."""
    if context.services.paths.watch_dir.is_dir():
        for line in context.services.runs.teller.digest():
            context.say(f"meanwhile: {line}")


class SignedLength(click.Command):
    """A command whose argument may be a negative length, which looks like an option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, with the sign of "-10m" made one that no option has."""
        return super().parse_args(ctx, [re.sub(r"^-(?=[0-9])", MINUS, arg) for arg in args])


@click.command("extend", cls=SignedLength)
@click.argument("length")
@at_option
@json_option
@pass_context
def extend_command(context: Context, length: str, at: str | None, as_json: bool) -> None:
    """Move the end of the plan by LENGTH, such as 15m; -10m makes it shorter."""
    sign = -1 if length.startswith(MINUS) else 1
    seconds = sign * parse_duration(length.removeprefix(MINUS).removeprefix("+"))
    block = _apply(context, Extend(seconds), at)
    moved = "longer" if sign > 0 else "shorter"
    _report(context, block, as_json, f"{minutes(abs(seconds))} {moved}{_until(context, block)}")


@click.command("interrupt")
@click.argument("source", type=words(Source))
@click.argument("reason", nargs=-1)
@at_option
@json_option
@pass_context
def interrupt_command(
    context: Context, source: str, reason: tuple[str, ...], at: str | None, as_json: bool
) -> None:
    """Note an interruption: internal (I wandered) or external (someone came)."""
    block = _apply(context, Interrupt(Source(source), " ".join(reason)), at)
    count = len(block.interruptions)
    _report(context, block, as_json, f"interruption {count} noted; on return: flowtui back")


@click.command("back")
@click.argument("reason", nargs=-1)
@at_option
@json_option
@pass_context
def back_command(context: Context, reason: tuple[str, ...], at: str | None, as_json: bool) -> None:
    """Focus has resumed after an interruption; the time to return is kept, and a REASON."""
    block = _apply(context, Return(), at)
    if reason:
        number = len(block.interruptions)
        block = context.services.history.renote(block.id, number, reason=" ".join(reason))
    last = block.interruptions[-1]
    assert last.returned_at is not None
    away = int((last.returned_at - last.at).total_seconds())
    _report(context, block, as_json, f"back after {minutes(away)}")


@click.command("park")
@click.argument("text", nargs=-1, required=True)
@at_option
@json_option
@pass_context
def park_command(context: Context, text: tuple[str, ...], at: str | None, as_json: bool) -> None:
    """Write a thought down to get it out of the head; shown at the end of the block."""
    block = _apply(context, Park(" ".join(text)), at)
    _report(context, block, as_json, f"parked, {len(block.parked)} in all")


@click.command("discard")
@pass_context
def discard_command(context: Context) -> None:
    """Take back the running block as if it had never been started."""
    block = context.services.focus.cancel_start()
    context.say(f"discarded {_name(block)}; take it back: flowtui undo")


def _say_away(context: Context) -> None:
    """Offer time away that was noticed, as the app does; nothing is taken by it."""
    waiting = context.services.away_offers.first()
    if waiting is not None:
        words = waiting.words(context.services.zone)
        context.say(f"away {words}?   a gap: flowtui away gap   focus: flowtui away focus")


def _ask_away(context: Context) -> None:
    """Before the block ends: what was the time away? It stays focus where nobody answers."""
    offers, zone = context.services.away_offers, context.services.zone
    waiting = offers.first()
    while waiting is not None:
        if not context.is_asked:
            context.say(f"away {waiting.words(zone)} counts as focus, as nobody said otherwise")
            return
        gap = click.confirm(f"away {waiting.words(zone)}: was it a gap", default=False, err=True)
        offers.answer(gap)
        waiting = offers.first()


def _settle_ending(context: Context, at: datetime | None, goes_on: str) -> Block | None:
    """Ask what an absence was, if there is one; the block where that ended it, else None."""
    closing = context.ask_absence(at, goes_on)
    if closing is None or closing is Closing.CONTINUE:
        context.settle(at)
        return None
    block = context.services.focus.close_absence(closing, collect=context.services.evidence.collect)
    return block if block.ended_at is not None else None


def _apply(context: Context, command: Command, at: str | None) -> Block:
    """Carry out a command; what the app was left for with q is asked at a pause or an end only."""
    instant = context.instant(at)
    if isinstance(command, Pause) or not context.services.focus.left():
        context.settle(instant)
    return context.services.focus.apply(command, instant)


def _report(context: Context, block: Block, as_json: bool, said: str) -> None:
    if not as_json:
        context.say(said)
        return
    now = context.services.clock.now()
    if block.ended_at is None:
        context.put_json(running_view(block, now))
    else:
        context.put_json(ended_view(block, now, str(context.services.store.day_of(block))))


def _name(block: Block) -> str:
    return f"{block.id} {block.intention}".strip()


def _until(context: Context, block: Block) -> str:
    end = deadline(block, context.services.clock.now())
    if end is None:
        return "" if block.open_gap else ", open-ended"
    return f", until {end.astimezone(context.services.zone):%H:%M}"
