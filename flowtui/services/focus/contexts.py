"""Contexts: the separate voices of a life, each with its folders and its weekly floor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from flowtui.core.errors import UsageError
from flowtui.core.focus.block import Mode
from flowtui.core.lazy_dataclass import dataclass

WORK = "work"


@dataclass(frozen=True, slots=True)
class ContextRule:
    """What the settings say of one context."""

    folders: tuple[Path, ...] = ()
    default_mode: Mode | None = None
    tags: tuple[str, ...] = ()
    """Tags that each of its blocks gets."""


class Contexts:
    """The contexts of the settings."""

    def __init__(self, rules: Mapping[str, ContextRule]) -> None:
        self.rules = dict(rules)

    def named(self, name: str | None, folder: str) -> str:
        """`name` if it is a context; without one, the context that owns `folder`, else work.

        Raises UsageError for an unknown name.
        """
        if name is None:
            return self._owning(folder) or (WORK if WORK in self.rules else next(iter(self.rules)))
        if name not in self.rules:
            near = get_close_matches(name, self.rules, 1)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(self.rules)}"
            raise UsageError(f"unknown context {name!r}", f"{hint} (config.toml declares them)")
        return name

    def filled(self, name: str, mode: Mode | None, tags: tuple[str, ...]) -> ContextRule:
        """What a block of the context starts with: the given mode and tags, and the context's."""
        rule = self.rules.get(name, ContextRule())
        both = tuple(dict.fromkeys((*rule.tags, *tags)))
        return replace(rule, default_mode=mode or rule.default_mode, tags=both)

    def folders(self, name: str) -> tuple[Path, ...]:
        """Folders whose repositories belong to the context; none for an unknown one."""
        rule = self.rules.get(name)
        return rule.folders if rule is not None else ()

    def _owning(self, folder: str) -> str | None:
        if not folder:
            return None
        here = Path(folder)
        best: tuple[int, str] | None = None
        for name, rule in self.rules.items():
            # a shell's folder is told without links, a folder in the settings may be one
            for owned in {each for folder in rule.folders for each in (folder, folder.resolve())}:
                if here == owned or owned in here.parents:
                    depth = len(owned.parts)
                    best = max(best or (0, ""), (depth, name))
        return best[1] if best is not None else None
