"""A training that trains nothing: it prints what one would print. Run as a program of its own.

It imports nothing of flowtui, so that its own process stays as light as a shell script.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterator

STEPS, EVERY = 6000, 50


def lines(name: str, steps: int = STEPS, seed: int = 5) -> Iterator[str]:
    """The lines of a run whose loss falls, and whose validation follows it."""
    dice = random.Random(seed)
    floor = 0.42 if name == "base" else 0.36
    for step in range(10, steps + 1, 10):
        train = floor + 2 * math.exp(-step / 900) + dice.uniform(-0.015, 0.015)
        yield f"step {step}/{STEPS} | loss: {train:.4f} | lr: 0.0003"
        if step % EVERY == 0:
            held = floor + 0.09 + 2 * math.exp(-step / 950) + dice.uniform(-0.008, 0.008)
            yield f"step {step}: train loss {train:.4f}, val loss {held:.4f}"


def main() -> None:
    """Print the past of the run at once, then a line each half second."""
    done = STEPS * 55 // 100
    for number, line in enumerate(lines("resnet-b")):
        print(line, flush=True)
        if number > done // 10:
            time.sleep(0.5)


if __name__ == "__main__":
    main()
