"""The kinds of value that a setting may have: how each is read, written and described."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from enum import Enum
from pathlib import Path
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from flowtui.core.errors import UsageError
from flowtui.core.focus.tags import parse_tag
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.time_grammar import WEEKDAYS, parse_clock, parse_weekday
from flowtui.settings.zone import zone_named

T = TypeVar("T")
E = TypeVar("E", bound=Enum)


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """One kind of value."""

    form: str
    """What is accepted, as it completes "is not …" or "this is …"."""
    read: Callable[[object], T]
    """From the value in the file; raises ValueError if it is not of this kind."""
    write: Callable[[T], object] = lambda value: value
    """Back to a value for the file: str, bool, int, float or a list of these."""


def yes_no() -> Kind[bool]:
    """`true` or `false`, nothing else."""

    def read(raw: object) -> bool:
        if type(raw) is not bool:
            raise ValueError
        return raw

    return Kind("true or false", read)


def whole(low: int, high: int, unit: str) -> Kind[int]:
    """A whole number from `low` to `high`, in `unit`."""

    def read(raw: object) -> int:
        if type(raw) is not int or not low <= raw <= high:
            raise ValueError
        return raw

    return Kind(f"a whole number of {unit} from {low} to {high}", read)


def number(low: float, high: float, unit: str) -> Kind[float]:
    """A number from `low` to `high`, in `unit`; infinities and not-a-number are refused."""

    def read(raw: object) -> float:
        if type(raw) not in (int, float) or not low <= raw <= high:  # type: ignore[operator] # narrowed by type()
            raise ValueError
        return float(raw)  # type: ignore[arg-type] # the same

    return Kind(f"a number of {unit} from {low:g} to {high:g}", read)


def text(form: str, accepts: Callable[[str], bool]) -> Kind[str]:
    """A text that `accepts` agrees to; `form` says which."""

    def read(raw: object) -> str:
        if not isinstance(raw, str) or not accepts(raw):
            raise ValueError
        return raw

    return Kind(form, read)


def choice(*words: str) -> Kind[str]:
    """One of `words`."""
    return text(f"one of {', '.join(words)}", words.__contains__)


def member(enum: type[E]) -> Kind[E]:
    """One of the values of `enum`."""

    def read(raw: object) -> E:
        return enum(raw)

    words = ", ".join(str(one.value) for one in enum)
    return Kind(f"one of {words}", read, lambda one: one.value)


def optional(inner: Kind[T], word: str) -> Kind[T | None]:
    """The same kind, or `word`, which is read as None."""

    def read(raw: object) -> T | None:
        return None if raw == word else inner.read(raw)

    def write(value: T | None) -> object:
        return word if value is None else inner.write(value)

    return Kind(f'{inner.form}, or "{word}"', read, write)


def many(inner: Kind[T], form: str, least: int = 0, most: int = 99) -> Kind[tuple[T, ...]]:
    """A list of `least` to `most` different values; `form` names them in the plural."""

    def read(raw: object) -> tuple[T, ...]:
        if not isinstance(raw, list) or not least <= len(raw) <= most:
            raise ValueError
        values = tuple(inner.read(item) for item in raw)
        if any(value in values[:place] for place, value in enumerate(values)):
            raise ValueError
        return values

    return Kind(
        f"a list of {form}, each once", read, lambda values: [inner.write(v) for v in values]
    )


def clock_time() -> Kind[time]:
    """A time of day, `HH:MM`."""
    return Kind("a time of day such as 04:00", _guarded(parse_clock), lambda t: f"{t:%H:%M}")


def weekday() -> Kind[int]:
    """The name of a weekday; Monday is 0."""
    return Kind("a weekday such as monday", _guarded(parse_weekday), lambda day: WEEKDAYS[day])


def tag() -> Kind[str]:
    """One tag."""
    return Kind("a tag", _guarded(parse_tag))


def zone() -> Kind[ZoneInfo]:
    """The IANA name of a time zone."""

    def read(raw: object) -> ZoneInfo:
        found = zone_named(raw) if isinstance(raw, str) else None
        if found is None:
            raise ValueError
        return found

    return Kind("the IANA name of a time zone such as Europe/Warsaw", read, lambda z: z.key)


def folder() -> Kind[Path]:
    """An absolute folder, or one that begins with `~/`; it need not exist."""

    def read(raw: object) -> Path:
        if not isinstance(raw, str) or "\0" in raw:
            raise ValueError
        try:
            path = Path(raw).expanduser()
        except RuntimeError:
            raise ValueError from None
        if not path.is_absolute():
            raise ValueError
        return path

    return Kind("an absolute folder or one that begins with ~/", read, str)


def pairs(low: int, high: int, form: str) -> Kind[tuple[tuple[int, int], ...]]:
    """A list of pairs of whole numbers, the first numbers rising."""

    def read(raw: object) -> tuple[tuple[int, int], ...]:
        if not isinstance(raw, list):
            raise ValueError
        found = [_pair(item, low, high) for item in raw]
        firsts = [first for first, _ in found]
        if firsts != sorted(set(firsts)):
            raise ValueError
        return tuple(found)

    return Kind(form, read, lambda value: [list(pair) for pair in value])


def _pair(raw: object, low: int, high: int) -> tuple[int, int]:
    if not isinstance(raw, list) or len(raw) != 2:
        raise ValueError
    first, second = raw
    if not all(type(n) is int and low <= n <= high for n in (first, second)):
        raise ValueError
    return first, second


def _guarded(parse: Callable[[str], T]) -> Callable[[object], T]:
    """`parse` as a reader: a UsageError becomes the ValueError that readers raise."""

    def read(raw: object) -> T:
        if not isinstance(raw, str):
            raise ValueError
        try:
            return parse(raw)
        except UsageError:
            raise ValueError from None

    return read
