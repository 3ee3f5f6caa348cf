"""A real small training: a network of one hidden layer learns noisy two-class data, by numpy.

    python training.py --steps 600 [--lr 0.3] [--train 2000] [--hidden 16] [--crash-at 300]

Too high a rate makes its loss not a number; few samples and a wide layer make it overfit.
"""

from __future__ import annotations

import argparse
import time

import numpy as np


def data(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Points on two noisy half circles among ten dimensions, a tenth of the labels flipped."""
    label = rng.integers(0, 2, count)
    angle = rng.uniform(0, np.pi, count)
    sign = 1 - 2 * label
    points = rng.normal(0, 0.25, (count, 10))
    points[:, 0] += np.cos(angle) * sign + label
    points[:, 1] += np.sin(angle) * sign + 0.5 * label
    flipped = np.where(rng.random(count) < 0.1, 1 - label, label)
    return points, flipped.astype(float)


def forward(
    weights: list[np.ndarray], points: np.ndarray, label: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """Mean loss, hidden layer and error of the output."""
    hidden = np.tanh(points @ weights[0] + weights[1])
    logit = (hidden @ weights[2])[:, 0] + weights[3][0]
    loss = np.logaddexp(0, logit) - label * logit
    return float(loss.mean()), hidden, 1 / (1 + np.exp(-logit)) - label


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--lr", type=float, default=0.3)
    parser.add_argument("--train", type=int, default=2000)
    parser.add_argument("--hidden", type=int, default=16)
    parser.add_argument("--crash-at", type=int, default=-1)
    parser.add_argument("--pause", type=float, default=0.01)
    options = parser.parse_args()
    rng = np.random.default_rng(7)
    train, held = data(rng, options.train), data(rng, 1000)
    weights = [
        rng.normal(0, 1.5, (10, options.hidden)), np.zeros(options.hidden),
        rng.normal(0, 0.3, (options.hidden, 1)), np.zeros(1),
    ]  # fmt: skip
    np.seterr(all="ignore")
    for step in range(1, options.steps + 1):
        batch = rng.integers(0, options.train, min(64, options.train))
        points, label = train[0][batch], train[1][batch]
        loss, hidden, error = forward(weights, points, label)
        error = error[:, None] / len(batch)
        back = (error @ weights[2].T) * (1 - hidden**2)
        for place, slope in enumerate(
            (points.T @ back, back.sum(0), hidden.T @ error, error.sum(0))
        ):
            weights[place] = weights[place] - options.lr * slope
        if step % 10 == 0:
            print(
                f"step {step}/{options.steps} | loss: {loss:.4g} | lr: {options.lr:g}", flush=True
            )
        if step % 50 == 0:
            whole, _, _ = forward(weights, *train)
            validation, _, _ = forward(weights, *held)
            print(f"step {step}: train loss {whole:.4g}, val loss {validation:.4g}", flush=True)
        if step == options.crash_at:
            raise RuntimeError("CUDA error: device-side assert triggered")
        time.sleep(options.pause)


if __name__ == "__main__":
    main()
