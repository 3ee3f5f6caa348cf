"""`python -m flowtui.services.runs.supervise FOLDER`: the process beside each run we started."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from flowtui.system.clock import SystemClock, epoch
from flowtui.watch.supervisor import supervise

if __name__ == "__main__":
    if os.fork():
        os._exit(0)  # whoever started us waits for this one alone; the run is nobody's child
    os.setsid()
    supervise(Path(sys.argv[1]), epoch, SystemClock().boottime)
