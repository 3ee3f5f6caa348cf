"""`dataclass`, built when it is first used.

The standard decorator compiles four functions for each class when its module is imported: 0.5 to
1 ms each, a third of what stood between a key press and the first frame. Most of these classes
are never made in one run of a command. Here a class is given its slots at once, and its compiled
`__init__`, `__eq__` and `__hash__`, which are those of `dataclasses` itself, at the first use.

Type checkers see the standard decorator.
"""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(cls: type | None = None, /, **options: Any) -> Any:
        """As `dataclasses.dataclass`; what is not `slots` or has an order is built at once."""
        if cls is None:
            return lambda cls: dataclass(cls, **options)
        if not options.get("slots") or options.get("order"):
            import dataclasses

            return dataclasses.dataclass(**options)(cls)
        return _prepare(cls, options)


class _Built:
    """An attribute that is there once its class is built: looking at it builds the class."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: object, owner: type) -> Any:
        return getattr(_build(owner, self.name), self.name)


_LOCK = RLock()  # a class builds those that it stands on
_PENDING: dict[type, tuple[dict[str, Any], dict[str, Any]]] = {}
"""Classes not built yet: the names they were defined with, and the options."""


def _prepare(cls: type, options: dict[str, Any]) -> type:
    names = dict(cls.__dict__)
    for name in ("__dict__", "__weakref__"):
        names.pop(name, None)
    own = [name for name, kind in names.get("__annotations__", {}).items()
           if not str(kind).startswith(("ClassVar", "typing.ClassVar"))]  # fmt: skip
    definition = dict(names)
    above = {slot for base in cls.__mro__[1:] for slot in getattr(base, "__slots__", ())}
    for name in own:
        names.pop(name, None)
    names["__slots__"] = tuple(name for name in own if name not in above)
    if options.get("frozen"):
        names |= {"__setattr__": _refuse_set, "__delattr__": _refuse_delete}
        names |= {"__getstate__": _state, "__setstate__": _set_state}
    names.setdefault("__repr__", _repr)
    names.setdefault("__init__", _first_init)
    if options.get("eq", True) and "__eq__" not in names:
        names["__eq__"] = _first_eq
        # defining __eq__ alone makes a class unhashable, as it should be where it can change
        names["__hash__"] = _first_hash if options.get("frozen") else None
    for name in ("__dataclass_fields__", "__dataclass_params__", "__match_args__"):
        names[name] = _Built(name)
    made = type(cls)(cls.__name__, cls.__bases__, names)
    _PENDING[made] = definition, options
    return made


def _build(cls: type, wanted: str) -> type:
    """Give the class in the line of `cls` that still waits its compiled functions."""
    owner = next(base for base in cls.__mro__ if wanted in base.__dict__)
    with _LOCK:  # the first use may be in several threads at once
        if owner in _PENDING:
            _compile(owner, *_PENDING[owner])
            del _PENDING[owner]  # last: until here it is not what it should be
    return owner


def _compile(owner: type, definition: dict[str, Any], options: dict[str, Any]) -> None:
    import dataclasses

    # dataclasses reads defaults from class attributes, which slots have taken the place of
    plain = {name: value for name, value in options.items() if name != "slots"}
    shadow = type(owner.__name__, owner.__bases__, definition)
    shadow = dataclasses.dataclass(**plain)(shadow)
    for name in ("__init__", "__eq__", "__hash__"):
        if owner.__dict__.get(name) in _FIRST and name in shadow.__dict__:
            setattr(owner, name, shadow.__dict__[name])
    for name in ("__dataclass_fields__", "__dataclass_params__", "__match_args__"):
        setattr(owner, name, shadow.__dict__[name])


def _waiting(instance: object, name: str) -> None:
    first = next(base for base in type(instance).__mro__ if name in base.__dict__)
    if first in _PENDING:
        _build(first, "__dataclass_fields__")


def _first_init(self: object, *args: Any, **kwargs: Any) -> None:
    _waiting(self, "__init__")
    self.__init__(*args, **kwargs)  # type: ignore[misc] # the compiled one now


def _first_eq(self: object, other: object) -> Any:
    _waiting(self, "__eq__")
    return type(self).__eq__(self, other)


def _first_hash(self: object) -> int:
    _waiting(self, "__hash__")
    return type(self).__hash__(self)


_FIRST = (_first_init, _first_eq, _first_hash)


def _repr(self: Any) -> str:
    from dataclasses import fields

    shown = ", ".join(f"{f.name}={getattr(self, f.name)!r}" for f in fields(self) if f.repr)
    return f"{type(self).__qualname__}({shown})"


def _state(self: Any) -> list[Any]:
    from dataclasses import fields

    return [getattr(self, field.name) for field in fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    from dataclasses import fields

    for field, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)


def _refuse_set(self: object, name: str, value: object) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_delete(self: object, name: str) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot delete field {name!r}")
