"""A line's names and values: `loss: 0.5`, `loss=0.5`, `loss 0.5`, `Loss [0.5]`, `loss 0.5 (0.6)`.

Numbers are looked for from left to right. What stands between two of them is the later one's name,
without the earlier one's unit; a name holds no number of its own unless it is part of a word
(`top5`). Versions, dates, clocks, shapes and torn numbers take their place and give no value.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from flowtui.core.runs.metrics import better_of
from flowtui.watch.readers.figures import number
from flowtui.watch.readers.vocabulary import UNITS

MAX_NAME = 80
MAX_FIELDS = 256


class Field(NamedTuple):
    """A name and its value as a line has them."""

    name: str
    value: float
    average: float | None
    """The figure in brackets behind it."""
    explicit: bool
    """True if a colon or an equals sign joins them, not a blank alone."""


_VALUE = re.compile(
    r"(?<![\w.@\\/$#])(?<!\w[-+])([\"']?)"
    r"([-+]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?(?:[eE][-+]?\d+)?|\d+,\d+(?![\d,])"
    r"|\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?"
    r"|(?i:nan|inf(?:inity)?)(?:\.0?)?(?![\w.-])))"
)
_NO_VALUE = re.compile(
    r"[eE][-+]?(?!\w)"  # torn
    r"|\.[\w.+-]*[\w+-]"  # a version, an address
    r"|:\d[\d:.,]*"  # a clock
    r"|[-/]\d+[-/]\d[\w:.-]*|-\d+\b(?!\.)"  # a date, a range
    r"|\s?[x×]\s?\d[\dx× ]*"  # a shape
    r"|\s+(?:days?|hours?|minutes?)(?:,| and)? +[\d.]+ +(?:hours?|minutes?|seconds?)"
    r"(?:(?:,| and)? +[\d.]+ +seconds?)?"
    r"|\s*(?:d|days?|h|m|min)[ ,:]*\d+(?::\d+)*\s*(?:h|m|min|s|secs?|hours?)?\b(?:\s*\d+\s*s)?"
)
_FRACTION = re.compile(r"\s*/\s*([-+]?\d[\d,]*\.?\d*)(?:\s*\(\s*([\d.]+)\s*%\s*\))?\s*(%?)")
_GLUED = re.compile(r"/?[A-Za-zµ°][A-Za-zµ/%]*|%+")
_TOKEN = re.compile(r"\w*")
_PART = re.compile(r"-[A-Za-z]{2,}")
_JOINED = re.compile(r"(?<![\w.])[A-Za-z]+[ -]$")
_SPACED = re.compile(
    r"\s+([A-Za-zµ%][\w/%.]*?)(?=\s*(?:[,;|()\]}\t]|$|\s-|\s{2}|\.(?:\s|$))|\s[A-Za-z(]|(?<=/s)\s\d|(?<=/sec)\s\d)"
)
_RATE = re.compile(
    r"(?i)[a-z]\w*/(?:s|secs?|seconds?|steps?|it|iters?|iteration|batch|epoch|samples?|images?|img|tok"
    r"|tokens?|device|gpu|min|h|hour|frame|kimg|tick)\.?$"
)
_PACES = ("it/s", "s/it", "its/s", "iter/s", "iters/s", "ms/step", "s/step", "")
"""How fast it goes is no figure of what is measured."""
_SCALE = re.compile(r"[kKMGTPB]i?[bB]?(?:/s|ps)?$")
_ASIDE = re.compile(
    r"\s?\(\s*(?P<sign>[-+*~±x]?)\s*(?:(?P<best>best)\W+|(?:avg|average|mean|smoothed|median|ema)\W+)?"
    r"(?P<n>\d[\d,]*\.?\d*(?:[eE][-+]?\d+)?|\.\d+|nan|inf)(?P<rest>[^()=]*)\)"
)
_SPREAD = re.compile(r"\s*(?:±|\+/-|\+-)\s*[\d.]+(?:[eE][-+]?\d+)?")
_WRAPPED = re.compile(
    r"(?:np\.|numpy\.|torch\.)?(?:float\d*|int\d*|tensor|array|Tensor)\(\s*\[?\s*"
    r"([-+]?[\d.]+(?:[eE][-+]?\d+)?|nan|inf)\s*\]?\s*(?:,[^()]*)?\)"
)
_CALLS = re.compile(r"[A-Za-z_][\w.]*\((?:[^()]|\([^()]*\))*[=,](?:[^()]|\([^()]*\))*\)")
_PLACES = re.compile(
    r"\w+://\S+|[\w./<>-]+\.(?:py|cpp|cc|cu|c|h|lua|go|rs|java|js|ts|jl|sh|ya?ml|json|txt|cfg|toml"
    r"|proto|ipynb|so|pyx)\b(?::\d+|\(\d+\)|, line \d+)?"
    r"|(?<![\w)])(?:~|\.{1,2})?/[\w.~-][^\s,;'\"]*|[A-Z]:\\\S+"
    r"|torch\.Size\([^()]*\)|\b[A-Za-z_]+==[\w.+]+|\bv\d+(?:\.\d+)+\S*"
)
_CUT = re.compile(
    r"[,;|{}<>\t•·│┃¦!?—–，；、。]|\s-{1,3}\s|--+|==+|\s{2,}|\s:\s|=>|->|>>|\*{2,}|\s/\s|(?<=\w\w\w\w)\.\s"
    r"|:\s+|\s\*\s|\sand\s"
)
_ROW = re.compile(r"(?:\s+[-+]?(?:\d+\.?\d*|\.\d+|nan)(?:[eE][-+]?\d+)?(?=\s|$)){2,}")
_STRIP = " \t'\"`*#>-.:=~_•@&+\\—–：＝"


def scrubbed(text: str) -> str:
    """The line without wrapped numbers, calls, addresses, paths and places in sources."""
    if "(" in text:
        text = _WRAPPED.sub(r"\1", text)
        text = _CALLS.sub(" | ", text)
    return _PLACES.sub(" | ", text) if "/" in text or "." in text else text


def fields(text: str) -> list[Field]:
    """The names and values of a line, in order. Numbers without a name are left out."""
    result: list[Field] = []
    start = at = 0
    while len(result) < MAX_FIELDS and (match := _VALUE.search(text, at)) is not None:
        if _PART.match(text, match.end(2)) and _JOINED.search(text, start, match.start()):
            at = match.end(2)  # "Top 5-error": the number belongs to the name
            continue
        name, explicit, listed = _name(text[start : match.start()])
        value, average, end, unit = _value(text, match, name)
        if listed is not None and value is not None:
            end, value = _list(text, match.start(), end, value, name, listed)
        if match[1] and text[end : end + 1] == match[1]:
            end += 1
        if value is not None and (row := _ROW.match(text, end)) is not None:
            end, value = row.end(), None  # a row of numbers: none of them is the name's
        at = start = max(end, match.end())
        if not name and unit not in _PACES and _RATE.match(unit):
            name, explicit = unit, True
        if name and value is not None:
            result.append(Field(name, value, average, explicit))
    return result


def _value(
    text: str, match: re.Match[str], name: str
) -> tuple[float | None, float | None, int, str]:
    """Value, average, end and unit of the number at `match`; no value where it is none."""
    end = match.end(2)
    nothing = _NO_VALUE.match(text, end)
    if nothing is not None:
        return None, None, nothing.end(), ""
    value = number(match[2])
    fraction = _FRACTION.match(text, end)
    if fraction is not None and value is not None:
        return _of(value, fraction, name), None, fraction.end(), ""
    unit = ""
    glued = _GLUED.match(text, end)
    if glued is not None:
        unit, end = glued[0], glued.end()
        if not _is_unit(unit):
            return None, None, _TOKEN.match(text, end).end(), ""  # type: ignore[union-attr]
    elif text[end : end + 2] == " %":
        end += 2
    elif (spaced := _SPACED.match(text, end)) is not None and _is_unit(spaced[1]):
        unit, end = spaced[1], spaced.end()
    average = None
    spread = _SPREAD.match(text, end)
    if spread is not None:
        end = spread.end()
    aside = _ASIDE.match(text, end)
    if aside is not None:
        end = aside.end()
        if not aside["best"] and (not aside["sign"] or aside["sign"] == "-"):
            average = number(aside["sign"] + aside["n"])
    return value, average, end, unit


def _of(value: float, fraction: re.Match[str], name: str) -> float | None:
    """`217/256 (85%)` is 85, `217/256` of a measure its share, `0.5 / 0.2` the first."""
    if fraction[2] is not None:
        return number(fraction[2])
    whole = number(fraction[1])
    if fraction[3] or "." in fraction[1] or not value.is_integer():
        return value
    return value / whole if whole and better_of(name) is not None else None


def _is_unit(word: str) -> bool:
    return (
        word.lower() in UNITS
        or _SCALE.match(word) is not None
        or word == "/s"
        or _RATE.match(word) is not None
        or word.startswith("%")
    )


def _list(
    text: str, start: int, end: int, value: float, name: str, bracket: str
) -> tuple[int, float | None]:
    """Where a list ends, and its figure: its only one, the first of equal ones or of rates."""
    close = text.find("]" if bracket == "[" else ")", end)
    if close < 0:
        return end, value
    numbers = [
        number(cell.strip(" '\"()[]")) for cell in text[start:close].split(",") if cell.strip()
    ]
    alike = len(set(numbers)) == 1 or name.lower().startswith(("lr", "learning", "mom"))
    if len(numbers) > 1 and any(figure is None for figure in numbers):
        return end, value  # no list, only brackets
    return close + 1, value if alike else None


def _name(gap: str) -> tuple[str, bool, str | None]:
    """The name that ends a gap; whether a sign joins it; the bracket of a list that it opens."""
    core = gap.rstrip()
    listed = None
    if core[-1:] in ("[", "(") and core[:-1].rstrip()[-1:] not in ("", ",", "]", ")"):
        listed = core[-1]
        core = core[:-1].rstrip()
        if listed == "(" and core[-1:] not in "=:":
            return "", False, None
    core = core.rstrip("'\"").rstrip()
    bare = core.rstrip(":=~ ")
    explicit = core != bare or (listed == "[" and core[-1:] != "]")
    if core.endswith(("->", "=>")):
        bare, explicit = core[:-2], True
    elif core.endswith((" is", " was", " reached")) and better_of(core[-40:]) is not None:
        bare, explicit = core.rpartition(" ")[0], True  # the test accuracy is 0.93
    bare = _balanced(bare.rstrip(_STRIP if bare[-1:] != "." else "'\" "))
    name = _CUT.split(bare)[-1]
    name = name.strip("'\"` \t").lstrip(_STRIP).strip("]['\" ")
    if not any(map(str.isalpha, name)) or len(name) > MAX_NAME or "://" in name:
        return "", explicit, listed
    return name, explicit, listed


def _balanced(name: str) -> str:
    """The end of `name` after its last bracket that is not closed, or not opened, in it."""
    depth = 0
    for place in range(len(name) - 1, -1, -1):
        char = name[place]
        if char == ")":
            depth += 1
        elif char == "(":
            depth -= 1
            if depth < 0:
                return name[place + 1 :]
        elif char in "[]" and depth == 0:
            return name[place + 1 :]
    if depth > 0:
        return (
            name[name.rfind(")") + 1 :]
            if not name.endswith(")")
            else name.rpartition(")")[0].rpartition(")")[2]
        )
    return name
