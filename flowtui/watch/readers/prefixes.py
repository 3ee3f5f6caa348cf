"""What stands before a line's own words: worker, time stamp, level, logger, place in a source.

Known are the forms of Python's logging (also its default `LEVEL:name:`), glog and absl
(`I0502 10:00:00.123 17 file.cc:9]`), Kaldi, loguru (`LEVEL | module:function:line -`), hydra
(`[time][logger][LEVEL] -`), Transformers (`[LEVEL|file:line] time >>`), TensorFlow, syslog, Ray
(`(Worker pid=7)`), torchrun, mpirun, srun and containers. They come in any order, so one after
another is taken off until none is left. A bracket that holds a set, a position or a figure belongs
to the line.
"""

from __future__ import annotations

import re
from datetime import datetime

from flowtui.watch.readers.vocabulary import POSITION, SET

_RANKS = (
    re.compile(r"\[[A-Za-z_]*(\d+)\]:\s?"),  # torchrun --tee: [default0]:, [rank3]:
    re.compile(r"\[\d+,(\d+)\]<std\w+>:\s?"),  # mpirun --tag-output
    re.compile(r"\[[Rr]ank[ =:]?(\d+)\]:?\s?"),
    re.compile(r"[Rr]ank[ =]?(\d+)[\]:]\s"),
)
_LABEL = re.compile(r"(\d{1,4}): (?=[A-Za-z\[{(|\s])")  # srun --label
_AFTER = r"(?:\s*[:|>,;\]]+(?=\D)|\s+(?:-{1,2}|—)(?=\s))*\s*"
_STAMP = re.compile(
    r"[\[(<]?(\d{4})[-/.](\d\d?)[-/.](\d\d?)(?:[ T_,-]+|\s+at\s+)(\d\d?):(\d\d):(\d\d)"
    r"(?:[.,:](\d{1,9}))?(?:\s?(Z|UTC|[+-]\d\d:?\d\d))?(?!\d)[\])>]?" + _AFTER
)
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_CLOCKS = (
    re.compile(  # [05/02 10:00:00 d2.utils.events]:  also 01/02/2026 10:00:00
        r"\[?\d\d?[-/.]\d\d?(?:[-/.]\d{2,4})?,? +\d\d?:\d\d:\d\d(?:[.,]\d+)?(?: [AP]M)?"
        r"(?: +[A-Za-z][\w.]*)?(?: +[A-Z]+)?\]?" + _AFTER
    ),
    re.compile(  # [Mon Jan  2 10:00:00 2026]   Jan 02 10:00:00 host name[7]:
        rf"\[?\s*(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +)?(?:(?:{_MONTHS})\w* +\d\d?"
        rf"|\d\d? (?:{_MONTHS})\w*)"
        r"(?:,? \d{4})?,? +\d\d:\d\d:\d\d(?:[.,]\d+)?(?: [A-Z]{2,4})?(?: \d{4})?\s*\]?"
        r"(?: [\w.-]+ [\w./-]+\[\d+\]:)?" + _AFTER
    ),
    re.compile(r"\[?\d{1,2}:\d\d:\d\d(?:[.,]\d+)?(?: [AP]M)?\]?(?!\w)" + _AFTER),
    re.compile(r"\d{4}-\d\d-\d\d(?=\s)" + _AFTER),
)
_GLOG = re.compile(r"[IWEFD](\d{2,4})?(\d{4}) (\d\d:\d\d:\d\d\.\d+)\s+\d+ [\w./<>-]+:\d+\] ?")
_TORCH = re.compile(r"\[[IWEF]\d{3,4} \d\d:\d\d:\d\d\.\d+ [\w./<>-]+:\d+\]\s*")
_CPP = re.compile(r"(?:\d+ )?[IWEF] (?:external/)?[\w./-]+\.(?:cc|cpp|h|cu):\d+\] ")
_KALDI = re.compile(
    r"(?:V?LOG|WARNING|ERROR)(?:\[\d\])? \([\w-]+(?:\[[^\]]*\])?:[^()]*(?:\(\))?[^()]*\)\s+"
)
_WORD = r"INFO|WARNING|WARN|ERROR|DEBUG|CRITICAL|NOTICE|TRACE|SUCCESS|FATAL"
_LEVEL = re.compile(rf"[\[(<]?(?:{_WORD})(?:\(\d\))?(?=[\s:|\])>-]|$)[\])>]?[\s:|>]*(?:[-—]+\s+)?")
_LOWER = re.compile(r"(?:info|warning|debug)[:\s|]\s*(?=\S)")
_DEFAULT = re.compile(rf"(?:{_WORD}):([\w.\-/]+):( ?)")
_NAMED = re.compile(
    rf"\[?[A-Za-z_][\w.\-/<>]*\]?(?:\[\d+\])?\s*[:|—-]*\s*(?=[\[(<]?(?:{_WORD})[\s:|\])>-])"
)
_COLUMNS = re.compile(  # host, logger, place, then the level: nothing of the message
    rf"(?:[\w.\-/:<>@#+\[\]()]+[\s|]+(?:[|:-]+\s+)?){{1,5}}?(?=[\[(<]?(?:{_WORD})[\s:|\])>-])"
)
_PLACE = re.compile(
    r"[\[({]?[\w./<>-]+(?:\.(?:py|cc|cpp|cu|h|pyx|lua))?(?::[\w.<>]+)?(?:\s+-\s+\w+\s+-)?:\s?\d+"
    r"(?::\w+)?[\])}]+[\s:>|-]*"
    r"|[\w./<>-]+\.(?:py|cc|cpp|cu|h|lua)(?::\d+|\(\d+\))(?::\w+(?:\(\))?)?[\s:>|\]-]*"
    r"|[A-Za-z_][\w.<>]*:[A-Za-z_<][\w.<>]*:\d+\s*(?:-|\|)\s+"
    r"|(?:[A-Z][\w.]*\$|[A-Z][a-z]+[A-Z]\w+):\d+\s-\s+"  # log4j
)
_LOGGER = re.compile(r"[A-Za-z_]\w*(?:\.[a-z_]\w*)+\s*(?:\s-\s|:\s|>\s|\|\s)\s*(?=\S)")
_RAY = re.compile(r"\([^()=]*\bpid=\d+(?:, ip=[\d.]+)?\)\s*(?:\[repeated [^\]]*\]\s*)?")
_POD = re.compile(r"[\w.-]*[-_]\d+\s*\|\s+(?=\S)|stdout [FP] |\[\d+/stdout\] ?")
_HOST = re.compile(r"[a-z][\w.]*[-.][\w.-]*\d: (?=[^\d\s])")
_STAMPED = re.compile(r"\[[^\[\]]{0,60}\d\d:\d\d:\d\d[^\[\]]{0,60} [\w./<>-]+:\d+\]\s*$")
"""A line of NeMo that says nothing: `[NeMo I 2024-01-02 10:00:00 rnnt_wer:160]`."""
_BRACKET = re.compile(r"\[([^\[\]]{1,80})\][\s:>,|-]*(?=\S)")
_JULIA = re.compile(r"[┌│└\[] (?:(?:Info|Warning|Debug|Error): )?\s*")
"""Julia's logging: `[ Info: words`, and a box of them open to the right."""
_ARROWS = re.compile(r">>+\s+|-\s+(?=[A-Za-z\[{])")
_IN_BRACKET = re.compile(r"[A-Za-z][\w.:/ <>|=,-]*$")
_A_FIGURE = re.compile(r"[:=]\s*[-+]?\.?\d+(?:\.\d|$)|\s\d")
LEVELS = ("INFO", "WARN", "DEBUG", "ERROR", "CRIT", "NOTICE", "SUCCESS", "TRACE")


def rank_of(text: str) -> tuple[int | None, str]:
    """The rank that a line begins with, and the line without it."""
    rank = None
    while text and (text[0] in "[Rr" or text[0].isdigit()):
        for pattern in _RANKS:
            match = pattern.match(text)
            if match:
                break
        else:
            match = _LABEL.match(text) if text[0].isdigit() and rank is None else None
        if not match:
            break
        rank, text = int(match[1]), text[match.end() :]
    return rank, text


def stamp_of(text: str) -> tuple[str | None, str]:
    """The time stamp in front (ISO), and the line without all that stands before its own words."""
    stamp = None
    for _ in range(8):
        rest, when = _without_one(text)
        stamp = stamp or when
        if rest is text:
            break
        text = rest
    return stamp, text


def _without_one(text: str) -> tuple[str, str | None]:
    """`text` without one thing in front, and the stamp if it was that; `text` itself if none."""
    first = text[:1]
    if first.isdigit() or first in "[(<":
        if first == "[" and (torch := _TORCH.match(text)):
            return text[torch.end() :], None
        stamp = _STAMP.match(text)
        if stamp:
            return text[stamp.end() :], _iso(stamp)
        for clock in _CLOCKS:
            match = clock.match(text)
            if match:
                return text[match.end() :], None
    if first in "IWEFD":
        match = _GLOG.match(text) or _CPP.match(text)
        if match:
            return text[match.end() :], None
    if first in "LVWE" and (match := _KALDI.match(text)):
        return text[match.end() :], None
    if first in "JFMASONDTW" and (match := _CLOCKS[1].match(text)):
        return text[match.end() :], None
    return _without_words(text, first), None


def _without_words(text: str, first: str) -> str:
    """Without a level, a logger's name, a place in a source, a worker's name."""
    if any(level in text[:90] for level in LEVELS):
        default = _DEFAULT.match(text)
        if default and not (default[2] and (POSITION.match(default[1]) or SET.match(default[1]))):
            return text[default.end() :]
        match = _LEVEL.match(text) or _NAMED.match(text) or _COLUMNS.match(text)
        if match and match.re is _COLUMNS and POSITION.search(match[0]):
            match = None
        name = SET.fullmatch(match[0].strip("[]:|- ")) if match else None
        if match and (name is None or name["train"]):
            return text[match.end() :]
    match = None
    if first == "[" and text[-1:] in "] " and _STAMPED.match(text):
        return ""
    if text.startswith("[ Info: "):
        return text[8:]
    if first == "[" and (match := _BRACKET.match(text)) and not _is_prefix(match[1]):
        match = None
    elif first in "┌│└" and text[-1:] not in "│┐┘":
        match = _JULIA.match(text)
    elif first == "(" and "pid=" in text[:80]:
        match = _RAY.match(text)
    elif first in ">-":
        match = _ARROWS.match(text)
    match = match or _place_of(text) or _POD.match(text) or _LOGGER.match(text)
    if match is None and ": " in text[:60]:
        match = _HOST.match(text) or _LOWER.match(text)
    return text[match.end() :] if match and match.end() else text


def _place_of(text: str) -> re.Match[str] | None:
    """A place in a source, `[train.py:120]`; a bracket such as `[Epoch: 001]` is none."""
    match = _PLACE.match(text)
    return None if match is None or POSITION.search(match[0]) else match


def _is_prefix(inside: str) -> bool:
    """True for a bracket in front that is a logger's, a host's or a source's; no set, no figure."""
    if not _IN_BRACKET.match(inside):
        return False
    if re.search(r"[\w>]:\d+", inside):
        return True  # file:line
    return not (SET.fullmatch(inside) or POSITION.search(inside) or _A_FIGURE.search(inside))


def _iso(match: re.Match[str]) -> str:
    year, month, day, hours, minutes, seconds, part, zone = match.groups()
    zone = "+00:00" if zone in ("Z", "UTC") else zone or ""
    return (
        f"{year}-{int(month):02d}-{int(day):02d}T{int(hours):02d}:{minutes}:{seconds}"
        f".{(part or '0')[:6]:0<6}{zone}"
    )


def instant(stamp: str | None) -> float | None:
    """POSIX seconds of a stamp; without a zone it is this machine's local time."""
    if stamp is None:
        return None
    try:
        return datetime.fromisoformat(stamp).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
