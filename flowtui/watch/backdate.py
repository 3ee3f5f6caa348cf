"""When the figures of an old log were written, as far as its bars tell.

A bar says how long it has run. The file says when it last changed: that is the instant of its last
frame. Counting back from there, bar by bar, gives the earlier ones.
"""

from __future__ import annotations

from flowtui.core.runs.reading import Item, Reading


def backdated(items: list[Item], changed_at: float | None) -> list[Item]:
    """`items` with instants where their elapsed seconds give them; others as they were."""
    if changed_at is None or not any(
        isinstance(item, Reading) and item.elapsed_s is not None for item in items[-200:]
    ):
        return items
    found = list(items)
    began: float | None = None
    later: float | None = None
    for place in range(len(found) - 1, -1, -1):
        item = found[place]
        if not isinstance(item, Reading) or item.elapsed_s is None or item.at is not None:
            continue
        elapsed = item.elapsed_s
        if began is None:
            began = changed_at - elapsed
        elif later is not None and elapsed > later + 1.0:
            began -= elapsed  # an earlier bar: it ended where the later one began
        later = elapsed
        found[place] = item._replace(at=began + elapsed)
    return found
