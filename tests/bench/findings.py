"""How often the rules are wrong: `python -m tests.bench.findings [--runs N]`.

N simulated runs of each kind (tests/bench/simulations.py) are watched as the app would, a reading
of the machine every few seconds, a judgement some eighty times a run; then the logs of real
libraries in tests/logs/fixtures, line by line. A false alarm is a finding, at any time of a healthy
run, that is not "finished"; a plateau is one only while the run still improves.
"""

from __future__ import annotations

import argparse
import math
from bisect import bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from statistics import median

from flowtui.core.runs.findings.finding import SEVERITY, Rule
from flowtui.core.runs.findings.judge import judge
from flowtui.core.runs.history import History
from flowtui.core.runs.observation import Seen
from flowtui.core.runs.reading import Reading
from flowtui.core.runs.rhythm import Rhythm
from flowtui.watch.readers.registry import reader_for
from tests.bench.simulated import (
    Sim,
    at,
    disk_reading,
    gpu_reading,
    process_reading,
)
from tests.bench.simulations import HEALTHY, SICK
from tests.logs.read import FIXTURES

LOOKS = 80
NO_LOGS = (".db", ".yaml", "")
WINDOW_S = 900.0
TICK_S = 10.0
"""Between two readings of the machine."""


@dataclass
class Watched:
    """Which rules spoke in a run, and when first."""

    sim: Sim
    first: dict[Rule, float] = field(default_factory=dict)


def watch(sim: Sim, seed: int) -> Watched:
    """Watch a run from its start to its end."""
    watched = Watched(sim)
    history, rhythm = History(), Rhythm()
    base = None
    if sim.baseline is not None:
        base = History()
        base.fold(sim.baseline)
    rng, done = Random(seed), 0
    times = [t for t, _ in sim.log]
    for now in looks(sim):
        until = bisect_right(times, now)
        for t, item in sim.log[done:until]:
            history.fold([item], at(t).timestamp())
            if isinstance(item, Reading):
                rhythm.arrive(at(t).timestamp())
        done = until
        seen = _seen(sim, now, history, rhythm, base, rng)
        for finding in judge(seen):
            watched.first.setdefault(finding.rule, now)
    return watched


def looks(sim: Sim) -> list[float]:
    """When it is judged: evenly, and twenty times in every silence of more than a minute."""
    found = {sim.end_at * k / LOOKS for k in range(1, LOOKS + 1)}
    times = [0.0, *(t for t, _ in sim.log), sim.end_at]
    for early, late in pairwise(times):
        if late - early > 60:
            found |= {early + (late - early) * k / 20 for k in range(1, 20)}
    gone, back = sim.unwatched
    return sorted(t for t in found if not gone < t <= back)


def _seen(
    sim: Sim, now: float, history: History, rhythm: Rhythm, base: History | None, rng: Random
) -> Seen:
    over = sim.exit_at is not None and now >= sim.exit_at
    start = max(0.0, now - WINDOW_S)
    ticks = [k * TICK_S for k in range(math.ceil(start / TICK_S), int(now / TICK_S) + 1)]
    hour = max(0.0, now - 3600)
    return Seen(
        now=at(now),
        history=history,
        rhythm=rhythm,
        started_at=at(0),
        ended_at=at(sim.exit_at) if over and sim.exit_at is not None else None,
        exit_status=sim.exit_status if over else None,
        process=[process_reading(sim, t, rng) for t in ticks[-20:]],
        gpus=[] if over else [gpu_reading(sim, t, rng) for t in ticks],
        disk=[disk_reading(sim, hour + (now - hour) * k / 30) for k in range(31)],
        baseline=base,
        baseline_name="its baseline",
    )


def real() -> dict[str, set[str]]:
    """Which rules speak, at any time, while each fixture of a real library is read in pieces."""
    found: dict[str, set[str]] = {}
    for path in sorted(p for p in FIXTURES.rglob("*") if p.is_file() and p.suffix not in NO_LOGS):
        data = path.read_bytes()
        reader = reader_for(data[:65_536], path.name)
        if reader is None or "mlruns" in path.parts or path.name == "versions.json":
            continue
        history, told = History(), found.setdefault(str(path.relative_to(FIXTURES)), set())
        for number, start in enumerate(range(0, len(data), 500)):
            history.fold(reader.feed(data[start : start + 500]), at(number).timestamp())
            told |= {f.rule.value for f in judge(Seen(now=at(number), history=history))}
        history.fold(reader.close())
        told |= {f.rule.value for f in judge(Seen(now=at(9999), history=history))}
    return found


def is_false(rule: Rule) -> bool:
    """True for what a healthy run must not be told."""
    return rule is not Rule.FINISHED


def main() -> None:
    """Run the simulations and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument("--only", default="")
    chosen = parser.parse_args()
    false: dict[Rule, Counter[str]] = defaultdict(Counter)
    total = 0
    for kind in HEALTHY:
        if chosen.only and chosen.only not in kind.__name__:
            continue
        for seed in range(chosen.runs):
            watched = watch(kind(Random(seed)), seed)
            total += 1
            for rule in watched.first:
                if is_false(rule):
                    false[rule][watched.sim.name] += 1
    print(f"{total} healthy runs of {len(HEALTHY)} kinds\n")
    print("| finding | class | healthy runs with a false alarm | most often in |")
    print("|---|---|---|---|")
    for rule in Rule:
        if is_false(rule):
            found = false[rule]
            most = ", ".join(f"{name} {n}" for name, n in found.most_common(3)) or "–"
            share = sum(found.values()) / max(1, total)
            print(f"| {rule.value} | {SEVERITY[rule].value} | {share:.1%} | {most} |")
    _sick_table(chosen.runs, chosen.only)
    if not chosen.only:
        print("\nReal logs:")
        for name, told in real().items():
            print(f"  {name:<40} {', '.join(sorted(told)) or 'nothing'}")


def _sick_table(runs: int, only: str) -> None:
    print("\n| sick run | finding | found | median delay | other findings |")
    print("|---|---|---|---|---|")
    for kind in SICK:
        if only and only not in kind.__name__:
            continue
        delays: list[float] = []
        others: Counter[str] = Counter()
        found, sim = 0, kind(Random(0))
        for seed in range(runs):
            sim = kind(Random(seed))
            watched = watch(sim, seed)
            rule = Rule(sim.wanted)
            if rule in watched.first:
                found += 1
                delays.append((watched.first[rule] - (sim.sick_at or 0.0)) / sim.end_at)
            others.update(
                r.value for r in watched.first if r is not rule and r is not Rule.FINISHED
            )
        late = f"{median(delays):.0%} of the run" if delays else "–"
        more = ", ".join(f"{name} {n / runs:.0%}" for name, n in others.most_common(3)) or "–"
        print(f"| {sim.name} | {sim.wanted} | {found / runs:.0%} | {late} | {more} |")


if __name__ == "__main__":
    main()
