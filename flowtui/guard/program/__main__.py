"""Run from the package: `recover` where no program was installed."""

import sys

from .main import main

if __name__ == "__main__":
    sys.exit(main())
