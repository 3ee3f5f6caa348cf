"""What concerns the body and works everywhere in the app: the quick line and the check-in."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from flowtui.core.body.day_text import entry_text
from flowtui.core.errors import FlowError
from flowtui.tui.body.checkin_screen import Answers, CheckinScreen
from flowtui.tui.body.quick_dialog import QuickDialog, QuickOffer

if TYPE_CHECKING:
    from flowtui.services.body.checkin_sheet import Sheet
    from flowtui.services.wiring import Services
    from flowtui.tui.shell.host import Host

UNDO = "   u takes it back"


async def quick_log(app: Host, day: date | None = None) -> None:
    """Ask for a line and record it; a line that was refused comes back as it was typed."""
    offer = await app.ask(_offer)
    about = f"on {day:%A %-d %B %Y}" if day is not None else ""
    line, wrong = "", ""
    while True:
        typed = await app.push_screen_wait(QuickDialog(offer, about, line, wrong))
        if typed is None:
            return
        line = typed
        dated = f"{day.isoformat()} {line}" if day is not None else line
        try:
            said = await app.ask(partial(_write, dated))
        except FlowError as error:
            wrong = str(error)
            continue
        app.said(said)
        app.refresh_snapshot()
        return


async def check_in(app: Host, day: date | None = None) -> None:
    """Open the check-in of `day` (default today); keep what was answered, however it was left."""
    try:
        sheet = await app.ask(partial(_sheet, day))
    except FlowError as error:
        app.said(str(error), lost=True)
        return
    while True:
        done = await app.push_screen_wait(CheckinScreen(sheet))
        if done is None:
            return
        if done.go_to is not None:
            if done.given and not await app.perform(partial(_keep, done)):
                return
            sheet = await app.ask(partial(_sheet, done.go_to))
            continue
        if done.given:
            await app.perform(partial(_keep, done))
        return


def _sheet(day: date | None, services: Services) -> Sheet:
    return services.body.checkins.sheet(day)


def _offer(services: Services) -> QuickOffer:
    names = services.body.log.declared.words()
    words = [h.name for h in names.habits if not h.archived]
    return QuickOffer((*names.workouts, *words, *names.stops))


def _write(line: str, services: Services) -> str:
    logged = services.body.log.write(line)
    texts = ", ".join(map(entry_text, logged.entries))
    late = " (late)" if any(e.late for e in logged.entries) else ""
    remarks = "".join(f"   {remark}" for remark in logged.remarks)
    return f"logged {texts}{late}{UNDO}{remarks}"


def _keep(done: Answers, services: Services) -> str:
    kept = services.body.checkins.keep(done.day, done.given)
    number = kept.answered
    answers = "1 answer" if number == 1 else f"{number} answers"
    first = f"   first tomorrow: {kept.first_block}" if kept.first_block else ""
    return f"check-in kept, {answers}{first}{UNDO}"
