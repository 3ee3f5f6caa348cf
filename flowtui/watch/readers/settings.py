"""What a program prints of itself and is no metric: its settings, its code, its model's modules.

Settings tell one thing that counts: how many steps or epochs there will be.
"""

from __future__ import annotations

import re

from flowtui.watch.readers.figures import whole
from flowtui.watch.readers.place import Place

_CODE = re.compile(
    r"\s*(?:(?:import|def|class|return|elif|assert|raise|yield|nonlocal|except|async|await"
    r"|from [\w.]+ import|#include|using namespace|template|void|static|const|for .+ in|while"
    r"|with|if"
    r"|else:|try:|print\(|logger\.|@\w|//|/\*|\"\"\"|'''|export|source|conda|pip|python3?"
    r"|CUDA_\w+=|\$ )"
    r"(?=[\s(.:]|$)|.*(?:\bself\.\w|\blambda \w|\w\(.*\):\s*$|[\w\)\]]\s*(?:==|!=|\+="
    r"|&&)\s*[\w\"'(-]|\w = [A-Za-z_][\w.]*\())"
)
_MODULE = re.compile(
    r"\s*(?:\(\w+\): )?[A-Z]\w*(?:\[\w+\])?\((?:$|[^()]*(?:=|, ?\w+_\w+|\d, ?\d))|\s*\)\s*$"
)
_DUMP = re.compile(r"Namespace\(|\bargparse\b|^\w*[Cc]onfig\s*\(|OmegaConf|DictConfig")
_YAML = re.compile(
    r"\s*(?:[-*|]+ )?[\"']?[A-Za-z_][\w.\-/]*[\"']?(?:\s+[A-Za-z_][\w-]*){0,2}\s*(?::|="
    r"|\s\.{2,})\s*"
    r"(?:[\"'\[{(]|[A-Za-z_./~<-]|$|\d+\s*,\s*\d)"
)
_WORD_VALUES = re.compile(
    r"[\w'\"]\s?[=:]\s?(?:True|False|None|null|true|false|[\"'](?![-\d.]|nan|inf)[^\"'])"
)
_NAMED_WORDS = re.compile(
    r"(?i)(?:^|[\s,(])\w+=(?!nan|inf)(?:(?:[A-Za-z/~]|\.{1,2}/)[\w./~-]*)?(?=,|$|\))"
)
"""`weights=yolov5s.pt, cfg=, data=coco.yaml`"""
_PROSE = re.compile(r"(?:wandb|WARNING|warning|Warning|hint|note|tip):? |.*\bwandb:|.*\bWarning: ")
_MENTION = re.compile(r"(?i)epoch|step|iter|update")
_TOTAL = re.compile(
    r"(?i)(?<![\w.])(?:--?)?[\"']?(?:(?P<steps>max_?(?:train_?)?(?:steps?|iters?|iterations?"
    r"|updates?)"
    r"|total[_ -](?:train(?:ing)?[_ -])?(?:steps?|iters?|iterations|num_updates?|timesteps)"
    r"|(?:num|n)_(?:train(?:ing)?_)?(?:steps|iters|iterations|updates)|train_(?:steps|iters)"
    r"|total optimization steps|total_num_updates?|max_num_updates?|iterations)"
    r"|(?P<epochs>(?:num|n|nb|max|total|number of|num_train|max_train|train)?[_ -]?epochs?))[\"']?"
    r"(?:\s*:\s*int)?\s*(?:[:=]+|\.{2,}|\s(?=\d[\d,]*\s*(?:\W*$|[(;])))\s*[\"'\[]?(?P<n>\d[\d_,]*)(?!\d)(?!\.[1-9]"
    r"|e?-|/|\s*/|:)"
)


_OPTIONS = re.compile(r"(?<!\S)--[A-Za-z][\w.-]*(?=[= ]\S)")


def is_code(text: str) -> bool:
    """True for a line of a program's source, or of a model's modules as torch prints them."""
    if _CODE.match(text) and not text.startswith(("if ", "with ", "for ")):
        return True
    if text.startswith(("if ", "with ", "for ")):
        return text.endswith(":")
    return "(" in text and _MODULE.match(text) is not None and "%" not in text


def is_dump(text: str) -> bool:
    """True for all of a program's settings in one line, and for remarks that hold no figure."""
    if _DUMP.search(text) is not None or _PROSE.match(text) is not None:
        return True
    if " --" in text and len(_OPTIONS.findall(text[:4000])) > 1:
        return True  # a command with its options
    if len(text) > 60 and len(_WORD_VALUES.findall(text[:4000])) > 2:
        return True
    return text.count("=") > 4 and len(_NAMED_WORDS.findall(text[:4000])) > 2


def is_setting(text: str) -> bool:
    """True for `key: value` whose value is no number."""
    return _YAML.match(text) is not None


def note_totals(text: str, place: Place) -> None:
    """Remember how many steps and epochs a line of settings says there will be."""
    if _MENTION.search(text) is None:
        return
    for match in _TOTAL.finditer(text[:20_000]):
        count = whole(match["n"])
        word = (match["epochs"] or "").lower().strip()
        if count is None or not 1 < count < 10**10 or (word and word == "epoch"):
            continue
        if word == "epochs" and match.start() == 0 and not _alone(text):
            continue
        kind = "steps" if match["steps"] else "epochs"
        place.totals.setdefault(kind, float(count))


def _alone(text: str) -> bool:
    return re.fullmatch(r"\s*[\"']?\w+[\"']?\s*[:=]\s*\d[\d,]*\W*(?:#.*)?", text) is not None
