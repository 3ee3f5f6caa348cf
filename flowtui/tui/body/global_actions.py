"""What concerns the body and works everywhere in the app: the quick line and the check-in."""

from __future__ import annotations

from asyncio import ensure_future
from collections.abc import Awaitable
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from flowtui.core.body.day_text import entry_text
from flowtui.core.errors import FlowError
from flowtui.tui.body.quick_dialog import QuickDialog, QuickOffer

if TYPE_CHECKING:
    from flowtui.services.body.checkin import Kept
    from flowtui.services.body.checkin_session import CheckinSession
    from flowtui.services.body.checkin_sheet import Sheet
    from flowtui.services.wiring import Services
    from flowtui.tui.shell.host import Host

UNDO = "   u takes it back"


async def quick_log(app: Host, day: date | None = None) -> None:
    """Ask for a line and record it; a line that was refused comes back as it was typed."""
    about = f"on {day:%A %-d %B %Y}" if day is not None else ""
    line, wrong = "", ""
    while True:
        typed = await app.push_screen_wait(
            QuickDialog(
                partial(app.ask, _offer), about, line, wrong, partial(_understand, app, day)
            )
        )
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


class CheckinLog:
    """Keeps the answers of a check-in through the app's desk, in the order they were given."""

    def __init__(self, app: Host) -> None:
        self._app = app
        self._session: CheckinSession | None = None
        self._kept: list[Kept] = []

    async def open(self, day: date | None) -> Sheet:
        """Leave the day before this one, if there is one, and begin `day`."""
        await self._leave()
        sheet = await self._app.ask(partial(_sheet, day))
        self._session = await self._app.ask(partial(_begun, sheet.day))
        return sheet

    def give(self, name: str, text: str) -> Awaitable[None]:
        """Keep an answer."""
        session = self._session
        assert session is not None
        return ensure_future(self._app.ask(lambda services: session.give(name, text)))

    async def close(self) -> str:
        """What came of it, in one line; empty if nothing was answered."""
        await self._leave()
        kept = [one for one in self._kept if one.answered]
        if not kept:
            return ""
        number = sum(one.answered for one in kept)
        answers = "1 answer" if number == 1 else f"{number} answers"
        planned = next((one.first_block for one in kept if one.first_block), None)
        first = f"   first tomorrow: {planned}" if planned else ""
        return f"check-in kept, {answers}{first}{UNDO}"

    async def _leave(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            self._kept.append(await self._app.ask(lambda services: session.leave()))


async def left(app: Host, log: CheckinLog) -> None:
    """Say what came of a check-in."""
    try:
        said = await log.close()
    except FlowError as error:
        app.said(str(error), lost=True)
        return
    if said:
        app.said(said)
        app.refresh_snapshot()


def _sheet(day: date | None, services: Services) -> Sheet:
    return services.body.checkins.sheet(day)


def _begun(day: date, services: Services) -> CheckinSession:
    from flowtui.services.body.checkin_session import CheckinSession

    return CheckinSession(services.body.checkins, services.body.log, day)


def _offer(services: Services) -> QuickOffer:
    names = services.body.log.declared.words()
    words = [h.name for h in names.habits if not h.archived]
    return QuickOffer((*names.workouts, *words, *names.stops))


async def _understand(app: Host, day: date | None, line: str) -> str:
    dated = f"{day.isoformat()} {line}" if day is not None else line
    return await app.ask(partial(_meant, dated))


def _meant(line: str, services: Services) -> str:
    try:
        logged = services.body.log.meant(line)
    except FlowError:
        return ""  # what is wrong is said at Enter: half a word is no mistake yet
    return ", ".join(map(entry_text, logged.entries))


def _write(line: str, services: Services) -> str:
    logged = services.body.log.write(line)
    texts = ", ".join(map(entry_text, logged.entries))
    late = " (late)" if any(e.late for e in logged.entries) else ""
    remarks = "".join(f"   {remark}" for remark in logged.remarks)
    return f"logged {texts}{late}{UNDO}{remarks}"
