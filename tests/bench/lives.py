"""The same life through app, shell, agent and both: how far their seconds of focus lie apart.

    python -m tests.bench.lives --lives 300 --seed 1

Random histories of passing time, sleep, set clocks, reboots and pauses, as in
`tests/unit/focus/test_clock_machine.py`. Two drivers may differ by a second for each look and key
of a history, since each rounds its instants by itself; what is more is a difference.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter

from flowtui.core.focus.block import Plan
from flowtui.core.focus.measure import measure
from tests.unit.focus.test_clock_machine import Op, lived, truth

MINUTE = 60


def history(dice: random.Random) -> list[Op]:
    """One to eight steps."""
    steps: list[Op] = []
    for _ in range(dice.randrange(1, 9)):
        what = dice.choice(("pass", "pass", "sleep", "set", "off", "pause", "key"))
        amount = {
            "pass": dice.randrange(1, 40 * MINUTE), "sleep": dice.randrange(120, 4 * 3600),
            "set": dice.choice((-86400, -3600, -90, 90, 3600, 86400)),
            "off": dice.randrange(120, 4 * 3600), "pause": 0, "key": dice.randrange(60),
        }[what]  # fmt: skip
        steps.append((what, amount))
    return steps


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lives", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    dice, apart, steps = random.Random(asked.seed), Counter[int](), Counter[str]()
    different = 0
    for _ in range(asked.lives):
        lives = history(dice)
        steps.update(what for what, _ in lives)
        seconds = {
            name: measure(block, block.ended_at or block.started_at).focus_s
            for name, block in lived(lives, Plan()).items()
        }
        widest = max(seconds.values()) - min(seconds.values())
        off = max(abs(value - truth(lives)) for value in seconds.values())
        apart[widest] += 1
        different += max(widest, off) > 2 + 2 * len(lives)
    print(f"{asked.lives} lives, {dict(steps)}")
    print(f"seconds between the drivers: {dict(sorted(apart.items()))}")
    print(f"{different} differences")


if __name__ == "__main__":
    main()
