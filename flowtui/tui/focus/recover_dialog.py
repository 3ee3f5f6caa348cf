"""A block that was left alone: the honest ways to go on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from textual.widget import Widget
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from flowtui.core.focus.block import Block, Cause
from flowtui.core.focus.measure import measure
from flowtui.core.focus.recovery import Closing, Hole
from flowtui.core.status_file import minutes
from flowtui.tui.dialogs.base import Dialog
from flowtui.tui.widgets.form_list import FormList

WHY = {
    Cause.CLOSED: "the terminal or the machine was closed",
    Cause.CRASH: "flowtui was killed",
    Cause.AWAY: "the block had ended",
}


class RecoverDialog(Dialog[Closing]):
    """Asks what the time away was. Esc leaves the question open; the block goes on unattended."""

    title_text = "your block is still here"
    hint = "j k choose   enter take it   esc ask me later"

    def __init__(
        self, block: Block, hole: Hole, offers: Sequence[Closing], zone: ZoneInfo, now: datetime
    ) -> None:
        super().__init__()
        self._block = block
        self._hole = hole
        self._offers = offers
        self._zone = zone
        self._now = now

    def form(self) -> Iterable[Widget]:
        """What happened, and the ways to go on, each with what it gives."""
        hole = self._hole
        start, end = (t.astimezone(self._zone) for t in (hole.start, hole.end))
        yield Label(self._block.intention or "no intention", classes="about", markup=False)
        yield Label(
            f"{WHY.get(hole.cause, 'nothing was running')} from {start:%H:%M} to {end:%H:%M}, "
            f"{minutes(hole.seconds)}",
            classes="about",
            markup=False,
        )
        offers = (Option(self._words(offer), id=offer.value) for offer in self._offers)
        yield FormList(*offers, id="offers")

    def _words(self, offer: Closing) -> str:
        block, hole = self._block, self._hole
        until = measure(block, hole.start).focus_s
        whole = measure(block, self._now).focus_s
        at = f"{hole.start.astimezone(self._zone):%H:%M}"
        planned = minutes(measure(block, self._now).planned_s)
        verb, how, focus = {
            Closing.CONTINUE: ("go on", "the time away becomes a gap", minutes(until)),
            Closing.COUNT: ("go on", "I was working: count it", minutes(whole)),
            Closing.HEARTBEAT: ("end it", f"at {at}, {self._then()}", minutes(until)),
            Closing.PLAN: ("end it", "where its plan ended", planned),
            Closing.ALL: ("end it", "now, and keep all of the time", minutes(whole)),
        }[offer]
        return f"{verb:<8} {how:<32} {focus:>8} of focus"

    def _then(self) -> str:
        return "as before" if self._hole.cause is Cause.AWAY else "when flowtui last ran"

    def on_mount(self) -> None:
        """The first offer is the likely one."""
        offers = self.query_one("#offers", OptionList)
        offers.highlighted = 0
        offers.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter on an offer takes it."""
        event.stop()
        self.dismiss(Closing(event.option_id or ""))
