"""The crash card in words: a fact a line, what matters first."""

from __future__ import annotations

from flowtui.core.runs.crash_card import CrashCard, crash_card
from flowtui.core.runs.observation import Seen
from flowtui.core.runs.run_text import figure

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
