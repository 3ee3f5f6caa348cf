"""The week in six questions: facts, answers, one undo, and when it is offered."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from flowtui.core.review.week_review import NAMES, QUESTIONS, offered, week_to_review
from flowtui.services.review.week_reviews import WeekReviews
from tests.user import Person, Shell

MONDAY = date(2026, 3, 2)
WEEK = "2026-W10"


def worked(flow: Shell) -> None:
    """Two blocks on the Monday and Tuesday of the week of NOON."""
    flow.ok("add", "fuse", "--start", "2026-03-02 09:00", "--for", "90m", "--outcome", "done")
    flow.ok("add", "read", "--start", "2026-03-03 09:00", "--for", "50m", "--outcome", "partly")


def test_each_answer_is_kept_and_one_undo_takes_all_of_them_back(flow: Shell) -> None:
    worked(flow)
    flow.ok("config", "--set", "goals.week_h", "none")
    for answer in (
        "came=the sampler trains", "hindered=meetings, twice", "left=phone in bed",
        "blocks=mon,thu 09:00 for 90m: fuse", "then=if a meeting takes 9:00, I begin at 13:30",
        "share=what I learned about samplers",
    ):  # fmt: skip
        flow.ok("review", "--week", WEEK, answer)
    told = flow.ok("review", "--week", WEEK, "--json").json
    assert (told["answered"], told["answers"]["came"]) == (6, "the sampler trains")
    assert [o["at"][:16] for o in _planned(flow)] == ["2026-03-09T09:00", "2026-03-12T09:00"]
    assert len(told["plans"]) == 1
    assert any("phone in bed" in fact for fact in told["facts"]["left"])

    flow.ok("undo")
    told = flow.ok("review", "--week", WEEK, "--json").json
    assert (told["answered"], told["plans"], told["facts"]["left"]) == (0, [], [])
    assert _planned(flow) == []
    flow.ok("redo")
    assert flow.ok("review", "--week", WEEK, "--json").json["answered"] == 6
    assert len(_planned(flow)) == 2


def _planned(flow: Shell) -> list[dict[str, str]]:
    told = flow.ok("plan", "list", "--from", "2026-03-09", "--until", "2026-03-31", "--json").json
    found: list[dict[str, str]] = told["occurrences"]
    return found


def test_what_is_planned_anew_takes_the_place_of_what_the_review_planned_before(
    flow: Shell,
) -> None:
    flow.ok("review", "--week", WEEK, "blocks=mon 09:00 for 90m")
    flow.ok("review", "--week", WEEK, "blocks=tue 10:00 for 50m; wed 11:00 for 50m")
    assert [o["at"][:16] for o in _planned(flow)] == ["2026-03-10T10:00", "2026-03-11T11:00"]
    flow.ok("review", "--week", WEEK, "blocks=")
    assert _planned(flow) == []


def test_take_plans_what_was_proposed(flow: Shell) -> None:
    flow.ok("config", "--set", "goals.week_h", "5")
    proposal = flow.ok("review", "--week", WEEK, "--json").json["facts"]["blocks"]
    assert any(fact.startswith("proposed") for fact in proposal)
    flow.ok("review", "--week", WEEK, "blocks=take")
    assert sum(o["planned_s"] for o in _planned(flow)) >= 5 * 3600  # type: ignore[misc]


def test_the_if_of_the_week_before_is_shown_with_what_became_of_it(flow: Shell) -> None:
    flow.ok("review", "--week", "2026-W09", "then=if it rains, I read")
    told = flow.ok("review", "--week", WEEK, "--json").json
    assert (told["last_then"], told["became"]) == ("if it rains, I read", None)
    flow.ok("review", "--week", WEEK, "became=it rained, I read")
    assert "it rained" in flow.ok("review", "--week", WEEK, "--list").out


def test_a_thing_that_is_done_with_leaves_the_list(flow: Shell) -> None:
    flow.ok("review", "--week", WEEK, "left=news before noon")
    flow.ok("review", "--week", WEEK, "left=done news before noon")
    assert flow.ok("review", "--week", WEEK, "--json").json["facts"]["left"] == []
    said = flow("review", "--week", WEEK, "left=done chess")
    assert said.code == 1 and "'chess' is not on the stop-doing list" in said.err


@pytest.mark.parametrize(
    "words",
    [("nothing=x",), ("came",), ("blocks=soonish",), ("blocks=mon 25:00",), ("--public",),
     ("--week", "2026-W40", "came=x"), ("--week", "soon", "came=x")],
)  # fmt: skip
def test_an_answer_that_cannot_be_meant_is_one_line_and_nothing_is_kept(
    flow: Shell, words: tuple[str, ...]
) -> None:
    said = flow("review", *words)
    assert said.code in (1, 2) and said.err.startswith("flowtui: ")
    assert flow.ok("review", "--json").json["answered"] == 0
    assert _planned(flow) == []


def test_only_a_line_that_was_opened_by_itself_is_in_a_public_report(flow: Shell) -> None:
    flow.ok("review", "--week", "2026-W09", "came=canaryone", "share=canarytwo", "then=canarythree",
            "hindered=canaryfour", "left=canaryfive")  # fmt: skip
    forms = (("--md",), ("--json",), ("--post", "500"), ("--obsidian",))

    def told() -> str:
        return "".join(flow.ok("report", "--week", "last", "--public", *f).out for f in forms)

    assert "canary" not in told()
    flow.ok("review", "--week", "2026-W09", "--public")
    assert told().count("canarytwo") == len(forms)
    assert "canaryone" not in told() and "canarythree" not in told()
    flow.ok("review", "--week", "2026-W09", "--private")
    assert "canary" not in told()


def test_the_review_is_offered_to_wednesday_once_and_never_in_a_block(
    flow: Shell, person: Person
) -> None:
    worked(flow)
    reviews = WeekReviews(person.services)
    assert reviews.offer() is None  # the week before has no block
    person.pass_min(5 * 24 * 60)  # Monday
    assert WeekReviews(person.services).offer() == MONDAY
    flow.ok("start", "x", "--detach")
    person.services.store.ledger.refresh()
    assert WeekReviews(person.services).offer() is None
    flow.ok("stop", "--outcome", "done")
    flow.ok("review", "came=it went well")
    person.services.store.ledger.refresh()
    assert WeekReviews(person.services).offer() is None
    assert flow.ok("review", "--json").json["week"] == "2026-03-02"


def test_a_review_is_about_the_week_gone_by_until_late_in_the_next() -> None:
    days = [MONDAY + timedelta(days=n) for n in range(7)]
    about = [week_to_review(day)[0] for day in days]
    assert about == [MONDAY - timedelta(days=7)] * 4 + [MONDAY] * 3
    assert [offered(day) is not None for day in days] == [True] * 3 + [False] * 4
    assert week_to_review(days[6], first_weekday=6)[0] == MONDAY - timedelta(days=1)
    assert len(QUESTIONS) == len(set(NAMES)) == 6


def test_a_corrected_answer_takes_the_place_of_what_it_put_on_the_list(flow: Shell) -> None:
    flow.ok("review", "--week", "2026-W09", "left=phone in bed")  # an older week's stays
    for text in ("nwes before noon", "news before noon", "news before noon"):
        flow.ok("review", "--week", WEEK, f"left={text}")
    told = flow.ok("review", "--week", WEEK, "--json").json["facts"]["left"]
    assert [fact.partition(":")[0] for fact in told] == ["phone in bed", "news before noon"]
    flow.ok("review", "--week", WEEK, "left=phone in bed")
    told = flow.ok("review", "--week", WEEK, "--json").json["facts"]["left"]
    assert [fact.partition(":")[0] for fact in told] == ["phone in bed"]
    flow.ok("review", "--week", WEEK, "left=")
    assert len(flow.ok("review", "--week", WEEK, "--json").json["facts"]["left"]) == 1
