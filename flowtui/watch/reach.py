"""Which files answer: a share that hangs must hold up nobody who reads another's log.

A call on a network file system whose server is away does not return and cannot be ended. So a
thread of its own opens a file before it is read; where it does not come back, the file is left
alone until it does. Opening asks an NFS server anew, where looking at a file's size may be
answered from what was known of it.

A process that has such a thread may not end before the server is back; one that is to end soon asks
by a child: this module, run with the paths, writes a byte for each that answers.
"""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

PATIENCE_S = 2.0


class Reach:
    """What was asked for and has not answered yet."""

    def __init__(
        self, patience_s: float = PATIENCE_S, touch: Callable[[Path], None] | None = None
    ) -> None:
        self._patience_s = patience_s
        self._touch = touch or _open
        self._silent: set[Path] = set()
        self._lock = threading.Lock()

    def silent(self, paths: Iterable[Path]) -> frozenset[Path]:
        """Those of `paths` that do not answer. A file that is gone, or barred, does answer.

        Takes `patience_s` for each path that falls silent, and no time for one that is so already.
        """
        wanted = list(dict.fromkeys(paths))
        with self._lock:
            left = [path for path in wanted if path not in self._silent]
        while left:
            asked: deque[Path] = deque(left)
            over = threading.Event()
            threading.Thread(
                target=self._ask, args=(asked, over), name="reach", daemon=True
            ).start()
            if over.wait(self._patience_s):
                break
            with self._lock:
                if not asked:  # the last of them answered this very moment
                    break
                self._silent.add(asked[0])
                left = list(asked)[1:]
                while len(asked) > 1:
                    asked.pop()  # others are asked by another thread
        with self._lock:
            return frozenset(path for path in wanted if path in self._silent)

    def _ask(self, asked: deque[Path], over: threading.Event) -> None:
        """Open one path after the other; `asked` begins with the one that is being opened."""
        while True:
            with self._lock:
                if not asked:
                    break
                path = asked[0]
            with suppress(OSError):
                self._touch(path)
            with self._lock:
                self._silent.discard(path)
                asked.popleft()
        over.set()


def _open(path: Path) -> None:
    os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC))


if __name__ == "__main__":
    for word in sys.argv[1:]:
        with suppress(OSError):
            _open(Path(word))
        os.write(1, b".")
