"""What SLURM's answers mean. Half an answer is told from none; what is odd is left out, no guess.

Forms seen of 22.05, 24.11 and 26.05. What is not set is written in many ways: N/A, None, (null),
Unknown, UNLIMITED, NOT_SET, 4294967294, or a limit of a year.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from flowtui.core.runs.job import Job, JobState, job_state
from flowtui.core.text import plain
from flowtui.watch.slurm.questions import ACCOUNT_COLUMNS, FIELD, QUEUE_COLUMNS, RECORD

NOTHING = frozenset({"", "N/A", "None", "(null)", "Unknown", "NONE", "NOT_SET", "Partition_Limit"})
A_YEAR_S = 360 * 86400.0
"""A limit of a year is how newer versions say that there is none."""
_GPUS = re.compile(r"(?:gres[:/])?gpu(?:[:/][\w.-]+)?[:=](\d+)")
_FACT = re.compile(r"(?:^|\s)([A-Z][A-Za-z_]*(?:[/:][A-Za-z:]+)?)=")
_LAST = frozenset({"StdOut", "StdErr", "WorkDir"})
"""Facts that stand behind all that a person has named: the last of them is SLURM's own."""


def seconds(text: str) -> float | None:
    """A length as SLURM writes it: D-HH:MM:SS, HH:MM:SS, MM:SS, MM; None where there is none."""
    text = text.strip()
    if text in NOTHING or text in ("UNLIMITED", "INVALID"):
        return None
    match = re.fullmatch(r"(?:(\d+)-)?(\d+)(?::(\d+))?(?::(\d+))?(?:\.\d+)?", text)
    if match is None:
        return None
    days, a, b, c = match.groups()
    if days is not None:
        whole = int(days) * 86400 + int(a) * 3600 + int(b or 0) * 60 + int(c or 0)
    elif c is not None:
        whole = int(a) * 3600 + int(b) * 60 + int(c)
    elif b is not None:
        whole = int(a) * 60 + int(b)
    else:
        whole = int(a) * 60
    return None if whole >= A_YEAR_S else float(whole)


def instant(text: str) -> float | None:
    """POSIX seconds; None for what is no such number."""
    text = text.strip()
    return float(text) if re.fullmatch(r"\d{9,11}", text) else None


def gpu_count(text: str) -> int | None:
    """GPUs in a list of resources: gpu:2, gres/gpu:h100:2, gres/gpu=4; None if there are none."""
    typed = [int(number) for number in _GPUS.findall(text)]
    return max(typed) if typed else None


def jobs_in_queue(text: str) -> list[Job]:
    """The jobs of an answer of squeue. Raises ValueError for an answer that is cut short."""
    found = []
    for record in text.split(RECORD)[1:]:
        cells = record.split(FIELD, len(QUEUE_COLUMNS) - 1)
        if len(cells) < len(QUEUE_COLUMNS):
            raise ValueError("half an answer of squeue")
        row = dict(zip(QUEUE_COLUMNS, cells, strict=True))
        found.append(_queued(row))
    if not found and text.strip():
        raise ValueError(f"squeue says: {plain(text, 120)}")
    return found


def _queued(row: Mapping[str, str]) -> Job:
    state = job_state(row["T"])
    nodes = int(row["D"]) if row["D"].strip().isdigit() else 1
    each = gpu_count(row["b"])
    named = row["i"].strip()
    return Job(
        id=named,
        state=state,
        raw=row["A"].strip(),
        name=plain(row["j"].removesuffix("\n"), 200),
        user=plain(row["u"]),
        partition=plain(row["P"]),
        reason="" if row["r"] in NOTHING else plain(row["r"], 80),
        submitted_at=instant(row["V"]),
        starts_at=instant(row["S"]),
        ended_at=instant(row["e"]) if state not in _RUNS else None,
        limit_s=seconds(row["l"]),
        nodes="" if row["N"] in NOTHING else plain(row["N"], 200),
        gpus=None if each is None else each * nodes,
        folder="" if row["Z"] in NOTHING else row["Z"],
    )


_RUNS = frozenset({
    JobState.PENDING, JobState.CONFIGURING, JobState.RUNNING, JobState.SUSPENDED,
})  # fmt: skip


def facts(text: str) -> Iterator[dict[str, str]]:
    """What scontrol says of each job in an answer, key by key; a value may hold blanks, a name all.

    A record begins at "JobId=" on a new line. New versions bring new keys, so each word of that
    form is one, whichever it is.
    """
    starts = [match.start() for match in re.finditer(r"(?:^|\n)JobId=\d", text)]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        record = text[start:end]
        places = list(_FACT.finditer(record))
        row: dict[str, str] = {}
        for place, match in enumerate(places):
            until = places[place + 1].start() if place + 1 < len(places) else len(record)
            if match[1] not in row or match[1] in _LAST:
                row[match[1]] = record[match.end() : until].strip()
        yield row


def ended_jobs(text: str) -> dict[str, Job]:
    """The latest life of each job in an answer of sacct, by its raw id and by its written one."""
    found: dict[str, Job] = {}
    lives: dict[str, int] = {}
    for line in text.split("\n"):
        cells = line.split(FIELD, len(ACCOUNT_COLUMNS) - 1)
        if len(cells) < len(ACCOUNT_COLUMNS):
            continue  # the rest of a name with a line end in it, or of half an answer
        row = dict(zip(ACCOUNT_COLUMNS, cells, strict=True))
        job = _accounted(row, lives.get(row["JobIDRaw"], 0))
        lives[row["JobIDRaw"]] = lives.get(row["JobIDRaw"], 0) + 1
        found[row["JobIDRaw"]] = found[row["JobID"]] = job
    return found


def _accounted(row: Mapping[str, str], lives: int) -> Job:
    code, _, number = row["ExitCode"].partition(":")
    words = row["State"].split(" ")
    by = words[2] if words[:2] == ["CANCELLED", "by"] and len(words) > 2 else ""
    limit = seconds(row["TimelimitRaw"])
    return Job(
        id=row["JobID"],
        state=job_state(words[0]),
        raw=row["JobIDRaw"],
        name=plain(row["JobName"], 200),
        user=plain(row["User"]),
        partition=plain(row["Partition"]),
        submitted_at=instant(row["Submit"]),
        starts_at=instant(row["Start"]),
        ended_at=instant(row["End"]),
        limit_s=limit,
        nodes="" if row["NodeList"] in NOTHING | {"None assigned"} else plain(row["NodeList"], 200),
        gpus=gpu_count(row["AllocTRES"]),
        exit_code=int(code) if code.isdigit() else None,
        signal=int(number) if number.isdigit() and int(number) else None,
        cancelled_by=plain(by, 40),
        lives=lives,
        folder=row["WorkDir"],
    )
