"""Who is told of a change once it is on disk; nobody of them can make the command fail any more."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, ParamSpec

from flowtui.core.errors import FlowError

P = ParamSpec("P")


class Mishaps:
    """What went wrong after a change was on disk, one sentence each, to be told once."""

    def __init__(self) -> None:
        self._sentences: list[str] = []

    def note(self, error: Exception) -> None:
        """Collect what a listener raised."""
        what = error.message if isinstance(error, FlowError) else f"{type(error).__name__}: {error}"
        if what not in self._sentences:
            self._sentences.append(what)

    def collect(self) -> list[str]:
        """All that was noted since the last call."""
        sentences, self._sentences = self._sentences, []
        return sentences


class Listeners(Generic[P]):
    """Calls what was subscribed, in order; what it raises goes to `mishaps`."""

    def __init__(self, mishaps: Mishaps | None = None) -> None:
        self.mishaps = mishaps or Mishaps()
        self._listeners: list[Callable[P, object]] = []

    def subscribe(self, listener: Callable[P, object], first: bool = False) -> Callable[[], None]:
        """`listener` hears of everything from now on, with `first` before the others.

        The returned function ends that.
        """
        self._listeners.insert(0 if first else len(self._listeners), listener)
        return lambda: self._listeners.remove(listener)

    def tell(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call every listener. Raises nothing but what ends the program."""
        for listener in self.present():
            try:
                listener(*args, **kwargs)
            except Exception as error:  # the change stands, whatever it was
                self.mishaps.note(error)

    def present(self) -> Iterable[Callable[P, object]]:
        """The listeners there are now."""
        return tuple(self._listeners)
