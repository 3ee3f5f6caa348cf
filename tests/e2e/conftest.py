"""What the end-to-end tests share."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminals


@pytest.fixture
def person() -> Iterator[Terminals]:
    """Somebody with an empty home and no terminal yet.

    In a folder with a short name: a socket's path has at most 107 bytes.
    """
    with tempfile.TemporaryDirectory(prefix="flow") as folder:
        terminals = Terminals(Path(folder))
        try:
            yield terminals
        finally:
            terminals.close()
