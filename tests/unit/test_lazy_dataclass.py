"""A dataclass that is built at its first use is the same as one that is built at once."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import field
from threading import Barrier
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core import lazy_dataclass
from flowtui.core.lazy_dataclass import dataclass as lazy


@lazy(frozen=True, slots=True)
class Point:
    """A point."""

    x: int
    y: int = 2
    tags: tuple[str, ...] = ()
    more: list[int] = field(default_factory=list, compare=False)
    COUNT: ClassVar[int] = 7

    @property
    def both(self) -> int:
        """Their sum."""
        return self.x + self.y


@dataclasses.dataclass(frozen=True, slots=True)
class Standard:
    """The same, as the standard library makes it."""

    x: int
    y: int = 2
    tags: tuple[str, ...] = ()
    more: list[int] = field(default_factory=list, compare=False)


@lazy(frozen=True, slots=True)
class Deeper(Point):
    """A point with depth, and a rule."""

    z: int = 0

    def __post_init__(self) -> None:
        if self.z < 0:
            raise ValueError("too deep")


@lazy(slots=True)
class Changing:
    """Not frozen."""

    count: int = 0


@lazy(frozen=True, slots=True)
class Unused:
    """Nobody makes one before the test that looks at it."""

    value: int = 3


def test_a_class_is_not_built_before_it_is_used() -> None:
    assert Unused in lazy_dataclass._PENDING

    assert Unused().value == 3

    assert Unused not in lazy_dataclass._PENDING


def test_its_fields_can_be_asked_for_before_the_first_instance() -> None:
    @lazy(frozen=True, slots=True)
    class Fresh:
        a: int
        b: str = "b"

    assert [f.name for f in dataclasses.fields(Fresh)] == ["a", "b"]
    assert Fresh(1) == Fresh(1, "b")


@given(st.integers(), st.integers(), st.lists(st.text()).map(tuple))
def test_it_behaves_as_the_standard_one(x: int, y: int, tags: tuple[str, ...]) -> None:
    ours, theirs = Point(x, y, tags), Standard(x, y, tags)

    assert dataclasses.asdict(ours) == dataclasses.asdict(theirs)
    assert repr(ours).removeprefix("Point") == repr(theirs).removeprefix("Standard")
    assert hash(ours) == hash(theirs)
    assert ours == Point(x, y, tags) and ours != Point(x + 1, y, tags)
    assert dataclasses.replace(ours, x=5) == Point(5, y, tags)
    assert ours.both == x + y
    assert not hasattr(ours, "__dict__")


@given(st.integers())
def test_it_can_be_copied_and_pickled(x: int) -> None:
    point = Point(x)

    assert copy.copy(point) == pickle.loads(pickle.dumps(point)) == point


def test_it_cannot_be_changed_where_it_is_frozen() -> None:
    point: Any = Point(1)

    with pytest.raises(dataclasses.FrozenInstanceError):
        point.x = 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        del point.x
    changing = Changing()
    changing.count += 1
    assert changing == Changing(1)
    with pytest.raises(TypeError):
        hash(changing)


def test_one_may_stand_on_another() -> None:
    deeper = Deeper(1, z=3)

    assert (deeper.both, deeper.z, Deeper.COUNT) == (3, 3, 7)
    assert deeper != Point(1)
    with pytest.raises(ValueError, match="too deep"):
        Deeper(1, z=-1)


def test_wrong_arguments_are_told_as_ever() -> None:
    make: Any = Point

    with pytest.raises(TypeError, match="missing 1 required positional argument: 'x'"):
        make()
    with pytest.raises(TypeError, match="unexpected keyword argument 'q'"):
        make(1, q=2)


def test_it_can_be_matched_by_position() -> None:
    match Point(4, 5):
        case Point(x, y):
            assert (x, y) == (4, 5)


@pytest.mark.parametrize("first_use", ["init", "fields", "equal"])
def test_several_threads_may_use_a_class_first_at_once(first_use: str) -> None:
    """The app's screen and its services are on threads of their own."""
    uses: dict[str, Callable[[Any], object]] = {
        "init": lambda kind: kind(1).both,
        "fields": lambda kind: [each.name for each in dataclasses.fields(kind)],
        "equal": lambda kind: kind(1) == kind(1),
    }
    threads = 8
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # so that the threads really meet inside the building
    try:
        with ThreadPoolExecutor(threads) as pool:
            for _ in range(60):

                @lazy(frozen=True, slots=True)
                class Shared:
                    x: int
                    y: int = 2

                    @property
                    def both(self) -> int:
                        return self.x + self.y

                start = Barrier(threads)

                def use(kind: type = Shared, start: Barrier = start) -> object:
                    start.wait()
                    return uses[first_use](kind)

                answers = [job.result() for job in [pool.submit(use) for _ in range(threads)]]
                assert all(answer == answers[0] for answer in answers)
    finally:
        sys.setswitchinterval(before)
