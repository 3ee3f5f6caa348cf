"""Keys of the check-in: what answers at once, what is collected, and that no key gets lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowtui.core.body.checkin import Ask, Key, Question
from flowtui.core.body.checkin import question_of as shipped
from flowtui.core.body.habits import Form, Habit
from flowtui.core.body.keying import Does, finished, press
from tests.unit.body.test_checkin import PLAN

QUESTIONS = [
    shipped(name, PLAN, ("fuse the kernel", "read"))
    for name in ("energy", "sleep", "workout", "eating", "caffeine", "sugar", "worked", "plan",
                 "habit:meditate", "habit:vitamin-d", "habit:pages", "stop:phone in bed")
]  # fmt: skip


def named(name: str) -> Question:
    return next(q for q in QUESTIONS if q.id == name)


def typed(question: Question, text: str, offers: tuple[str, ...] = ()) -> list[str]:
    """The answers that come of the keys of `text` and Enter, all pressed within the pause."""
    answers, begun, line = [], "", None
    for char in text:
        if line is not None:
            line += char
            continue
        pressed = press(question, offers, begun, char)
        if pressed.does is Does.ANSWER:
            answers.append(pressed.text)
            begun = ""
        elif pressed.does is Does.COLLECT:
            begun = pressed.text
        elif pressed.does is Does.TYPE:
            line, begun = pressed.text, ""
    left = line if line is not None else begun
    return [*answers, left] if left else answers


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("caffeine", "12"),
        ("caffeine", "0"),
        ("habit:pages", "120"),
        ("habit:vitamin-d", "2000"),
        ("habit:vitamin-d", "0,5"),
        ("sleep", "7,5"),
        ("sleep", "10"),
        ("sleep", "7h30"),
        ("sleep", "7:30"),
        ("sleep", "23:40-7:05 q4"),
        ("workout", "nordic 30"),
        ("workout", "yoga 30 e6"),
        ("workout", "n"),
        ("eating", "12:00-20:00"),
        ("eating", "close 20:15"),
        ("eating", "no"),
        ("worked", "2 hours without the phone"),
        ("plan", "1 more look at the loss"),
        ("stop:phone in bed", "12"),
    ],
)
def test_what_is_typed_is_one_answer_and_the_whole_of_it(name: str, text: str) -> None:
    assert typed(named(name), text, ("1", "2", "c")) == [text]


@pytest.mark.parametrize(
    ("name", "key"), [("energy", "4"), ("sugar", "0"), ("habit:meditate", "y"), ("workout", "1")]
)
def test_a_key_that_nothing_can_follow_answers_at_once(name: str, key: str) -> None:
    assert press(named(name), ("1",), "", key).does is Does.ANSWER


def test_half_an_hour_is_one_key_more() -> None:
    assert press(named("sleep"), (), "7", "+") == press(named("sleep"), (), "7", "+")
    assert press(named("sleep"), (), "7", "+").text == "7.5"
    assert press(named("sleep"), (), "7", "+").does is Does.ANSWER


@pytest.mark.parametrize(("low", "high", "waits"), [(1, 10, "1"), (0, 10, "1"), (1, 20, "12")])
def test_a_scale_with_tens_waits_for_a_second_digit_where_there_is_one(
    low: int, high: int, waits: str
) -> None:
    habit = Habit("mood", Form.SCALE, low=low, high=high)
    keys = tuple(Key(str(n), str(n), value=float(n)) for n in range(low, 10))
    question = Question("habit:mood", "mood?", Ask.SCALE, keys, None, habit=habit)

    assert {k for k in "123456789" if press(question, (), "", k).does is Does.COLLECT} == set(waits)
    assert typed(question, "10") == ["10"]
    assert typed(question, "7") == ["7"]


def test_a_number_that_ends_in_its_comma_is_not_finished() -> None:
    assert finished("7") and finished("7,5") and not finished("7,") and not finished("7.")


@given(st.sampled_from(QUESTIONS), st.text("0123456789.,:- nycabe+", min_size=1, max_size=8))
def test_once_an_answer_is_begun_every_key_goes_into_it(question: Question, text: str) -> None:
    """No second key falls into another question: there is at most one answer until Enter."""
    first = press(question, ("1", "c"), "", text[0])
    if first.does in (Does.ANSWER, Does.REFUSE):
        return
    begun = typed(question, text, ("1", "c"))
    half = question.ask is Ask.HOURS and "+" in text
    assert half or begun == ([text] if text != " " else [])[: len(begun)] or text.startswith(" ")
