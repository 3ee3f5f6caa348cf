"""What a guard would change on this machine, worked out without one; nothing is touched."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from flowtui.guard.program import clock, report, requests
from flowtui.guard.program.engine import Engine
from flowtui.guard.program.roots import Roots


def plan(wish: Mapping[str, Any], roots: Roots | None = None) -> dict[str, Any]:
    """The answer of the verb `plan` to `wish`, as this user sees the machine.

    Raises GuardError for a wish that cannot be meant. The reset of open connections needs root
    to be known of, and may be missing.
    """
    engine = Engine(roots or Roots(), clock.read)
    meant = requests.wish(dict(wish))
    return report.plan(engine, os.getuid(), os.getpid(), meant, clock.read())
