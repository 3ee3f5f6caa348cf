"""What goes wrong beyond one process: queues, time limits, nodes, and one worker among many."""

from __future__ import annotations

from collections import defaultdict
from statistics import fmean, median

from flowtui.core.runs.eta import eta_of
from flowtui.core.runs.findings.finding import Finding, Rule
from flowtui.core.runs.job import ACTIVE, CUT, NEVER, JobState, job_words, reason_words
from flowtui.core.runs.machine import GpuReading
from flowtui.core.runs.observation import Seen
from flowtui.core.status_file import minutes

LATE_START_S = 1800.0
"""So long after the scheduler's own estimate it is worth a word."""
LEAST_LIMIT_S = 60.0
SLOW = 1.3
"""A worker that takes so many times as long for a step as half of the others."""
STUCK_S = 120.0
IMBALANCE_S = 300.0
BUSY, IDLE = 0.6, 0.2


def time_limit(seen: Seen) -> Finding | None:
    """A finding if a job's time is up before its work is done, or was."""
    job = seen.job
    if job is None:
        return None
    progress = seen.history.progress
    if job.state is JobState.TIMEOUT:
        far = "" if progress is None else f" at {_percent(progress)}"
        return Finding(
            Rule.TIME_LIMIT, seen.history.position, 1.0,
            {"limit_s": job.limit_s, "progress": progress}, f"ended by its time limit{far}",
        )  # fmt: skip
    cut_at, eta = job.cut_at, eta_of(seen.history, seen.known_s)
    if cut_at is None or eta is None or progress is None or eta.left_s < LEAST_LIMIT_S:
        return None
    left_s = cut_at - seen.known_s
    error_s = eta.error_s or 0.1 * eta.left_s
    if left_s <= 0 or eta.left_s - error_s <= left_s:
        return None
    reached = progress + (1 - progress) * left_s / eta.left_s
    sure = 0.9 if eta.left_s - 2 * error_s > left_s else 0.7
    return Finding(
        Rule.TIME_LIMIT, seen.history.position, sure,
        {"left_s": round(left_s), "needs_s": round(eta.left_s), "reaches": round(reached, 3)},
        f"will be cut at {_percent(reached)}: {minutes(round(left_s))} of its time are left, "
        f"and it needs {minutes(round(eta.left_s))}",
    )  # fmt: skip


def queue_wait(seen: Seen) -> Finding | None:
    """A finding while a job waits that can never start, or for much longer than was estimated."""
    job = seen.job
    if job is None or not job.waits:
        return None
    if job.reason.strip("() ").split(",")[0] in NEVER:
        return Finding(
            Rule.QUEUE, None, 0.95, {"reason": job.reason}, f"will not start: {_why(job.reason)}"
        )
    estimate = job.starts_at
    if estimate is None or seen.known_s - estimate < LATE_START_S:
        return None
    late_s = seen.known_s - estimate
    return Finding(
        Rule.QUEUE, None, 0.8, {"late_s": round(late_s), "reason": job.reason},
        f"still waits, {minutes(round(late_s))} after it was to start: {_why(job.reason)}",
    )  # fmt: skip


def ended_early(seen: Seen) -> Finding | None:
    """A finding once a scheduler or a person ended a job before its end."""
    job = seen.job
    if job is None or job.state not in CUT or job.state is JobState.TIMEOUT:
        return None
    return Finding(
        Rule.ENDED_EARLY, seen.history.position, 1.0,
        {"state": job.state.value, "by": job.cancelled_by or None}, job_words(job),
    )  # fmt: skip


def node_drained(seen: Seen) -> Finding | None:
    """A finding while a node under a running job takes no more work."""
    job = seen.job
    if job is None or job.state not in ACTIVE or not job.drained:
        return None
    nodes = ", ".join(job.drained[:4]) + (" and more" if len(job.drained) > 4 else "")
    return Finding(
        Rule.NODE_DRAINED, seen.history.position, 0.9, {"nodes": nodes},
        f"the site takes {nodes} out of service under it",
    )  # fmt: skip


def straggler(seen: Seen) -> Finding | None:
    """A finding if one worker, or a few, take much longer for a step than half of the others."""
    slow = seen.history.ranks.slow(SLOW)
    if not slow or len(slow) * 3 > len(seen.history.ranks.by_number):
        return None
    number, pace, usual = max(slow, key=lambda row: row[1])
    more = f" (and {len(slow) - 1} more)" if len(slow) > 1 else ""
    return Finding(
        Rule.STRAGGLER, seen.history.position, 0.8,
        {"rank": number, "step_s": round(pace, 4), "usual_s": round(usual, 4)},
        f"rank {number}{more} takes {pace:.3g} s a step, the others {usual:.3g} s",
    )  # fmt: skip


def rank_stalled(seen: Seen) -> Finding | None:
    """A finding if one worker, or a few, write no more while the others get on."""
    ranks = seen.history.ranks
    pace = [p for rank in ranks.by_number.values() if (p := rank.pace_s) is not None]
    least = max(STUCK_S, 20 * median(pace)) if pace else STUCK_S
    stuck = ranks.behind(least)
    if not stuck or len(stuck) * 2 > len(ranks.by_number):
        return None
    number, rank = min(stuck, key=lambda row: row[1].at)
    others = max(each.at for each in ranks.by_number.values())
    more = f" (and {len(stuck) - 1} more)" if len(stuck) > 1 else ""
    return Finding(
        Rule.RANK_STALLED, rank.step, 0.8,
        {"rank": number, "step": rank.step, "silence_s": round(others - rank.at)},
        f"rank {number}{more} has written nothing for {minutes(round(others - rank.at))}, "
        f"the others get on (its last step is {rank.step})",
    )  # fmt: skip


def gpu_imbalance(seen: Seen) -> Finding | None:
    """A finding if some GPUs of a run work and others have rested for five minutes."""
    latest = [gpu for gpu in seen.gpus if gpu.util is not None and gpu.problem is None]
    if not latest or latest[-1].at.timestamp() - latest[0].at.timestamp() < 0.9 * IMBALANCE_S:
        return None
    start = latest[-1].at.timestamp() - IMBALANCE_S
    uses: dict[str, list[GpuReading]] = defaultdict(list)
    for gpu in latest:
        if gpu.at.timestamp() >= start:
            uses[gpu.uuid or f"{gpu.host}/{gpu.index}"].append(gpu)
    if len(uses) < 2:
        return None
    means = {key: fmean(gpu.util or 0.0 for gpu in gpus) for key, gpus in uses.items()}
    resting = [key for key, mean in means.items() if mean < IDLE]
    working = [key for key, mean in means.items() if mean > BUSY]
    if not resting or not working or len(resting) > len(means) / 2:
        return None
    first = uses[min(resting, key=means.__getitem__)][-1]
    at = f"{first.host} " if first.host else ""
    return Finding(
        Rule.GPU_IMBALANCE, seen.history.position, 0.8,
        {"resting": float(len(resting)), "gpus": float(len(means)), "util": median(means.values())},
        f"{len(resting)} of {len(means)} GPUs rest ({at}GPU {first.index} first) "
        f"while the others work",
    )  # fmt: skip


def _why(reason: str) -> str:
    return reason_words(reason) or "nobody says why"


def _percent(share: float) -> str:
    return f"{min(99, round(share * 100))} %"
