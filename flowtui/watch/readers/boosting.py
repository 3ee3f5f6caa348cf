"""XGBoost and LightGBM: `[12]<tab>train-logloss:0.23456<tab>eval-logloss:0.34567` and
`[13]<tab>training's l2: 0.1234<tab>valid_1's auc: 0.91`; cross-validation adds `+std` or ` + std`.

Sources: xgboost/callback.py (3.2), lightgbm/callback.py (4.7). XGBoost counts rounds from 0,
LightGBM from 1; here both are rounds done.
"""

from __future__ import annotations

import re

from flowtui.core.runs.reading import Item, Notice, NoticeKind, Reading
from flowtui.watch.readers.figures import NUMBER, pairs
from flowtui.watch.readers.place import Place

XGBOOST = "xgboost"
LIGHTGBM = "lightgbm"

_ROW = re.compile(r"\[(\d+)\]\s+(?=\S)")
_XGB = re.compile(rf"(\S+?[-_][^\s:]+):({NUMBER})(?:\+{NUMBER})?(?=\s|$)")
_LGB = re.compile(rf"([^\t:]+'s [^\t:]+): ({NUMBER})")


def read_xgboost(text: str, place: Place) -> list[Item] | None:
    """What a round of XGBoost says; None if the line is none."""
    if text[0] != "[" or "-" not in text or ":" not in text:
        return None
    found = _ROW.match(text)
    if found is None or "'s " in text:
        return None
    metrics = pairs(_XGB.findall(text, found.end()))
    if not metrics:
        return None
    place.step = int(found[1]) + 1
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
    found = _ROW.match(text)
    if found is None:
        return None
    if place.best_follows:
        place.best_follows = False
        return []
    metrics = pairs(_LGB.findall(text, found.end()))
    if not metrics:
        return None
    place.step = int(found[1])
    return [Reading(place.step, metrics)]
