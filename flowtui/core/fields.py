"""Strict reading of a stored record: every error names the record and the field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from flowtui.core.errors import LedgerError

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


def stamp(instant: datetime) -> str:
    """An instant as it is stored, in UTC and whole seconds: `2026-11-23T03:38:04Z`."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"


class Fields:
    """Takes typed values out of a record; `done` refuses what nobody took."""

    def __init__(self, record: object, name: str) -> None:
        if not isinstance(record, Mapping):
            raise LedgerError(f"{name} is not a record", "see: flowtui doctor")
        self._record: Mapping[str, Any] = record
        self._taken: set[str] = set()
        self.name = name

    def error(self, field: str, what: str) -> LedgerError:
        """The error for `field`."""
        return LedgerError(f"{self.name}: the field {field!r} {what}", "see: flowtui doctor")

    def text(self, field: str) -> str:
        """A text; missing means empty."""
        return self._typed(field, str, "")

    def whole(self, field: str) -> int | None:
        """A whole number, or None where it is missing."""
        value = self._take(field)
        if value is not None and type(value) is not int:
            raise self.error(field, f"is {value!r}, not a whole number")
        return value

    def figure(self, field: str) -> float | None:
        """A number, also "nan", "inf" or "-inf"; None where it is missing."""
        value = self._take(field)
        if value is None:
            return None
        if value in ("nan", "inf", "-inf") or (
            isinstance(value, int | float) and not isinstance(value, bool)
        ):
            return float(value)
        raise self.error(field, f"is {value!r}, not a number")

    def flag(self, field: str) -> bool:
        """True or false; missing means false."""
        return self._typed(field, bool, False)

    def instant(self, field: str) -> datetime:
        """An instant that must be there."""
        value = self.maybe_instant(field)
        if value is None:
            raise self.error(field, "is missing")
        return value

    def maybe_instant(self, field: str) -> datetime | None:
        """An instant, or None where it is missing."""
        value = self._take(field)
        if value is None:
            return None
        try:
            if len(value) == len("2026-11-23T03:38:04Z") and value[-1] == "Z":
                return datetime.fromisoformat(value)
        except (TypeError, ValueError):
            pass  # said below, with the field
        raise self.error(field, f"is {value!r}, not an instant")

    def word(self, field: str, words: type[E]) -> E | None:
        """One of a closed set of words, or None where it is missing."""
        value = self._take(field)
        if value is None:
            return None
        try:
            return words(value)
        except ValueError:
            known = ", ".join(words)
            raise self.error(field, f"is {value!r}, not one of {known}") from None

    def words(self, field: str) -> tuple[str, ...]:
        """Several texts; missing means none."""
        values = self._typed(field, list, [])
        if not all(isinstance(value, str) for value in values):
            raise self.error(field, "holds something that is not a text")
        return tuple(values)

    def each(self, field: str, read: Callable[[Fields], T]) -> tuple[T, ...]:
        """Several records, each read with `read`; missing means none."""
        values = self._typed(field, list, [])
        return tuple(self._inner(v, f"{field} {i}", read) for i, v in enumerate(values, 1))

    def part(self, field: str, read: Callable[[Fields], T]) -> T | None:
        """One inner record, or None where it is missing."""
        value = self._take(field)
        return None if value is None else self._inner(value, field, read)

    def done(self) -> None:
        """Raises LedgerError if the record holds a field that was not asked for."""
        unknown = sorted(set(self._record) - self._taken)
        if unknown:
            raise self.error(unknown[0], "is unknown")

    def ignore(self, names: Iterable[str]) -> None:
        """Fields that belong to the ledger, not to the record."""
        self._taken.update(names)

    def _inner(self, value: object, where: str, read: Callable[[Fields], T]) -> T:
        inner = Fields(value, f"{self.name}, {where}")
        result = read(inner)
        inner.done()
        return result

    def _take(self, field: str) -> Any:
        self._taken.add(field)
        return self._record.get(field)

    def _typed(self, field: str, kind: type[T], missing: T) -> T:
        value = self._take(field)
        if value is None:
            return missing
        if not isinstance(value, kind):
            raise self.error(field, f"is {value!r}, not a {kind.__name__}")
        return value
