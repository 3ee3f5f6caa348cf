"""The crash card: what a person wants to know of a run that ended badly, and in which words."""

from __future__ import annotations

import re

from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.runs.observation import Seen
from flowtui.core.runs.reading import Notice, NoticeKind
from flowtui.core.runs.run_state import signal_name
from flowtui.core.runs.run_text import figure

MAX_METRICS = 6


@dataclass(frozen=True, slots=True)
class CrashCard:
    """What is known of a run's end; what is not is None or empty."""

    step: int | None
    epoch: float | None
    metrics: tuple[tuple[str, float], ...]
    """Last values of what matters most."""
    exit_status: int | None
    signal: str | None
    """Name of the signal that ended it: SIGKILL."""
    traceback: Notice | None
    """The first one that the run did not go on after, with its rank."""
    others: int
    """How many more ranks had one."""
    oom: Notice | None
    fatal: Notice | None
    """A fatal line without a traceback."""
    checkpoint: str | None
    checkpoint_step: int | None
    resume: str | None
    """The command to go on from it, if the framework is known; to be read before it is run."""


def crash_card(seen: Seen) -> CrashCard:
    """The card of a run, from all that was seen of it."""
    history = seen.history
    latest = history.latest()
    traces = [n for n in latest if n.kind is NoticeKind.TRACEBACK]
    saved = [n for n in history.of_kind(NoticeKind.CHECKPOINT) if n.path]
    path = seen.checkpoint or (saved[-1].path if saved else None)
    step = saved[-1].step if saved and path == saved[-1].path else _step_in(path)
    ranks = {n.rank for n in traces}
    return CrashCard(
        history.step,
        history.epoch,
        _metrics(seen),
        seen.exit_status,
        None if seen.exit_status is None else signal_name(seen.exit_status),
        traces[0] if traces else None,
        max(0, len(ranks) - 1),
        next((n for n in latest if n.kind is NoticeKind.OOM), None),
        next((n for n in latest if n.kind is NoticeKind.FAILED), None),
        path,
        step,
        resume_command(seen, path),
    )


def resume_command(seen: Seen, checkpoint: str | None) -> str | None:
    """How the run's own command would go on from `checkpoint`; None where that is not known."""
    if checkpoint is None or not seen.command:
        return None
    command = " ".join(_quoted(word) for word in seen.command)
    formats = set(seen.formats)
    name = checkpoint.rstrip("/").rpartition("/")[2]
    if "hf-trainer" in formats or "hf-trainer-state" in formats or name.startswith("checkpoint-"):
        return f"{command} --resume_from_checkpoint {_quoted(checkpoint)}"
    if "nanogpt" in formats:
        return command if "--init_from=resume" in command else f"{command} --init_from=resume"
    if "megatron" in formats:
        return command if "--load" in command else f"{command} --load {_quoted(checkpoint)}"
    if "ultralytics" in formats or "ultralytics-csv" in formats:
        return f"yolo train resume model={_quoted(checkpoint)}"
    if name.endswith(".ckpt") or "lightning-csv" in formats:
        return f"{command} --ckpt_path {_quoted(checkpoint)}" if " fit" in command else None
    return None


def _metrics(seen: Seen) -> tuple[tuple[str, float], ...]:
    history = seen.history
    tracks = [t for t in history.metrics.values() if t.better is not None and t.last is not None]
    key = history.key
    tracks.sort(key=lambda track: track.name != key)
    return tuple((t.name, t.last) for t in tracks[:MAX_METRICS] if t.last is not None)


def _step_in(path: str | None) -> int | None:
    found = re.search(r"(?:step|checkpoint|iter|ckpt)[-_=]?0*(\d+)", path or "")
    return int(found[1]) if found else None


def _quoted(word: str) -> str:
    return word if re.fullmatch(r"[\w@%+=:,./-]+", word) else "'" + word.replace("'", "'\\''") + "'"


TRACE_LINES = 12
"""Of a traceback its last lines: the error, and where it came from."""


def card_lines(seen: Seen) -> tuple[str, ...]:
    """The card of a run that ended badly."""
    return tuple(lines_of(crash_card(seen)))


def lines_of(card: CrashCard) -> list[str]:
    """A card as lines; what is not known has none."""
    lines = []
    where = _where(card)
    if where:
        lines.append(f"last seen at {where}")
    if card.metrics:
        lines.append("  ".join(f"{name} {figure(value)}" for name, value in card.metrics))
    lines += _ending(card)
    if card.oom is not None:
        lines.append(f"out of memory: {card.oom.text.strip().splitlines()[-1]}")
    if card.fatal is not None and card.traceback is None:
        lines.append(card.fatal.text.strip().splitlines()[-1])
    if card.traceback is not None:
        rank = f" of rank {card.traceback.rank}" if card.traceback.rank is not None else ""
        more = f" ({card.others} more ranks had one)" if card.others else ""
        lines.append(f"first traceback{rank}{more}:")
        lines += [f"  {line}" for line in card.traceback.text.rstrip().splitlines()[-TRACE_LINES:]]
    if card.checkpoint is not None:
        step = f", step {card.checkpoint_step}" if card.checkpoint_step is not None else ""
        lines.append(f"last checkpoint: {card.checkpoint}{step}")
    if card.resume is not None:
        lines.append(f"to go on from it: {card.resume}")
    return lines


def _where(card: CrashCard) -> str:
    parts = [f"step {card.step}"] if card.step is not None else []
    parts += [f"epoch {card.epoch:g}"] if card.epoch is not None else []
    return ", ".join(parts)


def _ending(card: CrashCard) -> list[str]:
    if card.signal is not None:
        killed = "; the kernel does that when memory is short" if card.signal == "SIGKILL" else ""
        return [f"ended by {card.signal}{killed}"]
    return [f"exit status {card.exit_status}"] if card.exit_status is not None else []
