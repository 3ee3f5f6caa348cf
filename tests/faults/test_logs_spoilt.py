"""Any reader on any spoilt log: nothing raises, and what is kept can be stored and told."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from random import Random

import pytest

from flowtui.core.runs.findings.judge import judge
from flowtui.core.runs.history import History
from flowtui.core.runs.observation import Seen
from flowtui.core.runs.run_json import run_view
from flowtui.watch.readers.registry import READERS
from flowtui.watch.readers.textlog import TextLog
from tests.logs.read import FIXTURES

FILES = sorted(
    path
    for path in FIXTURES.rglob("*")
    if path.suffix in (".log", ".csv", ".jsonl", ".wandb", ".json") or "tfevents" in path.name
)
LINES = [
    line
    for path in FILES
    if path.suffix == ".log"
    for line in path.read_bytes().replace(b"\r", b"\n").split(b"\n")
    if line.strip()
]
ODD = b"0123456789:/%|[]{},.'\"= \n\r\t-+eEnaif\x1b\x00\xff"


def spoilt(rng: Random, text: bool) -> bytes:
    """A log with bytes changed, lost, put in and doubled."""
    data = bytearray(
        b"\n".join(rng.choice(LINES) for _ in range(20)) + b"\n"
        if text
        else rng.choice(FILES).read_bytes()[:6000]
    )
    for _ in range(rng.randint(0, 12)):
        at = rng.randrange(len(data)) if data else 0
        kind = rng.randrange(4)
        if kind == 0 and data:
            data[at] = rng.randrange(256)
        elif kind == 1:
            del data[at : at + rng.randint(1, 20)]
        elif kind == 2:
            data[at:at] = bytes(rng.choice(ODD) for _ in range(rng.randint(1, 10)))
        else:
            data[at:at] = data[max(0, at - 30) : at]
    return bytes(data)


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
def test_a_spoilt_log_raises_nothing(reader: type) -> None:
    rng = Random(7)
    for _ in range(80):
        data = spoilt(rng, reader is TextLog)
        made = reader()
        reader.sniff(data[:65_536], "train.log")  # type: ignore[attr-defined] # a Reader
        history = History()
        history.fold(made.feed(data) + made.close(), 1.7e9)

        again = History.load(history.dump())
        seen = Seen(now=datetime(2026, 1, 1, tzinfo=UTC), history=again)
        json.dumps(run_view(seen, judge(seen), "UTC"), allow_nan=False)
        made.restore(json.loads(json.dumps(made.state())))
