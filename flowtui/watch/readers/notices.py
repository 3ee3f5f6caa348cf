"""Lines of words that mean something for a run: checkpoints, evaluation, memory, the end.

One line may say two things ("done, weights saved to ..."). An end needs a training before it:
"Done." after a set-up is none. A cheap look at a line's letters comes first.
"""

from __future__ import annotations

import re

from flowtui.core.runs.reading import Notice, NoticeKind

MAX_TEXT = 500

_OOM = re.compile(
    r"(?i)(?:cuda|hip|mps(?: backend)?|gpu|xpu|npu)(?: error:)? (?:ran )?out of memory|"
    r"OutOfMemoryError|RESOURCE_EXHAUSTED|cannot allocate memory|bad_alloc|\bMemoryError\b|"
    r"oom[-_ ]kill|out of memory: killed|can't allocate memory|_OUT_OF_MEMORY|_ALLOC_FAILED|"
    r"failed to allocate .*memory|Exceeded (?:job|step) memory limit"
)
_STOP = re.compile(
    r"KeyboardInterrupt|^\W*Terminated\W*$|: line \d+: +\d+ (?:Terminated|Hangup|Interrupt)\b|"
    r"^\^C|(?i:\bCANCELLED(?: AT)?\b.*(?:\d|LIMIT|PREEMPT)|DUE TO TIME LIMIT|DUE TO PREEMPTION|"
    r"received (?:signal )?SIG(?:TERM|INT)|interrupted by user|"
    r"training (?:was )?interrupted|detected KeyboardInterrupt|stopped by (?:the )?user)"
)
_FAIL = re.compile(
    r"failed \(exitcode: (-?\d+)\) local_rank: (\d+)|"
    r"Segmentation fault|core dumped|[Bb]us error|Fatal Python error|terminate called after|"
    r"CUDA error: (?!out of memory)|device-side assert triggered|Illegal instruction\b|"
    r"Watchdog caught collective operation timeout|watchdog got stuck|"
    r"srun: error: .*(?:task|tasks) [\d,-]+: (?:Exited|Killed|Aborted|Segm)|slurmstepd: error:|"
    r"srun: error: (?!Unable to confirm)|Node failure on \S|ChildFailedError|^\W*(?:Killed"
    r"|Aborted)(?: \(core dumped\))?\W*$|"
    r": line \d+: +\d+ (?:Killed|Aborted|Segmentation|Bus error)|\*\*\* Check failure stack trace|"
    r"^[\w./-]+: error: \w|^error: unrecognized arguments|Check failed: |"
    r"python\w*: can't open file|: command not found$|^make: \*\*\* .*Error \d+"
)
_EXIT = re.compile(
    r"(?i)\b(?:process|command|job|program|script|task|exited|returned|finished|failed"
    r"|terminated)\b"
    r".{0,60}?\b(?:exit(?:ed)?|return(?:ed)?|non-zero exit)[ -]?(?:with )?(?:exit )?(?:code"
    r"|status)\W{0,3}(-?\d+)|"
    r"^\W*exit(?:ed with)? (?:code|status)\W{0,3}(-?\d+)\W*$"
)
_SAVE = re.compile(
    r"(?i)\b(?:sav(?:ed|ing|e)|wrote|writing|stored|storing|dump(?:ed|ing)|snapshotting)\b.{0,80}?"
    r"\b(?:check ?points?|ckpt|models?|weights|state(?:_dict)?|snapshots?|pipeline|solver)\b|"
    r"\b(?:checkpoint|ckpt|model|weights)\b.{0,40}?\b(?:sav(?:ed|ing)|written)\b|"
    r"\bsav(?:ed|ing)\b.{0,40}\.(?:pt|pth|ckpt|h5|keras|safetensors|bin|npz|pkl)\b"
)
_NOT_SAVED = re.compile(
    r"(?i)\bnot (?:been )?(?:implemented|sav|writ)|fail|unable|cannot|won't|did not"
)
_RESUME = re.compile(
    r"(?i)\b(?:resum(?:e|ed|ing)\b.{0,60}\b(?:from|training|checkpoint|run|epoch|step)|"
    r"continuing training from|restored? (?:all )?(?:states?|model|checkpoint|training)|"
    r"load(?:ed|ing) (?:model |training )?(?:states? )?(?:from )?(?:the )?(?:checkpoint|ckpt))\b"
)
_EVALUATE = re.compile(
    r"(?i)\*{3,} running (?:evaluation|prediction)|"
    r"^\W*(?:running|starting|begin(?:ning)?|start)?\s*(?:validation|evaluation|evaluating"
    r"|validating)\b[^=:]{0,60}$"
)
_DONE = re.compile(
    r"(?i)\b(?:training|optimi[sz]ation|experiment|fine-?tuning|fit(?:ting)?)(?: (?:run|job"
    r"|process|procedure|loop))?"
    r" (?:is |has |was )?(?:been )?(?:now )?(?:successfully )?(?:complete[d]?|finished|done|ended"
    r"|over)\b(?!:? *\d+(?:\.\d+)? ?%)|"
    r"\b(?:finish(?:ed)?|completed|done)(?: with)? (?:the )?training\b|"
    r"^\W*(?:finished|all done|done|the end|completed|bye)\W*$|"
    r"`?Trainer\.fit`? stopped|\bearly stop(?:ping|ped)?\b(?! (?:patience|counter|callback"
    r"|monitor|metric|is ))"
    r"(?!\W*counter|\W*\d+ ?/|.*\bout of\b|.*[:=] ?(?:true|false|none))|"
    r"\d+ epochs completed in|stopping training early|run finished|max_steps reached|"
    r"^\W*(?:total )?training (?:time|took)\b\W*(?:[\d:]+|\d+ days?|\w+ \d)|\bend of training\b|"
    r"\bloss for final step\b|\bsaved pipeline to output directory\b|^bestiteration = |"
    r"\bfinal model saved\b|\btraining took\b|\bexecution time\b.*\d$|^\W*finished \S+ in [\d:.]+"
)
_NOT_DONE = re.compile(
    r"(?i)\b(?:when|until|after|if|once|before|will|epoch \d+ (?:is )?(?:done|finished"
    r"|completed?))\b"
)
_PATH = re.compile(
    r"(?:\b(?:to|in|as|at|into|file|path|directory)\b|->|=>"
    r"|:)\s*[`'\"]?([^\s`'\",;]*[/.][^\s`'\",;]*|\w+)[`'\"]?"
)
_HINTS = re.compile(
    r"emory|EXHAUST|alloc|oom|OOM|nterrupt|CANCEL|LIMIT|SIG|ignal|ailed|fault|dumped|error|Error|"
    r"erminate|atchdog|assert|ave|AVE|aving|rote|riting|tored|ump|heckpoint|kpt|esum|ontinuing"
    r"|estor|"
    r"oad|alid|valuat|rediction|omplete|inish|INISH|one|ONE|nded|top|over|reached|early|Killed"
    r"|bort|"
    r"xit|eturn|raining t|nd of|final|can't|not match|napshot|Check|nstruction|bestIter|Bye|\^C"
    r"|xecution"
)


def notices_of(text: str, rank: int | None, step: int | None, began: bool = True) -> list[Notice]:
    """What a line of words means; nothing for most. `began`: a training was read before it."""
    if _HINTS.search(text) is None:
        return []
    words = text[:MAX_TEXT]
    if _OOM.search(text):
        return [Notice(NoticeKind.OOM, words, rank, step=step)]
    if _STOP.search(text):
        return [Notice(NoticeKind.INTERRUPTED, words, rank, step=step)]
    failed = _FAIL.search(text)
    if failed:
        status = int(failed[1]) if failed[1] else None
        whose = int(failed[2]) if failed[2] else rank
        return [Notice(NoticeKind.FAILED, words, whose, step=step, exit_status=status)]
    if len(text) > 400:
        return []
    exited = _EXIT.search(text)
    if exited:
        code = int(exited[1] or exited[2])
        kind = NoticeKind.FAILED if code else NoticeKind.FINISHED
        return [Notice(kind, words, rank, step=step, exit_status=code)]
    if _RESUME.search(text):
        return [Notice(NoticeKind.RESUMED, words, rank, _path(text), step)]
    result: list[Notice] = []
    if _SAVE.search(text) and not _NOT_SAVED.search(text):
        result.append(Notice(NoticeKind.CHECKPOINT, words, rank, _path(text), step))
    if began and _DONE.search(text) and not _NOT_DONE.search(text):
        result.append(Notice(NoticeKind.FINISHED, words, rank, step=step))
    if not result and _EVALUATE.search(text):
        result.append(Notice(NoticeKind.EVALUATION, words, rank, step=step))
    return result


def _path(text: str) -> str | None:
    """The path that a line names: the last thing after "to", "in" or a colon like one."""
    names = [name.rstrip(".") for name in _PATH.findall(text)]
    paths = [name for name in names if "/" in name or "." in name]
    named = paths or names
    return named[-1] if named else None
