"""nanoGPT's own lines: `iter 120: loss 2.1345, time 135.20ms, mfu 12.31%`,
`step 250: train loss 2.0312, val loss 2.1045`. Source: karpathy/nanoGPT, train.py.
"""

from __future__ import annotations

from flowtui.core.runs.reading import Item
from flowtui.watch.readers import steps
from flowtui.watch.readers.place import Place

NAME = "nanogpt"


def read(text: str, place: Place) -> list[Item] | None:
    """What a line says; None if it is none of nanoGPT's."""
    if (text.startswith("iter ") and ", mfu " in text) or (
        text.startswith("step ") and ": train loss " in text
    ):
        return steps.read(text, place)
    return None
