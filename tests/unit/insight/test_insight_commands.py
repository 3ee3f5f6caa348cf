"""`flowtui insight` and `flowtui experiment`: what they print, and what they refuse."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests import synthetic_days
from tests.sample_year import live
from tests.unit import schemas
from tests.user import NOON, Person, Shell

TODAY = NOON.date()


def write(path: Path, rows: list[list[object]]) -> str:
    """A CSV file with these rows; its path."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8")
    return str(path)


def year(path: Path, days: int = 365) -> str:
    """The year in which sleep truly adds 25 deep minutes, as a table in no order."""
    dates, columns = synthetic_days.sleepy_year(days=days)
    rows: list[list[object]] = [["date", *columns]]
    for at, day in enumerate(dates):
        cells = [columns[name][at] for name in columns]
        rows.append([day, *("" if cell is None else cell for cell in cells)])
    return write(path, [rows[0], *rows[:0:-1]])


def plain(path: Path, n: int = 60, **columns: list[object]) -> str:
    """A table of `n` days with an outcome that wobbles, and more columns."""
    first = date(2026, 1, 5)
    names = ["date", "deep_min", *columns]
    rows: list[list[object]] = [[*names]]
    for k in range(n):
        wobble = 100 + (k * 37 % 50)
        rows.append([first + timedelta(k), wobble, *(values[k] for values in columns.values())])
    return write(path, rows)


# A year whose truth is known


def test_a_table_says_that_sleep_counts_and_five_habits_do_not(flow: Shell, tmp_path: Path) -> None:
    table = year(tmp_path / "days.csv")

    found = flow.ok("insight", "--table", table, "--outcome", "deep_min", "--json").json

    schemas.check(found, schemas.INSIGHT)
    assert [pair["factor"] for pair in found["passed"]] == ["slept_well"]
    sleep = found["passed"][0]
    assert sleep["low"] < 25 < sleep["high"]
    assert (sleep["lag"], sleep["unit"]) == (0, "min")
    assert len(found["not_passed"]) == 10
    assert found["pairs_asked"] == 11
    assert found["days"] == 329


def test_the_same_in_words(flow: Shell, tmp_path: Path) -> None:
    said = flow.ok("insight", "--table", year(tmp_path / "d.csv"), "--outcome", "deep_min")

    assert said.out.startswith("1 of 11 patterns checked passed, on 329 days of deep minutes")
    assert "days with slept well you logged" in said.out
    assert "Not an experiment: a good morning may cause both." in said.out
    assert said.out.count("No clear pattern between") == 10


def test_only_the_factors_named_are_asked_about(flow: Shell, tmp_path: Path) -> None:
    found = flow.ok(
        "insight", "--table", year(tmp_path / "d.csv", 120), "--outcome", "deep_min",
        "--factors", "yoga,slept_well", "--json",
    ).json  # fmt: skip

    pairs = [*found["passed"], *found["not_passed"]]
    assert {(p["factor"], p["lag"]) for p in pairs} == {
        ("yoga", 0), ("yoga", 1), ("slept_well", 0),
    }  # fmt: skip


def test_a_table_leaves_no_trace(flow: Shell, person: Person, tmp_path: Path) -> None:
    flow.ok("insight", "--table", year(tmp_path / "d.csv", 60), "--outcome", "deep_min")

    assert not person.home.exists()


# The ledger's own days


@pytest.fixture
def lived(person: Person) -> Person:
    live(person.services, TODAY - timedelta(days=1), 120)
    return person


def test_the_ledger_is_asked(flow: Shell, lived: Person) -> None:
    found = flow.ok("insight", "--json").json

    schemas.check(found, schemas.INSIGHT)
    assert [pair["factor"] for pair in found["passed"]] == ["sleep"]
    assert found["passed"][0]["unit"] == "min per h"
    assert found["passed"][0]["sentence"].startswith("With each further hour of sleep you logged")


def test_words_say_as_of_when_and_offer_an_experiment(flow: Shell, lived: Person) -> None:
    said = flow.ok("insight")

    assert "as of 2026-03-01, the last whole week" in said.err
    assert "flowtui experiment new" in said.err


def test_before_28_days_it_says_how_many_are_needed(flow: Shell, person: Person) -> None:
    live(person.services, TODAY - timedelta(days=1), 20)

    said = flow.ok("insight")
    found = flow.ok("insight", "--json").json

    assert "more days with" in said.out.splitlines()[0]
    assert found["passed"] == found["not_passed"] == []
    assert len(found["refused"]) == 11
    assert all(r["days_needed"] > 0 for r in found["refused"])


def test_nothing_at_all_says_what_is_missing(flow: Shell) -> None:
    said = flow.ok("insight")

    assert said.out == "No habit is recorded beside deep minutes yet\n"


def test_noise(flow: Shell, lived: Person) -> None:
    said = flow.ok("insight", "noise")

    assert "a plain correlation" in said.out and "this engine" in said.out
    assert "Nothing that goes together in such days is true." in said.out


def test_the_table_and_its_dictionary(flow: Shell, lived: Person) -> None:
    rows = list(csv.reader(io.StringIO(flow.ok("insight", "table", "--csv").out)))
    dictionary = flow.ok("insight", "table").out
    data = flow.ok("insight", "table", "--json").json

    assert rows[0][:3] == ["date", "deep_min", "commits"]
    assert len(rows) == 121 == len(data["days"]) + 1
    assert "" in rows[1] or any("" in row for row in rows)
    assert "sleep" in dictionary and "of the night; from body log" in dictionary
    assert set(data["columns"]) == set(rows[0][1:])


def test_the_exported_table_reads_back_as_the_same_answer(
    flow: Shell, lived: Person, tmp_path: Path
) -> None:
    file = tmp_path / "d.csv"
    file.write_text(flow.ok("insight", "table", "--csv").out, encoding="utf-8")

    found = flow.ok(
        "insight", "--table", str(file), "--outcome", "deep_min", "--factors", "sleep", "--json"
    ).json

    assert found["passed"][0]["factor"] == "sleep"


def test_focus_facts_say_n_or_that_there_is_not_enough(flow: Shell, lived: Person) -> None:
    facts = {fact["name"]: fact for fact in flow.ok("insight", "focus", "--json").json}

    assert facts["best hours"]["sentence"].startswith("Blocks begun 09:00 to 12:00 were rated")
    assert facts["best hours"]["n"] > 90
    assert facts["return"]["value"] is None
    assert "Not enough data" in facts["return"]["sentence"]
    assert facts["theory to practice"]["low"] < facts["theory to practice"]["value"]
    assert flow.ok("insight", "focus").out.count("\n") >= 5


# Bad input: a reason in words


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has no row of days"),
        ("date,x\n", "has no row of days"),
        ("when,x\n2026-01-01,1\n", "has no column `date`"),
        ("date,deep_min,deep_min\n2026-01-01,1,1\n", "has two columns 'deep_min'"),
        ("date,deep_min\n2026-01-01,1\n2026-01-01,2\n", "stands twice, in rows 2 and 3"),
        ("date,deep_min\n2026-13-01,1\n", "row 2: '2026-13-01' is not a date"),
        ("date,deep_min\n2026-01-01,1,2\n", "row 2: 3 cells under 2 names"),
        ("date,deep_min\n1902-01-01,1\n2026-01-02,2\n", "goes from 1902-01-01 to 2026-01-02"),
        ("date,x\n2026-01-01,1\n", "unknown column 'deep_min'"),
        ("date,deep_min,a\n2026-01-01,inf,1\n2026-01-02,2,0\n", "holds a value without end"),
    ],
)
def test_a_table_that_cannot_be_read_says_where(
    flow: Shell, tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "days.csv"
    file.write_text(text, encoding="utf-8")

    answer = flow("insight", "--table", str(file), "--outcome", "deep_min")

    assert answer.code in (1, 2)
    assert said in answer.err
    assert answer.out == ""


def test_a_missing_file_and_a_missing_outcome(flow: Shell, tmp_path: Path) -> None:
    nowhere = flow("insight", "--table", str(tmp_path / "no.csv"), "--outcome", "x")
    untold = flow("insight", "--table", str(tmp_path / "no.csv"))
    binary = tmp_path / "b.csv"
    binary.write_bytes(b"\xff\xfe\x00date")
    unread = flow("insight", "--table", str(binary), "--outcome", "x")

    assert nowhere.code == 1 and "cannot be read: No such file" in nowhere.err
    assert untold.code == 2 and "needs to be told its outcome" in untold.err
    assert unread.code == 1 and "is not UTF-8 text" in unread.err


def refusals(flow: Shell, table: str) -> dict[str, str]:
    found = flow.ok("insight", "--table", table, "--outcome", "deep_min", "--json").json
    schemas.check(found, schemas.INSIGHT)
    return {refused["factor"]: refused["reason"] for refused in found["refused"]}


def test_every_column_that_would_mean_nothing_is_refused_in_words(
    flow: Shell, tmp_path: Path
) -> None:
    n, outcome = 60, [100 + (k * 37 % 50) for k in range(60)]
    columns: dict[str, list[object]] = {
        "constant": [0] * n,
        "hours": [v / 60 for v in outcome],
        "summer": [int(20 <= k < 40) for k in range(n)],
        "few": [1 if k < 13 else "" for k in range(n)],
        "endless": ["inf" if k == 4 else k % 2 for k in range(n)],
        "a": [k * 7 % 3 % 2 for k in range(n)],
        "b": [k * 7 % 3 % 2 for k in range(n)],
        "note": ["rain" if k else "sun" for k in range(n)],
    }

    reasons = refusals(flow, plain(tmp_path / "d.csv", n, **columns))

    assert "was the same on all" in reasons["constant"]
    assert "in other units (correlation 1.000)" in reasons["hours"]
    assert "changed only 2 times" in reasons["summer"]
    assert "28 are needed" in reasons["few"]
    assert "without end on 2026-01-09" in reasons["endless"]
    assert "went along with a on every day" in reasons["b"]
    assert reasons["note"] == "note holds words, not numbers: 'sun' on 2026-01-05."
    assert "a" not in reasons


def test_weekends_without_any_record_are_no_obstacle(flow: Shell, tmp_path: Path) -> None:
    habit: list[object] = ["" if k % 7 >= 5 else k * 5 % 3 % 2 for k in range(84)]

    found = flow.ok(
        "insight", "--table", plain(tmp_path / "d.csv", 84, yoga=habit), "--outcome", "deep_min",
        "--json",
    ).json  # fmt: skip

    assert [pair["n"] for pair in found["not_passed"] if pair["lag"] == 0] in ([60], [48])


def test_sixty_factors_do_not_hang(flow: Shell, tmp_path: Path) -> None:
    import random

    dice = random.Random(1)
    columns: dict[str, list[object]] = {
        f"h{k}": [dice.randint(0, 1) for _ in range(50)] for k in range(60)
    }

    found = flow.ok(
        "insight", "--table", plain(tmp_path / "d.csv", 50, **columns), "--outcome", "deep_min",
        "--json",
    ).json  # fmt: skip

    assert found["pairs_asked"] == 120


# Experiments


def trial_table(path: Path, effect: float = 30.0, pairs: int = 21, pair: bool = True) -> str:
    import random

    dice = random.Random(2)
    names: list[object] = ["date", "arm", "deep_min", "pair"]
    rows = [names[: 4 if pair else 3]]
    for k in range(pairs):
        first = dice.randint(0, 1)
        for half, arm in enumerate((first, 1 - first)):
            day = date(2026, 1, 5) + timedelta(2 * k + half)
            value = round(120 + effect * arm + dice.gauss(0, 25), 1)
            rows.append([day, arm, value, k][: 4 if pair else 3])
    return write(path, rows)


def test_a_randomised_table_is_read(flow: Shell, tmp_path: Path) -> None:
    table = trial_table(tmp_path / "t.csv")

    found = flow.ok(
        "experiment", "read", table, "--arm", "arm", "--outcome", "deep_min", "--pair", "pair",
        "--json",
    ).json  # fmt: skip

    schemas.check(found, schemas.EXPERIMENT_READ)
    assert (found["n"], found["n_pairs"]) == (42, 21)
    assert found["low"] < 30 < found["high"]
    assert found["p"] < 0.05
    assert found["sentence"].startswith("You randomised 21 days with arm against 21 without")


def test_without_pairs_days_are_taken_as_dealt_freely(flow: Shell, tmp_path: Path) -> None:
    said = flow.ok(
        "experiment", "read", trial_table(tmp_path / "t.csv", pair=False), "--arm", "arm",
        "--outcome", "deep_min",
    )  # fmt: skip

    assert "days are taken as dealt out freely" in said.err
    assert said.out.startswith("You randomised")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("date,arm,v\n2026-01-01,2,1\n2026-01-02,0,2\n", "row 2: '2' is not an arm"),
        ("date,arm,v\n2026-01-01,1,x\n2026-01-02,0,2\n", "row 2: 'x' is not a number"),
        ("date,arm,v\n2026-01-01,1,1\n2026-01-02,1,2\n", "arm is the same on every day"),
        ("date,arm,v\n2026-01-01,1,1\n2026-01-02,0,2\n", "too few days for any test"),
        ("date,arms,v\n2026-01-01,1,1\n", "has no column 'arm'"),
    ],
)
def test_a_table_that_is_no_experiment_says_why(
    flow: Shell, tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "t.csv"
    file.write_text(text, encoding="utf-8")

    answer = flow("experiment", "read", str(file), "--arm", "arm", "--outcome", "v")

    assert answer.code in (1, 2)
    assert said in answer.err


def test_a_pair_that_lacks_an_arm_is_left_out_and_said(flow: Shell, tmp_path: Path) -> None:
    file = Path(trial_table(tmp_path / "t.csv"))
    lines = file.read_text().splitlines()
    file.write_text("\n".join(lines[:-1]) + "\n")

    said = flow.ok(
        "experiment", "read", str(file), "--arm", "arm", "--outcome", "deep_min", "--pair", "pair"
    )

    assert "1 pair without a known day of each arm left out: 20" in said.err


def test_declare_follow_and_give_up(flow: Shell, person: Person) -> None:
    new = flow.ok("experiment", "new", "no", "phone", "--predict", "70", "--days", "20")
    assert "10 pairs: the smallest p it can reach is 0.002" in new.err
    assert "no phone: more deep minutes? 20 days in pairs" in new.out
    assert "begins 2026-03-05" in flow.ok("experiment", "status").out

    person.clock.advance(24 * 3600)
    today = flow.ok("experiment", "status").out
    assert "day 1 of 20: today with" in today
    flow.ok("experiment", "did", "no")
    shown = flow.ok("experiment", "list", "--json").json[0]
    assert (shown["did"], shown["stage"]) == (False, "running")
    assert shown["today"] in ("with", "without")
    assert "seed" not in shown

    assert "no result is read" in flow.ok("experiment", "stop", "--why", "flu").err
    assert "given up on 2026-03-05 (flu)" in flow.ok("experiment", "list").out


def test_tomorrows_arm_is_never_shown(flow: Shell, person: Person) -> None:
    flow.ok("experiment", "new", "x", "--predict", "60", "--days", "20")

    for command in (["status"], ["list"], ["show"]):
        plain_text = flow.ok("experiment", *command).out
        assert "today with" not in plain_text and "today without" not in plain_text


def test_a_prediction_comes_first(flow: Shell) -> None:
    said = flow("experiment", "new", "no", "phone")

    assert said.code == 2
    assert "say first how sure you are" in said.err


def test_a_trial_run_declares_nothing(flow: Shell) -> None:
    said = flow.ok("experiment", "new", "x", "--days", "60", "--design", "blocks", "--dry-run")

    assert "10 pairs" in said.err
    assert flow.ok("experiment", "list", "--json").json == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["new", "x", "--predict", "0"], "a prediction of 0 % is none"),
        (["new", "x", "--predict", "60", "--start", "2026-03-04"], "is not ahead"),
        (["new", "x", "--predict", "60", "--start", "someday"], "'someday' is not a day"),
        (["show", "xq"], "unknown experiment 'xq'"),
        (["stop"], "there is no experiment yet"),
        (["did", "yes"], "there is no experiment yet"),
    ],
)
def test_what_cannot_be_meant_is_refused(flow: Shell, words: list[str], said: str) -> None:
    answer = flow("experiment", *words)

    assert answer.code in (1, 2)
    assert said in answer.err


def test_a_whole_experiment_by_commands(flow: Shell, person: Person) -> None:
    from tests.unit.insight.test_insight_service import live_through

    flow.ok("experiment", "new", "no phone before noon", "--predict", "70", "--days", "28")
    early = flow("experiment", "show")
    assert early.code == 0 and "You randomised" not in early.out
    live_through(person, 60)

    over = flow.ok("experiment", "status").out
    shown = flow.ok("experiment", "show").out

    assert "over; read it: flowtui experiment show" in over
    assert "You randomised 14 days with no phone before noon against 14 without" in shown
    assert "You had said 70 %; it came out as you expected: score 0.09" in shown
    assert "predictions: 1 scored, mean 0.09" in flow.ok("experiment", "list").out


def test_anything_recorded_can_be_the_outcome_and_every_question_counts(
    flow: Shell, lived: Person
) -> None:
    deep = flow.ok("insight", "--json", "--factors", "sleep").json
    slept = flow.ok("insight", "--outcome", "sleep", "--factors", "habit:yoga", "--json").json
    yoga = flow.ok("insight", "--outcome", "yoga", "--factors", "walk,sleep", "--json").json

    assert deep["outcome"] == "deep_min"
    assert slept["outcome"] == "sleep"
    asked = {p["lag"] for p in (*slept["passed"], *slept["not_passed"])}
    assert asked == {1}, "a night is over before its day begins"
    assert yoga["outcome"] == "habit:yoga"
    assert yoga["pairs_asked"] > slept["pairs_asked"] > deep["pairs_asked"]
    refused = flow.ok("insight", "--outcome", "yoga", "--factors", "yoga", "--json").json["refused"]
    assert all("same records" in r["reason"] for r in refused)
    nothing = flow("insight", "--outcome", "weight")
    assert nothing.code == 2
    assert "unknown column 'weight'" in nothing.err
