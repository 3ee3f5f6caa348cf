"""The guard of the running block: put on at its start, lengthened with it, let go at its end.

With an installed guard sites are kept away; without one, notices and one's own apps. What was
reached is looked at, never assumed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from flowtui.core.clock import Clock
from flowtui.core.day import DayRule
from flowtui.core.errors import FlowError
from flowtui.core.focus.block import AtPlan, Block, PlanKind
from flowtui.core.focus.commands import Event, EventKind
from flowtui.core.focus.measure import deadline
from flowtui.core.guard import protection
from flowtui.core.guard.protection import Choice, GuardView
from flowtui.core.lazy_dataclass import dataclass
from flowtui.guard import lists
from flowtui.guard.client import Client, NoGuard, Refused, as_root
from flowtui.services.guard import guard_json, wishes
from flowtui.services.guard.choices import GuardChoices
from flowtui.services.guard.guard_state import Kept
from flowtui.services.guard.guard_view import silent_view, view_of
from flowtui.services.guard.moment_file import MARGIN_S, MomentFile, moments_of
from flowtui.services.guard.own_lease import LOOK_S, gives_way, lease_of, put_on
from flowtui.services.guard.quiet_session import Quietness
from flowtui.settings.sections import Guard

OVERTIME_S = 120
"""How long it lasts on each time; a hard one outlives its block by no more than this."""
HAND = "hand"
"""What a guard is on for that a person put on without a block."""
FOLLOWED = (EventKind.RESUMED, EventKind.EXTENDED, EventKind.SHIFTED)


@dataclass(frozen=True, slots=True)
class Armed:
    """What came of putting the guard on."""

    view: GuardView | None
    sentences: tuple[str, ...]
    """What a person should know, the most important first."""


class GuardService(GuardChoices):
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
        env: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        super().__init__(client, settings, by_context, folders, rule)
        self._moments = MomentFile(folders[1])
        self._clock = clock
        self.quietness = quietness
        self._home = home
        self._env = env
        self._listeners: list[Callable[[], None]] = []

    def subscribe(self, listener: Callable[[], None]) -> None:
        """`listener` hears whenever what is remembered of the guard has changed."""
        self._listeners.append(listener)

    def arm(self, block: Block, choice: Choice) -> Armed:
        """Put the guard on for `block`; a guard that refuses is told of, the block runs on."""
        held = self._settle(block.id, choice.strictness != "soft")
        self.state.keep_choice(choice)
        return self._put_on(block.id, choice, self.seconds(block, self._clock.now()), held)

    def arm_alone(self, choice: Choice, seconds: int, about: str = HAND) -> Armed:
        """Put the guard on while no block runs, for `seconds`, from a minute to a day.

        The block that begins meanwhile takes it over, and with its end it ends. `about` is the
        planned occurrence, PLAN@DAY, that it is ahead of. One that is on already is added to.
        """
        kept = self.state.read()
        held = self._settle("", choice.strictness != "soft")
        before = kept.about.split() if kept is not None and held is not None else []
        whole = " ".join(dict.fromkeys([*before, about]))
        return self._put_on("", choice, protection.seconds_for(seconds, seconds), held, whole)

    def release_alone(self, about: str) -> None:
        """Let go of what was put on ahead of `about`, unless it is on for something else too."""
        kept = self.state.read()
        if kept is None or not kept.alone or kept.asked or about not in kept.about.split():
            return
        rest = [one for one in kept.about.split() if one != about]
        if rest:
            self._remember(replace(kept, about=" ".join(rest)))
        else:
            self._let_go(kept)

    def _put_on(
        self,
        block_id: str,
        choice: Choice,
        seconds: int,
        held: dict[str, Any] | None,
        about: str = "",
    ) -> Armed:
        """Arm for `seconds`; `held`, a lease of one's own that no block has, is taken over."""
        now = self._clock.now()
        choice, apps = self._with(choice, held)
        chosen = wishes.fitted(lists.chosen(self.lists(), choice.lists), self.client)
        apps = tuple(dict.fromkeys([*apps, *(app for one in chosen for app in one.apps)]))
        kept = Kept(
            block_id, choice.lists, choice.strictness, "session", quiet=self.settings.quiet,
            until=now.timestamp() + seconds, about=about,
        )  # fmt: skip
        wish = self.wish(chosen, choice, apps, seconds, now)
        before = self.state.read()
        taken_back = before is not None and before.asked
        sentences: list[str] = []
        try:
            answer = put_on(self.client, wish, held, bool(block_id) or taken_back)
        except NoGuard as missing:
            sentences += self._without(missing, apps)
        except Refused as refusal:
            sentences.append(f"the guard refused: {refusal.message}")
            kept = self._beside_another(kept) if refusal.code == "running" else kept
        else:
            out = wishes.left_out(chosen, answer)
            lease = answer["lease"]
            if lease["strictness"] != choice.strictness:
                out.append(f"the guard stays {lease['strictness']}, as it was put on")
            kept = replace(
                kept, level="guard", lease=lease["id"], strictness=lease["strictness"],
                left_out=tuple(out), until=now.timestamp() + max(seconds, lease["left_s"]),
            )  # fmt: skip
            sentences += out
            self._moments.write(moments_of(kept.lease, wish, now))
        self.quietness.begin(self.settings.quiet, apps if kept.level == "session" else (), seconds)
        self._remember(kept)
        view = self._looked(kept)
        if view is not None and view.level == "guard":
            sentences = [*protection.uncovered(view), *sentences]
        return Armed(view, tuple(dict.fromkeys([*sentences, *self.damage_news()])))

    def _with(self, choice: Choice, held: dict[str, Any] | None) -> tuple[Choice, tuple[str, ...]]:
        """What to ask for, and which apps: a soft lease that gives way goes on in what comes."""
        apps = tuple(self.settings.apps)
        known = self.lists()
        only = any(known[name].only for name in choice.lists if name in known)
        if held is None or not gives_way(held, choice.strictness, only):
            return choice, apps
        both = (*choice.lists, *(name for name in held["lists"] if name in known))
        whole = Choice(tuple(dict.fromkeys(both)), choice.strictness)
        return whole, tuple(dict.fromkeys([*apps, *held.get("apps", ())]))

    def _settle(self, block_id: str, strict: bool) -> dict[str, Any] | None:
        """Let go of the guard of an earlier block, if that was not heard before.

        A lease that was put on without a block is not let go of: it is returned, and lasts on; so
        is, for one that is `strict` too, what outlives its block.
        """
        kept = self.state.read()
        if kept is None:
            return None
        if kept.lease and (kept.alone or (strict and kept.asked and kept.block != block_id)):
            held = lease_of(self.client)
            if held is not None and held.get("mine") and held.get("id") == kept.lease:
                return held
        if not kept.asked and (kept.alone or kept.block != block_id):
            self._let_go(kept)
        return None

    def _beside_another(self, kept: Kept) -> Kept:
        """The memory of a block under a lease that is not its own: nothing of it is let go of."""
        held = lease_of(self.client)
        if held is None or not held.get("mine"):
            return kept
        return replace(
            kept, level="guard", lists=tuple(held["lists"]), strictness=held["strictness"],
            until=self._clock.now().timestamp() + held["left_s"],
        )  # fmt: skip

    def on_event(self, event: Event) -> None:
        """Follow the block: longer with it, over with it."""
        kept = self.state.read()
        if kept is None or kept.block != event.block.id:
            return
        if event.kind in (EventKind.FINISHED, EventKind.DISCARDED):
            self._let_go(kept)
        elif event.kind in FOLLOWED:
            self.follow(event.block)

    def follow(self, block: Block) -> None:
        """Let the guard last as long as the plan of `block` does now."""
        kept = self.state.read()
        now = self._clock.now()
        if kept is None or deadline(block, now) is None:
            return
        seconds = self.seconds(block, now)
        self.quietness.extend(seconds)
        if kept.level == "guard" and kept.lease:
            self._extend(kept, block, seconds)
        elif kept.level == "session":
            self._remember(replace(kept, until=now.timestamp() + seconds))

    def _extend(self, kept: Kept, block: Block, seconds: int) -> None:
        """Let the lease last `seconds` from now; one that has run out is put on anew."""
        try:
            self.client.ask("extend", seconds=seconds)
        except Refused as refusal:
            if refusal.code == "none" and block.ended_at is None:
                self.arm(block, Choice(kept.lists, kept.strictness))
            return  # or it lasts longer already
        except FlowError:
            return  # it does not answer now: the view says so
        self._remember(replace(kept, until=self._clock.now().timestamp() + seconds))

    def view(self, block: Block | None) -> GuardView | None:
        """How the guard stands for the running block; None if it has none.

        A guard that does not answer is shown as such, and asked again: what is remembered is
        forgotten only when the guard says that it is over.
        """
        kept = self.state.read()
        if kept is None:
            return None
        if not kept.alone and (block is None or block.id != kept.block):
            if not kept.asked:  # the block was discarded, undone or switched from
                self._let_go(kept)
            kept = self.state.read()
            if kept is None:
                return None
        return self._looked(kept)

    def _looked(self, kept: Kept) -> GuardView | None:
        """How what is remembered stands now."""
        if kept.level == "session":
            return self._session_view(kept)
        try:
            answer = self.client.ask("status", LOOK_S)
        except Refused as refusal:
            return silent_view(kept, self._left_s(kept), refusal.message)
        except NoGuard as missing:
            if not self.client.gone:
                return silent_view(kept, self._left_s(kept), missing.message)
            answer = {"lease": None, "last": None}
        held = answer["lease"]
        if held is None or not held.get("mine") or (kept.lease and held["id"] != kept.lease):
            self._count(kept, answer)
            self._remember(None)
            return None
        pending = held["pending"]
        emergency = pending is not None and pending["emergency"]
        now = self._clock.now().timestamp()
        ready_at = now + pending["ready_in_s"] if emergency else None
        self._moments.ready(held["id"], ready_at, now)
        if held["attempts"] != kept.attempts:
            latest = self.state.read() or kept
            noted = replace(latest, attempts=held["attempts"], by_list=held["by_list"])
            self._remember(noted)
        return view_of(held, self._home, kept, self._env)

    def report(self, block: Block | None) -> dict[str, Any]:
        """The `guard` object of JSON, the guard asked just now."""
        view = self.view(block)
        answers: dict[str, Any] = {"hello": None, "status": None}
        for verb in answers:
            with contextlib.suppress(FlowError):
                answers[verb] = self.client.ask(verb, LOOK_S)
        answers["installed"] = self.client.installed
        return guard_json.looked(self.state.read(), view, answers, self._clock.now())

    def attend(self, block: Block) -> GuardView | None:
        """`view`, and before a lease runs out under a block that goes on, let it last on.

        For whoever stays with the block, such as the app: a mere question changes nothing.
        """
        kept = self.state.read()
        mine = kept is not None and kept.block == block.id and bool(kept.lease)
        if kept is not None and mine and self._left_s(kept) <= MARGIN_S:
            self._keep_up(kept, block)
        return self.view(block)

    def _keep_up(self, kept: Kept, block: Block) -> None:
        """Let the lease last on a little; one that has run out by its time is put on anew."""
        if block.ended_at is not None or block.plan.at_plan is AtPlan.END:
            return
        end = deadline(block, self._clock.now())
        if end is None and block.plan.kind is not PlanKind.OPEN:
            return  # a pause: the end of the plan is known when it is over
        try:
            answer = self.client.ask("status", LOOK_S)
        except FlowError:
            return
        held, last = answer["lease"], answer["last"] or {}
        if held is not None and held.get("id") == kept.lease:
            left = 0.0 if end is None else (end - self._clock.now()).total_seconds()
            self._extend(kept, block, round(max(0.0, left)) + OVERTIME_S)
        elif held is None and last.get("lease") == kept.lease and last["why"] == "its time":
            self._count(kept, answer)
            self.arm(block, Choice(kept.lists, kept.strictness))

    def _remember(self, kept: Kept | None) -> None:
        if kept is None:
            self.state.clear()
            self._moments.write(None)
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

    def _count(self, kept: Kept, answer: dict[str, Any]) -> None:
        """Note the attempts of a guard that is over, as far as `answer`, its status, knows them."""
        by_list = kept.by_list
        held, last = answer["lease"], answer["last"]
        if held is not None and held.get("id") == kept.lease:
            by_list = held["by_list"]
        elif last is not None and last["lease"] == kept.lease:
            by_list = last["by_list"]
        if any(by_list.values()):
            self.state.count(self._rule.day_of(self._clock.now()), by_list)

    def _let_go(self, kept: Kept) -> None:
        """Let go of what is this block's own; while the guard is silent that stays owed."""
        self.quietness.end()
        if kept.level != "guard" or not kept.lease:
            self._remember(None)
            return
        try:
            answer = self.client.ask("status", LOOK_S)
        except FlowError:
            if self.client.gone:
                self._remember(None)
            return
        held = answer["lease"]
        self._count(kept, answer)
        if held is None or held.get("id") != kept.lease:
            self._remember(None)
            return
        try:
            if held["strictness"] != "hard":
                why = "what it was put on for is let go" if kept.alone else "the block has ended"
                self.client.ask("release", reason=why)
        except Refused:
            pass  # it ends by itself before that
        except NoGuard:
            return
        over = held["strictness"] == "soft"
        self._remember(None if over else replace(kept, asked=True))

    def _left_s(self, kept: Kept) -> int:
        return max(0, round(kept.until - self._clock.now().timestamp()))

    def _session_view(self, kept: Kept) -> GuardView | None:
        left = round(kept.until - self._clock.now().timestamp())
        if left <= 0:
            self._remember(None)
            return None
        frozen = self.quietness.frozen()
        return GuardView(
            "session", kept.lists, kept.strictness, left, frozen=frozen, quiet=kept.quiet
        )
