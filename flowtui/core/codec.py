"""Every stored record as a dataclass and back as JSON, driven by the annotations of its fields.

    instant  datetime   "2026-11-23T03:38:04Z"  aware, in UTC and whole seconds
    day      date       "2026-11-23"
    length   timedelta  whole seconds
    enum     its value; tuple a list; frozenset a sorted list; Mapping an object; None is left out

A field that has its default is left out, so that a line stays short, unless it is `field(...,
metadata=STORED)`. Decoding is strict: an unknown field, a missing one or a wrong type is a
`RecordError` that names the record and the field. How a class is coded is worked out when one of
it is first met, so importing this costs nothing.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

from flowtui.core.errors import FlowError, LedgerError
from flowtui.core.zones import is_zone_name

T = TypeVar("T")
Json = dict[str, Any]

STORED: Mapping[str, Any] = {"stored": "always"}
"""Metadata of a field that is written even where it has its default."""
Figure = Annotated[float, "or one of the words nan, inf, -inf"]
"""A number that may be none; a plain `float` is finite."""
Zone = Annotated[str, "the IANA name of a zone"]
_WORDS = ("nan", "inf", "-inf")
_HUGE = sys.float_info.max


class RecordError(LedgerError):
    """A record cannot be decoded; `record` and `field` say where, `problem` says what is wrong."""

    def __init__(self, record: str, field: str, problem: str) -> None:
        where = f"{record}: the field {field!r} {problem}" if field else f"{record} {problem}"
        super().__init__(where, "see: flowtui doctor")
        self.record, self.field, self.problem = record, field, problem


class _Wrong(Exception):
    """What is wrong, and in which field; the path grows on the way out."""

    def __init__(self, problem: str, path: str = "") -> None:
        super().__init__(problem)
        self.problem, self.path = problem, path

    def inside(self, step: str) -> _Wrong:
        joint = "." if self.path and not self.path.startswith("[") else ""
        return _Wrong(self.problem, f"{step}{joint}{self.path}")


class _Field(NamedTuple):
    name: str
    default: Any
    """What stands for it where it is left out; MISSING if it must be there."""
    always: bool
    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]


def encode(value: Any, annotation: Any = None) -> Any:
    """`value` as JSON data. Raises TypeError for a type that the codec has no form for."""
    kind: Any = type(value) if annotation is None else annotation
    return _coder(kind)[0](value)


def decode(annotation: type[T], data: Any, name: str, ignore: Iterable[str] = ()) -> T:
    """The inverse of `encode`; `name` is what errors call the record.

    Fields in `ignore` belong to somebody else. Raises RecordError.
    """
    if isinstance(data, Mapping) and ignore:
        data = {key: item for key, item in data.items() if key not in ignore}
    try:
        return _coder(annotation)[1](data)  # type: ignore[no-any-return, arg-type]  # by its annotation
    except _Wrong as wrong:
        raise RecordError(name, wrong.path, wrong.problem) from None


def stamp(instant: datetime) -> str:
    """An instant as it is stored, in UTC and whole seconds: `2026-11-23T03:38:04Z`."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"


def ordered_names(model: Any) -> list[str]:
    """The fields of a dataclass as they were written; none for any other type."""
    return [f.name for f in fields(model)] if is_dataclass(model) else []


@cache
def field_names(model: Any) -> frozenset[str]:
    """The fields of a dataclass; none for any other type."""
    return frozenset(f.name for f in fields(model)) if is_dataclass(model) else frozenset()


def from_text(model: Any, name: str, text: str) -> Any:
    """The stored form of field `name` of a dataclass out of a text: itself where the field takes
    a text, else the JSON that it is. Raises RecordError for what is neither.
    """
    hints = get_type_hints(model, include_extras=True)
    decode = _coder(hints[name])[1]
    for read in (str, json.loads):
        try:
            value = read(text)
            decode(value)
        except (_Wrong, ValueError):
            continue
        return value
    raise RecordError(model.__name__.lower(), name, f"is {text[:40]!r}, which it cannot be")


@cache
def _coder(kind: Hashable) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """Encoder and decoder of one annotation."""
    if kind is Any or kind is object:
        return _same, _same
    if kind in _PLAIN:
        return _PLAIN[kind]
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _coder(inner[0])
    if origin in (Union, UnionType):
        (only,) = (each for each in inner if each is not NoneType)
        return _optional(*_coder(only))
    if origin in (tuple, frozenset):
        return _sequence(origin, inner)
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(*map(_coder, inner))
    if is_dataclass(kind):
        return _record(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _enum(kind)
    raise TypeError(f"the codec has no form for {kind!r}")


def _record(model: Any) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    hints = get_type_hints(model, include_extras=True)
    plan: dict[str, _Field] = {}
    for each in fields(model):
        default = each.default
        if each.default_factory is not MISSING:
            default = each.default_factory()
        elif default is MISSING and NoneType in get_args(hints[each.name]):
            default = None
        always = default is MISSING or "stored" in each.metadata
        plan[each.name] = _Field(each.name, default, always, *_coder(hints[each.name]))
    unset = {name: None for name in plan if plan[name].default is None}

    def encode_record(value: Any) -> Json:
        data: Json = {}
        for name, default, always, encode, _ in plan.values():
            item = getattr(value, name)
            if always or (item != default and item is not None):
                data[name] = encode(item)
        return data

    def decode_record(data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise _Wrong(f"is {data!r}, must be a record")
        values: Json = dict(unset)
        for name, item in data.items():
            if name not in plan:
                raise _Wrong("is unknown", name)
            if item is not None or plan[name].default is MISSING:
                try:
                    values[name] = plan[name].decode(item)
                except _Wrong as wrong:
                    raise wrong.inside(name) from None
        for name, default, *_ in plan.values():
            if default is MISSING and name not in values:
                raise _Wrong("is missing", name)
        return _made(model, values)

    return encode_record, decode_record


def _made(model: Any, values: Json) -> Any:
    """The value; what its own `check_stored` has against it is told as the codec's own."""
    try:
        value = model(**values)
        if check := getattr(value, "check_stored", None):
            check()
    except (ValueError, FlowError) as error:
        raise _Wrong(getattr(error, "message", str(error))) from None
    return value


def _optional(
    encode: Callable[[Any], Any], decode: Callable[[Any], Any]
) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    return (
        lambda value: None if value is None else encode(value),
        lambda data: None if data is None else decode(data),
    )


def _sequence(
    made: Any, inner: tuple[Any, ...]
) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    open_ended = made is frozenset or inner[1:] == (...,)
    coders = [_coder(each) for each in inner if each is not ...]

    def encode_all(value: Any) -> list[Any]:
        if open_ended:
            items = [coders[0][0](item) for item in value]
            return sorted(items) if made is frozenset else items
        return [encode(item) for (encode, _), item in zip(coders, value, strict=True)]

    def decode_all(data: Any) -> Any:
        if not isinstance(data, list):
            raise _Wrong(f"is {data!r}, must be a list")
        if not open_ended and len(data) != len(coders):
            raise _Wrong(f"has {len(data)} items, must have {len(coders)}")
        items = []
        for place, item in enumerate(data):
            try:
                items.append(coders[0 if open_ended else place][1](item))
            except _Wrong as wrong:
                raise wrong.inside(f"[{place + 1}]") from None
        return made(items)

    return encode_all, decode_all


def _mapping(
    keys: tuple[Callable[[Any], Any], Callable[[Any], Any]],
    values: tuple[Callable[[Any], Any], Callable[[Any], Any]],
) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    def encode_all(value: Any) -> Json:
        return {keys[0](key): values[0](item) for key, item in value.items()}

    def decode_all(data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise _Wrong(f"is {data!r}, must be a record")
        made = {}
        for key, item in data.items():
            try:
                made[keys[1](key)] = values[1](item)
            except _Wrong as wrong:
                raise wrong.inside(str(key)) from None
        return made

    return encode_all, decode_all


def _enum(kind: type[Enum]) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    def decode_word(data: Any) -> Enum:
        try:
            return kind(data)
        except ValueError:
            words = ", ".join(str(each.value) for each in kind)
            raise _Wrong(f"is {data!r}, must be one of {words}") from None

    return lambda value: value.value, decode_word


def _same(value: Any) -> Any:
    return value


def _typed(kind: type, word: str) -> Callable[[Any], Any]:
    def check(data: Any) -> Any:
        if type(data) is not kind:
            raise _Wrong(f"is {data!r}, must be {word}")
        return data

    return check


def _number(data: Any) -> float:
    if type(data) in (int, float) and -_HUGE <= data <= _HUGE:
        return float(data)
    raise _Wrong(f"is {data!r}, must be a number")


def _figure(data: Any) -> float:
    return float(data) if type(data) is str and data in _WORDS else _number(data)


def _plain_number(value: float) -> float | int:
    """Whole ones without a point, as people write them."""
    return int(value) if value == int(value) and abs(value) < 2**53 else value


def _plain_figure(value: float) -> float | str:
    return value if math.isfinite(value) else str(float(value))


def _instant(data: Any) -> datetime:
    try:
        if len(data) == len("2026-11-23T03:38:04Z") and data[4::3] == "--T::Z":
            return datetime.fromisoformat(data)
    except (TypeError, ValueError):
        pass  # named below, with the field
    raise _Wrong(f"is {data!r}, must be an instant like 2026-11-23T03:38:04Z")


def _day(data: Any) -> date:
    try:
        if len(data) == len("2026-11-23") and data[4::3] == "--":
            return date.fromisoformat(data)
    except (TypeError, ValueError):
        pass  # named below, with the field
    raise _Wrong(f"is {data!r}, must be a day like 2026-11-23")


def _zone(data: Any) -> str:
    if not isinstance(data, str) or not is_zone_name(data):
        raise _Wrong(f"is {data!r}, must be the name of a time zone")
    return data  # one that this machine does not know is kept: its times are shown in UTC


def _length(data: Any) -> timedelta:
    return timedelta(seconds=_typed(int, "a whole number of seconds")(data))


_PLAIN: dict[Any, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    str: (_same, _typed(str, "a text")),
    int: (_same, _typed(int, "a whole number")),
    bool: (_same, _typed(bool, "true or false")),
    float: (_plain_number, _number),
    Zone: (_same, _zone),
    Figure: (_plain_figure, _figure),
    datetime: (stamp, _instant),
    date: (lambda value: value.isoformat(), _day),
    timedelta: (lambda value: int(value.total_seconds()), _length),
    NoneType: (_same, _same),
}
