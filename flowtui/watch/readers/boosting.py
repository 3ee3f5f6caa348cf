"""XGBoost, LightGBM and CatBoost: a line a round.

`[12]<tab>train-logloss:0.23456<tab>eval-logloss:0.34567`, `[13]<tab>training's l2: 0.1234<tab>
valid_1's auc: 0.91`, `0:<tab>learn: 0.68<tab>test: 0.69<tab>best: 0.69 (0)<tab>total: 12ms<tab>
remaining: 11.9s`; cross-validation adds `+std` or ` + std`. Sources: xgboost/callback.py (3.2),
lightgbm/callback.py (4.7), catboost/libs/logging (1.2). The rounds are numbered as the log does:
from 0 by XGBoost and CatBoost, from 1 by LightGBM.
"""

from __future__ import annotations

import re

from flowtui.core.runs.reading import Item, Notice, NoticeKind, Reading
from flowtui.watch.readers.figures import NUMBER, length_s, pairs
from flowtui.watch.readers.place import Place

XGBOOST = "xgboost"
LIGHTGBM = "lightgbm"
CATBOOST = "catboost"

_ROW = re.compile(r"\[(\d+)\]\s+(?=\S)")
_XGB = re.compile(rf"(\S+?[-_][^\s:]+):({NUMBER})(?:\+{NUMBER})?(?=\s|$)")
_CAT = re.compile(rf"(\w[\w:()=.-]*?): ({NUMBER})(?=\s|$)")
_CAT_LEFT = re.compile(r"\bremaining: (\S+(?: \d+\S+)*)")
_LGB = re.compile(rf"([^\t:]+'s [^\t:]+): ({NUMBER})")


def read_xgboost(text: str, place: Place) -> list[Item] | None:
    """What a round of XGBoost says; None if the line is none."""
    if text.startswith("Stopping. Best iteration:"):
        place.best_follows = True
        return [Notice(NoticeKind.FINISHED, text, step=place.step)]
    if text[0] != "[" or "-" not in text or ":" not in text:
        return None
    match = _ROW.match(text)
    if match is None or "'s " in text:
        return None
    if place.best_follows:
        place.best_follows = False
        return []
    metrics = pairs(_XGB.findall(text, match.end()))
    if not metrics:
        return None
    place.step, place.began = int(match[1]), True
    return [Reading(place.step, metrics)]


def read_lightgbm(text: str, place: Place) -> list[Item] | None:
    """What a round of LightGBM says; None if the line is none."""
    if text.startswith("[LightGBM]"):
        return []
    if "est iteration is:" in text:
        place.best_follows = True
        return [Notice(NoticeKind.FINISHED, text, step=place.step)]
    if text[0] != "[" or "'s " not in text:
        return None
    match = _ROW.match(text)
    if match is None:
        return None
    if place.best_follows:
        place.best_follows = False
        return []
    metrics = pairs(_LGB.findall(text, match.end()))
    if not metrics:
        return None
    place.step, place.began = int(match[1]), True
    return [Reading(place.step, metrics)]


def read_catboost(text: str, place: Place) -> list[Item] | None:
    """What a round of CatBoost says; None if the line is none."""
    if not text[0].isdigit() or ("remaining: " not in text and "learn: " not in text):
        return None
    match = re.match(r"(\d+):\s+", text)
    if match is None:
        return None
    metrics = pairs(_CAT.findall(text, match.end()))
    for name in ("total", "remaining", "best"):
        metrics.pop(name, None)
    if not metrics:
        return None
    place.step, place.began = int(match[1]), True
    left = _CAT_LEFT.search(text)
    return [Reading(place.step, metrics, eta_s=length_s(left[1]) if left else None)]
