"""`flowtui report`: a day, a week, a month, a year, for oneself or fit to share."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from flowtui.cli.context import Context, json_option, pass_context
from flowtui.core.errors import UsageError
from flowtui.core.time_grammar import Days, parse_day

POSTS = ("500", "300", "280")


@click.command("report")
@click.option("--day", metavar="DAY", help="one day: today, yesterday, 2026-11-20")
@click.option("--week", metavar="W", help="a week: this, last, 2026-W47; this week by default")
@click.option("--month", metavar="M", help="a month: this, last, 2026-11")
@click.option("--year", metavar="Y", help="a year: 2026")
@click.option("--since", metavar="DAY", help="from that day to today, or to --until")
@click.option("--until", metavar="DAY", help="with --since: the last day")
@click.option("--md", "as_markdown", is_flag=True, help="Markdown; the default")
@click.option("--obsidian", is_flag=True, help="Markdown with front matter")
@click.option(
    "--html",
    "html_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="one page that holds everything in itself",
)
@click.option(
    "--picture",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="one picture to go with a post, .svg or .png",
)
@click.option("--post", type=click.Choice(POSTS), help="a text of at most so many characters")
@click.option("--public", "for_all", is_flag=True, help="only what anybody may see")
@json_option
@pass_context
def report_command(
    context: Context,
    day: str | None,
    week: str | None,
    month: str | None,
    year: str | None,
    since: str | None,
    until: str | None,
    as_markdown: bool,
    obsidian: bool,
    html_file: Path | None,
    picture: Path | None,
    post: str | None,
    for_all: bool,
    as_json: bool,
) -> None:
    """What a stretch of days came to. flowtui posts nothing: what is printed is all there is.

    With --public no text of yours is in it: contexts and tags that you opened in the settings are
    named, all else is "other work", lengths are rounded, and only days gone by are told.
    """
    from flowtui.core.review import render
    from flowtui.services.review.report import public_report, report

    services = context.services
    if sum(map(bool, (as_json, as_markdown or obsidian, html_file, picture, post))) > 1:
        raise UsageError(
            "a report has one form", "give one of --json, --md, --html, --picture, --post"
        )
    days = _stretch(context, day, week, month, year, since, until)
    summary = (public_report if for_all else report)(services, days.first, days.last)
    if as_json:
        context.put_json(summary.as_json())
    elif post:
        context.put(render.post(summary, int(post), summary.lines if for_all else ()))
        context.say(f"alt text of a picture of it: {render.alt_text(summary)}")
    elif picture is not None:
        from flowtui.core.review import chart
        from flowtui.services.review.written_report import write_picture

        write_picture(picture, chart.picture(summary))
        context.say(f"wrote {picture}")
        context.say(f"alt text: {render.alt_text(summary)}")
    elif html_file is not None:
        from flowtui.services.review.written_report import write_report

        write_report(html_file, render.page(summary))
        context.say(f"wrote {html_file}")
    else:
        context.put(render.markdown(summary, obsidian).rstrip("\n"))


def _stretch(
    context: Context,
    day: str | None,
    week: str | None,
    month: str | None,
    year: str | None,
    since: str | None,
    until: str | None,
) -> Days:
    options = {"--day": day, "--week": week, "--month": month, "--year": year, "--since": since}
    given = [name for name, text in options.items() if text]
    if len(given) > 1:
        raise UsageError(f"{' and '.join(given)} cannot be combined", "give one of them")
    if until and not since:
        raise UsageError("--until is for --since", "give both, or a --week")
    services = context.services
    today, first_weekday = services.today(), services.first_weekday

    def read(text: str) -> Days:
        return parse_day(text, today, first_weekday=first_weekday)

    if day:
        return read(day)
    if month:
        return read(f"{month} month" if month in ("this", "last") else month)
    if year:
        if not (year.isdecimal() and len(year) == 4):
            raise UsageError(f"{year!r} is not a year", "write it as 2026")
        return Days(date(int(year), 1, 1), date(int(year), 12, 31))
    if since:
        days = Days(read(since).first, read(until).last if until else today)
        if days.last < days.first:
            raise UsageError(f"{days.last} is before {days.first}", "exchange --since and --until")
        return days
    word = week or "this"
    return read(f"{word} week" if word in ("this", "last") else word)
