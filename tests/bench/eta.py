"""How often the end lies within the stated error: `python -m tests.bench.eta [--runs N]`.

For each kind of healthy run (tests/bench/simulations.py) and for each recorded course
(tests/bench/paces.json: when real programs on this machine wrote their steps) the estimate is asked
for at thirty instants from a fifth of the run on. The interval should hold the end four times in
five. What nobody can foresee is left out: a run that will be stopped and resumed is asked from then
on.
"""

from __future__ import annotations

import argparse
import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

from flowtui.core.runs.eta import eta_of
from flowtui.core.runs.history import History
from flowtui.core.runs.reading import Item, Reading
from tests.bench.simulated import START
from tests.bench.simulations import HEALTHY

PACES = Path(__file__).with_name("paces.json")
LOOKS = 30


def asked(log: Sequence[tuple[float, Item]], since: float, score: Counter[str]) -> None:
    """Ask for the end of one run again and again, and note how that went."""
    history, done = History(), 0
    times = [t for t, _ in log]
    end = times[-1]
    for k in range(1, LOOKS):
        now = end * (0.2 + 0.75 * k / LOOKS)
        until = bisect_right(times, now)
        for t, item in log[done:until]:
            history.fold([item], START + t)
        done = until
        if now <= since:
            continue
        eta = eta_of(history, START + now)
        if eta is None or eta.error_s is None:
            score["silent"] += 1
            continue
        score["asked"] += 1
        score["held"] += abs(now + eta.left_s - end) <= eta.error_s
        score["error"] += round(1000 * eta.error_s / (end - now))


def recorded(held_out: bool) -> Iterable[tuple[str, list[tuple[float, Item]]]]:
    """Name and log of each recorded course; the rule was set without those held out."""
    for each in json.loads(PACES.read_text()):
        if each.get("held_out", False) is not held_out:
            continue
        total = each["total"]
        log: list[tuple[float, Item]] = [
            (t, Reading(step, {"loss": 1.0}, total_steps=total)) for t, step in each["ticks"]
        ]
        log.append((each["ended"], Reading(total, {"done": 1.0})))
        yield each["name"], log


def _row(name: str, score: Counter[str]) -> str:
    asked_ = max(1, score["asked"])
    silent = score["silent"] / max(1, score["asked"] + score["silent"])
    return (
        f"| {name} | {score['held'] / asked_:.0%} | {score['error'] / asked_ / 1000:.0%} | "
        f"{silent:.0%} |"
    )


def main() -> None:
    """Ask, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    chosen = parser.parse_args()
    print("| runs | the end within the error | error, share of what is left | no error stated |")
    print("|---|---|---|---|")
    for kind in HEALTHY:
        score: Counter[str] = Counter()
        name = ""
        for seed in range(chosen.runs):
            sim = kind(Random(seed))
            name = sim.name
            asked(sim.log, sim.unwatched[1], score)
        print(_row(name, score))
    for held_out, word in ((False, "recorded"), (True, "held out")):
        together: Counter[str] = Counter()
        scores: dict[str, Counter[str]] = {}
        for name, log in recorded(held_out):
            asked(log, 0.0, scores.setdefault(name, Counter()))
        for name, score in scores.items():
            together.update(score)
            print(_row(f"{word}: {name}", score))
        print(_row(f"{word}, together", together))


if __name__ == "__main__":
    main()
