"""`flowtui import`: other programs' exports into the body log, and our own exports back."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flowtui.cli.context import Context, json_option, pass_context
from flowtui.core.errors import FlowError, UsageError
from flowtui.core.text import end_cut, padded

if TYPE_CHECKING:
    from flowtui.services.imports import Ask, ImportPlan

OWN = "flowtui"
SHOWN_ROWS = 20
LARGE_BYTES = 1 << 20
"""From this size on progress is told where stderr is no terminal."""


class Teller:
    """Tells progress on stderr; a person who presses ctrl-c stops the import."""

    def __init__(self, size: int) -> None:
        self._terminal = sys.stderr.isatty()
        self._told = -1
        self._size = size
        self.stopped = False

    def progress(self, done: int, total: int) -> None:
        """Tell the share that was read, each tenth once (each hundredth on a terminal)."""
        if not total or (not self._terminal and self._size < LARGE_BYTES):
            return
        step = 1 if self._terminal else 10
        percent = min(100, done * 100 // total) // step * step
        if percent > self._told:
            self._told = percent
            end = "\r" if self._terminal else "\n"
            click.echo(f"reading: {percent} %{end}", err=True, nl=False)

    def cancelled(self) -> bool:
        """Whether ctrl-c was pressed."""
        return self.stopped

    def done(self) -> None:
        """Clear the line."""
        if self._terminal and self._told >= 0:
            click.echo("\r\x1b[K", err=True, nl=False)


@click.command("import")
@click.argument("names", nargs=-1, metavar="[FORMAT] FILE")
@click.option("--dry-run", is_flag=True, help="only say what would happen")
@click.option(
    "--column", "columns", multiple=True, metavar="NAME=ROLE", help="csv: what a column is"
)
@click.option("--mood", "moods", multiple=True, metavar="NAME=1-5", help="daylio: your own moods")
@click.option(
    "--unnamed-no", is_flag=True, help="daylio: what a day's entries do not name was not done"
)
@click.option(
    "--dates", type=click.Choice(["dmy", "mdy", "ymd"]), help="what 3/4/2026 means in the file"
)
@click.option("--zone", metavar="ZONE", help="where you were, if the file does not say")
@click.option("-c", "--context", "context_name", metavar="NAME", help="trackers: of the blocks")
@click.option("--cut", is_flag=True, help="trackers: shorten what shares time with another block")
@click.option("--replace", is_flag=True, help="flowtui: take the file's version where one differs")
@json_option
@pass_context
def import_command(
    context: Context,
    names: tuple[str, ...],
    dry_run: bool,
    columns: tuple[str, ...],
    moods: tuple[str, ...],
    unnamed_no: bool,
    dates: str | None,
    zone: str | None,
    context_name: str | None,
    cut: bool,
    replace: bool,
    as_json: bool,
) -> None:
    """Read FILE, an export of flowtui or of another program. Twice adds nothing.

    Formats: flowtui, loop, zero, daylio, habitbull, tickmate, health-connect, apple-health, strava,
    garmin, whoop, fitbit, oura, google-fit, sleep-as-android, fit, csv. Of time trackers, whose
    time becomes blocks: toggl, clockify, rescuetime, activitywatch, watson, timewarrior,
    super-productivity, org, blocks (any table). Without a format it is told by the look of the
    file. One undo takes the whole import back.
    """
    from flowtui.services.focus.block_import import is_own_table
    from flowtui.services.imports import is_of_another_program, tracker_for

    format, path = _named(names)
    if not path.exists():
        raise FlowError(f"{path} does not exist", "check the path")
    # our own exports: of tables alone that of entries is the body log's
    ours = format in (None, OWN) and is_own_table(path)
    tracker = None if ours else tracker_for(format, path)
    other = tracker is not None or (not ours and format is None and is_of_another_program(path))
    if ours or (not other and format in (None, OWN) and _is_own(path)):
        if columns or moods or dates or zone:
            raise UsageError("--column, --mood, --dates and --zone are for other programs' files")
        from flowtui.cli.data import read_back

        read_back(context, path, dry_run, replace, as_json)
        return
    if replace:
        raise UsageError("--replace is for exports of flowtui", "edit the entries instead")
    from flowtui.core.body.validation import zone_of
    from flowtui.services.imports import Ask

    ask = Ask(
        path,
        format,
        _pairs(columns, "--column"),
        {name: _mood(name, text) for name, text in _pairs(moods, "--mood").items()},
        dates,
        unnamed_no,
        zone_of(zone) if zone else None,
    )
    if tracker is not None:
        if columns or moods or unnamed_no:
            raise UsageError("--column, --mood and --unnamed-no are for exports of body logs")
        from flowtui.cli.tracker_imports import import_tracked

        import_tracked(context, ask, tracker, context_name, cut, dry_run, as_json)
        return
    if cut or context_name:
        raise UsageError("--cut and --context are for exports of time trackers")
    _import(context, ask, dry_run, as_json)


def _import(context: Context, ask: Ask, dry_run: bool, as_json: bool) -> None:
    imports = context.services.body.imports
    size = ask.path.stat().st_size if ask.path.exists() else 0
    with _stoppable(Teller(size)) as teller:
        plan = imports.plan(ask, teller)
    written = 0
    if not dry_run:
        # from here on it is one write: stopping would leave a person guessing
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            written = imports.carry_out(plan)
        finally:
            signal.signal(signal.SIGINT, before)
    if as_json:
        context.put_json(_view(plan, written, dry_run))
        return
    if dry_run and plan.format == "csv":
        _preview(context, ask)
    _report(context, plan, written, dry_run)


@contextmanager
def _stoppable(teller: Teller) -> Iterator[Teller]:
    """Ctrl-c ends the reading in order; a reading that hangs is left with a second ctrl-c."""
    before = signal.getsignal(signal.SIGINT)

    def stop(number: int, frame: object) -> None:
        if teller.stopped:
            raise KeyboardInterrupt
        teller.stopped = True

    signal.signal(signal.SIGINT, stop)
    try:
        yield teller
    except KeyboardInterrupt:
        raise FlowError("the import was stopped", "nothing was imported") from None
    finally:
        signal.signal(signal.SIGINT, before)
        teller.done()
    if teller.stopped:
        raise FlowError("the import was stopped", "nothing was imported")


def _named(names: tuple[str, ...]) -> tuple[str | None, Path]:
    if not names:
        raise UsageError("import what?", "flowtui import [FORMAT] FILE")
    if len(names) > 2:
        raise UsageError(f"{names[2]!r} is one name too many", "flowtui import [FORMAT] FILE")
    if len(names) == 1:
        return None, Path(names[0])
    from flowtui.services.imports import format_name

    return format_name(names[0]), Path(names[1])


def _is_own(path: Path) -> bool:
    """Whether `path` may be what `flowtui export` wrote; its reader says what is wrong with it."""
    if not path.exists():
        raise FlowError(f"{path} does not exist", "check the path")
    if path.is_dir():
        return False
    try:
        with path.open("rb") as file:
            return file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"
    except OSError as error:
        raise FlowError(f"{path} cannot be read: {error.strerror or error}") from None


def _pairs(texts: tuple[str, ...], option: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in texts:
        name, sign, value = text.rpartition("=")
        if not sign or not name or not value:
            raise UsageError(f"{option} {text!r} is no pair", f"write {option} NAME=VALUE")
        if name in pairs:
            raise UsageError(f"{option} {name!r} is given twice", "keep one of the two")
        pairs[name] = value
    return pairs


def _mood(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0
    if not 1 <= value <= 5:
        raise UsageError(f"--mood {name}={text}: {text!r} is not on the scale 1 to 5")
    return value


def _preview(context: Context, ask: Ask) -> None:
    seen = context.services.body.imports.preview(ask)
    how = "by their names" if seen.guessed else "as you said"
    context.put(f"columns, read {how}:")
    for number, (name, role) in enumerate(zip(seen.header.names, seen.roles, strict=True)):
        samples = ", ".join(row.get(number) or "-" for row in seen.samples[:3])
        context.put(
            f"  {padded(end_cut(name, 24), 24)}  {role or 'not read':<16}  {end_cut(samples, 40)}"
        )
    for warning in seen.warnings:
        context.say(warning)


def _report(context: Context, plan: ImportPlan, written: int, dry_run: bool) -> None:
    verb = "would be added" if dry_run else "added"
    for name, number in plan.counts.items():
        context.put(f"{number:>7}  {name}")
    days = f", {plan.days[0]} to {plan.days[1]}" if plan.days else ""
    number = len(plan.new) if dry_run else written
    context.put(f"{number:>7}  {verb} from {plan.file} ({plan.format}){days}")
    told = (
        (plan.known, "there already"),
        (len(plan.changed), "there already and changed in the file; left as they are"),
        (plan.repeated, "stand in the file twice"),
    )
    for number, words in told:
        if number:
            context.say(f"{number} {words}")
    for left in plan.left_out:
        context.say(f"left out: {left.count} {left.what}")
    for former, name in plan.renamed:
        context.say(f"habit {former} is called {name} here: {former} is a word of the quick line")
    for words in plan.apart:
        context.say(words)
    for habit in plan.habits:
        context.say(f"habit {habit.name} ({habit.form.value}) {verb}")
    if plan.unread_count:
        context.say(f"{plan.unread_count} rows were not understood:")
        for row in plan.unread[:SHOWN_ROWS]:
            context.say(f"  line {row.line}: {row.text}: {row.why}")
        more = plan.unread_count - min(SHOWN_ROWS, len(plan.unread))
        if more:
            context.say(f"  and {more} more; all of them: --json")
    if dry_run:
        context.say("nothing was written; to import, leave --dry-run away")
    elif written or plan.habits:
        context.say("take it back: flowtui undo")


def _view(plan: ImportPlan, written: int, dry_run: bool) -> dict[str, object]:
    return {
        "format": plan.format,
        "file": plan.file,
        "dry_run": dry_run,
        "new": len(plan.new),
        "written": written,
        "counts": plan.counts,
        "days": [d.isoformat() for d in plan.days] if plan.days else None,
        "known": plan.known,
        "changed": len(plan.changed),
        "repeated": plan.repeated,
        "left_out": [{"what": one.what, "count": one.count} for one in plan.left_out],
        "habits": [h.name for h in plan.habits],
        "apart": list(plan.apart),
        "unread_count": plan.unread_count,
        "unread": [{"line": r.line, "text": r.text, "why": r.why} for r in plan.unread],
    }
