"""What there is to tell of runs, and when: rules always run, delivery depends on focus.

A finding becomes news once, when it is first seen; when it holds no longer, the same news gets the
instant at which it was over. During a block only the serious class is told at once; all else waits
for a pause or the end of the block, merged, as a digest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.runs.findings.finding import SEVERITY, Finding, Rule, Severity

KEPT = 400
"""News that are kept; older ones are in the records of their runs."""
OVER_S = 120.0
"""A finding has to be gone for this long to be over: rules at the edge come and go."""
TRANSIENT = frozenset({
    Rule.STALLED, Rule.WAITS, Rule.HANG, Rule.GPU_IDLE, Rule.LOADER_BOUND, Rule.THROTTLED,
    Rule.DISK_FILLING, Rule.PLATEAU, Rule.DIVERGING, Rule.OVERFITTING, Rule.BETTER, Rule.WORSE,
    Rule.ZOMBIE_MEMORY, Rule.NAN, Rule.TIME_LIMIT, Rule.QUEUE, Rule.NODE_DRAINED, Rule.STRAGGLER,
    Rule.RANK_STALLED, Rule.GPU_IMBALANCE,
})  # fmt: skip
"""What can be over again; the rest is final."""


@dataclass(frozen=True, slots=True)
class News:
    """One finding of one run, from its beginning to its end."""

    seq: int
    """Counts up over all runs; what was told is known by it."""
    run: str
    """Id of the run; empty for the machine itself."""
    name: str
    rule: Rule
    sentence: str
    at: float
    """POSIX seconds at which it was first seen."""
    seen_at: float
    """When it was last seen to hold."""
    over_at: float | None = None

    @property
    def severity(self) -> Severity:
        """By the policy for its rule."""
        return SEVERITY[self.rule]

    def to_json(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "seq": self.seq, "run": self.run, "name": self.name, "rule": self.rule.value,
            "severity": self.severity.value, "sentence": self.sentence, "at": self.at,
            "seen_at": self.seen_at, "over_at": self.over_at,
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> News:
        """Back from `to_json`. Raises KeyError or ValueError for anything else."""
        return cls(
            data["seq"], data["run"], data["name"], Rule(data["rule"]), data["sentence"],
            data["at"], data["seen_at"], data["over_at"],
        )  # fmt: skip


def updated(
    known: Sequence[News], run: str, name: str, findings: Sequence[Finding], now: float
) -> list[News]:
    """All news after the rules judged one run anew; `now` is POSIX seconds."""
    standing = {f.rule: f for f in findings}
    result: list[News] = []
    for news in known:
        if news.run != run or news.over_at is not None:
            result.append(news)
        elif news.rule in standing:
            finding = standing.pop(news.rule)
            result.append(replace(news, name=name, sentence=finding.sentence, seen_at=now))
        elif news.rule in TRANSIENT and now - news.seen_at >= OVER_S:
            result.append(replace(news, over_at=news.seen_at))
        else:
            result.append(news)
    # what stands already is not told again while it lasts
    # counted from the clock: were the known ones lost, the new ones still come after what was told
    seq = max((news.seq for news in known), default=int(now))
    for number, finding in enumerate(standing.values(), 1):
        sentence = finding.sentence
        result.append(News(seq + number, run, name, finding.rule, sentence, now, now))
    return result[-KEPT:]


def at_once(news: Sequence[News], told: int, focused: bool) -> list[News]:
    """What is to be told now: beyond `told`, and in focus only the serious."""
    fresh = [n for n in news if n.seq > told and n.over_at is None]
    return [n for n in fresh if n.severity is Severity.SERIOUS or not focused]


def held(news: Sequence[News], digested: int) -> list[News]:
    """What waits for the end of the block: everything beyond `digested` but the serious."""
    return [n for n in news if n.seq > digested and n.severity is not Severity.SERIOUS]


def digest(news: Sequence[News], clock: Any) -> list[str]:
    """One line a run: "resnet-b: plateau since 14:10, over 14:32; finished 14:40".

    `clock` turns POSIX seconds into a time of the day.
    """
    by_run: dict[str, list[News]] = {}
    for each in news:
        by_run.setdefault(each.run, []).append(each)
    lines = []
    for items in by_run.values():
        parts = [
            f"{item.sentence} ({clock(item.at)}"
            + (f", over {clock(item.over_at)})" if item.over_at is not None else ")")
            for item in items
        ]
        name = items[-1].name
        lines.append(f"{name}: {'; '.join(parts)}" if name else "; ".join(parts))
    return lines
