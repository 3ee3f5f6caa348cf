"""The app's modes, and how the screen of each is made: imported when it is first shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.screen import Screen

IDLE, RUNNING = "focus-idle", "focus-running"
RUNS, BODY, INSIGHT, REVIEW = "runs", "body", "insight", "review"
FOCUS = (IDLE, RUNNING)
"""The two faces of Focus; other modes stay when a block begins or ends."""


def _idle_screen() -> Screen[None]:
    from flowtui.tui.focus.idle_screen import IdleScreen

    return IdleScreen()


def _running_screen() -> Screen[None]:
    from flowtui.tui.focus.running_screen import RunningScreen

    return RunningScreen()


def _runs_screen() -> Screen[None]:
    from flowtui.tui.runs.runs_screen import RunsScreen

    return RunsScreen()


def _body_screen() -> Screen[None]:
    from flowtui.tui.body.body_screen import BodyScreen

    return BodyScreen()


def _insight_screen() -> Screen[None]:
    from flowtui.tui.insight.insight_screen import InsightScreen

    return InsightScreen()


def _review_screen() -> Screen[None]:
    from flowtui.tui.review.review_screen import ReviewScreen

    return ReviewScreen()


# IDLE and RUNNING are two faces of Focus: Textual keeps both, and neither is ever torn down
MODES = {
    IDLE: _idle_screen,
    RUNNING: _running_screen,
    RUNS: _runs_screen,
    BODY: _body_screen,
    INSIGHT: _insight_screen,
    REVIEW: _review_screen,
}
