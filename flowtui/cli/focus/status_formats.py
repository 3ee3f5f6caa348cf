"""The shapes in which `flowtui status` answers: a line, JSON, a tmux or waybar item, a template."""

from __future__ import annotations

from flowtui.core import status_file
from flowtui.core.errors import UsageError
from flowtui.core.status_file import Fields, number

FORMAT_FIELDS = {
    "state": "running, paused, overtime, or empty",
    "id": "the block's id",
    "intention": "the block's intention",
    "then": "its if-then plan",
    "tags": "its tags, as #a #b",
    "context": "its context",
    "mode": "its mode",
    "phrase": "what matters now: 42 min left, 3 min over, paused 5 min",
    "clock": "remaining time, or focus of an open-ended block, as 42:07",
    "planned": "planned length",
    "focus": "focus so far",
    "paused": "time in gaps so far",
    "overtime": "focus beyond the plan",
    "remaining": "focus left to the plan",
    "percent": "share of the plan that is done, 0 to 100",
    "interruptions": "how many",
    "parked": "how many thoughts",
    "next_step": "the next step noted at the pause",
    "offer": "time away that is offered as a gap: 10:10 to 10:30, 20 min; see: flowtui away",
    "break": "the break: break, 4 min left, or break over",
    "day_focus": "focus today",
    "day_goal": "goal for a day",
    "day_blocks": "blocks today",
    "week_focus": "focus this week",
    "week_goal": "goal for a week",
    "energy": "mean of today's ratings",
    "eating": "the eating window: window open 3 h 10, 4 h 50 left",
    "eating_state": "open, closed, or empty",
    "run": "the training run that matters most: resnet-b  62 %  val_loss 0.4120  ends 11:52",
    "runs": "training runs under way, how many",
    "held": "findings that wait for the end of the block, how many",
    "guard": "what is kept away: guard news social",
    "attempts": "how often a site that is kept away was asked for",
    "focus_s": "seconds of focus; likewise paused_s, overtime_s, remaining_s, planned_s, "
    "day_focus_s, week_focus_s",
}
SECONDS = ("planned", "focus", "paused", "overtime", "remaining", "day_focus", "week_focus")
CLASSES = {"running": "focus", "overtime": "overtime", "paused": "rest"}


def render(fields: Fields, shape: str, template: str = "") -> str:
    """`fields` (already carried on to now) as text that ends with a newline.

    Of a file written with `display.unicode = false` all but the JSON is drawn in ASCII.
    """
    if shape != "json" and fields.get("ascii") == "1":
        from flowtui.core.ascii_text import to_ascii

        return to_ascii(_text(fields, shape, template))
    return _text(fields, shape, template)


def _text(fields: Fields, shape: str, template: str) -> str:
    if shape == "json":
        import json

        data = status_file.patched(fields, json.loads(fields["json"]))
        if fields.get("runs_json"):
            data["runs"] = json.loads(fields["runs_json"])
        return _dumped(data, 2) + "\n"
    if shape == "waybar":
        return _waybar(fields)
    if shape == "tmux":
        return _tmux(fields)
    if shape == "format":
        return fill(template, fields) + "\n"
    return status_file.line(fields) + "\n"


def percent(fields: Fields) -> int | None:
    """Share of the plan that is done, 0 to 100; None for an open-ended block."""
    planned, left = number(fields, "planned_s"), number(fields, "remaining_s")
    if not planned or left is None:
        return None
    return max(0, min(100, round(100 * (planned - left) / planned)))


def values(fields: Fields) -> Fields:
    """Every name that a template can use, with its text."""
    named = {key: fields.get(key, "") for key in FORMAT_FIELDS}
    for key in SECONDS:
        named[f"{key}_s"] = fields.get(f"{key}_s", "")
        named[key] = (
            "" if not fields.get(f"{key}_s") else status_file.minutes(number(fields, key + "_s"))
        )
    for key in ("day_goal", "week_goal"):
        named[key] = (
            "" if not fields.get(f"{key}_s") else status_file.minutes(number(fields, key + "_s"))
        )
    named["guard"] = status_file.guard(fields)
    named["attempts"] = fields.get("attempts", "") if named["guard"] else ""
    named["break"] = status_file.rest(fields)
    named["eating"] = status_file.eating(fields)
    named["eating_state"] = fields.get("eat_state", "")
    if fields.get("state"):
        left = number(fields, "remaining_s")
        over = number(fields, "overtime_s") or 0
        shown = number(fields, "focus_s") if left is None else left
        named["phrase"] = status_file.phrase(fields)
        named["clock"] = f"+{status_file.clock(over)}" if over else status_file.clock(shown)
        done = percent(fields)
        named["percent"] = "" if done is None else str(done)
    return named


def fill(template: str, fields: Fields) -> str:
    """`template` with each {name} replaced; {{ and }} are braces. Raises UsageError for a name."""
    named = values(fields)
    out, rest = "", template
    while rest:
        before, brace, rest = _next_brace(rest)
        out += before
        if not brace:
            break
        if rest[:1] == brace:
            out, rest = out + brace, rest[1:]
            continue
        name, end, rest = rest.partition("}")
        if brace == "}" or not end:
            raise UsageError(
                f"the format {template!r} has a single {brace}", "write {{ and }} for braces"
            )
        if name not in named:
            raise UsageError(f"the format has no field {name!r}", _nearest(name, named))
        out += named[name]
    return out


def _next_brace(text: str) -> tuple[str, str, str]:
    for index, char in enumerate(text):
        if char in "{}":
            return text[:index], char, text[index + 1 :]
    return text, "", ""


def _nearest(name: str, named: Fields) -> str:
    import difflib

    near = difflib.get_close_matches(name, named, 1)
    known = "see them: flowtui status --help"
    return f"did you mean {{{near[0]}}}? {known}" if near else known


def _tmux(fields: Fields) -> str:
    state = fields.get("state", "")
    if not state:
        return "\n"
    # colour names of the terminal itself, so that the bar keeps its theme; # would start a style
    colour = {"running": "green", "overtime": "yellow", "paused": "blue"}.get(state, "default")
    text = " ".join(p for p in (status_file.phrase(fields), fields.get("intention", "")) if p)
    return f"#[fg={colour}]{text.replace('#', '##')}#[default]\n"


def _waybar(fields: Fields) -> str:
    state = fields.get("state", "")
    item: dict[str, object] = {
        "text": status_file.phrase(fields) if state else "",
        "alt": state or "none",
        "class": CLASSES.get(state, "none"),
        "tooltip": _escaped(status_file.line(fields)),
    }
    done = percent(fields) if state else None
    if done is not None:
        item["percentage"] = done
    return _dumped(item) + "\n"


def _dumped(data: object, indent: int | None = None) -> str:
    """JSON; what a terminal obeys, or standard output lacks, stands as an escape."""
    import json
    import sys

    from flowtui.cli.streams import shows

    text = json.dumps(data, ensure_ascii=False, indent=indent)
    if text.isascii():
        return text
    if not shows(sys.stdout, text):
        return json.dumps(data, indent=indent)
    if text.replace("\n", "").isprintable():
        return text
    from flowtui.core.text import json_shown

    return json_shown(text)


def _escaped(text: str) -> str:
    """Waybar reads tooltips as Pango markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
