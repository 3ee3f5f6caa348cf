"""`flowtui experiment`: randomised experiments on oneself, and the same test on any table."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flowtui.cli.context import Context, json_option, pass_context, words
from flowtui.cli.insight.insight import patiently
from flowtui.core.errors import UsageError
from flowtui.core.insight import experiment_text
from flowtui.core.insight.experiment import Declared, Design, Direction, Experiment, Stage
from flowtui.core.time_grammar import parse_day
from flowtui.services.insight.day_rows import PRIMARY

if TYPE_CHECKING:
    from flowtui.services.insight.experiments import Experiments

UNDO = "take it back: flowtui undo"


@click.group("experiment")
def experiment_command() -> None:
    """Randomised experiments on yourself: declared first, dealt by chance, read once at the end."""


@experiment_command.command("new")
@click.argument("factor", nargs=-1, required=True)
@click.option("--outcome", metavar="V", default=PRIMARY, help="the one outcome (deep_min)")
@click.option("--direction", type=words(Direction), default="more", help="more or less of it")
@click.option(
    "--design", type=words(Design), default="pairs", help="pairs of days, or of 3-day blocks"
)
@click.option("--days", type=int, default=42, help="its length; rounded up to whole pairs")
@click.option("--predict", type=int, metavar="PERCENT", help="how sure you are that it will show")
@click.option("--start", metavar="DAY", help="its first day (default: tomorrow)")
@click.option("--hypothesis", default="", help="in your own words")
@click.option("--habit", default="", metavar="COLUMN", help="the habit that records what was done")
@click.option("--dry-run", is_flag=True, help="show what it could find, declare nothing")
@json_option
@pass_context
def experiment_new(
    context: Context,
    factor: tuple[str, ...],
    outcome: str,
    direction: str,
    design: str,
    days: int,
    predict: int | None,
    start: str | None,
    hypothesis: str,
    habit: str,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Declare an experiment on FACTOR, such as "no phone before noon".

    What it could find at best is shown first. The schedule is drawn, frozen and hashed; each
    morning `flowtui experiment status` tells the day's arm, and no more.
    """
    if predict is None and not dry_run:
        raise UsageError(
            "say first how sure you are that it will show", "--predict 60; it is scored at the end"
        )
    experiments = _experiments(context)
    today = experiments.today()
    declared = Declared(
        " ".join(factor),
        outcome,
        Direction(direction),
        Design(design),
        _start(context, start, today),
        days,
        predict if predict is not None else 50,
        hypothesis,
        habit,
    )
    seen = experiments.foresee(declared)
    told = experiments.outcome_of(declared)
    context.say(experiment_text.foreseen_words(seen, told))
    if dry_run:
        if as_json:
            context.put_json({"foreseen": seen})
        return
    made = experiments.declare(declared)
    if as_json:
        context.put_json(_view(made, experiments))
        return
    context.put(f"{made.id}  {experiment_text.declared_words(made.declared, told)}")
    context.say(f"frozen: {made.digest[:16]}; each morning: flowtui experiment status; {UNDO}")
    context.say("tip: let somebody else look at the arm where you can, and judge the day before")


@experiment_command.command("status")
@json_option
@pass_context
def experiment_status(context: Context, as_json: bool) -> None:
    """Today's arm of what is running, and what can be read; never tomorrow's."""
    experiments = _experiments(context)
    live = experiments.live()
    if as_json:
        context.put_json([_view(e, experiments) for e in live])
        return
    if not live:
        context.say("no experiment is running; declare one: flowtui experiment new")
    today = experiments.today()
    for experiment in live:
        context.put(f"{experiment.id}  {_standing(experiment, today)}")


@experiment_command.command("list")
@json_option
@pass_context
def experiment_list(context: Context, as_json: bool) -> None:
    """Every experiment, the newest first, with the mean score of your predictions."""
    experiments = _experiments(context)
    every = experiments.every()
    if as_json:
        context.put_json([_view(e, experiments) for e in every])
        return
    if not every:
        context.say("no experiment yet; declare one: flowtui experiment new")
    today = experiments.today()
    for experiment in every:
        context.put(f"{experiment.id}  {_standing(experiment, today)}")
    scored = experiments.mean_score()
    if scored is not None:
        context.put(
            f"predictions: {scored[0]} scored, mean {scored[1]:.2f} (0 is best, a coin gets 0.25)"
        )


@experiment_command.command("did")
@click.argument("what", type=click.Choice(["yes", "no"]))
@click.option("--day", metavar="DAY", help="which day (default: today)")
@click.option("--id", "id", default="", help="which experiment")
@pass_context
def experiment_did(context: Context, what: str, day: str | None, id: str) -> None:
    """Note what you really did, whatever the day's arm was."""
    experiments = _experiments(context)
    today = experiments.today()
    which = parse_day(day, today).first if day else today
    experiment = experiments.did(what == "yes", which, id)
    arm = "with" if what == "yes" else "without"
    context.say(f"noted: {which} {arm} {experiment.declared.factor}; {UNDO}")


@experiment_command.command("show")
@click.argument("id", default="")
@json_option
@pass_context
def experiment_show(context: Context, id: str, as_json: bool) -> None:
    """One experiment: what was declared, and once its days are over its result and score."""
    experiments = _experiments(context)
    experiment = experiments.by_id(id)
    if experiment.stage(experiments.today()) is Stage.OVER:
        found = experiment.id
        experiment = patiently(context, lambda tell: experiments.read(found, tell))
    if as_json:
        context.put_json(_view(experiment, experiments))
        return
    context.put(f"{experiment.id}  {_standing(experiment, experiments.today())}")
    for line in experiment_text.told(experiment, experiments.outcome_of(experiment.declared)):
        context.put(line)


@experiment_command.command("stop")
@click.argument("id", default="")
@click.option("--why", default="", help="the reason, kept with it")
@pass_context
def experiment_stop(context: Context, id: str, why: str) -> None:
    """Give an experiment up before its end; no result is read of it."""
    stopped = _experiments(context).stop(id, why)
    context.say(f"gave up {stopped.id} ({stopped.declared.factor}); no result is read; {UNDO}")


@experiment_command.command("read")
@click.argument("file", type=click.Path(path_type=Path), metavar="DAYS.csv")
@click.option("--arm", required=True, metavar="A", help="column of the arm: 1 and 0, or yes and no")
@click.option("--outcome", required=True, metavar="V", help="column of the outcome")
@click.option("--pair", metavar="P", help="column that names the pair of each day")
@json_option
@pass_context
def experiment_read(
    context: Context, file: Path, arm: str, outcome: str, pair: str | None, as_json: bool
) -> None:
    """The same test on any randomised table of days."""
    from flowtui.services.insight.tables import read_table

    found = patiently(context, lambda tell: read_table(file, arm, outcome, pair, tell))
    for remark in found.remarks:
        context.say(remark)
    sentence = experiment_text.result_words(found.read, arm.replace("_", " "), found.outcome)
    if not as_json:
        context.put(sentence)
        return
    names = ("n", "n_pairs", "effect", "low", "high", "p", "min_p")
    context.put_json({**{name: found.read[name] for name in names}, "sentence": sentence})


def _standing(experiment: Experiment, today: date) -> str:
    read_by = f"read it: flowtui experiment show {experiment.id}"
    return experiment_text.standing(experiment, today, read_by)


def _view(experiment: Experiment, experiments: Experiments) -> dict[str, Any]:
    today = experiments.today()
    slot = experiment.slot(today)
    stage = experiment.stage(today)
    arm = ("with" if slot.arm else "without") if slot and stage is Stage.RUNNING else None
    return {
        "id": experiment.id,
        **experiment.declared.plain(),
        "stage": stage.value,
        "last": experiment.last.isoformat(),
        "digest": experiment.digest,
        "today": arm,
        "did": experiment.actual.get(today),
        "result": experiment.result,
        "score": experiment_text.score_of(experiment),
    }


def _start(context: Context, text: str | None, today: date) -> date:
    if text is None or text == "tomorrow":
        return today + timedelta(days=1)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"{text!r} is not a day", "tomorrow, or a date such as 2026-11-23"
        ) from None


def _experiments(context: Context) -> Experiments:
    from flowtui.services.insight.insight_wiring import insight_of

    return insight_of(context.services).experiments
