"""Lists of nodes as SLURM writes them: n[1-3,7],gpu-a,r[01-02]n5."""

from __future__ import annotations

import re
from collections.abc import Iterator

MOST = 20_000


def names_in(text: str) -> list[str]:
    """Every name in a list; of one that is written wrongly what can be told."""
    found: list[str] = []
    for part in re.findall(r"(?:[^,\[\]]|\[[^\]]*\])+", text):
        for name in _names(part.strip()):
            if len(found) >= MOST:
                return found
            found.append(name)
    return found


def _names(part: str) -> Iterator[str]:
    head, bracket, rest = part.partition("[")
    if not bracket:
        if head:
            yield head
        return
    inside, _, tail = rest.partition("]")
    for piece in inside.split(","):
        low, dash, high = piece.partition("-")
        if not dash:
            numbers = [low]
        elif low.isdigit() and high.isdigit() and int(high) - int(low) < MOST:
            numbers = [str(n).zfill(len(low)) for n in range(int(low), int(high) + 1)]
        else:
            numbers = []
        for number in numbers:
            for end in _names(tail) if tail else ("",):
                yield f"{head}{number}{end}"
