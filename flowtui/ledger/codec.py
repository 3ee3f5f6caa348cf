"""Strict reading of stored records: what is wrong is named, with the record and the field.

    with Fields("block k3mq7x", record) as fields:
        block = Block(id=fields.text("id"), started_at=fields.instant("started_at"),
                      ended_at=fields.optional(fields.instant, "ended_at"))

Every key must be there, each must be asked for, and null is refused unless it is `optional`. So a
record that was written by hand or by another version is never half understood.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import Enum
from math import isfinite
from types import TracebackType
from typing import Any, TypeVar

from flowtui.core.errors import LedgerError

T = TypeVar("T")
E = TypeVar("E", bound=Enum)


class DecodeError(LedgerError):
    """A stored record is not what it should be."""


class Fields:
    """The fields of one record, to be read by name. `where` names the record in errors."""

    def __init__(self, where: str, data: object) -> None:
        if not isinstance(data, dict):
            raise DecodeError(f"{where}: should be a record, not {_shown(data)}")
        self._where = where
        self._data: dict[str, Any] = data
        self._asked: set[str] = set()

    def __enter__(self) -> Fields:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.done()

    def done(self) -> None:
        """Raises DecodeError if the record has a field that was not asked for."""
        unknown = [repr(key) for key in self._data if key not in self._asked]
        if unknown:
            raise DecodeError(
                f"{self._where}: unknown field {', '.join(unknown)}",
                "a newer flowtui may have written it: pip install -U flowtui",
            )

    def text(self, key: str) -> str:
        """Any text, the empty one too."""
        value = self._take(key)
        if not isinstance(value, str):
            raise self._wrong(key, "a text", value)
        return value

    def whole(self, key: str, low: int | None = None, high: int | None = None) -> int:
        """A whole number, within `low` and `high` if they are given, both included."""
        value = self._take(key)
        if type(value) is not int:
            raise self._wrong(key, "a whole number", value)
        self._bounded(key, value, low, high)
        return value

    def number(self, key: str, low: float | None = None, high: float | None = None) -> float:
        """A finite number, within `low` and `high` if they are given, both included."""
        value = self._take(key)
        if type(value) not in (int, float) or not isfinite(value):
            raise self._wrong(key, "a number", value)
        self._bounded(key, value, low, high)
        return float(value)

    def flag(self, key: str) -> bool:
        """true or false."""
        value = self._take(key)
        if not isinstance(value, bool):
            raise self._wrong(key, "true or false", value)
        return value

    def day(self, key: str) -> date:
        """A logical day, YYYY-MM-DD."""
        value = self._take(key)
        if isinstance(value, str) and len(value) == len("2026-11-23"):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        raise self._wrong(key, "a day like 2026-11-23", value)

    def instant(self, key: str) -> datetime:
        """An instant in UTC, as `instant_text` writes it."""
        value = self._take(key)
        if isinstance(value, str) and value[10:11] == "T" and value[-1] == "Z" and len(value) >= 20:
            try:
                return datetime.fromisoformat(value)
            except ValueError:
                pass
        raise self._wrong(key, "an instant like 2026-11-23T03:38:04Z", value)

    def choice(self, key: str, kind: type[E]) -> E:
        """One of the values of an enum."""
        value = self._take(key)
        try:
            return kind(value)
        except ValueError:
            words = ", ".join(str(member.value) for member in kind)
            raise self._wrong(key, f"one of {words}", value) from None

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        value = self._take(key)
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        raise self._wrong(key, "a list of texts", value)

    def raw(self, key: str) -> Any:
        """Whatever JSON stands there; the caller must check it."""
        return self._take(key)

    def one(self, key: str, decode: Callable[[Fields], T]) -> T:
        """A record within the record; `decode` must ask for each of its fields."""
        with Fields(f"{self._where}: {key}", self._take(key)) as fields:
            return decode(fields)

    def many(self, key: str, decode: Callable[[Fields], T]) -> tuple[T, ...]:
        """A list of records within the record."""
        value = self._take(key)
        if not isinstance(value, list):
            raise self._wrong(key, "a list", value)
        found = []
        for place, item in enumerate(value):
            with Fields(f"{self._where}: {key}[{place}]", item) as fields:
                found.append(decode(fields))
        return tuple(found)

    def optional(self, read: Callable[[str], T], key: str) -> T | None:
        """What `read`, one of the methods above, gives for `key`; None where null stands."""
        return None if self._take(key) is None else read(key)

    def _take(self, key: str) -> Any:
        self._asked.add(key)
        try:
            return self._data[key]
        except KeyError:
            raise DecodeError(f"{self._where}: {key!r} is missing") from None

    def _bounded(self, key: str, value: float, low: float | None, high: float | None) -> None:
        if low is not None and value < low:
            raise self._wrong(key, f"at least {low}", value)
        if high is not None and value > high:
            raise self._wrong(key, f"at most {high}", value)

    def _wrong(self, key: str, wanted: str, value: object) -> DecodeError:
        return DecodeError(f"{self._where}: {key!r} should be {wanted}, not {_shown(value)}")


def instant_text(instant: datetime) -> str:
    """An aware instant in UTC: "2026-11-23T03:38:04Z", with a fraction only if it has one."""
    if instant.tzinfo is None:
        raise ValueError(f"an instant without a time zone: {instant}")
    return instant.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def day_text(day: date) -> str:
    """A logical day: "2026-11-23"."""
    return day.isoformat()


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
