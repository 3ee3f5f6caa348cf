"""Stable-Baselines3's table on the console: sections, names and numbers between bars.

    -----------------------------
    | rollout/           |      |
    |    ep_rew_mean     | 21.5 |
    | time/              |      |
    |    total_timesteps | 2048 |
    -----------------------------

Source: stable_baselines3/common/logger.py, HumanOutputFormat (2.x); written from the format.
"""

from __future__ import annotations

import re

from flowtui.core.runs.reading import Item, Reading
from flowtui.watch.readers.figures import NUMBER, number
from flowtui.watch.readers.place import Place

NAME = "sb3"

_ROW = re.compile(rf"\|( +)([\w/.%-]+(?: [\w/.%-]+)*) *\| *({NUMBER})? *\|$")
MAX_ROWS = 100


def read(text: str, place: Place) -> list[Item] | None:
    """What a line of the table says: the whole table at its last line, nothing before."""
    if text[0] == "-" and place.rows:
        rows, place.rows, place.section = place.rows, {}, ""
        step = rows.pop("time/total_timesteps", rows.pop("total_timesteps", None))
        place.step = place.step if step is None else int(step)
        return [Reading(place.step, rows)]
    if text[0] != "|" or text[-1] != "|":
        return None
    found = _ROW.match(text)
    if found is None:
        return None
    name, value = found[2], number(found[3] or "")
    if value is None:
        place.section = name if name.endswith("/") else ""
    elif len(place.rows) < MAX_ROWS:
        inside = len(found[1]) > 1
        place.rows[f"{place.section}{name}" if inside else name] = value
    return []
