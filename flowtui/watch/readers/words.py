"""Lines of words that mean something for a run: checkpoints, evaluation, memory, the end.

Only lines that hold no figures for a reader come here, and a cheap look at their letters comes
first.
"""

from __future__ import annotations

import re

from flowtui.core.runs.reading import Notice, NoticeKind

MAX_TEXT = 500

_OOM = re.compile(
    r"(?i)(?:cuda|hip|mps(?: backend)?|gpu|xpu|npu)(?: error:)? (?:ran )?out of memory|"
    r"OutOfMemoryError|RESOURCE_EXHAUSTED|cannot allocate memory|bad_alloc|\bMemoryError\b|"
    r"oom[-_ ]kill|out of memory: killed|can't allocate memory|_OUT_OF_MEMORY|_ALLOC_FAILED|"
    r"failed to allocate .*memory"
)
_STOP = re.compile(
    r"KeyboardInterrupt|(?i:\bCANCELLED AT\b|DUE TO TIME LIMIT|"
    r"received (?:signal )?SIG(?:TERM|INT)|interrupted by user|"
    r"training (?:was )?interrupted|detected KeyboardInterrupt)"
)
_FAIL = re.compile(
    r"failed \(exitcode: (-?\d+)\) local_rank: (\d+)|"
    r"Segmentation fault|core dumped|Bus error|Fatal Python error|terminate called after|"
    r"CUDA error: (?!out of memory)|device-side assert triggered|"
    r"Watchdog caught collective operation timeout|watchdog got stuck|"
    r"srun: error: .*(?:task|tasks) [\d,-]+: (?:Exited|Killed|Aborted|Segm)|"
    r"ChildFailedError"
)
_SAVE = re.compile(
    r"(?i)\b(?:sav(?:ed|ing|e)|wrote|writing|stored|storing|dump(?:ed|ing))\b.{0,80}?"
    r"\b(?:check ?points?|ckpt|models?|weights|state(?:_dict)?|snapshots?)\b|"
    r"\b(?:checkpoint|ckpt|model|weights)\b.{0,40}?\b(?:sav(?:ed|ing)|written)\b"
)
_RESUME = re.compile(
    r"(?i)\b(?:resum(?:e|ed|ing)\b.{0,60}\b(?:from|training|checkpoint|run|epoch|step)|"
    r"continuing training from|restored? (?:all )?(?:states?|model|checkpoint|training)|"
    r"load(?:ed|ing) (?:model |training )?(?:states? )?(?:from )?(?:the )?(?:checkpoint|ckpt))\b"
)
_EVALUATE = re.compile(
    r"(?i)\*{3,} running (?:evaluation|prediction)|"
    r"^\W*(?:running|starting|begin(?:ning)?|start)?\s*(?:validation|evaluation|evaluating|validating)\b[^=:]{0,60}$"
)
_DONE = re.compile(
    r"(?i)\btraining (?:is |has )?(?:been )?(?:complete[d]?|finished|done|ended|over)\b|"
    r"\b(?:finished|completed|done) training\b|^\W*(?:finished|all done|done)\W*$|"
    r"`?Trainer\.fit`? stopped|\bearly stopp(?:ing|ed)\b(?! (?:patience|counter|callback))|"
    r"\d+ epochs completed in|stopping training early|run finished|max_steps reached"
)
_PATH = re.compile(
    r"(?:\b(?:to|in|as|at|into)\b|->|=>|:)\s*[`'\"]?([^\s`'\",;]*[/.][^\s`'\",;]*|\w+)[`'\"]?"
)
_HINTS = (
    "emory", "EXHAUSTED", "alloc", "oom", "OOM", "nterrupt", "CANCELLED", "TIME LIMIT", "SIG",
    "ailed", "fault", "dumped", "error", "Error", "terminate", "atchdog", "assert",
    "ave", "AVE", "aving", "rote", "riting", "tored", "ump", "heckpoint", "kpt",
    "esum", "ontinuing", "estor", "oad", "alid", "valuat", "rediction",
    "omplete", "inish", "one", "nded", "stop", "over", "reached", "early",
)  # fmt: skip


def notice_of(text: str, rank: int | None, step: int | None) -> Notice | None:
    """What a line of words means; None for most."""
    if not any(hint in text for hint in _HINTS):
        return None
    said = text[:MAX_TEXT]
    if _OOM.search(text):
        return Notice(NoticeKind.OOM, said, rank, step=step)
    if _STOP.search(text):
        return Notice(NoticeKind.INTERRUPTED, said, rank, step=step)
    failed = _FAIL.search(text)
    if failed:
        status = int(failed[1]) if failed[1] else None
        whose = int(failed[2]) if failed[2] else rank
        return Notice(NoticeKind.FAILED, said, whose, step=step, exit_status=status)
    if len(text) > 400:
        return None
    if _SAVE.search(text):
        return Notice(NoticeKind.CHECKPOINT, said, rank, _path(text), step)
    if _RESUME.search(text):
        return Notice(NoticeKind.RESUMED, said, rank, _path(text), step)
    if _DONE.search(text):
        return Notice(NoticeKind.FINISHED, said, rank, step=step)
    if _EVALUATE.search(text):
        return Notice(NoticeKind.EVALUATION, said, rank, step=step)
    return None


def _path(text: str) -> str | None:
    """The path that a line names: the last thing after "to", "in" or a colon like one."""
    found = [name.rstrip(".") for name in _PATH.findall(text)]
    paths = [name for name in found if "/" in name or "." in name]
    named = paths or found
    return named[-1] if named else None
