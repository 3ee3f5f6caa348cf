"""Alert: the program itself said that something is worth a look."""

from __future__ import annotations

from flowtui.core.runs.findings.finding import Finding, Rule
from flowtui.core.runs.observation import Seen
from flowtui.core.runs.reading import NoticeKind
from flowtui.core.text import middle_cut


def alert(seen: Seen) -> Finding | None:
    """A finding with the run's own latest alert (wandb.alert, trackio.alert)."""
    said = seen.history.of_kind(NoticeKind.ALERT)
    if not said:
        return None
    return Finding(
        Rule.ALERT,
        said[-1].step,
        1.0,
        {"alerts": float(len(said)), "text": said[-1].text},
        f"says: {middle_cut(said[-1].text, 120)}",
    )
