"""Every reader of files of bytes, and which one a file is for."""

from __future__ import annotations

from flowtui.watch.readers.csvs import FastaiCsv, KerasCsv, LightningCsv, Table, UltralyticsCsv
from flowtui.watch.readers.documents import Records, TrainerState
from flowtui.watch.readers.jsonl import JsonLines
from flowtui.watch.readers.protocol import Reader
from flowtui.watch.readers.textlog import TextLog
from flowtui.watch.readers.tfevents import TfEvents
from flowtui.watch.readers.wandb import Wandb

READERS: tuple[type[Reader], ...] = (
    TfEvents,
    Wandb,
    TrainerState,
    Records,
    LightningCsv,
    UltralyticsCsv,
    KerasCsv,
    FastaiCsv,
    JsonLines,
    Table,
    TextLog,
)
HEAD = 65_536
"""How many of a file's first bytes decide."""
SURE = 0.05
"""Below this a file is taken for no log at all."""


def reader_for(head: bytes, name: str) -> Reader | None:
    """A new reader of the format that `head` looks like; None if it looks like no log."""
    sure, best = max(
        ((reader.sniff(head, name), -place) for place, reader in enumerate(READERS)),
        default=(0.0, 0),
    )
    return READERS[-best]() if sure >= SURE else None


def reader_named(name: str) -> Reader | None:
    """A new reader by its format's name."""
    return next((reader() for reader in READERS if reader.name == name), None)
