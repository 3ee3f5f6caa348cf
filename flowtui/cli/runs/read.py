"""`runs read PATH`: one look at any log, file or folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from flowtui.cli.context import Context, json_option, pass_context
from flowtui.core.runs.eta import asked_at, eta_of
from flowtui.core.runs.metric_track import Track
from flowtui.core.runs.metrics import better_of, key_metric
from flowtui.core.runs.run_json import run_view
from flowtui.core.runs.run_state import ENDED, RunState, silent_since, state_of
from flowtui.core.runs.run_text import figure, silence_words, spark
from flowtui.core.status_file import minutes
from flowtui.core.text import cell_count, middle_cut, padded
from flowtui.services.runs.log_look import Look, look_at

MAX_SHOWN = 24


@click.command("read")
@click.argument("path", type=click.Path(path_type=Path))
@json_option
@pass_context
def runs_read(context: Context, path: Path, as_json: bool) -> None:
    """One look at a log, a table, an event file, a database or a folder; records nothing.

    Tells of each run how it stands, how far it is, its metrics, and what is to be found in them.
    """
    services = context.services
    looks = look_at(path, services.clock)
    for problem in dict.fromkeys(problem for look in looks for problem in look.problems):
        context.say(problem)
    for look in looks:
        if look.seen.history.empty:
            context.say(f"nothing in {look.seen.name} is known to any reader yet")
    if as_json:
        views = [run_view(look.seen, look.findings, services.zone.key) for look in looks]
        context.put_json(views[0] if len(views) == 1 else views)
        return
    for number, look in enumerate(looks):
        if number:
            context.put("")
        for line in lines_of(look, services.zone):
            context.put(line)


def lines_of(look: Look, zone: ZoneInfo) -> list[str]:
    """A run as a person reads it."""
    seen, history = look.seen, look.seen.history
    lines = [f"{middle_cut(seen.name, 60)}  {state_of(seen).value}"]
    about = [part for part in (_progress(look), _ends(look), _silence(look, zone)) if part]
    lines += [f"  {'  ·  '.join(about)}"] if about else []
    formats = ", ".join(seen.formats) or "no format that is known"
    changed = ""
    if seen.log_changed_at is not None:
        ago = (seen.now - seen.log_changed_at).total_seconds()
        changed = f"  ·  changed {minutes(max(0, int(ago)))} ago"
    lines.append(f"  {formats}{changed}")
    if look.findings:
        lines.append("")
        lines += [f"  {f.severity.value:<8} {f.sentence}" for f in look.findings]
    if history.metrics:
        lines += ["", *_table(list(history.metrics.values()))]
    return lines


def _progress(look: Look) -> str:
    history = look.seen.history
    parts = []
    if history.step is not None:
        total = f" of {history.total_steps:,}" if history.total_steps else ""
        parts.append(f"step {history.step:,}{total}")
    if history.epoch is not None:
        total = f" of {history.total_epochs:g}" if history.total_epochs else ""
        parts.append(f"epoch {history.epoch:.4g}{total}")
    if history.progress is not None:
        parts.append(f"{history.progress:.0%}".replace("%", " %"))
    return ", ".join(parts)


def _ends(look: Look) -> str:
    state = state_of(look.seen)
    if state in ENDED or state is RunState.UNKNOWN:
        return ""
    changed = look.seen.log_changed_at
    at = asked_at(
        look.seen.history, look.seen.now_s, None if changed is None else changed.timestamp()
    )
    eta = eta_of(look.seen.history, at)
    if eta is None:
        return ""
    error = "" if eta.error_s is None else f" ± {minutes(round(eta.error_s))}"
    return f"{minutes(round(eta.left_s))}{error} left"


def _silence(look: Look, zone: ZoneInfo) -> str:
    """ "silent since 14:02, its end is not known", where nothing tells how it stands."""
    seen = look.seen
    state = state_of(seen)
    if seen.history.empty:
        return ""
    return silence_words(state.value, silent_since(seen), seen.now_s, zone)


def _table(tracks: Sequence[Track]) -> list[str]:
    key = key_metric(track.name for track in tracks)
    ordered = sorted(tracks, key=lambda t: (t.name != key, better_of(t.name) is None))
    width = max(6, *(min(cell_count(track.name), 36) for track in ordered[:MAX_SHOWN]))
    lines = [f"  {'metric':<{width}} {'last':>10} {'best':>10} {'first':>10} {'n':>8}"]
    for track in ordered[:MAX_SHOWN]:
        figures = " ".join(f"{figure(v) or '–':>10}" for v in (track.last, track.best, track.first))
        name = middle_cut(track.name, 36)
        lines.append(f"  {padded(name, width)} {figures} {track.n:>8,}  {_course(track)}".rstrip())
    if len(ordered) > MAX_SHOWN:
        lines.append(f"  and {len(ordered) - MAX_SHOWN} more: --json shows all")
    return lines


def _course(track: Track) -> str:
    """A small curve of the means, low to high."""
    return spark([point.value for point in track.series.means()], 16)
