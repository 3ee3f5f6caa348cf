"""Programs of classical learning, statistics and benchmarks: what is peculiar to their lines.

fastText (`Progress: 12.1% ... ETA: 0h 3m12s`), gensim (`EPOCH - 2 : training on`), Vowpal Wabbit's
table under two lines of heading, LIBLINEAR's `iter 1 act ... |g| ...`, gplearn's generations,
Stan's chains and optimizer, AutoGluon's models, LBANN, TensorFlow's CNN benchmarks, Torch 7's bar,
MATLAB's table. Sources: fasttext/src/fasttext.cc; gensim/models/word2vec.py (3 and 4);
vowpalwabbit's shared_data; liblinear/newton.cpp; gplearn/genetic.py; stan/services; autogluon's
abstract_trainer; lbann/callbacks/print.cpp; tf_cnn_benchmarks' benchmark_cnn.py; torch/xlua;
MATLAB's trainNetwork.
"""

from __future__ import annotations

import re

from flowtui.core.runs.reading import NOTHING, Item, Notice, NoticeKind, Reading
from flowtui.watch.readers.bars import Bar, read_bar
from flowtui.watch.readers.figures import NUMBER, length_s, number, pairs, whole
from flowtui.watch.readers.place import Place

FASTTEXT = "fasttext"
GENSIM = "gensim"
WABBIT = "vowpal-wabbit"
LIBLINEAR = "liblinear"
GPLEARN = "gplearn"
STAN = "stan"
AUTOGLUON = "autogluon"
LBANN = "lbann"
CNN_BENCHMARKS = "tf-cnn-benchmarks"
XLUA = "torch7"
MATLAB = "matlab"

_PROGRESS = re.compile(r"Progress:\s*([\d.]+)%\s++(?=words/sec)")
_NAMED = re.compile(rf"(?<![\w./])([A-Za-z][\w./]*):\s*({NUMBER})(?=\s|$)")
_LEFT = re.compile(r"(?i)eta:\s*(\d[\d hms]{0,20})")


def read_fasttext(text: str, place: Place) -> list[Item] | None:
    """`Progress: 50.3% words/sec/thread: 75001 lr: 0.02 avg.loss: 2.0 ETA: 0h 1m34s`: a share."""
    match = _PROGRESS.match(text) if text.startswith("Progress:") else None
    share = number(match[1]) if match else None
    if match is None or share is None:
        return None
    left = _LEFT.search(text)
    metrics = pairs(_NAMED.findall(text[match.end() : left.start() if left else None]))
    place.began = True
    return [
        Reading(
            None, metrics, share / 100, None, 1.0,
            eta_s=length_s(re.sub(r"(?<=[hm])\s*|\s+(?=[hms])", "", left[1])) if left else None,
        )
    ]  # fmt: skip


_CORPUS = re.compile(
    r"EPOCH (?:- )?(?P<epoch>\d+) ?(?P<over>:)?(?:- PROGRESS: at (?P<share>[\d.]+)% examples)?"
)
_WORDS = re.compile(r"(?<![\d.])([\d.]+) (?:effective )?words/s\b")


def read_gensim(text: str, place: Place) -> list[Item] | None:
    """`EPOCH - 2 : training on ... effective words/s`, `EPOCH 1 - PROGRESS: at 35% examples`."""
    if not text.startswith("EPOCH ") or " words/s" not in text:
        return None
    match = _CORPUS.match(text)
    epoch = whole(match["epoch"]) if match and (match["over"] or match["share"]) else None
    if epoch is None:
        return None
    place.epoch, place.began = epoch, True
    speed = _WORDS.findall(text)
    metrics = pairs([("words/s", speed[-1])]) if speed else NOTHING
    return [Reading(None, metrics, float(place.epoch))]


_HEADING = ["average", "since", "example", "example"]
_WABBIT = re.compile(
    rf"({NUMBER})\s+({NUMBER})\s+(\d+)\s+({NUMBER})\s+(\S+)\s+(\S+)\s+(\d+)(?:\s+h)?$"
)


def read_wabbit(text: str, place: Place) -> list[Item] | None:
    """A row under `average since example example current current current`.

    Its first figures are the loss from the beginning and that since the last row, which has an `h`
    behind it where it is of held-out examples. Examples are no steps.
    """
    if text.startswith("average") and text.split()[:4] == _HEADING:
        place.table, place.header = WABBIT, []
        return []
    if place.table != WABBIT:
        return None
    if text.startswith("finished run"):
        place.table = ""
        return [Notice(NoticeKind.FINISHED, text)]
    match = _WABBIT.match(text)
    if match is None:
        return [] if text.split()[:2] == ["loss", "last"] else None
    place.began = True
    own = "valid/" if text.endswith("h") else ""
    named = (("average loss", match[1]), ("loss since last", match[2]))
    return [Reading(None, pairs((f"{own}{name}", value) for name, value in named))]


_NEWTON = re.compile(r"iter\s+(\d+) (?=(?:act|f) )")
_TERM = re.compile(rf"(act|pre|delta|f|\|g\||CG)\s+({NUMBER})")


def read_liblinear(text: str, place: Place) -> list[Item] | None:
    """`iter  1 act 3.2e+02 pre 3.0e+02 delta 1.2e+00 f 4.3e+02 |g| 5.6e+02 CG   3`"""
    match = _NEWTON.match(text) if text.startswith("iter ") and "|g|" in text else None
    step = whole(match[1]) if match else None
    if match is None or step is None:
        return None
    place.step, place.began = step, True
    return [Reading(place.step, pairs(_TERM.findall(text, match.end())))]


_GENERATION = (
    "Gen", "average length", "average fitness", "best length", "best fitness", "OOB fitness",
    "remaining",
)  # fmt: skip


def read_gplearn(text: str, place: Place) -> list[Item] | None:
    """The headings of its table, which name two columns alike; its rows are a table's."""
    if text.startswith("|") and "Population Average" in text:
        return []
    if text.startswith("Gen ") and "Fitness" in text and "Time Left" in text:
        place.header = list(_GENERATION)
        if "OOB" not in text:
            place.header.remove("OOB fitness")
        place.table = GPLEARN
        return []
    return None


_CHAIN = re.compile(r"(?:Chain (\d+):?\s+)?Iteration:\s+(\d+) / (\d+) \[\s*\d+%\]")
_OPTIMIZER = ("Iter", "log prob", "||dx||", "||grad||", "alpha", "alpha0", "# evals")


def read_stan(text: str, place: Place) -> list[Item] | None:
    """`Chain 1: Iteration:  200 / 2000 [ 10%]  (Warmup)`: a chain is a worker, the lowest counts.

    And the table of its optimizer, whose names hold the bars that part other tables.
    """
    if text.startswith("Iter ") and "log prob" in text and "||dx||" in text:
        place.table, place.header = STAN, list(_OPTIMIZER)
        return []
    if "Iteration: " not in text[:24]:
        return None
    match = _CHAIN.match(text)
    step, total = (whole(match[2]), whole(match[3])) if match else (None, None)
    if match is None or step is None or total is None:
        return None
    place.step, place.began = step, True
    return [Reading(place.step, total_steps=total, rank=whole(match[1] or ""))]


_SCORE = re.compile(rf"({NUMBER})\s+= Validation score\s+\((-?)([\w.@-]+)\)$")


def read_autogluon(text: str, place: Place) -> list[Item] | None:
    """`0.85 = Validation score (accuracy)`: one a model; a score with a minus sign is an error."""
    if text.startswith("Beginning AutoGluon training"):
        place.began = True
        return []
    if text.startswith("AutoGluon training complete"):
        return [Notice(NoticeKind.FINISHED, text)]
    match = _SCORE.match(text) if "= Validation score" in text else None
    value = number(match[1]) if match else None
    if match is None or value is None:
        return None
    return [Reading(None, {f"val_{match[3]}": -value if match[2] else value})]


_MODEL = re.compile(
    rf"\w+ \(instance \d+\) (?P<set>training|validation|test)(?: epoch (?P<epoch>\d+))?"
    rf" (?P<name>[a-z][\w ]*?) : (?P<value>{NUMBER})(?P<unit>%|s)?$"
)

_MINIBATCHES = re.compile(r"\w+ \(instance \d+\) \w+ (?:epoch \d+ )?mini-batch time statistics")


def read_lbann(text: str, place: Place) -> list[Item] | None:
    """`model0 (instance 0) training epoch 3 objective function : 0.31`, then the validation's."""
    match = _MODEL.match(text) if "(instance " in text[:40] else None
    value = number(match["value"]) if match else None
    if match is None or value is None:
        return [] if _MINIBATCHES.match(text) else None
    place.began = True
    if match["epoch"]:
        place.epoch = whole(match["epoch"])
    if match["unit"] == "s":
        return []
    own = {"training": "", "validation": "valid/", "test": "test/"}[match["set"]]
    epoch = None if place.epoch is None else float(place.epoch)
    return [Reading(None, {f"{own}{match['name']}": value}, epoch)]


_IMAGES = re.compile(
    rf"(\d+)\s+images/sec: ({NUMBER}) \+/- {NUMBER} \(jitter = {NUMBER}\)\s+({NUMBER})"
)


def read_cnn_benchmarks(text: str, place: Place) -> list[Item] | None:
    """`20  images/sec: 184.0 +/- 0.2 (jitter = 0.6)  7.696`: the step, the speed, the loss."""
    match = _IMAGES.match(text) if "images/sec: " in text else None
    step = whole(match[1]) if match else None
    if match is None or step is None:
        return None
    place.step, place.began = step, True
    return [Reading(place.step, pairs((("images/sec", match[2]), ("total_loss", match[3]))))]


_XLUA = re.compile(r"\[[=.>]+ (\d{1,15})/(\d{1,15}) [=.>]+\] +(?:Tot|(ETA)): (\S+)")


def read_xlua(text: str, place: Place) -> list[Item] | None:
    """Torch 7: ` [======= 390/390 =======>] Tot: 12s341ms | Step: 31ms`, a bar of one epoch."""
    match = _XLUA.match(text) if text.startswith("[") and "] " in text else None
    if match is None:
        return None
    spent, left = (None, match[4]) if match[3] else (match[4], None)
    return read_bar(
        Bar("", int(match[1]), int(match[2]), length_s(spent or ""), length_s(left or "")), place
    )


_DRAWN = re.compile(r":?[-=]+:?")


def read_matlab(text: str, place: Place) -> list[Item] | None:
    """trainNetwork's table: a heading over three lines, then a row an iteration.

    A column that is empty in a row (the validation's) says nothing there.
    """
    if not text.startswith("|") or text.count("|") < 5:
        return None
    cells = [" ".join(cell.split()) for cell in text.strip().strip("|").split("|")]
    if cells[:3] == ["Epoch", "Iteration", "Time Elapsed"]:
        place.table, place.header = MATLAB, cells
        return []
    if place.table != MATLAB or len(cells) != len(place.header):
        return None
    if all(_DRAWN.fullmatch(cell) for cell in cells):
        return []
    if cells[0] and whole(cells[0]) is None:
        place.table, place.header = "", []  # another program's table
        return None
    if not cells[0]:  # the heading goes on
        place.header = [" ".join((*name.split(), *cell.split()))
                        for name, cell in zip(place.header, cells, strict=True)]  # fmt: skip
        return []
    place.began, place.epoch = True, whole(cells[0])
    place.step = place.step if whole(cells[1]) is None else whole(cells[1])
    measured = zip(place.header[2:], cells[2:], strict=True)
    metrics = pairs((name, cell.rstrip("%")) for name, cell in measured if ":" not in cell)
    return [Reading(place.step, metrics, None if place.epoch is None else float(place.epoch))]


READERS = (
    (FASTTEXT, read_fasttext),
    (GENSIM, read_gensim),
    (WABBIT, read_wabbit),
    (LIBLINEAR, read_liblinear),
    (GPLEARN, read_gplearn),
    (STAN, read_stan),
    (AUTOGLUON, read_autogluon),
    (LBANN, read_lbann),
    (CNN_BENCHMARKS, read_cnn_benchmarks),
    (XLUA, read_xlua),
    (MATLAB, read_matlab),
)
"""Their formats, each by its name; they stand before the tables, whose rows some of them are."""
