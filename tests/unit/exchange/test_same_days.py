"""However an export is written, it gives the same days, or is refused, or names what it left."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowtui.core.errors import FlowError
from flowtui.exchange.protocol import Unread
from flowtui.exchange.registry import format_of
from flowtui.exchange.trackers.registry import tracker_named
from flowtui.exchange.trackers.tracked import TrackedTime
from tests.unit.exchange.make import OPTIONS, plan

LATER = replace(OPTIONS, now=datetime(2026, 12, 1, tzinfo=UTC))
CYCLE = "2026-03-28 23:30:00,2026-03-29 23:10:00,UTC+02:00"
LOGS = {
    "csv": (
        "date,energy,Sleep (h),coffee,habit:read (pages),Meditated\n2026-03-29,4,7.25,2,12,yes\n"
        "2026-10-25,3,8.5,,30,no\n2026-11-05,5,6.75,1,,skip\n2026-04-07,2,7.0,0,4,yes\n"
    ),
    "csv nights": (
        "sleep start,sleep end,sleep quality\n2026-03-28 23:30,2026-03-29 07:00,4\n"
        "2026-10-24 23:30,2026-10-25 07:00,3\n2026-11-05 22:30,2026-11-06 06:10,5\n"
    ),
    "csv times": ("date,time,energy\n2026-03-29,03:30,4\n2026-10-25,02:30,3\n2026-11-05,22:15,5\n"),
    "csv tall": (
        "date,habit,value\n2026-03-29,read,12.5\n2026-10-25,read,30\n2026-10-25,walk,1\n"
        "2026-11-05,walk,0\n2026-04-07,read,7.25\n"
    ),
    "daylio": (
        "full_date,date,weekday,time,mood,activities,note_title,note\n"
        "2026-03-29,March 29,Sunday,21:05,rad,music | run,,fine\n"
        "2026-11-05,November 5,Thursday,08:30,meh,music,,\n"
    ),
    "habitbull": (
        "HabitName,HabitDescription,HabitCategory,CalendarDate,Value,CommentText\n"
        "Meditate,,Mind,2026-03-29,1,calm\nPages,,Mind,2026-10-25,12.5,\nPages,,Mind,2026-11-05,3,\n"
    ),
    "whoop": (
        "Cycle start time,Cycle end time,Cycle timezone,Sleep onset,Wake onset,"
        f"Asleep duration (min),Nap\n{CYCLE},2026-03-28 23:40:00,2026-03-29 07:40:00,412,false\n"
        f"{CYCLE},2026-03-29 14:00:00,2026-03-29 14:25:00,20,true\n"
    ),
    "garmin": (
        "Activity Type,Date,Favorite,Title,Distance,Calories,Time,Avg HR\n"
        "Running,2026-03-29 18:00:00,false,Run,8.10,500,00:45:12,150\n"
        "Yoga,2026-11-05 07:00:00,false,Yoga,0.00,100,00:30:05,90\n"
    ),
    "oura": (
        "date,Sleep Score,Total Sleep Duration,Bedtime Start,Bedtime End\n"
        "2026-03-29,81,25920,2026-03-28T22:40:00+01:00,2026-03-29T07:40:00+02:00\n"
        "2026-10-25,70,27000,2026-10-24T22:40:00+02:00,2026-10-25T06:40:00+01:00\n"
    ),
    "zero": (
        "Date,Start,End,Hours,Night Eating\n3/31/26,19:30,10:00,14,0\n3/30/26,20:30,9:39,13,2\n"
        "3/29/26,19:30,8:51,13,1\n3/28/26,19:00,7:30,11,0\n"
    ),
}
TIMES = {
    "toggl": (
        "Description,Project,Start date,Start time,End date,End time,Duration,Tags\n"
        'fuse,Kernels,2026-03-28,23:30:00,2026-03-29,04:15:00,3:45:00,"cuda, deep"\n'
        "read,,2026-11-05,09:00:00,2026-11-05,10:30:00,1:30:00,\n"
    ),
    "clockify": (
        "Project,Description,Tags,Start Date,Start Time,End Date,End Time,Duration (h),"
        "Duration (decimal)\n"
        "K,fuse,cuda,2026-03-28,23:30:00,2026-03-29,04:15:00,03:45:00,3.75\n"
        ",read,,2026-11-05,09:00:00,2026-11-05,10:30:00,01:30:00,1.50\n"
    ),
    "rescuetime": (
        "Date,Time Spent (seconds),Number of People,Activity,Category,Productivity\n"
        "2026-03-29T01:00:00,1500,1,vim,Editing,2\n2026-11-05T10:00:00,600,1,vim,Editing,2\n"
    ),
    "blocks": (
        "start,hours,description,tags\n2026-03-28 23:30,4.75,fuse,cuda\n"
        "2026-10-24 23:30,2.25,read,\n2026-11-05 10:00,1.5,plan,\n"
    ),
}
ORDERS: dict[str, Callable[[str, str, str], str]] = {
    "iso": lambda y, m, d: f"{y}-{m}-{d}",
    "slashes": lambda y, m, d: f"{y}/{m}/{d}",
    "dots": lambda y, m, d: f"{d}.{m}.{y}",
    "short dots": lambda y, m, d: f"{int(d)}.{int(m)}.{y[2:]}",
    "day first": lambda y, m, d: f"{d}/{m}/{y}",
    "month first": lambda y, m, d: f"{m}/{d}/{y}",
    "dashes": lambda y, m, d: f"{d}-{m}-{y}",
}
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-be-mark")
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?=$|[ ]|T\d\d:\d\d:\d\d$)")
_DECIMAL = re.compile(r"\d+\.\d+")


@st.composite
def changes(draw: st.DrawFn) -> Callable[[str], bytes]:
    """A way of writing the same table."""
    order = ORDERS[draw(st.sampled_from(sorted(ORDERS)))]
    delimiter = draw(st.sampled_from(",;\t"))
    commas = draw(st.booleans())
    encoding = draw(st.sampled_from(ENCODINGS))
    end = draw(st.sampled_from(("\n", "\r\n")))
    seed = draw(st.randoms(use_true_random=False))
    rows_first, columns_moved = draw(st.booleans()), draw(st.booleans())
    few = draw(st.booleans())

    def written(text: str) -> bytes:
        head, *rows = list(csv.reader(io.StringIO(text)))
        places = list(range(len(head)))
        if columns_moved:
            seed.shuffle(places)
        if rows_first:
            seed.shuffle(rows)
        if few:
            rows = rows[-1:]
        made = io.StringIO(newline="")
        out = csv.writer(made, delimiter=delimiter, lineterminator=end)
        out.writerow([head[at] for at in places])
        for row in rows:
            cells = [_DAY.sub(lambda m: order(*m.groups()), cell) for cell in row]
            if commas:
                cells = [c.replace(".", ",") if _DECIMAL.fullmatch(c) else c for c in cells]
            out.writerow([cells[at] for at in places])
        if encoding == "utf-16-be-mark":
            return b"\xfe\xff" + made.getvalue().encode("utf-16-be")
        return made.getvalue().encode(encoding)

    return written


def entries_of(path: Path, name: str) -> tuple[Counter[object], int]:
    """What the body log would hold, and how many rows were named as not understood."""
    made = plan(path, options=LATER, name=name)
    found: Counter[object] = Counter(
        (e.kind, e.name, e.day, e.state, e.value, e.unit, e.duration_s, e.start, e.end, e.at)
        for e in made.new
    )
    return found, made.unread_count + len(made.left_out)


def times_of(path: Path, name: str) -> tuple[Counter[object], int]:
    """What blocks there would be, and how many rows were named as not understood."""
    tracker = tracker_named(name)
    assert tracker is not None
    rows = list(tracker.read(path, LATER))
    found: Counter[object] = Counter(
        (r.start, r.end, r.text, r.project, r.tags) for r in rows if isinstance(r, TrackedTime)
    )
    return found, sum(isinstance(row, Unread) for row in rows)


def check(
    folder: Path,
    case: str,
    text: str,
    change: Callable[[str], bytes],
    read: Callable[[Path, str], tuple[Counter[object], int]],
) -> None:
    name, path = case.split()[0], folder / f"{case.replace(' ', '-')}.csv"
    path.write_text(text, encoding="utf-8")
    whole, before = read(path, name)
    assert whole
    content = change(text)
    path.write_bytes(content)
    try:
        found, told = read(path, name)
    except FlowError as error:
        assert error.message and "\n" not in error.message
        return
    assert found <= whole, (found - whole, content)
    shown = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    if shown.count("\n") == text.count("\n") and found != whole:
        assert told > before, (whole - found, content)


@pytest.mark.parametrize("case", LOGS)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(change=changes())
def test_a_body_log_reads_to_the_same_days_however_it_is_written(
    case: str, tmp_path: Path, change: Callable[[str], bytes]
) -> None:
    check(tmp_path, case, LOGS[case], change, entries_of)


@pytest.mark.parametrize("case", TIMES)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(change=changes())
def test_tracked_time_reads_to_the_same_stretches_however_it_is_written(
    case: str, tmp_path: Path, change: Callable[[str], bytes]
) -> None:
    check(tmp_path, case, TIMES[case], change, times_of)


@pytest.mark.parametrize("case", LOGS)
def test_each_of_these_exports_is_known_by_its_look(case: str, tmp_path: Path) -> None:
    path = tmp_path / f"{case.replace(' ', '-')}.csv"
    path.write_text(LOGS[case], encoding="utf-8")
    assert format_of(path).name == case.split()[0]
