"""The small status file: what `flowtui status` answers from, every second, without a parser.

Format: a line `flowtui-status 1`, then one `key<TAB>value` line each, the last with the key `json`.
Seconds were right at the instant `anchor` (seconds since 1970); `at` carries them on from there.
This module imports nothing, since each import would cost more than the answer.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

HEADER = "flowtui-status 1"
COUNTING = ("running", "overtime")
LONG_S = 24 * 3600
"""An eating window, or the time between two, of more than this gets a plain note."""

OVER_S = 3600
"""Nobody who comes back later wants to hear that a break is over."""
RUNS_FRESH_S = 15
RUN_FIELDS = ("run", "runs", "held")

Fields = dict[str, str]


def encode(fields: dict[str, object], json_text: str) -> str:
    """The file's text; None becomes an empty value."""
    lines = [HEADER]
    for key, value in fields.items():
        text = "" if value is None else str(value)
        lines.append(f"{key}\t{text.replace(chr(9), ' ').replace(chr(10), ' ')}")
    return "\n".join([*lines, f"json\t{json_text}", ""])


def decode(text: str) -> Fields | None:
    """The fields of a status file; None if it is not whole."""
    lines = text.split("\n")
    if lines[0] != HEADER or len(lines) < 3 or lines[-1] or not lines[-2].startswith("json\t"):
        return None
    return dict(line.split("\t", 1) for line in lines[1:-1] if "\t" in line)


def patched(fields: Fields, data: dict[str, Any]) -> dict[str, Any]:
    """`data`, the decoded JSON of the file, with the numbers of `fields` that moved on."""
    if data.get("block") is not None:
        for key in ("focus_s", "paused_s", "overtime_s", "remaining_s", "interrupted_s"):
            data["block"][key] = number(fields, key)
        data["block"]["state"] = fields["state"]
    data["day"]["focus_s"] = number(fields, "day_focus_s")
    data["day"]["week_focus_s"] = number(fields, "week_focus_s")
    if data.get("guard") is not None:
        data["guard"] = _guard(data["guard"], number(fields, "guard_left_s") or 0)
    if data.get("break") is not None:
        left_s = number(fields, "rest_left_s")
        data["break"] = None if left_s is None else data["break"] | {"left_s": left_s}
    elapsed = number(fields, "eat_elapsed_s")
    if data.get("eating") is not None and elapsed is not None:
        target = number(fields, "eat_target_s")
        data["eating"] |= {
            "elapsed_s": elapsed,
            "left_s": None if target is None else max(0, target - elapsed),
            "past_s": None if target is None else max(0, elapsed - target),
            "note": fields.get("eat_note") or None if elapsed > LONG_S else None,
        }
    return data


def _guard(guard: dict[str, Any], left_s: int) -> dict[str, Any]:
    """The `guard` object, carried on; once its time is over nothing is kept away."""
    if not left_s:
        over: dict[str, Any] = {"level": "none", "lists": [], "strictness": None, "lease": None}
        return guard | over | {"left_s": 0}
    lease = guard.get("lease")
    return guard | {"left_s": left_s, "lease": lease and lease | {"left_s": left_s}}


def with_runs(fields: Fields, text: str, now: float) -> Fields:
    """`fields` with what the watcher of runs wrote (`services.runs.board`), if that is fresh."""
    runs = decode(text)
    try:
        if runs is None or not 0 <= now - int(runs["at"]) < RUNS_FRESH_S:
            return fields
        return {**fields, **{key: runs[key] for key in RUN_FIELDS}, "runs_json": runs["json"]}
    except (KeyError, ValueError):
        return fields


def number(fields: Fields, key: str) -> int | None:
    """A whole number, or None where the field is empty."""
    text = fields.get(key, "")
    return int(text) if text else None


def at(fields: Fields, now: float) -> Fields:
    """`fields` carried on to `now` (seconds since 1970): focus, pauses, overtime, what remains."""
    opened = number(fields, "eat_since")
    if opened is not None:
        fields = fields | {"eat_elapsed_s": str(max(0, int(now) - opened))}
    until = number(fields, "guard_until")
    if until is not None:
        fields = fields | {"guard_left_s": str(max(0, until - int(now)))}
    rest = number(fields, "rest_until")
    if rest is not None and now < rest + OVER_S:
        fields = fields | {"rest_left_s": str(max(0, rest - int(now)))}
    state = fields.get("state", "")
    gone = max(0, int(now) - (number(fields, "anchor") or 0))
    if not state or not gone:
        return fields
    live = dict(fields)
    remaining = number(fields, "remaining_s")
    if fields.get("away") == "1":
        live["interrupted_s"] = str((number(fields, "interrupted_s") or 0) + gone)
    if state == "paused":
        for key in ("paused_s", "gap_s"):
            live[key] = str((number(fields, key) or 0) + gone)
        if fields.get("plan") == "until" and remaining is not None:
            live["remaining_s"] = str(max(0, remaining - gone))
        return live
    counting = [key for key in ("day", "week") if fields.get(f"in_{key}", "1") == "1"]
    for key in ("focus_s", *(f"{each}_focus_s" for each in counting)):
        live[key] = str((number(fields, key) or 0) + gone)
    if remaining is not None:
        beyond = max(0, gone - remaining)
        live["remaining_s"] = str(max(0, remaining - gone))
        live["overtime_s"] = str((number(fields, "overtime_s") or 0) + beyond)
        if beyond or remaining - gone == 0:
            live["state"] = "overtime"
    return live


def minutes(seconds: int | None) -> str:
    """Seconds as people read them: "45 s", "12 min", "1 h 05"; "0 min" for 0, "-" for None."""
    if seconds is None:
        return "-"
    if 0 < seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h {seconds % 3600 // 60:02}"


def clock(seconds: int | None) -> str:
    """Seconds as a steady clock: "42:07", "1:05:00"; empty for None."""
    if seconds is None:
        return ""
    hours, rest = divmod(seconds, 3600)
    if hours:
        return f"{hours}:{rest // 60:02}:{rest % 60:02}"
    return f"{rest // 60:02}:{rest % 60:02}"


def phrase(fields: Fields) -> str:
    """The one thing to know now: "42 min left", "7 min over", "paused 3 min", "25 min"."""
    state = fields.get("state", "")
    if state == "paused":
        return f"paused {minutes(number(fields, 'gap_s'))}"
    if state == "overtime":
        return f"{minutes(number(fields, 'overtime_s'))} over"
    if number(fields, "remaining_s") is not None:
        left = number(fields, "remaining_s") or 0
        # a started minute is still left: nobody reads "0 min left" with 50 seconds to go
        return f"{minutes(left if left < 60 else -(-left // 60) * 60)} left"
    return minutes(number(fields, "focus_s"))


def eating(fields: Fields) -> str:
    """The eating window in neutral words: "window open 3 h 10, 4 h 50 left"; else empty."""
    elapsed, target = number(fields, "eat_elapsed_s"), number(fields, "eat_target_s")
    if elapsed is None:
        return ""
    said = f"window {fields.get('eat_state', '')} {minutes(elapsed)}"
    if target is None:
        return said
    if elapsed < target:
        return f"{said}, {minutes(target - elapsed)} left"
    return f"{said}, {minutes(elapsed - target)} past {minutes(target)}"


def guard(fields: Fields) -> str:
    """What is kept away: "guard news social"; empty where nothing is."""
    if not number(fields, "guard_left_s"):
        return ""
    word = "guard" if fields.get("guard_level") == "guard" else "quiet"
    return f"{word} {fields.get('guard_lists', '')}"


def rest(fields: Fields) -> str:
    """The break: "break, 4 min left", "break over"; empty where none is on."""
    left = number(fields, "rest_left_s")
    if left is None:
        return ""
    if not left:
        return "break over"
    return f"break, {minutes(left if left < 60 else -(-left // 60) * 60)} left"


def line(fields: Fields) -> str:
    """The plain answer of `flowtui status`, on one line."""
    today = f"{minutes(number(fields, 'day_focus_s') or 0)} today"
    window = eating(fields) if fields.get("eat_line") == "1" else ""
    parts = [rest(fields) or "no block", today, window]
    if fields.get("state"):
        name, tags = fields.get("intention") or "a block", fields.get("tags", "")
        offer = f"away {fields['offer']}? flowtui away" if fields.get("offer") else ""
        parts = [phrase(fields), name, tags, offer, today, window]
    if fields.get("run"):
        parts.append(fields["run"])
    held = number(fields, "held")
    if held:
        parts.append(f"{held} held")
    return " · ".join(part for part in parts if part)
