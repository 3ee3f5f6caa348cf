"""Lines that trackers write while there is no server, as records like others.

ClearML's `metrics.jsonl` is an array of events a line: `{"type": "training_stats_scalar", "metric":
"loss", "variant": "train", "value": 0.5, "iter": 10}` (clearml 2, Task.set_offline). Comet's
`messages.json`, in the archive of an OfflineExperiment, is a message a line: `{"payload":
{"metric": {"metricName": "loss", "metricValue": 0.5, "step": 10}}, "type": "metric_msg"}`
(comet_ml 3).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

MEMBERS = ("messages.json", "metrics.jsonl")
"""What in a tracker's archive holds its metrics."""


def is_tracked(row: object) -> bool:
    """True for a line of one of these trackers."""
    if isinstance(row, list):
        return bool(row) and all(isinstance(event, dict) and "task" in event for event in row)
    return isinstance(row, dict) and row.keys() == {"payload", "type"}


def records_of(row: Any) -> Iterator[Mapping[str, Any]]:
    """The records of a line that `is_tracked`; nothing for what is no metric."""
    if isinstance(row, list):
        for event in row:
            if event.get("type") == "training_stats_scalar":
                name = f"{event.get('metric')}/{event.get('variant')}"
                yield {
                    "step": event.get("iter"),
                    "timestamp": event.get("timestamp"),
                    name: event.get("value"),
                }
        return
    payload = row["payload"]
    metric = payload.get("metric") if isinstance(payload, dict) else None
    if isinstance(metric, dict) and isinstance(metric.get("metricName"), str):
        yield {
            "step": metric.get("step"),
            "epoch": metric.get("epoch"),
            "timestamp": payload.get("local_timestamp"),
            metric["metricName"]: metric.get("metricValue"),
        }
