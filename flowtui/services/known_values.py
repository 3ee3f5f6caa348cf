"""Values of settings that only a part of the program can know: themes, fonts, lists, contexts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING

from flowtui.core.errors import UsageError

if TYPE_CHECKING:
    from flowtui.services.wiring import Services

Names = Callable[["Services"], Iterable[str]]


def refuse_unknown(services: Services, key: str, value: object) -> None:
    """Raises UsageError where `value` of the setting `key` names something that is not there."""
    names = KNOWN.get(key.rpartition(".")[2] if key.startswith("contexts.") else key)
    if names is None:
        return
    known = set(names(services))
    for one in value if isinstance(value, list | tuple) else [value]:
        if isinstance(one, str) and one not in known:
            near = get_close_matches(one, known, 1)
            hint = f"did you mean {near[0]}?" if near else "see: flowtui config --sample"
            raise UsageError(f"{key}: there is no {one!r}", hint)


def check(services: Services) -> None:
    """The same of all settings in force. Raises UsageError for the first that is unknown."""
    config = services.config
    for key, value in (
        ("display.theme", config.display.theme),
        ("display.font", config.display.font),
        ("guard.lists", config.guard.lists),
        ("plan.publish_titles", config.plan.publish_titles),
    ):
        refuse_unknown(services, key, value)
    for name, context in config.contexts.items():
        refuse_unknown(services, f"contexts.{name}.guard", context.guard)


def _themes(services: Services) -> Iterable[str]:
    from flowtui.settings.themes import find

    return find(services.paths)[0]


def _fonts(_: Services) -> Iterable[str]:
    from pyfiglet import FigletFont

    fonts: list[str] = FigletFont.getFonts()  # type: ignore[no-untyped-call] # pyfiglet has none
    return fonts


def _lists(services: Services) -> Iterable[str]:
    return services.guard.offer(next(iter(services.config.contexts))).names


KNOWN: dict[str, Names] = {
    "display.theme": _themes,
    "display.font": _fonts,
    "guard.lists": _lists,
    "guard": _lists,
    "plan.publish_titles": lambda services: services.config.contexts,
}
"""By key; of contexts by the last part of it."""
