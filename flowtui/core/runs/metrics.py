"""What a metric's name tells: train or validation, which way is better, which one matters most."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache


class Split(StrEnum):
    """Which data a metric was measured on."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


class Better(StrEnum):
    """The direction of better."""

    LOWER = "lower"
    HIGHER = "higher"


_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_VALIDATION = {"val", "valid", "validation", "eval", "evaluation", "dev", "cv", "holdout"}
_TRAIN = {"train", "training", "trn", "tr"}
_TEST = {"test", "testing", "tst"}
_SIDE = {  # figures about the work itself, which no run wants lower or higher
    "lr", "learning", "rate", "time", "runtime", "samples", "steps", "second", "sec", "seconds",
    "epoch", "step", "iter", "iteration", "it", "grad", "gradient", "norm", "mfu", "throughput",
    "tokens", "tok", "mem", "memory", "gpu", "cpu", "gb", "mb", "momentum", "beta", "decay",
    "temperature", "eta", "ms", "dt", "elapsed", "flos", "flops", "tflops", "size", "batch", "num",
    "count", "seed", "scale", "world", "pg", "pg0", "pg1", "pg2", "instances", "weight", "params",
    "entropy", "kl", "length", "progress", "timestamp", "remaining", "duration",
}  # fmt: skip
_LOWER = {
    "loss", "losses", "err", "error", "errors", "ppl", "perplexity", "nll", "ce", "xent", "bce",
    "mse", "rmse", "mae", "mape", "rmsle", "logloss", "mlogloss", "wer", "cer", "ter", "fid", "kid",
    "lpips", "bpc", "bpb", "bits", "l1", "l2", "crossentropy", "eer", "elbo", "hinge", "huber",
    "deviance", "merror", "edit", "distance", "cost", "gap", "misclassification", "mlm", "rmslr",
    "quantile", "poisson", "gamma", "tweedie", "brier", "ece", "chamfer", "epe",
}  # fmt: skip
_HIGHER = {
    "acc", "accuracy", "auc", "auroc", "auprc", "f1", "f", "fbeta", "precision", "recall", "map",
    "ap", "iou", "miou", "dice", "bleu", "rouge", "meteor", "chrf", "r2", "score", "reward",
    "rewards", "return", "returns", "psnr", "ssim", "ndcg", "mrr", "hit", "hits", "top", "top1",
    "top5", "mcc", "kappa", "success", "win", "elo", "sharpe", "correlation", "pearson", "spearman",
    "pearsonr", "spearmanr", "jaccard", "em", "specificity", "sensitivity", "inception", "aucpr",
    "cider", "spice", "rew", "map50", "m", "exact", "match", "winrate",
}  # fmt: skip


@lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a metric's name in lower case: "eval/mAP50-95(B)" -> eval, map, 50, 95, b."""
    text = name.replace("mAP", "map").replace("F1", "f1").replace("R2", "r2")
    found = []
    for part in re.split(r"[^A-Za-z0-9]+", text):
        low = part.lower()
        if low in _HIGHER or low in _LOWER or low in _SIDE or low in _VALIDATION:
            found.append(low)
        else:
            found += [word.lower() for word in _WORDS.findall(part)]
    return tuple(found)


@lru_cache(maxsize=4096)
def split_of(name: str) -> Split | None:
    """The data it was measured on, by its name; None if the name does not say."""
    for word in words_of(name):
        if word in _VALIDATION:
            return Split.VALIDATION
        if word in _TRAIN:
            return Split.TRAIN
        if word in _TEST:
            return Split.TEST
    return Split.VALIDATION if name.startswith("metrics/") else None  # Ultralytics


@lru_cache(maxsize=4096)
def base_of(name: str) -> str:
    """The name without the words of its split: "val_loss", "valid/loss" and "loss" -> "loss"."""
    drop = _VALIDATION | _TRAIN | _TEST | {"s"}
    kept = [word for word in words_of(name) if word not in drop]
    while len(kept) > 1 and kept[-1] in ("step", "epoch"):
        kept.pop()  # Lightning's train_loss_step, train_loss_epoch
    if len(kept) > 1 and kept[0].isdigit():
        kept = kept[1:]  # valid_1's auc
    return " ".join(kept)


@lru_cache(maxsize=4096)
def better_of(name: str) -> Better | None:
    """Which way is better; None where the name does not say, or it is no measure of quality."""
    words = base_of(name).split()
    if not words:
        return None
    for word in reversed(words):
        if word in _LOWER:
            return None if _is_share_of_work(words) else Better.LOWER
        if word in _HIGHER and len(word) > 1:
            return Better.HIGHER
    return Better.HIGHER if words[-1] in ("f", "m") and len(words) == 1 else None


def _is_share_of_work(words: list[str]) -> bool:
    return words[-1] in ("scale", "rate", "time", "weight") or words[0] in ("lr", "learning")


@lru_cache(maxsize=4096)
def is_loss(name: str) -> bool:
    """True for what an optimiser lowers, by its name."""
    return better_of(name) is Better.LOWER


def key_metric(names: Iterable[str]) -> str | None:
    """The one that says how good a run is: validation before training, loss before the rest.

    None where no name is known to measure quality.
    """
    ranked = [(_rank(name), place, name) for place, name in enumerate(names)]
    best = min(ranked, default=None)
    return best[2] if best is not None and best[0] < 100 else None


def _rank(name: str) -> int:
    better = better_of(name)
    if better is None:
        return 100
    split = split_of(name)
    place = {Split.VALIDATION: 0, None: 40, Split.TRAIN: 40, Split.TEST: 60}[split]
    base = base_of(name)
    if base == "loss" and better is Better.LOWER:
        return place
    if better is Better.LOWER:
        return place + 10 + min(len(base.split()), 9)
    return place + 20 + min(len(base.split()), 9)


def partner(name: str, names: Iterable[str]) -> str | None:
    """The training metric that belongs to validation metric `name`: same base, other split."""
    base, found = base_of(name), None
    for other in names:
        if other == name or base_of(other) != base or split_of(other) is Split.VALIDATION:
            continue
        if split_of(other) is Split.TRAIN:
            return other
        if split_of(other) is None:
            found = other
    return found
