"""`python -m flowtui` is `flowtui`."""

import sys

from flowtui.entry import main

sys.exit(main())
