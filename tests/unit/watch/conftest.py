"""Pretend GPUs for the tests of this process."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gpu.pretend import Pretend, build, preload


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pretend driver, loaded into this process."""
    library = build(tmp_path_factory.mktemp("nvml"))
    preload(library)
    return library


@pytest.fixture
def gpus(library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pretend:
    """No GPU yet."""
    pretend = Pretend(tmp_path)
    for name, value in pretend.env.items():
        monkeypatch.setenv(name, value)
    return pretend
