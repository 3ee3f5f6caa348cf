"""Daylio's export of every era and language, moods of one's own, activities that were not done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.exchange.make import OPTIONS, plan, table

ISO = "2026-03-03,3. März,Dienstag,21:05,{mood},lesen | Sport"
FORMS = {
    "2018, in English": "year,date,weekday,time,mood,activities,note\n"
    '2026,March 3,Tuesday,9:05 pm,rad,"lesen | Sport",""\n',
    "2018, in German": "Jahr,Datum,Wochentag,Uhrzeit,Stimmung,Aktivitäten,Notiz\n"
    '2026,3. März,Dienstag,21:05,super,"lesen | Sport",""\n',
    "2019": f"full_date,date,weekday,time,mood,activities,note\n{ISO.format(mood='rad')},\n",
    "2021, headers in German": "Datum_voll,Datum,Wochentag,Uhrzeit,Stimmung,Akt,Titel,Notiz\n"
    f"{ISO.format(mood='super')},,\n",
    "2024, without a header": f"{ISO.format(mood='rad')},,,\n",
}


@pytest.mark.parametrize("form", FORMS)
def test_a_row_means_the_same_in_every_form(tmp_path: Path, form: str) -> None:
    made = plan(table(tmp_path / "daylio.csv", FORMS[form]))
    assert made.format == "daylio"
    assert sorted((e.name, e.value, f"{e.at:%m-%d %H:%M}") for e in made.new) == [
        ("lesen", None, "03-03 20:05"),
        ("mood", 5.0, "03-03 20:05"),
        ("sport", None, "03-03 20:05"),
    ]
    assert made.unread_count == 0


def rows(*days: tuple[str, str, str]) -> str:
    head = "full_date,date,weekday,time,mood,activities,note_title,note\n"
    return head + "".join(f"2026-03-{d},d,Monday,21:00,{m},{a},,\n" for d, m, a in days)


def test_unknown_moods_are_grouped_with_one_command_to_paste(tmp_path: Path) -> None:
    path = table(
        tmp_path / "my daylio.csv",
        rows(("01", "wired", ""), ("02", "wired", ""), ("03", "it's ok", ""), ("04", "rad", "")),
    )
    made = plan(path)
    (left,) = made.left_out
    assert left.count == 3 and "'wired' 2" in left.what
    assert left.what.endswith(
        f"flowtui import daylio '{path}' --mood wired=3 --mood 'it'\"'\"'s ok=3'"
    )
    told = replace(OPTIONS, words={"wired": 4.0, "it's ok": 3.0})
    assert [e.value for e in plan(path, options=told).new] == [4, 4, 3, 5]


def test_an_activity_that_was_not_named_is_offered_as_no_between_its_first_and_last_day(
    tmp_path: Path,
) -> None:
    path = table(
        tmp_path / "daylio.csv",
        rows(
            ("01", "rad", ""), ("02", "rad", "run"), ("03", "rad", ""), ("05", "rad", "run"),
            ("06", "rad", ""),
        ),
    )  # fmt: skip
    (left,) = plan(path).left_out
    assert left.count == 1 and "--unnamed-no" in left.what
    made = plan(path, options=replace(OPTIONS, unnamed_is_no=True))
    assert [(f"{e.day:%d}", e.state.value) for e in made.new if e.name == "run-habit"] == [
        ("02", "given"), ("05", "given"), ("03", "no"),
    ]  # fmt: skip
