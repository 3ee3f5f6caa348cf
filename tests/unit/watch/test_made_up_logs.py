"""Made-up logs of many kinds, each with the right values beside it (tests/logs/cases)."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from flowtui.core.runs.run_json import run_view
from flowtui.services.runs.log_look import look_at
from tests.fakes import FakeClock

CASES = Path(__file__).parents[2] / "logs" / "cases"
NAMES = sorted(path.stem for path in CASES.glob("*.json"))
FIELDS = {
    "last_step": "step", "last_epoch": "epoch", "total_steps": "total_steps",
    "total_epochs": "total_epochs", "eta_s": "eta_s",
}  # fmt: skip
VALIDATION = ("val", "test", "eval", "dev")


def told(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is right for a case, and what `runs read --json` says of it."""
    case = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))
    look = look_at(CASES / case["file"], FakeClock())[0]
    return case, run_view(look.seen, look.findings, "UTC")


def is_near(value: object, right: object) -> bool:
    """Equal, or within a thousandth: the logs round."""
    if isinstance(value, str) or isinstance(right, str) or value is None:
        return value == right
    assert isinstance(value, int | float) and isinstance(right, int | float)
    return math.isclose(value, right, rel_tol=2e-3, abs_tol=1e-3)


@pytest.mark.parametrize("name", NAMES)
def test_where_it_stands_is_right(name: str) -> None:
    case, run = told(name)

    for field, key in FIELDS.items():
        if case.get(field) is not None:
            assert is_near(run[key], case[field]), key
    assert run["state"] in case["status_ok"]


@pytest.mark.parametrize("name", NAMES)
def test_its_metrics_are_right_and_no_others(name: str) -> None:
    case, run = told(name)
    metrics = run["metrics"]

    for metric, value in case["metrics"].items():
        assert is_near(metrics[metric]["last"], value), metric
    for metric, curve in case.get("curves", {}).items():
        assert [metrics[metric][key] for key in ("n", "first", "last", "max", "min")] == curve
    assert len(metrics) <= case.get("max_metrics", len(metrics)), list(metrics)
    for metric, value in case.get("metrics_train", {}).items():
        assert is_near(metrics[metric]["last"], value), metric
    for metric, value in case.get("metrics_validation", {}).items():
        other = [n for n in metrics if n.startswith(VALIDATION) and n.endswith(f"/{metric}")]
        assert [is_near(metrics[full]["last"], value) for full in other] == [True], metric


@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_of_it_is_right(name: str) -> None:
    case, run = told(name)
    rules = [finding["rule"] for finding in run["findings"]]

    for verdict in case["verdicts_expected"]:
        assert any(verdict in rule.lower() for rule in rules), rules
    assert not {*case.get("must_not", ()), *rules} & set(case.get("must_not", ())) & set(rules)
    if run["step"] is None and run["epoch"] is None:
        assert rules == []
