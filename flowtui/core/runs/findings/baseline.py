"""Better or worse than the baseline run, at the same step."""

from __future__ import annotations

from statistics import fmean

from flowtui.core.runs.findings.curves import costs, noise, sure
from flowtui.core.runs.findings.finding import Finding, Rule
from flowtui.core.runs.history import History
from flowtui.core.runs.metric_series import Point
from flowtui.core.runs.metrics import Better, key_metric
from flowtui.core.runs.observation import Seen

ENOUGH = 5
SHARE = 0.15
"""The latest part of the run that is compared."""
SIGMAS = 4.0


def against_baseline(seen: Seen) -> Finding | None:
    """A finding while the key metric differs from the baseline's by more than the noise of both.

    The latest part of the run (at least five values) is compared step by step; nearly all of it
    must lie on the same side. Without a common metric, or beyond the baseline's last step, it is
    silent.
    """
    base = seen.baseline
    if base is None or base is seen.history:
        return None
    name = _common(seen.history, base)
    if name is None:
        return None
    track = seen.history.metrics[name]
    ours, theirs = costs(track), costs(base.metrics[name])
    pairs = _pairs(ours[-max(ENOUGH, int(len(ours) * SHARE)) :], theirs)
    if len(pairs) < ENOUGH or len(theirs) < ENOUGH:
        return None
    gaps = [mine - other for mine, other in pairs]
    gap = fmean(gaps)
    spread = (noise([p.value for p in ours]) ** 2 + noise([p.value for p in theirs]) ** 2) ** 0.5
    needed = max(SIGMAS * spread / len(gaps) ** 0.5, 0.002 * abs(fmean([o for _, o in pairs])))
    same_side = sum((g > 0) == (gap > 0) for g in gaps)
    if abs(gap) <= needed or same_side < 0.9 * len(gaps):
        return None
    better = gap < 0
    sign = -1.0 if track.better is Better.HIGHER else 1.0
    word = "better" if better else "worse"
    value = sign * fmean([mine for mine, _ in pairs])
    other = sign * fmean([theirs_then for _, theirs_then in pairs])
    whom = seen.baseline_name or "the baseline"
    return Finding(
        Rule.BETTER if better else Rule.WORSE,
        ours[-len(pairs)].step,
        sure(abs(gap) / needed),
        {
            "metric": name,
            "difference": sign * gap,
            "noise": spread / len(gaps) ** 0.5,
            "value": value,
            "baseline": other,
            "at_step": ours[-1].step,
        },
        f"{name} is {word} than {whom} at the same step: {value:.4g} against {other:.4g}",
    )


def _common(ours: History, theirs: History) -> str | None:
    """The key metric that both have."""
    return key_metric(name for name in ours.metrics if name in theirs.metrics)


def _pairs(ours: list[Point], theirs: list[Point]) -> list[tuple[float, float]]:
    """Our value and theirs at the same step, between their neighbours; steps that both have."""
    found: list[tuple[float, float]] = []
    at = 0
    for point in ours:
        while at + 1 < len(theirs) and theirs[at + 1].step < point.step:
            at += 1
        if at + 1 >= len(theirs):
            break
        left, right = theirs[at], theirs[at + 1]
        if not left.step <= point.step <= right.step:
            continue
        span = right.step - left.step
        share = (point.step - left.step) / span if span > 0 else 1.0
        found.append((point.value, left.value + share * (right.value - left.value)))
    return found
