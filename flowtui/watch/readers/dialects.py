"""Lines that need more than names and values: a few lines for each program that writes them.

All else is `lines`' to read. Sources: megatron/training/training.py; darknet's detector.c (both
forks); optuna/study/study.py; kaldi's nnet-training.cc; pycocotools/cocoeval.py; TensorFlow's
basic_session_run_hooks.py; allennlp/training/callbacks; karpathy/nanoGPT and llm.c; Keras-GAN.
"""

from __future__ import annotations

import re

from flowtui.core.runs.reading import Item, Notice, NoticeKind, Reading
from flowtui.watch.readers import lines
from flowtui.watch.readers.figures import NUMBER, number, pairs, scaled
from flowtui.watch.readers.place import Place

MEGATRON = "megatron"
NANOGPT = "nanogpt"
DARKNET = "darknet"
OPTUNA = "optuna"
ALLENNLP = "allennlp"
GAN = "keras-gan"
LEROBOT = "lerobot"
DEEPSPEED = "deepspeed"
PADDLESEG = "paddleseg"
BIGDL = "bigdl"
VITS = "vits"
KALDI = "kaldi"
NERFSTUDIO = "nerfstudio"
COCO = "coco"
ESTIMATOR = "tf-estimator"

_HEAD = re.compile(r"\s*iteration\s+(\d+)\s*/\s*(\d+)\s*\|")
_CELL = re.compile(rf"\s*([A-Za-z][^|:]*?)\s*:\s*({NUMBER})")
_VALIDATION = re.compile(
    r"(validation|test) (?:loss|results) at (?:iteration|the end)[^|\d]*(\d*)[^|]*\|(.*)"
)
_AT = re.compile(r" (?:loss|results) at ")
_MS = re.compile(r"elapsed time per iteration \(ms\): ([\d.]+)")


def read_megatron(text: str, place: Place) -> list[Item] | None:
    """` iteration 10/ 500000 | lm loss: 1.0E+01 | ... |`, and its validation."""
    if "|" not in text or ("iteration" not in text and not _AT.search(text)):
        return None
    head = _HEAD.match(text)
    if head:
        step, total = int(head[1]), int(head[2])
        metrics = pairs(_CELL.findall(text[head.end() :].replace("|", " |")))
        per_ms = _MS.search(text)
        rate = 1000 / (number(per_ms[1]) or 1.0) if per_ms else None
        place.step, place.began = step, True
        left = None if rate is None or step > total else (total - step) / rate
        return [Reading(step, metrics, None, total, None, None, None, left, rate)]
    match = _VALIDATION.search(text)
    if match is None:
        return None
    cells = pairs(_CELL.findall(match[3].replace("|", " |")))
    metrics = {f"{match[1]} {name.removesuffix(' value')}": value for name, value in cells.items()}
    step_text = match[2]
    return [Reading(int(step_text) if step_text else place.step, metrics)] if metrics else None


def read_nanogpt(text: str, place: Place) -> list[Item] | None:
    """`iter 120: loss 2.1345, time 135.20ms, mfu 12.31%`, `step 250: train loss 2.0, val loss"
    " 2.1`."""
    if (text.startswith("iter ") and ", mfu " in text) or (
        text.startswith("step ") and ": train loss " in text
    ):
        return lines.read(text, place)
    short = re.match(rf"s:(\d+) (t[re]l):({NUMBER})(?: .*)?$", text)
    if short is None:
        return None
    place.step, place.began = int(short[1]), True
    name = {"tel": "val_loss", "trl": "train_loss"}[short[2]]
    return [Reading(place.step, {name: float(short[3])})]


_DARKNET = re.compile(
    rf"(\d+): ({NUMBER}), ({NUMBER}) avg(?: loss)?, ({NUMBER}) rate, ({NUMBER}) seconds, (\d+)"
    r" images(?:,? .*?([\d.]+) hours left)?"
)


def read_darknet(text: str, place: Place) -> list[Item] | None:
    """`100: 3.21, 4.5 avg loss, 0.001 rate, 2.1 seconds, 6400 images, 1.5 hours left`."""
    if text.startswith("v3 (") and "Normalizer" in text:
        return []  # what each layer of it adds up, with its settings
    if " avg" not in text or " rate, " not in text:
        return None
    match = _DARKNET.match(text)
    if match is None:
        return None
    place.step, place.began = int(match[1]), True
    names = ("loss", "avg loss", "rate", "seconds")
    metrics = pairs(zip(names, match.groups()[1:5], strict=True))
    left = float(match[7]) * 3600 if match[7] else None
    return [Reading(place.step, metrics, eta_s=left)]


_SPEED = re.compile(r"\d+/\d+, (?=\w*SamplesPerSec=)")
_EQUAL = re.compile(rf"([A-Za-z]\w*)=({NUMBER})")


def read_deepspeed(text: str, place: Place) -> list[Item] | None:
    """`0/2000, SamplesPerSec=9.52`: a micro step and a step, no step of a whole."""
    match = _SPEED.match(text) if "SamplesPerSec=" in text[:60] else None
    if match is None:
        return None
    return [Reading(place.step, pairs(_EQUAL.findall(text[match.end() :])))]


_PADDLE = re.compile(r"\[TRAIN\] epoch: (\d+), iter: (\d+)/(\d+), ")


def read_paddleseg(text: str, place: Place) -> list[Item] | None:
    """`[TRAIN] epoch: 2, iter: 40/500, loss: 1.9 | ETA 00:02:40`: iterations of the whole run.

    A line of PaddleX' says again what the best evaluation was.
    """
    if text.startswith("Current evaluated best model"):
        return []
    if text.startswith(("END valid ", "END epoch:")):  # PaddleClas
        return lines.read(text[4:], place)
    match = _PADDLE.match(text) if text.startswith("[TRAIN] epoch: ") else None
    if match is None:
        return None
    place.epoch = None
    read = lines.read(f"iter: {match[2]}/{match[3]}, {text[match.end() :]}", place)
    place.epoch = int(match[1])
    return [
        item._replace(epoch=float(match[1])) if isinstance(item, Reading) else item
        for item in read or []
    ]


_BIGDL = re.compile(r"\[Epoch (\d+) \d+/\d+\]\[Iteration (\d+)\]\[Wall Clock [\d.]+s\] ")


def read_bigdl(text: str, place: Place) -> list[Item] | None:
    """`[Epoch 64 736512/1281167][Iteration 45457][Wall Clock 19.8s] ... Loss is 1.26.`"""
    match = _BIGDL.match(text) if text.startswith("[Epoch ") else None
    if match is None:
        return None
    place.step, place.epoch, place.began = int(match[2]), int(match[1]), True
    metrics = pairs(re.findall(rf"(Loss|Throughput|learning rate) is ({NUMBER})", text))
    return [Reading(place.step, metrics, float(place.epoch))]


_VITS = re.compile(r"\[(\d+), (\d+(?:\.\d+)?e-\d+|0\.\d+)\]$")
_VITS_EPOCH = re.compile(r"Train Epoch: (\d+) \[\d+%\]$")


def read_vits(text: str, place: Place) -> list[Item] | None:
    """`Train Epoch: 12 [40%]`, then `[4200, 9.99e-05]`: the step and the learning rate."""
    if text.startswith("Train Epoch: ") and (match := _VITS_EPOCH.match(text)):
        place.epoch, place.began, place.table = int(match[1]), True, VITS
        return [Reading(None, epoch=float(place.epoch))]
    match = _VITS.match(text) if place.table == VITS and text[:1] == "[" else None
    if match is None:
        return None
    place.step = int(match[1])
    return [Reading(place.step, {"lr": float(match[2])})]


_KALDI = re.compile(
    rf"(?P<name>(?:Overall )?[Aa]verage objective function for '[\w.-]+')"
    rf"(?: for minibatches \d+-(?P<n>\d+))? is (?P<value>{NUMBER})"
)


def read_kaldi(text: str, place: Place) -> list[Item] | None:
    """`Average objective function for 'output' for minibatches 10-19 is -2.9 over 1280 frames.`"""
    if "objective function for '" not in text:
        return None
    match = _KALDI.match(text)
    if match is None:
        return None
    place.began = True
    if match["n"]:
        place.step = int(match["n"])
    value = number(match["value"])
    return [] if value is None else [Reading(place.step, {match["name"]: value})]


_COCO = re.compile(
    rf"\s*Average (?:Precision|Recall)\s+\((?P<name>A[PR])\)\s+@\[\s*(?P<where>[^\]]+?)\s*\]\s*="
    rf"\s*(?P<value>{NUMBER})"
)


def read_coco(text: str, place: Place) -> list[Item] | None:
    """`Average Precision  (AP) @[ IoU=0.50:0.95 | area= all | maxDets=100 ] = 0.213`"""
    if " @[ IoU=" not in text:
        return None
    match = _COCO.match(text)
    if match is None:
        return None
    value = number(match["value"])
    if value is None or value < 0:  # -1: there was nothing of that size
        return []
    where = re.sub(r"\s+", " ", re.sub(r"=\s+", "=", match["where"]))
    return [Reading(place.step, {f"{match['name']} @[ {where} ]": value})]


_NERF = re.compile(r"(\d+) \([\d.]+%\)\s{2,}.*\s{2,}([\d.]+ ?[kKMG]?)$")


def read_nerfstudio(text: str, place: Place) -> list[Item] | None:
    """`4090 (81.78%)   43.1 ms   39 s   14.86 M` under `Step (% Done) ... Train Rays / Sec`."""
    if text.startswith("Step (% Done)"):
        place.table = NERFSTUDIO
        return []
    match = _NERF.match(text) if place.table == NERFSTUDIO else None
    if match is None:
        return None
    place.step, place.began = int(match[1]), True
    rays = scaled(match[2].replace(" ", ""))
    return [Reading(place.step, {} if rays is None else {"Train Rays / Sec": rays})]


_ESTIMATOR = re.compile(r"Saving checkpoints for (\d+) into (\S+?)\.?$")


def read_estimator(text: str, place: Place) -> list[Item] | None:
    """`Saving checkpoints for 2000 into /m/model.ckpt.`: so far the training is."""
    match = _ESTIMATOR.match(text) if text.startswith("Saving checkpoints for ") else None
    if match is None:
        return None
    step = int(match[1])
    notice = Notice(NoticeKind.CHECKPOINT, text[:500], None, match[2], step)
    if not place.began or step <= (place.step or 0):
        return [notice]
    place.step = step
    return [notice, Reading(step)]


_TRIAL = re.compile(
    rf"Trial (\d+) finished with values?: \[?({NUMBER}(?:, ?{NUMBER})*)\]? and param"
)


def read_optuna(text: str, place: Place) -> list[Item] | None:
    """`Trial 5 finished with value: 0.1 and parameters: {...}. Best is trial 3 with value:"
    " 0.09.`"""
    if not text.startswith("Trial "):
        return None
    match = _TRIAL.match(text)
    if match is None:
        return [] if " pruned" in text or " finished" in text else None
    place.step, place.began = int(match[1]), True
    values = [number(value) for value in match[2].split(", ")]
    names = ["value"] if len(values) == 1 else [f"value_{k}" for k in range(len(values))]
    metrics = {n: v for n, v in zip(names, values, strict=True) if v is not None}
    return [Reading(place.step, metrics)]


_TWO = re.compile(rf"([\w/.@-]+)\s+\|\s+({NUMBER}|N/A)\s+\|\s+({NUMBER}|N/A)$")


def read_allennlp(text: str, place: Place) -> list[Item] | None:
    """`accuracy  |  0.81  |  0.79` under `Training |  Validation`."""
    if "|" not in text:
        return None
    if re.match(r"\W*Training\s+\|\s+Validation$", text):
        place.table = ALLENNLP
        return []
    if place.table != ALLENNLP:
        return None
    match = _TWO.match(text)
    if match is None:
        return None
    train, validation = number(match[2]), number(match[3])
    metrics = {} if train is None else {match[1]: train}
    if validation is not None:
        metrics[f"validation/{match[1]}"] = validation
    return [Reading(place.step, metrics)]


_GAN = re.compile(r"(\d+)(?: \(\w+\))?\s*:?\s+(?=\[[DdGgCcA][A-Za-z ]*(?:loss)?:)")


def read_gan(text: str, place: Place) -> list[Item] | None:
    """`120 [D loss: 0.71, acc.: 45.3%] [G loss: 0.79]`: its first number is the epoch."""
    if not text[0].isdigit() or "[" not in text[:16]:
        return None
    match = _GAN.match(text)
    return None if match is None else lines.read(f"epoch {match[1]} | {text[match.end() :]}", place)


_LEROBOT = re.compile(r"step:([\d.]+[KMB]?) smpl:\S+ ep:\S+ epch:([\d.]+) ")


def read_lerobot(text: str, place: Place) -> list[Item] | None:
    """`step:1K smpl:32K ep:101 epch:2.53 loss:1.226 grdn:34.8`: `ep` counts episodes."""
    match = _LEROBOT.match(text) if text.startswith("step:") else None
    if match is None:
        return None
    step = scaled(match[1])
    place.began = True
    place.step = None if step is None else int(step)
    metrics = pairs(re.findall(rf"([a-z_]\w*):({NUMBER})(?=\s|$)", text[match.end() :]))
    return [Reading(place.step, metrics, float(match[2]))]
