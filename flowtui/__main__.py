"""`python -m flowtui` is `flowtui`, and takes no module from the folder that it is called in."""

import sys
from pathlib import Path

HOME = str(Path(__file__).absolute().parent.parent)
if not sys.flags.safe_path and sys.path and sys.path[0] != HOME:
    del sys.path[0]  # Python puts the current folder there; ours lies elsewhere

from flowtui.entry import main  # noqa: E402

sys.exit(main())
