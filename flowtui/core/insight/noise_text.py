"""What the noise button says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flowtui.core.insight.sentences import difference
from flowtui.core.insight.variable import Outcome

SHOWN = 3


def noise_lines(found: Mapping[str, Any], outcome: Outcome) -> list[str]:
    """Lines of plain text."""
    k, asked = found["shuffles"], found["asked"]
    lines = [
        f"{k} times, every habit was moved in time against {outcome.label}, by whole weeks: "
        f"{asked} patterns each.",
        "Nothing that goes together in such days is true.",
        "",
        f"a plain correlation  {found['plain_claims']:>4} claims, "
        f"at least one in {found['plain_any']} of {k}",
        f"this engine          {found['passed']:>4} passed, "
        f"at least one in {found['passed_any']} of {k}",
    ]
    if not found["claims"]:
        return lines
    lines += ["", "A plain correlation would have told you, falsely:"]
    told: dict[tuple[str, int], str] = {}
    for claim in found["claims"]:
        after = " the day before" if claim["lag"] else ""
        way = difference(claim["raw_effect"], outcome)
        p = "p < 0.0001" if claim["p"] < 0.0001 else f"p {claim['p']:.4f}"
        text = f"with {claim['label']}{after} {way}, {p}"
        told.setdefault((claim["factor"], claim["lag"]), text)
    return [*lines, *(f"  {text}" for text in list(told.values())[:SHOWN])]
