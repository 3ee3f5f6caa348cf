"""`flowtui insight`: which habits go with output, on the ledger's days or any table of days."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from flowtui.cli.context import Context, json_option, pass_context
from flowtui.core.errors import UsageError
from flowtui.core.insight import sentences
from flowtui.core.insight.association import Finding, Insight
from flowtui.core.insight.verdicts import verdicts
from flowtui.services.insight.day_rows import PRIMARY, TRACKED

if TYPE_CHECKING:
    from flowtui.services.insight.child import Tell
    from flowtui.services.insight.insight_service import Looked
    from flowtui.services.insight.insight_wiring import InsightServices

T = TypeVar("T")
WIDTH = 24


@click.group("insight", invoke_without_command=True)
@click.option(
    "--outcome",
    metavar="V",
    help="deep_min (default), commits, output, or anything recorded",
)
@click.option("--factors", metavar="A,B", help="only these habits")
@click.option(
    "--table",
    "table_file",
    type=click.Path(path_type=Path),
    metavar="DAYS.csv",
    help="the same on any table of days with a column `date`; nothing is recorded",
)
@click.option("--on-time", is_flag=True, help="leave out what was written down after its day")
@json_option
@click.pass_context
def insight_command(
    click_context: click.Context,
    outcome: str | None,
    factors: str | None,
    table_file: Path | None,
    on_time: bool,
    as_json: bool,
) -> None:
    """Which habits go with output: what passed, what did not, what was refused and why.

    Adjusted for weekday, trend and memory from day to day, and for every question ever asked.
    Results are those of the last whole week. To test one of them: flowtui experiment new.
    """
    context = click_context.find_object(Context)
    assert context is not None
    if click_context.invoked_subcommand is not None:
        return
    names = tuple(name.strip() for name in (factors or "").split(",") if name.strip())
    if table_file is not None:
        if outcome is None:
            raise UsageError("a table needs to be told its outcome", "--outcome COLUMN")
        looked = _look_at(context, table_file, outcome, names)
    else:
        service = _services(context).insight
        looked = patiently(
            context, lambda tell: service.look(outcome or PRIMARY, names, on_time, tell)
        )
    if as_json:
        context.put_json(insight_view(looked.insight))
        return
    _print(context, looked, table_file is not None)


@insight_command.command("noise")
@click.option("--outcome", metavar="V", default=PRIMARY, help="deep_min (default) or any column")
@json_option
@pass_context
def insight_noise(context: Context, outcome: str, as_json: bool) -> None:
    """Your own days with every habit moved in time: whatever is found then is false.

    Shows what a plain correlation would have claimed, and what this engine says.
    """
    service = _services(context).insight
    found = patiently(context, lambda tell: service.noise(outcome, tell))
    if as_json:
        context.put_json(found)
        return
    from flowtui.core.insight.sentences import noise_lines

    for line in noise_lines(found, service.outcome_named(outcome)):
        context.put(line)


@insight_command.command("table")
@click.option("--csv", "as_csv", is_flag=True, help="the days themselves, missing as empty cells")
@click.option("--on-time", is_flag=True, help="leave out what was written down after its day")
@json_option
@pass_context
def insight_table(context: Context, as_csv: bool, on_time: bool, as_json: bool) -> None:
    """The table of days that insight looks at: its dictionary, or with --csv the days."""
    table = _services(context).insight.table(on_time=on_time)
    if as_json:
        columns = {c.name: list(c.values) for c in table.columns}
        context.put_json(
            {
                "days": [day.isoformat() for day in table.days],
                "columns": columns,
                "dictionary": dict(table.dictionary()),
            }
        )
    elif as_csv:
        click.echo("".join(table.csv()), nl=False)
    elif not table.days:
        context.say("nothing is recorded yet; begin: flowtui start, flowtui checkin")
    else:
        known = {c.name: f"{c.known} of {len(table.days)} days. " for c in table.columns}
        for name, meaning in table.dictionary():
            context.put(f"{name:<{WIDTH}} {known.get(name, '')}{meaning}")


@insight_command.command("focus")
@json_option
@pass_context
def insight_focus(context: Context, as_json: bool) -> None:
    """What the blocks alone tell: best hours, lengths, returns, theory, waiting."""
    facts = _services(context).insight.facts()
    if as_json:
        context.put_json(
            [
                {"name": f.name, "n": f.n, "value": f.value, "low": f.low, "high": f.high,
                 "unit": f.unit, "sentence": f.sentence, "details": list(f.details)}
                for f in facts
            ]
        )  # fmt: skip
        return
    for fact in facts:
        context.put(f"{fact.name:<{WIDTH}} {fact.sentence}")
        for detail in fact.details:
            context.put(f"{'':<{WIDTH}} {detail}")


def insight_view(whole: Insight) -> dict[str, Any]:
    """The answer as JSON."""
    return {
        "outcome": whole.outcome.name,
        "days": whole.days,
        "pairs_asked": whole.asked,
        "passed": [_pair_view(f, whole) for f in whole.passed],
        "not_passed": [_pair_view(f, whole) for f in whole.not_passed],
        "refused": [
            {"factor": r.factor, "lag": r.lag, "reason": r.reason, "days_needed": r.days_needed}
            for r in whole.refused
        ],
    }


def _pair_view(finding: Finding, whole: Insight) -> dict[str, Any]:
    n = finding.numbers
    return {
        "factor": finding.factor.name,
        "lag": finding.lag,
        "n": n.n,
        "n_on": n.n_on,
        "n_off": n.n_off,
        "unit": sentences.effect_unit(finding, whole.outcome),
        "effect": n.effect,
        "low": n.low,
        "high": n.high,
        "d": n.d,
        "p": n.p,
        "q_bh": finding.q_bh,
        "q_by": finding.q_by,
        "joint_p": finding.joint_p,
        "raw_effect": n.raw_effect,
        "rho": n.rho,
        "skill": n.skill,
        "tags": list(sentences.tags(finding, whole.missing_of(finding.factor.name))),
        "sentence": sentences.sentence(finding, whole),
    }


def patiently(context: Context, work: Callable[[Tell], T]) -> T:
    """`work`, with its progress on a terminal's standard error."""
    shown = sys.stderr.isatty()

    def tell(done: int, total: int, what: str) -> None:
        if shown:
            click.echo(f"\r\x1b[K{done}/{total}  {what}", err=True, nl=False)

    try:
        return work(tell)
    finally:
        if shown:
            click.echo("\r\x1b[K", err=True, nl=False)


def _services(context: Context) -> InsightServices:
    from flowtui.services.insight.insight_wiring import insight_of

    return insight_of(context.services)


def _look_at(context: Context, file: Path, outcome: str, names: tuple[str, ...]) -> Looked:
    from flowtui.services.insight.tables import foreign_table

    foreign = foreign_table(file)
    service = _services(context).insight
    return patiently(context, lambda tell: service.look_at(foreign, outcome, names, tell))


def _print(context: Context, looked: Looked, foreign: bool) -> None:
    whole = looked.insight
    context.put(sentences.summary(whole))
    for line in verdicts(whole):
        context.put(f"  {line}")
    for title, findings in (("passed", whole.passed), ("not passed", whole.not_passed)):
        if findings:
            context.put(f"\n{title}")
        for finding in findings:
            context.put(f"  {sentences.sentence(finding, whole)}")
            tags = sentences.tags(finding, whole.missing_of(finding.factor.name))
            if tags and (finding.passed or finding.numbers.p <= 0.05):
                context.put(f"    {' · '.join(tags)}")
    if whole.refused:
        context.put("\nrefused")
    told: dict[tuple[str, str], set[int]] = {}
    for refusal in whole.refused:
        told.setdefault((refusal.factor, refusal.reason), set()).add(refusal.lag)
    for (factor, reason), lags in told.items():
        after = " (the day before)" if lags == {1} else ""
        context.put(f"  {sentences.short(factor)}{after}: {reason}")
    caveats = [m for m in whole.missing if m.caveat]
    if caveats:
        context.put("\nmissing days")
    for missing in caveats:
        context.put(f"  {sentences.short(missing.factor)}: {missing.caveat}")
    if not foreign:
        context.say(f"as of {looked.through}, the last whole week")
        if looked.aside:
            days = f"{looked.aside} days of imported time are not in it"
            context.say(f"{days}: flowtui insight --outcome {TRACKED}")
        if whole.passed:
            context.say("put one to the test: flowtui experiment new")
