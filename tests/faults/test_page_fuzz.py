"""The page under hostile requests; the long form: python -m tests.faults.page_fuzz"""

from __future__ import annotations

from pathlib import Path

from tests.faults.page_fuzz import AT_ONCE, run


def test_no_hostile_request_is_let_in_changes_anything_or_fails_the_page(tmp_path: Path) -> None:
    told = run(tmp_path / "home", 60 * AT_ONCE, seed=7)
    assert told["faults"] == {} and told["changes"] == 0
    assert told["requests"] == 60 * AT_ONCE
