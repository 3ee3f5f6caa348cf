"""`flowtui review`: the week in six questions, from the shell or in the app."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from flowtui.cli.context import Context, json_option, pass_context
from flowtui.core.errors import FlowError, UsageError
from flowtui.core.review.week_review import NAMES, QUESTIONS
from flowtui.core.time_grammar import parse_day
from flowtui.services.review.week_reviews import ReviewSheet, WeekReviews


@click.command("review")
@click.argument("answers", nargs=-1, metavar="[NAME=ANSWER]...")
@click.option("--week", metavar="W", help="this, last, 2026-W47; the one that is due by default")
@click.option("--list", "listed", is_flag=True, help="the questions, what is known and answered")
@click.option("--public/--private", default=None, help="may the thing to share be told to all")
@json_option
@pass_context
def review_command(
    context: Context,
    answers: tuple[str, ...],
    week: str | None,
    listed: bool,
    public: bool | None,
    as_json: bool,
) -> None:
    """Look back at a week in six questions, all of them optional; opens the app without answers.

    From the shell: came="the sampler trains" hindered=meetings left="news before noon"
    blocks="mon,thu 09:00 for 90m" (or blocks=take for what is proposed) then="if X, then Y"
    share="what I learned". became=TEXT tells what became of the last "if". Answers to one week are
    one command: one undo takes them all back.
    """
    reviews = WeekReviews(context.services)
    day = _day(context, week)
    if not answers and public is None and not listed and not as_json:
        _open(context, day)
        return
    given = [_split(answer) for answer in answers]
    first = reviews.week(day)[0]
    for name, text in given:
        review = reviews.give(first, name, text)
        context.say(f"kept {name}: {review.answer(name) or '-'}")
    if public is not None:
        reviews.open_to_all(first, public)
        context.say("may be told to all" if public else "stays with you")
    sheet = reviews.sheet(first)
    if as_json:
        context.put_json(_json(sheet))
    elif listed:
        _put(context, sheet)
    if given:
        context.say(f"{sheet.review.answered} of {len(QUESTIONS)}; take it back: flowtui undo")


def _split(answer: str) -> tuple[str, str]:
    name, sign, text = answer.partition("=")
    if not sign:
        raise UsageError(f"{answer!r} is not an answer", f"NAME=ANSWER, of {', '.join(NAMES)}")
    return name.strip(), text


def _day(context: Context, week: str | None) -> date | None:
    if week is None:
        return None
    services = context.services
    word = f"{week} week" if week in ("this", "last") else week
    return parse_day(word, services.today(), first_weekday=services.first_weekday).first


def _open(context: Context, day: date | None) -> None:
    from flowtui.cli.launch import open_app

    try:
        open_app(context.env, context.home, context.plain, look_back=True, look_back_day=day)
    except FlowError as error:
        raise FlowError(error.message, "or answer here: flowtui review came=TEXT") from None


def _put(context: Context, sheet: ReviewSheet) -> None:
    context.put(f"{sheet.first} to {sheet.last}")
    if sheet.last_then:
        context.put(f"last week: {sheet.last_then}  ({sheet.review.became or 'became=TEXT'})")
    for question, facts in zip(QUESTIONS, sheet.facts, strict=True):
        context.put(f"{question.title}: {sheet.review.answer(question.name) or '-'}")
        for fact in facts:
            context.put(f"    {fact}")


def _json(sheet: ReviewSheet) -> dict[str, Any]:
    review = sheet.review
    return {
        "week": sheet.first.isoformat(),
        "last": sheet.last.isoformat(),
        "answered": review.answered,
        "answers": {name: review.answer(name) or None for name in NAMES},
        "plans": list(review.plans),
        "public": review.public,
        "last_then": sheet.last_then or None,
        "became": review.became or None,
        "facts": {q.name: list(f) for q, f in zip(QUESTIONS, sheet.facts, strict=True)},
    }
