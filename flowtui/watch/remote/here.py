"""This machine as a host like any other: the same questions, answered without a connection.

Logs on a file system that hangs hold up the thread that asks for them, and nothing else.
"""

from __future__ import annotations

import time
from typing import Any

from flowtui.watch.remote import follower


class HereLine:
    """What `SshLine` is for another host."""

    skew_s = 0.0
    is_open = True

    def ask(self, question: dict[str, Any], wait_s: float = 0.0) -> tuple[Any, bytes]:
        """The answer to one question, and the bytes that belong to it."""
        used = time.thread_time()
        answer, data = follower.VERBS[question["do"]](question)
        answer["used"] = time.thread_time() - used
        return answer, data

    def close(self) -> None:
        """There is nothing to let go of."""
