"""Where a line says that the training stands: epoch, step, their totals; and steps of the run.

A step that begins anew with each epoch is turned into one of the whole run where the epoch's length
is known. Which it is shows when the epoch changes: an iteration that does not fall counts through
the run, so that `n/total` is the whole run. Numbers counted from 0 stay as the log writes them.
"""

from __future__ import annotations

import re

from flowtui.core.lazy_dataclass import dataclass
from flowtui.watch.readers.figures import whole
from flowtui.watch.readers.place import Place
from flowtui.watch.readers.vocabulary import (
    BARE,
    CHAINER,
    COUNTED,
    EPOCH_FLOAT,
    ESPNET,
    HEAD,
    IN_EPOCH,
    NOT_OURS,
    SET,
    SET_EPOCH,
)

FAR = 110
"""A position further right than this belongs to something else."""
MANY_SAMPLES = 5000


@dataclass(slots=True)
class Where:
    """What a line says of its place."""

    epoch: float | None = None
    epochs: float | None = None
    n: int | None = None
    total: int | None = None
    word: str = ""
    """The word before the step, in lower case; empty if there was none."""
    set: str | None = None
    """The set that stands with the epoch: `Epoch(val) [1][10/20]`."""
    within: bool = False
    """True if the step stands right behind the epoch."""
    samples: bool = False
    first: int = FAR
    """Where in the line it begins."""

    @property
    def empty(self) -> bool:
        """True if there is neither an epoch nor a step."""
        return self.epoch is None and self.n is None

    @property
    def counts_through(self) -> bool:
        """True if the word says that the step is the whole run's."""
        return self.word.startswith(("global", "num", "opt", "current", "total"))


_CHAR_RNN = re.compile(r"\s*(\d+)/(\d+) \(epoch (\d+(?:\.\d+)?)\),? ?")
"""`168/446 (epoch 0), train_loss = 2.3`: the batch of the run."""
_IN_FRONT = re.compile(r"\s*(\d+)/(\d+): (?=episode: \d)")
_EPISODE = re.compile(r"(?<!\w)episode: \d+|episode steps: \d+")


def find(text: str) -> tuple[Where, str]:
    """Where a line stands, and the line with bars in place of what says so."""
    where = Where()
    front = _IN_FRONT.match(text)
    if front is not None:  # keras-rl: `10000/1000000: episode: 53, reward: 2.0`
        where.n, where.total, where.word, where.first = int(front[1]), int(front[2]), "step", 0
        return where, f" | {_EPISODE.sub(' | ', text[front.end() :])}"
    of_run = _CHAR_RNN.match(text)
    if of_run is not None:
        where.n, where.total, where.epoch = int(of_run[1]), int(of_run[2]), float(of_run[3])
        where.word, where.first = "global step", 0
        return where, f" | {text[of_run.end() :]}"
    for pattern, take in _PAIRED:
        match = pattern.search(text) if pattern is not SET_EPOCH else pattern.match(text)
        if match is None or match.start() >= FAR or not _ours(text, match.start()):
            continue
        if take(match, where):
            text = _without(text, match, where)
            break
    if where.epoch is None:
        match = EPOCH_FLOAT.search(text)
        if match is not None and match.start() < 400 and _ours(text, match.start()):
            where.epoch = float(match[1])
            where.epochs = float(match[2]) if match[2] else None
            text = _without(text, match, where)
    text = _heads(text, where)
    if where.n is None:
        text = _counted(text, where)
    if where.empty:
        text = _bare(text, where)
    return where, text


def _without(text: str, match: re.Match[str], where: Where) -> str:
    where.first = min(where.first, match.start())
    return f"{text[: match.start()]} | {text[match.end() :]}"


def _ours(text: str, start: int) -> bool:
    return start == 0 or NOT_OURS.search(text[max(0, start - 28) : start]) is None


def _espnet(match: re.Match[str], where: Where) -> bool:
    where.epoch = float(match[1])
    where.epochs = float(match[2]) if match[2] else None
    where.set, where.word = match[3], "batch"
    if match[2]:
        where.epoch = None  # `3/20epoch started`: nothing of it is done
    return True


def _set_epoch(match: re.Match[str], where: Where) -> bool:
    if SET.fullmatch(match["set"]) is None:
        return False
    where.set, where.epoch = match["set"], float(match["epoch"])
    where.n, where.total, where.within = int(match["n"]), int(match["total"]), True
    return True


def _in_epoch(match: re.Match[str], where: Where) -> bool:
    inside = match["inset"] or match["set"]
    if inside and SET.fullmatch(inside):
        where.set = inside
    where.epoch, where.n, where.total = (
        float(match["epoch"]),
        int(match["n"]),
        int(match["total"]),
    )
    where.epochs = float(match["epochs"]) if match["epochs"] else None
    where.word, where.within = (match["unit"] or "").lower(), True
    tail = (match["tail"] or "").lower()
    where.samples = tail in ("samples", "examples", "images") or (
        match["percent"] is not None
        and where.total >= MANY_SAMPLES
        and (where.n % 8 == 0 or (match["set"] or "").lower() == "train")
    )
    return True


def _chainer(match: re.Match[str], where: Where) -> bool:
    where.n, where.word = int(match[1]), "iter"
    where.epoch, where.epochs = float(match[2]), float(match[3])
    return True


_PAIRED = ((CHAINER, _chainer), (ESPNET, _espnet), (SET_EPOCH, _set_epoch), (IN_EPOCH, _in_epoch))


def _heads(text: str, where: Where) -> str:
    """Take what follows a word, the whole run's step before any other."""
    spans: list[re.Match[str]] = []
    for match in HEAD.finditer(text):
        if match.start() > 4 * FAR or not _ours(text, match.start()):
            continue
        spans.append(match)
        if match["inset"] and SET.fullmatch(match["inset"]):  # Iter(val) [10/110]
            where.set = where.set or match["inset"]
        if match["epoch"]:
            if where.epoch is None and (n := whole(match["n"])) is not None:
                where.epoch = float(n)
                total = whole(match["total"] or "")
                where.epochs = where.epochs if total is None else float(total)
        else:
            _head_step(match, where)
    for match in reversed(spans):
        text = _without(text, match, where)
    return text


def _head_step(match: re.Match[str], where: Where) -> None:
    word = match["step"].lower()
    n = whole(match["range"][1:].strip() if match["range"] else match["n"])
    better = where.n is None or (
        word.startswith("global") or (where.word.startswith(_WEAK) and not word.startswith(_WEAK))
    )
    if n is None or not better:
        return
    where.n, where.word = n, word
    where.total = whole(match["total"] or "")


_WEAK = ("batch", "mini", "timestep", "total", "num_time", "num time")
"""Words that give way to any other step's."""


_STRONG = ("global", "train", "optim")
"""Words of a step that counts through the run."""


def _counted(text: str, where: Where) -> str:
    """`200/2983 batches`, and Chainer's `100 iter, 0 epoch / 20 epochs`."""
    for match in COUNTED.finditer(text[:FAR]):
        count = whole(match[1])
        if count is None or (match[2] is None and match.start() > 3):
            continue
        if match[3].lower().startswith(("epoch", "轮", "에포크", "エポック")):
            if where.epoch is None and match[2]:
                where.epoch, where.epochs = float(count), float(whole(match[2]) or 0) or None
            else:
                continue
        elif where.n is None:
            where.n, where.total, where.word = count, whole(match[2] or ""), match[3].lower()
        return _without(text, match, where)
    return text


_OF_SET = re.compile(r"\W*([A-Za-z]+)(?: set)?\s*:?\s*[\[(]\s*(\d+)\s*/\s*(\d+)[^\])]*[\])]")


_SET_OF_BOTH = re.compile(r"\W*([A-Za-z]+)\s*:?\s*\[\s*(\d+)/(\d+)\s*\]\s*\[\s*(\d+)/(\d+)\s*\]")
"""`valid [3/100][12/13] loss: 0.4`"""
_CLOCKED = re.compile(r"\[(\d+) \| [\d.]+\]")
"""gpt-2: `[120 | 312.05] loss=...`, step and seconds."""


_SET_STEP = re.compile(r"([A-Za-z]+):\s+(\d+)/(\d+)\s+(?=[A-Za-z])")
"""`train: 40/1000 loss: 5.1`"""
_NUMBERED = re.compile(r"\[(\d{2,}|[89])\]\s+(?=[A-Za-z][\w/.@-]*\s?=\s?[-+.\d])")
"""clu: `[500] loss=0.5, accuracy=0.9`; below 8 it may be a worker's number."""


_IN_EPOCH_BARE = re.compile(r"\[\s*(\d+),\s+(\d+)\]\s+(?=[A-Za-z])")
"""PyTorch's tutorial: `[2,  4000] loss: 1.2`, epoch and step in it."""


_OF_MXNET = re.compile(r"\[(\d+)\]\s+(?=(?:Train|Validation)-\w+=)")
"""MXNet in R: `[2] Train-accuracy=0.95`, a row an epoch."""
_TAGGED = re.compile(r"\[([A-Za-z]\w*)\s+(\d+)/(\d+)\]\s+(?=[A-Za-z])")
"""`[phase2 003/100] loss=0.5`"""


def _bare(text: str, where: Where) -> str:
    match = _SET_OF_BOTH.match(text)
    if match is not None and SET.fullmatch(match[1]):
        where.set, where.within, where.first = match[1], True, 0
        where.epoch, where.epochs = float(match[2]), float(match[3])
        where.n, where.total = int(match[4]), int(match[5])
        return f" | {text[match.end() :]}"
    match = _OF_SET.match(text)
    if match is not None and SET.fullmatch(match[1]):  # Test: [ 24/24]; Catalyst: valid (3/10)
        if "(" in match[0].partition(match[2])[0]:
            where.epoch, where.epochs = float(match[2]), float(match[3])
        else:
            where.n, where.total = int(match[2]), int(match[3])
        where.set, where.first = match[1], 0
        return f" | {text[match.end() :]}"
    match = _SET_STEP.match(text)
    if match is not None and SET.fullmatch(match[1]):
        where.set, where.n, where.total, where.first = match[1], int(match[2]), int(match[3]), 0
        return f" | {text[match.end() :]}"
    match = _CLOCKED.match(text) or _NUMBERED.match(text)
    if match is not None:
        where.n, where.first = int(match[1]), 0
        return f" | {text[match.end() :]}"
    match = _IN_EPOCH_BARE.match(text)
    if match is not None:
        where.epoch, where.n, where.word, where.first = float(match[1]), int(match[2]), "iter", 0
        return f" | {text[match.end() :]}"
    match = _OF_MXNET.match(text)
    if match is not None:
        where.epoch, where.first = float(match[1]), 0
        return f" | {text[match.end() :]}"
    match = _TAGGED.match(text)
    if match is not None:
        where.set = match[1] if SET.fullmatch(match[1]) else None
        where.n, where.total, where.first = int(match[2]), int(match[3]), 0
        return f" | {text[match.end() :]}"
    match = BARE.match(text)
    if match is None or int(match[1]) > int(match[2]):
        return text
    rest = text[match.end() :]
    again = BARE.match(rest)
    if again is not None and again.start() == 0 and int(again[1]) <= int(again[2]):
        where.epoch, where.epochs = float(match[1]), float(match[2])
        where.n, where.total, where.within = int(again[1]), int(again[2]), True
        rest = rest[again.end() :]
    else:
        where.n, where.total = int(match[1]), int(match[2])
    where.first = 0
    return f" | {rest}"


def run_step(where: Where, place: Place) -> tuple[int | None, int | None]:
    """Steps since the start of the run, and how many there will be, of a line of the training."""
    if where.n is None or where.samples:
        return None, None
    weak = where.word.startswith(_WEAK[2:])
    strong = place.counter.word.startswith(_STRONG)
    if strong and where.total is not None and not where.word.startswith(_STRONG):
        return None, None  # the run's own step was told: this one counts something else
    if weak and place.counter.word:
        return None, None  # environment steps beside iterations
    if not weak:
        place.counter.word = where.word or "step"
    epoch = where.epoch
    if epoch is None and place.epoch is not None:
        epoch = float(place.epoch)
    if epoch is None and where.word.startswith(_WEAK[:2]):
        return where.n, None  # a batch of an epoch that no line tells
    if epoch is None or where.counts_through or epoch != int(epoch):
        return where.n, where.total
    return _beside(int(epoch), where, place)


def _beside(epoch: int, where: Where, place: Place) -> tuple[int | None, int | None]:
    """The run's step of a line that gives the epoch as well."""
    counter, bars, n, total = place.counter, place.bars, where.n or 0, where.total
    if bars.base is None or epoch < bars.base:
        bars.base = 0 if epoch == 0 else 1
    if counter.epoch is not None and epoch > counter.epoch:
        fell = n <= counter.n
        if fell and total is None:
            counter.before += counter.n
        counter.through = not fell and not (where.within and not where.word)
    elif counter.epoch is None and epoch > bars.base:
        counter.through = _fits(epoch - bars.base, where)
    elif counter.epoch is not None and epoch < counter.epoch:
        counter.before = 0
    counter.epoch, counter.n = epoch, n
    if counter.through:
        return n, total
    if total is None:
        in_batches = where.word.startswith(("batch", "mini"))
        return (None if in_batches else counter.before + n), None
    whole_run = None if where.epochs is None else int(where.epochs) * total
    if counter.through is None and epoch == bars.base and not where.within and where.epochs is None:
        return n, total if where.word.startswith(("iter", "step")) else None
    return (epoch - bars.base) * total + n, whole_run


def _fits(done: int, where: Where) -> bool | None:
    """Whether a first line in a later epoch counts through the run, by its share of the whole."""
    if (where.within and not where.word) or not where.epochs or not where.total:
        return False if where.total else None
    share = (where.n or 0) / where.total
    return done / where.epochs <= share <= (done + 1) / where.epochs
