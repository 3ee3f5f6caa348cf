"""Which of a run's metrics a rule judges."""

from __future__ import annotations

from flowtui.core.runs.history import History
from flowtui.core.runs.metric_track import Track
from flowtui.core.runs.metrics import (
    Better,
    Split,
    base_of,
    key_metric,
    partner,
    split_of,
    words_of,
)

ADVERSARIAL = {"g", "d", "gen", "disc", "generator", "discriminator", "adv", "critic", "gan"}
"""Losses of players against each other: up or down, neither is good or bad."""


def validation(history: History) -> Track | None:
    """The validation metric that matters most."""
    names = [name for name in history.metrics if split_of(name) is Split.VALIDATION]
    key = key_metric(names)
    return history.metrics[key] if key is not None else None


def training(history: History) -> Track | None:
    """The training loss; of several the one that is simply called loss, or has the most values."""
    losses = [
        track
        for track in history.metrics.values()
        if track.better is Better.LOWER
        and split_of(track.name) in (Split.TRAIN, None)
        and not ADVERSARIAL & set(words_of(track.name))
    ]
    plain = [track for track in losses if base_of(track.name) in ("loss", "smooth loss", "lm loss")]
    return max(plain or losses, key=lambda track: track.n, default=None)


def partner_of(track: Track, history: History) -> Track | None:
    """The training metric that belongs to a validation metric, or else the training loss."""
    name = partner(track.name, history.metrics)
    return history.metrics[name] if name is not None else training(history)
