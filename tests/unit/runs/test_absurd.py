"""Whatever figures a log claims, a run can be judged, told as JSON and stored."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from random import Random

from flowtui.core.runs.findings.judge import judge
from flowtui.core.runs.history import History
from flowtui.core.runs.observation import Seen
from flowtui.core.runs.reading import Reading
from flowtui.core.runs.rhythm import Rhythm
from flowtui.core.runs.run_json import run_view

NAMES = ("loss", "val_loss", "train_loss", "val_acc", "g_loss", "grad_norm", "lr", "reward")
VALUES = (0.0, 1.0, -1.0, 1e308, -1e308, 1e-320, math.nan, math.inf, -math.inf, 5.0, 1e20)


def absurd(rng: Random, names: list[str], rhythm: Rhythm) -> History:
    """A history of readings with figures that no run has."""
    history, at = History(), 1.7e9
    for k in range(rng.randint(1, 120)):
        at += rng.choice([0, 0.1, 1, 100, -5, 1e6])
        values = {n: rng.choice(VALUES) if rng.random() < 0.5 else rng.gauss(1, 1) for n in names}
        reading = Reading(
            rng.choice([k, k * 10, -k, 0, None, 10**15, 10**30]),
            values,
            rng.choice([None, k / 3, math.nan, math.inf]),
            rng.choice([None, 100, 0, -3]),
            rng.choice([None, 3.0, math.nan]),
            rng.choice([at, None, math.inf, math.nan, -1e18]),
            eta_s=rng.choice([None, 1.0, math.inf, math.nan, -4.0]),
            rate=rng.choice([None, 2.0, math.inf]),
        )
        history.fold([reading], rng.choice([None, at]))
        rhythm.arrive(rng.choice([at, math.nan, math.inf]))
    return history


def test_a_run_of_absurd_figures_is_judged_told_and_stored() -> None:
    rng = Random(3)
    for _ in range(150):
        rhythm, names = Rhythm(), rng.sample(NAMES, 3)
        history, base = absurd(rng, names, rhythm), absurd(rng, names, Rhythm())
        seen = Seen(
            now=datetime(2030, 1, 1, tzinfo=UTC),
            history=history,
            baseline=base,
            rhythm=rhythm,
            started_at=datetime(2026, 1, 1, tzinfo=UTC),
        )

        json.dumps(run_view(seen, judge(seen), "UTC"), allow_nan=False)
        again = History.load(history.dump())
        assert again.dump() == history.dump()
        json.dumps(Rhythm.from_json(rhythm.to_json()).to_json(), allow_nan=False)
