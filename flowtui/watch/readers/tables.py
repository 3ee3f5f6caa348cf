"""Tables on the console: a heading, perhaps a line of dashes, then a row an epoch or a step.

spaCy (`E    #    LOSS TOK2VEC  SCORE`), skorch, fastai, Chainer's PrintReport, scikit-learn's
boosting, DeePMD's lcurve.out (`#  step  rmse_val`), tab-separated logs; and boxes of bars: Stable-
Baselines3, Spinning Up, AWR (`|  name  |  1.0 |`), Ray's table of trials, RLlib's block of results.
"""

from __future__ import annotations

import re

from flowtui.core.runs.metrics import better_of, split_of
from flowtui.core.runs.reading import Item, Reading
from flowtui.watch.readers.bars import Bar, read_bar
from flowtui.watch.readers.figures import NUMBER, clock_s, length_s, number
from flowtui.watch.readers.place import Place
from flowtui.watch.readers.records import items_of

FASTAI = "fastai"
TABLE = "table"
BOX = "sb3"
RESULT = "rllib"

MAX_ROWS = 200
_EPOCHS = frozenset({"e", "epoch", "epochs", "ep"})
_STEPS = frozenset({
    "#", "step", "steps", "iter", "iters", "iteration", "iterations", "it", "round", "n_iter",
    "batch", "global_step", "update", "t", "gen", "generation",
})  # fmt: skip
_TIMES = frozenset(
    {"time", "dur", "elapsed_time", "remaining time", "remaining", "eta", "epoch_time"}
)
_GAP = re.compile(r"\s{2,}|\t+|\s*\|\s*")
_CELL = re.compile(rf"({NUMBER})\s*(?:%|[a-zA-Z]{{1,3}})?$")
_NOTHING = re.compile(r"(?:-+|N/?A|None|\+|\*|—)$")
_DASHES = re.compile(r"[-=+| :]{6,}$")
_IN_BRACKETS = re.compile(r"(?<=\w) ?\((?:%|[A-Za-z/]{1,8})\)")
"""A unit in a heading: `Acc (%)`, `Time (s)`."""
_FASTAI_BAR = re.compile(
    r"(.*?)\s*: ?\|[█▉▊▋▌▍▎▏\-]*\|\s*[\d.]+% \[(\d+)/(\d+) ([\d:]+)<([\d:]+|\?)\.*(?:\s+("
    + NUMBER
    + "))?"
)


def read(text: str, place: Place) -> list[Item] | None:
    """What a line of a table says; None if it is none."""
    if "|" in text and "% [" in text:
        return _fastai_bar(text, place)
    first = text[0]
    if place.header and (first.isdigit() or first in "-.+|"):
        return _row(text, place)
    if first.isalpha() or first == "#" or (first == "|" and text.count("|") > 3):
        return _heading(text.strip("| "), place)
    return None


def _heading(text: str, place: Place) -> list[Item] | None:
    if (
        not text
        or any(mark in _IN_BRACKETS.sub("", text) for mark in ":={}()<>,;")
        or len(text) > 2000
        or re.search(r"(?i)\s\d|[\[\]]|\b(?:nan|inf)\b", text)
    ):
        return None
    bare = (
        text.lstrip("# ") if text[0] == "#" and text[1:2] == " " and "  " in text.strip() else text
    )
    bare = (
        text if text.split(None, 1)[0] == "#" and bare[:4].lower() not in ("step", "epoc") else bare
    )
    cells = [cell for cell in _GAP.split(bare.strip()) if cell]
    words = bare.split()
    spaced = "\t" in text or "|" in text or "  " in bare.strip()
    if len(cells) < len(words) and (len(cells) < 2 or not spaced):
        cells = words
    first = cells[0].lower().split() if cells else []
    if len(first) > 1 and all(word in _EPOCHS | _STEPS for word in first):
        cells = [*cells[0].split(), *cells[1:]]  # "Epoch batch     loss": one blank between
    low = [cell.lower() for cell in cells]
    if len(cells) < 2 or len(cells) > 64 or len(set(low)) < len(low):
        return None
    placed = low[0] in _EPOCHS | _STEPS or (low[1] in _EPOCHS | _STEPS and len(low[0]) < 12)
    measured = sum(better_of(cell) is not None for cell in cells)
    if not placed and not ("\t" in text and (measured >= 2 or (measured and len(cells) > 2))):
        return None
    if placed and len(cells) == 2 and better_of(cells[1]) is None:
        return None
    place.header = cells
    place.table = FASTAI if low[0] == "epoch" and low[-1] == "time" else TABLE
    return []


def _row(text: str, place: Place) -> list[Item] | None:
    if _DASHES.match(text):
        return []
    header = place.header
    cells = text.split()
    if "|" in text:
        cells = [cell.strip() for cell in text.strip("| ").split("|")]
    if len(cells) != len(header) and "\t" in text:
        cells = text.split("\t")
    if len(cells) == len(header) - 1 and "cp" in header:
        header = [name for name in header if name != "cp"]
    if len(cells) != len(header):
        return None
    metrics: dict[str, float] = {}
    step = epoch = left = None
    for name, cell in zip(header, cells, strict=True):
        match, low = _CELL.match(cell), name.lower()
        figure = number(match[1]) if match else None
        if not cell or low in ("run", "trial", "fold", "seed", "rank", "# evals"):
            continue
        if low in _TIMES:
            left = (clock_s(cell) or length_s(cell)) if low.startswith(("rem", "eta")) else left
        elif figure is None:
            if not _NOTHING.match(cell) and clock_s(cell) is None:
                return None  # a line of something else
        elif low in _EPOCHS:
            epoch = figure
        elif low in _STEPS and step is None:
            step = int(figure) if abs(figure) < 1e15 else None
        else:
            metrics[name] = figure
    if not metrics:
        return None
    if place.section:
        metrics = {k if split_of(k) else f"{place.section}/{k}": v for k, v in metrics.items()}
    place.began = True
    if step is not None:
        place.step = step
    if place.table == FASTAI and place.bars.epoch_total:
        epoch = None  # its bars count from 1, its rows from 0
    at = step if step is not None else place.step if place.bars.epoch_total else None
    whole = None if place.total_epochs is None else float(place.total_epochs)
    return [
        Reading(at, metrics, epoch, None, whole if epoch is not None else None, None, None, left)
    ]


def _fastai_bar(text: str, place: Place) -> list[Item] | None:
    match = _FASTAI_BAR.match(text)
    if match is None:
        return None
    name, n, total, elapsed, left, loss = match.groups()
    metrics = {} if loss is None else {"smooth_loss": float(loss)}
    done = None if left == "?" else clock_s(left)
    place.table = place.table or FASTAI
    return read_bar(Bar(name, int(n), int(total), clock_s(elapsed), done, None, metrics), place)


_BOX_ROW = re.compile(rf"[|│┃]( *)([\w/.%()#-]+(?: [\w/.%()#-]+)*) *[|│┃] *({NUMBER})? *[|│┃]$")
_BOX_END = re.compile(r"[-+=─━┌┐└┘├┤╰╯╭╮┴]{6,}")


def read_box(text: str, place: Place) -> list[Item] | None:
    """What a line of a box says: the whole box at its last line, nothing before."""
    first = text[0]
    if place.rows and first in "-+=└╰─" and _BOX_END.match(text):
        rows, place.rows, place.box = place.rows, {}, ""
        return _boxed(rows, place)
    if first not in "|│┃" or text[-1] not in "|│┃":
        return None
    match = _BOX_ROW.match(text)
    if match is None:
        return _trials(text, place)
    name, value = match[2], number(match[3] or "")
    if value is None:
        place.box = name if name.endswith("/") else ""
    elif len(place.rows) < MAX_ROWS:
        inside = len(match[1]) > 1 and bool(place.box)
        place.rows[f"{place.box}{name}" if inside else name] = value
    return []


_BOX_STEPS = (
    "time/total_timesteps", "total_timesteps", "misc/total_timesteps", "TimestepsSoFar",
    "TotalEnvInteracts", "steps", "Iteration", "iteration", "time/iterations",
)  # fmt: skip


def _boxed(rows: dict[str, float], place: Place) -> list[Item]:
    step = next((rows.pop(name) for name in _BOX_STEPS if name in rows), None)
    epoch = next((rows.pop(name) for name in ("Epoch", "epoch") if name in rows), None)
    rows = {name: value for name, value in rows.items() if name.lower() not in ("seed",)}
    measures = any(better_of(name) is not None for name in rows)
    if not rows or (step is None and epoch is None and not measures):
        return []  # a program's settings in a box
    place.began = True
    if step is not None:
        place.step = int(step)
    return [Reading(place.step, rows, epoch)]


def _trials(text: str, place: Place) -> list[Item] | None:
    """Ray: a row for each trial under `| Trial name | status | ... | iter | ts | reward |`."""
    cells = [cell.strip() for cell in text.strip("|│").split("|")]
    if cells[0].startswith("Trial name"):
        place.columns = cells
        return []
    if (
        not place.columns
        or place.columns[0] != cells[0][:0] + place.columns[0]
        or len(cells) != len(place.columns)
    ):
        return None
    if not place.columns[0].startswith("Trial name"):
        return None
    row = {
        name: figure
        for name, cell in zip(place.columns, cells, strict=True)
        if (figure := number(cell)) is not None and name not in ("loc",)
    }
    step = row.pop("iter", None)
    if not row or step is None:
        return []
    place.step, place.began = int(step), True
    return [Reading(place.step, row)]


_RESULT_LINE = re.compile(rf"\s+([\w/.-]+):(?: ({NUMBER}|[\w\"'\[{{-].*))?$")


def read_result(raw: str, text: str, place: Place) -> list[Item] | None:
    """RLlib: `Result for TRIAL:`, then indented names and values until a line that is none."""
    if text.startswith("Result for ") and text.endswith(":"):
        items = _result_over(place)
        place.table = RESULT
        return items
    if place.table != RESULT:
        return None
    match = _RESULT_LINE.match(raw) if raw[:1] == " " else None
    if match is None:
        place.table = ""
        return _result_over(place) or None
    value = number(match[2] or "")
    if value is not None and len(place.rows) < MAX_ROWS:
        place.rows[match[1]] = value
    return []


_NO_RESULT = re.compile(
    r"(?:^|_)(?:pid|time_since|timestamp|num_workers|num_env|iterations_since|id)|_pid$"
)


def _result_over(place: Place) -> list[Item]:
    rows, place.rows = place.rows, {}
    rows = {name: value for name, value in rows.items() if not _NO_RESULT.search(name)}
    items = items_of(rows, strict=True) if rows else []
    for item in items:
        if isinstance(item, Reading) and item.step is not None:
            place.step, place.began = item.step, True
    return items


def over(place: Place) -> list[Item]:
    """What a box or a block of results holds whose end never came."""
    if place.table == RESULT:
        return _result_over(place)
    rows, place.rows = place.rows, {}
    return _boxed(rows, place) if rows else []
