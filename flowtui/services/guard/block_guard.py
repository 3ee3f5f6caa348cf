"""The guard of the running block: put on at its start, lengthened with it, let go at its end.

With an installed guard sites are kept away; without one, notices and one's own apps. What was
reached is looked at, never assumed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from flowtui.core.clock import Clock
from flowtui.core.day import DayRule
from flowtui.core.errors import FlowError, UsageError
from flowtui.core.focus.block import Block
from flowtui.core.focus.commands import Event, EventKind
from flowtui.core.focus.measure import deadline
from flowtui.core.guard import protection
from flowtui.core.guard.protection import Choice, GuardOffer, GuardView
from flowtui.core.lazy_dataclass import dataclass
from flowtui.guard import lists
from flowtui.guard.client import Client, NoGuard, Refused, as_root
from flowtui.guard.lists import SiteList
from flowtui.services.guard.guard_state import GuardState, Kept
from flowtui.services.guard.guard_view import left_out, view_of
from flowtui.services.guard.quiet_session import Quietness
from flowtui.settings.sections import Guard

LOOK_S = 0.5
"""The screen waits for this answer: a guard that takes longer is as good as none."""
FOLLOWED = (EventKind.RESUMED, EventKind.EXTENDED, EventKind.SHIFTED)


@dataclass(frozen=True, slots=True)
class Armed:
    """What came of putting the guard on."""

    view: GuardView | None
    sentences: tuple[str, ...]
    """What a person should know, the most important first."""


class GuardService:
    """All methods but `arm`, `release` and the emergency ones never raise for a missing guard."""

    def __init__(
        self,
        client: Client,
        settings: Guard,
        by_context: Mapping[str, tuple[str, ...]],
        folders: tuple[Path, Path],
        clock: Clock,
        rule: DayRule,
        quietness: Quietness,
        home: Path,
    ) -> None:
        self.client = client
        self.settings = settings
        self._by_context = by_context
        self.lists_folder, state_folder = folders
        self.state = GuardState(state_folder)
        self._clock = clock
        self._rule = rule
        self.quietness = quietness
        self._home = home
        self._listeners: list[Callable[[], None]] = []

    def subscribe(self, listener: Callable[[], None]) -> None:
        """`listener` hears whenever what is remembered of the guard has changed."""
        self._listeners.append(listener)

    def lists(self) -> dict[str, SiteList]:
        """All lists by name. Raises FlowError for one that is wrong."""
        return lists.known(self.lists_folder)

    def offer(self, context: str) -> GuardOffer:
        """What a plan starts with: the last choice, else that of the settings."""
        try:
            names = tuple(self.lists())
        except FlowError:
            names = ()
        last = self.state.last_choice()
        usual = last or Choice(self._usual(context), self.settings.strictness)
        chosen = tuple(name for name in usual.lists if name in names)
        return GuardOffer(names, chosen, usual.strictness, self.client.installed)

    def choice(
        self, wanted: tuple[str, ...] | None, strictness: str | None, context: str
    ) -> Choice | None:
        """What is meant by these words; `wanted` None: what the settings say. None: nothing.

        Raises UsageError for a list that there is not, before anything is begun.
        """
        names = self._usual(context) if wanted is None else wanted
        if not names and not (self.settings.apps and wanted is None and self.settings.lists):
            if strictness is not None:
                raise UsageError("strictness needs a list", "give --guard LIST, or set guard.lists")
            return None
        lists.chosen(self.lists(), names)
        return Choice(tuple(dict.fromkeys(names)), strictness or self.settings.strictness)

    def arm(self, block: Block, choice: Choice) -> Armed:
        """Put the guard on for `block`; a guard that refuses is told of, the block runs on."""
        now = self._clock.now()
        self.state.keep_choice(choice)
        chosen = lists.chosen(self.lists(), choice.lists)
        seconds = self._seconds(block, now)
        apps = tuple(dict.fromkeys([*self.settings.apps, *(a for one in chosen for a in one.apps)]))
        kept = Kept(block.id, choice.lists, choice.strictness, "session", quiet=self.settings.quiet)
        sentences: list[str] = []
        try:
            answer = self.client.arm(self.wish(chosen, choice, apps, seconds, now))
        except NoGuard as missing:
            sentences += self._without(missing, apps)
        except Refused as refusal:
            sentences.append(f"the guard refused: {refusal.message}")
            if refusal.code == "running":
                kept = replace(kept, level="guard")
        else:
            held = answer["lease"]
            kept = replace(kept, level="guard", lease=held["id"])
            sentences += left_out(chosen, answer)
        until = now.timestamp() + seconds
        kept = replace(kept, until=until)
        mine = apps if kept.level == "session" else ()
        self.quietness.begin(self.settings.quiet, mine, seconds)
        self._remember(kept)
        view = self.view(block)
        if view is not None and view.level == "guard":
            sentences = [*protection.uncovered(view), *sentences]
        return Armed(view, tuple(dict.fromkeys(sentences)))

    def wish(
        self,
        chosen: list[SiteList],
        choice: Choice,
        apps: tuple[str, ...],
        seconds: int,
        now: datetime,
    ) -> dict[str, Any]:
        """The request of `arm` and `plan`: names and lengths, nothing else."""
        own = [item.split(" ", 1) for item in self.settings.windows]
        groups: list[dict[str, Any]] = []
        for one in chosen:
            spans = [*one.windows, *(lists.span(text) for name, text in own if name == one.name)]
            if not one.only:
                opened = protection.offsets(spans, now, self._rule.zone, seconds)
                groups.append({"list": one.name, "sites": list(one.sites), "open": opened})
        return {
            "groups": groups,
            "except": [site for one in chosen for site in one.exceptions],
            "only": [site for one in chosen if one.only for site in one.sites],
            "apps": list(apps),
            "strictness": choice.strictness,
            "seconds": seconds,
        }

    def on_event(self, event: Event) -> None:
        """Follow the block: longer with it, over with it."""
        kept = self.state.read()
        if kept is None or kept.block != event.block.id:
            return
        if event.kind is EventKind.FINISHED:
            self._let_go(kept)
        elif event.kind in FOLLOWED:
            self.follow(event.block)

    def follow(self, block: Block) -> None:
        """Let the guard last as long as the plan of `block` does now."""
        kept = self.state.read()
        now = self._clock.now()
        if kept is None or deadline(block, now) is None:
            return
        seconds = self._seconds(block, now)
        self.quietness.extend(seconds)
        if kept.level == "guard":
            try:
                self.client.ask("extend", seconds=seconds)
            except FlowError:
                return  # it lasts longer already, or there is no guard: the view says which
        self._remember(replace(kept, until=now.timestamp() + seconds))

    def view(self, block: Block | None) -> GuardView | None:
        """How the guard stands for the running block; None if it has none."""
        kept = self.state.read()
        if kept is None:
            return None
        if block is None or block.id != kept.block:
            if not kept.asked:  # the block was discarded, undone or switched from
                self._let_go(kept)
            kept = self.state.read()
            if kept is None:
                return None
        if kept.level == "session":
            return self._session_view(kept)
        try:
            held = self.client.ask("status", LOOK_S)["lease"]
        except FlowError:
            held = None
        if held is None or not held.get("mine"):
            self._count(kept)
            self._remember(None)
            return None
        if held["attempts"] != kept.attempts:
            seen = replace(kept, attempts=held["attempts"], by_list=held["by_list"])
            self._remember(seen)
        return view_of(held, self._home, kept.quiet)

    def _remember(self, kept: Kept | None) -> None:
        if kept is None:
            self.state.clear()
        else:
            self.state.write(kept)
        for listener in self._listeners:
            listener()

    def _without(self, missing: NoGuard, apps: tuple[str, ...]) -> list[str]:
        """What a person without a guard is told: all of it once, afterwards the short of it."""
        can = "notices are off" if self.settings.quiet else "nothing else is switched"
        can += f", {', '.join(apps[:3])} are frozen if they run" if apps else ""
        if self.client.installed:
            return [f"{missing.message}: sites stay reachable; {can}"]
        if self.state.told():
            return [f"sites stay reachable; {can}"]
        return [
            f"the block runs, and {can}. Sites stay reachable: that takes a guard, "
            f"installed once: {as_root('install')} (--dry-run shows what it would do)"
        ]

    def _count(self, kept: Kept) -> None:
        """Note the attempts of a guard that is over, as far as they are known."""
        by_list = kept.by_list
        try:
            answer = self.client.ask("status", LOOK_S)
        except FlowError:
            answer = {"lease": None, "last": None}
        held, last = answer["lease"], answer["last"]
        if held is not None and held.get("id") == kept.lease:
            by_list = held["by_list"]
        elif last is not None and last["lease"] == kept.lease:
            by_list = last["by_list"]
        if any(by_list.values()):
            self.state.count(self._rule.day_of(self._clock.now()), by_list)

    def _let_go(self, kept: Kept) -> None:
        self.quietness.end()
        if not kept.asked:
            self._count(kept)
        if kept.level == "guard" and kept.strictness != "hard":
            try:
                self.client.ask("release", reason=f"the block {kept.block} has ended")
            except FlowError:
                pass  # it has ended, or will at its time
        if kept.level == "guard" and kept.strictness != "soft":
            self._remember(replace(kept, asked=True))
        else:
            self._remember(None)

    def _session_view(self, kept: Kept) -> GuardView | None:
        left = round(kept.until - self._clock.now().timestamp())
        if left <= 0:
            self._remember(None)
            return None
        return GuardView(
            "session", kept.lists, kept.strictness, left,
            frozen=self.quietness.frozen(), quiet=kept.quiet,
        )  # fmt: skip

    def _seconds(self, block: Block, now: datetime) -> int:
        end = deadline(block, now)
        left = None if end is None else (end - now).total_seconds()
        return protection.seconds_for(left, self.settings.open_min * 60)

    def _usual(self, context: str) -> tuple[str, ...]:
        both = (*self.settings.lists, *self._by_context.get(context, ()))
        return tuple(dict.fromkeys(both))
