"""Runs and GPUs as rows and lines of coloured text. A word or a shape says what a colour says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from textual.content import Content

from flowtui.core.runs import gpu_text
from flowtui.core.runs.fleet import FleetView
from flowtui.core.runs.glance import RunGlance
from flowtui.core.runs.machine import GpuReading
from flowtui.core.runs.run_text import (
    ends,
    figure,
    heard_words,
    percent,
    place,
    silence,
    spark,
    state_words,
    unheard,
    waits,
)
from flowtui.core.status_file import minutes
from flowtui.core.text import end_cut, middle_cut
from flowtui.services.runs.board import Board

MARKS = {
    "running": ("▶", "$focus"), "finished": ("✓", "$rest"), "crashed": ("✗", "$lost"),
    "stopped": ("■", "$muted"), "stalled": ("◌", "$warn"), "unknown": ("?", "$muted"),
    "pending": ("○", "$muted"),
}  # fmt: skip
SEVERITIES = {"serious": "$lost", "notable": "$warn", "calm": "$muted"}
NARROW, NAMED, WIDE = 60, 90, 100
KEY = 14
QUEUE = 40
"""Cells that a scheduler's words may take in a list."""
HEADER = ("", "run", "how far", "how good", "when", "uses")


def key_width(runs: Sequence[RunGlance]) -> int:
    """Cells that the names of the runs' metrics need, so that their values stand in a column."""
    return max((len(middle_cut(run.key, KEY)) for run in runs if run.key), default=0)


def row(
    run: RunGlance, zone: ZoneInfo, width: int, marked: bool, names: int = 0
) -> tuple[Content, ...]:
    """The cells of a run in a list of `width` cells; names of metrics are `names` cells wide."""
    mark, colour = MARKS.get(run.state, ("?", "$muted"))
    sign = Content.styled("●" if marked else mark, "$accent" if marked else colour)
    name = Content.styled(middle_cut(run.name, 12 if width < NARROW else 18), "bold")
    how = Content.styled(_how(run, width), "" if run.live else "$muted")
    if width < NARROW:
        return sign, name, how
    quality = _quality(run, width, names)
    if width < WIDE:
        return sign, name, how, quality, Content.styled(_when(run, zone, short=True), "$muted")
    use = Content.styled(_use(run), "$muted")
    return sign, name, how, quality, Content.styled(_when(run, zone), "$muted"), use


def widths(rows: Sequence[tuple[Content, ...]]) -> tuple[int, ...]:
    """The widest cell of each column, its heading among them."""
    return tuple(
        max(len(head), *(cell.cell_length for cell in column))
        for head, column in zip(HEADER, zip(*rows, strict=True), strict=False)
    )


def _how(run: RunGlance, width: int) -> str:
    """A running one by its progress, any other by its state."""
    room = QUEUE if width >= WIDE else QUEUE // 2
    if run.state == "running":
        return f"{place(run):>5}" if run.progress is not None else place(run) or "running"
    if run.state == "pending":
        return end_cut(run.queue or "pending", room)
    if run.state == "stalled":
        silence = f" {minutes(round(run.quiet_s))}" if run.quiet_s is not None else ""
        return f"silent{silence}"
    return end_cut(state_words(run), room) if run.where else state_words(run)


def _quality(run: RunGlance, width: int, names: int) -> Content:
    if run.key is None:
        return Content("")
    parts: list[tuple[str, str]] = [
        (f"{middle_cut(run.key, KEY):<{names}}", "$muted"), (f" {figure(run.last):>7}", ""),
    ]  # fmt: skip
    course = spark(run.spark, 6 if width < WIDE else 12)
    if course:
        parts.append((f" {course}", "$focus"))
    if run.is_best:
        parts.append((" best", "$muted"))
    elif run.best is not None and width >= WIDE:
        parts.append((f" best {figure(run.best)}", "$muted"))
    if run.ahead is not None and width >= WIDE:
        sign = "+" if run.ahead >= 0 else "−"
        parts.append(
            (f" {sign}{abs(run.ahead) * 100:.1f} %", "$focus" if run.ahead >= 0 else "$warn")
        )
    return Content.assemble(*parts)


def _when(run: RunGlance, zone: ZoneInfo, short: bool = False) -> str:
    late = unheard(run, zone)
    if late:
        return late
    if run.live:
        text = waits(run, zone) or ends(run, zone, None)
        return text.removeprefix("ends ") if short else text
    silent = silence(run, zone)
    if silent:
        return silent.partition(",")[0] if short else silent
    if run.ended_at is None:
        return ""
    at = datetime.fromtimestamp(run.ended_at, UTC).astimezone(zone)
    today = datetime.fromtimestamp(run.at, UTC).astimezone(zone).date()
    clock = f"{at:%H:%M}" if at.date() == today else f"{at:%a %-d %b}"
    if short or run.started_at is None:
        return clock
    return f"{clock} after {minutes(max(0, round(run.ended_at - run.started_at)))}"


def _use(run: RunGlance) -> str:
    if not run.live:
        return ""
    if run.gpu_count:
        named = "GPU" if run.gpu_count == 1 else "GPUs"
        return f"{run.gpu_count} {named} {percent(run.gpu_util)}".rstrip()
    if run.gpus:
        numbers = ",".join(map(str, run.gpus))
        return f"GPU {numbers} {percent(run.gpu_util)}".rstrip()
    return f"{run.cpu:.1f} cores" if run.cpu is not None else ""


def finding_lines(run: RunGlance, width: int, count: int) -> list[Content]:
    """What the rules say of a run, the serious first; each may fill two lines of the screen."""
    lines = []
    for _, severity, sentence in run.findings[:count]:
        lines.append(Content.styled(middle_cut(sentence, 2 * width), SEVERITIES.get(severity, "")))
    if run.problem:
        lines.append(Content.styled(middle_cut(run.problem, 2 * width), "$muted"))
    return lines[:count]


def gpu_lines(board: Board, width: int, count: int) -> list[Content]:
    """One line a GPU: its use as a strip, its figures, what is out of the ordinary."""
    lines = []
    for number, gpu in enumerate(board.gpus[:count]):
        past = board.strips[number] if number < len(board.strips) else ()
        lines.append(_gpu_line(gpu, past, width))
    if len(board.gpus) > count:
        lines.append(Content.styled(f"and {len(board.gpus) - count} more: flowtui gpus", "$muted"))
    if not board.gpus and board.gpu_problem:
        lines.append(Content.styled(board.gpu_problem, "$muted"))
    return lines


def fleet_lines(
    view: FleetView, now: float, zone: ZoneInfo, width: int, count: int
) -> list[Content]:
    """GPUs of runs elsewhere in at most `count` lines: all in one, the worst, then a cell each."""
    if not view.count or count < 1:
        return []
    used = "" if view.util is None else f", {percent(view.util)} used"
    bad = [f"{view.lost} lost or silent"] if view.lost else []
    bad += [f"{view.idle} held and idle"] if view.idle else []
    words = f"{view.count} GPUs of your jobs{used}"
    about = f"   {view.join}, {heard_words(view.at, now, zone)}"
    lines = [
        Content.assemble(
            (words, "bold"), (f"   {', '.join(bad)}" if bad else "", "$warn"), (about, "$muted")
        ).truncate(width, ellipsis=True)
    ]
    rest = count - 1
    most = max(1, min(len(view.worst), rest // 2 if view.count > len(view.worst) else rest))
    for gpu, past in view.worst[:most] if rest else ():
        lines.append(_gpu_line(gpu, past, width))
    lines += _heat(view, width, count - len(lines))
    return [
        line if line.cell_length <= width else line.truncate(width, ellipsis=True) for line in lines
    ]


def _heat(view: FleetView, width: int, count: int) -> list[Content]:
    """One cell a GPU, the nodes side by side; empty where there is no room for any."""
    if count < 1 or view.count <= len(view.worst):
        return []
    widest = max((len(cells) for _, cells in view.rows), default=1)
    name = max((len(host) for host, _ in view.rows), default=0)
    a_line = max(1, (width - name - 1) // (widest + 1))
    lines = []
    for start in range(0, len(view.rows), a_line):
        part = view.rows[start : start + a_line]
        cells = " ".join(f"{each:<{widest}}" for _, each in part)
        lines.append(Content.assemble((f"{part[0][0]:<{name}} ", "$muted"), (cells, "$focus")))
    if len(lines) > count:
        left = sum(len(cells) for _, cells in view.rows[(count - 1) * a_line :])
        lines = [*lines[: count - 1], Content.styled(f"and {left} more", "$muted")]
    return lines


def _gpu_line(gpu: GpuReading, past: Sequence[float | None], width: int) -> Content:
    name = middle_cut(gpu_text.short_name(gpu.name), 14)
    head = f"GPU {gpu_text.label(gpu):<2} "
    if gpu.host:
        head = f"{middle_cut(gpu.host, 10):<10} {gpu_text.label(gpu):<2} "
    remark = gpu_text.remark(gpu)
    if gpu.problem is not None or gpu.asleep:
        colour = "$lost" if gpu.problem is not None else "$muted"
        named = f"{name:<14} " if width >= NAMED else ""
        return Content.assemble((head, ""), (named, "$muted"), (remark, colour))
    use, memory, temp, watts, clock = gpu_text.figures(gpu)
    strip = gpu_text.strip(past, 12 if width < WIDE else 30)
    if gpu.host:  # of those elsewhere some may have no past yet
        strip = f"{strip:>12}"[-12:]
    parts: list[tuple[str, str]] = [(head, "")]
    if width >= NAMED:
        parts.append((f"{name:<14} ", "$muted"))
    parts += [(f"{use:>5} ", ""), (f"{strip} ", "$focus"), (f"{memory:>14}", "")]
    if width >= NARROW:
        parts.append((f"  {temp:>6}", "$muted"))
    if width >= WIDE:
        parts.append((f"  {watts:>11}" + ("" if gpu.host else f"  {clock:>8}"), "$muted"))
    if remark:
        used = sum(len(text) for text, _ in parts)
        parts.append((f"  {middle_cut(remark, max(8, width - used - 2))}", "$warn"))
    return Content.assemble(*parts)
