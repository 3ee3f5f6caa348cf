"""What a block may keep away and what a person chose: lists, strictness, and for how long."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from flowtui.core.day import DayRule
from flowtui.core.errors import FlowError, UsageError
from flowtui.core.focus.block import Block
from flowtui.core.focus.measure import deadline
from flowtui.core.guard import protection
from flowtui.core.guard.protection import Choice, GuardOffer
from flowtui.guard import lists
from flowtui.guard.client import Client
from flowtui.guard.lists import SiteList
from flowtui.services.guard import wishes
from flowtui.services.guard.guard_state import GuardState
from flowtui.settings.sections import Guard


class GuardChoices:
    """Lists and settings, turned into what is asked of the guard; nothing is changed here."""

    def __init__(
        self,
        client: Client,
        settings: Guard,
        by_context: Mapping[str, tuple[str, ...]],
        folders: tuple[Path, Path],
        rule: DayRule,
    ) -> None:
        self.client = client
        self.settings = settings
        self._by_context = by_context
        self.lists_folder, state_folder = folders
        self.state = GuardState(state_folder)
        self._rule = rule

    def lists(self) -> dict[str, SiteList]:
        """All lists by name, but those whose file is wrong."""
        return lists.known(self.lists_folder)

    def damaged(self) -> dict[str, FlowError]:
        """What is wrong with files that are no lists, by the name they would have."""
        return lists.damaged(self.lists_folder)

    def damage_news(self) -> list[str]:
        """A sentence for each file that is no list, once: told again when something changes."""
        told = [
            f"the list {name} is switched off: {e.message}" for name, e in self.damaged().items()
        ]
        return told if self.state.tell_damage(told) else []

    def offer(self, context: str) -> GuardOffer:
        """What a plan starts with: the last choice, else that of the settings."""
        names = tuple(self.lists())
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
        wrong = self.damaged()
        if wanted is None:  # what the settings name: a broken file takes nothing but itself away
            names = tuple(name for name in names if name not in wrong)
        lists.chosen(self.lists(), names, wrong)
        return Choice(tuple(dict.fromkeys(names)), strictness or self.settings.strictness)

    def wish(
        self, chosen: list[SiteList], choice: Choice, apps: tuple[str, ...], seconds: int,
        now: datetime,
    ) -> dict[str, Any]:  # fmt: skip
        """The request of `arm` and `plan`: names and lengths, nothing else."""
        zone = self._rule.zone
        return wishes.wish(chosen, choice, apps, seconds, now, zone, self.settings.windows)

    def seconds(self, block: Block, now: datetime) -> int:
        """How long a lease for `block` lasts from `now`."""
        end = deadline(block, now)
        left = None if end is None else (end - now).total_seconds()
        return protection.seconds_for(left, self.settings.open_min * 60)

    def _usual(self, context: str) -> tuple[str, ...]:
        both = (*self.settings.lists, *self._by_context.get(context, ()))
        return tuple(dict.fromkeys(both))
