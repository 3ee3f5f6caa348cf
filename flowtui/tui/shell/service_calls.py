"""What the app asks of the services on the desk's thread, one function a question."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flowtui.core.focus.snapshot import Snapshot
    from flowtui.services.runs.board import Board
    from flowtui.services.wiring import Services
    from flowtui.settings.config import Config
    from flowtui.tui.shell.bells import Ringing
    from flowtui.tui.shell.host import Host


def settings_of(file: Path) -> Config:
    """The settings in `file`; defaults for what is wrong there."""
    from flowtui.settings.config import parse

    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    return parse(text, file)[0]


def take_snapshot(day: date | None, services: Services) -> Snapshot:
    """What the screens show; `day` is the day whose blocks are listed, None for today."""
    snapshot = services.snapshots.take(day)
    if day is None:
        services.today_file.save(lambda: snapshot)
    return snapshot


def look_around(
    before: Board | None, held: int, services: Services
) -> tuple[bool, Board | None, int]:
    """Whether others wrote, what the watcher of runs sees, and how much of it is held back.

    Where no run was ever watched nothing of runs is loaded: its readers are a fifth of the app.
    """
    changed = services.snapshots.is_behind()
    if before is None and not services.paths.watch_dir.is_dir():
        return changed, None, held
    services.runs.ensure_watched()
    board = services.runs.look()
    # the same board as before: nothing was found since
    return changed, board, held if board is before else len(services.runs.teller.held())


def put_session_back(services: Services) -> list[str]:
    """What a guarded block left of the session is put back; what could not be, in words."""
    if not (services.paths.session_dir / "journal").is_dir():
        return []
    return services.guard.quietness.recover()


def ready_to_ring(services: Services) -> Services:
    """The services, once all that ringing imports is there."""
    import apscheduler.schedulers.asyncio  # noqa: F401 - 95 ms, spent here and not in the loop

    return services


def todays_arm(services: Services) -> str:
    """What an experiment asks for today, if that was not noted yet; else empty."""
    if not len(services.store.ledger.table("experiments")):
        return ""
    from flowtui.core.insight.experiment_text import today_words
    from flowtui.services.insight.insight_wiring import insight_of

    experiments = insight_of(services).experiments
    today = experiments.today()
    told = [today_words(e, today) for e in experiments.live() if today not in e.actual]
    return next((text for text in told if text), "")


def week_offer(services: Services) -> str:
    """The offer to look back at the week gone by; empty where there is none, or it was made."""
    from flowtui.services.review.week_reviews import WeekReviews

    if WeekReviews(services).offer_once() is None:
        return ""
    return "last week can be looked back at, in six questions   5 Q"


def make_ringing(app: Host, services: Services) -> Ringing:
    """The conductor of the app."""
    from flowtui.tui.shell.bells import Ringing

    return Ringing(app, services)


def goodbye(services: Services, leave_running: bool) -> None:
    """The app ends: say so to the block's heartbeat, and give hooks a second."""
    services.heart.goodbye(leave_running)
    services.hooks.close(1)


def beat_once(services: Services, block_id: str) -> bool:
    """Beat for the block; True if the machine slept or its clock was set meanwhile."""
    noticed = services.focus.observe() is not None
    services.heart.beat(block_id)
    return noticed
