"""Rules always run; what is told depends on focus, and nothing is told twice."""

from __future__ import annotations

import pytest

from flowtui.core.runs.findings.finding import SEVERITY, Finding, Rule, Severity
from flowtui.core.runs.news import KEPT, OVER_S, News, at_once, digest, held, updated


def finding(rule: Rule, sentence: str = "") -> Finding:
    return Finding(rule, None, 0.9, {}, sentence or str(rule))


def test_a_finding_is_news_once_however_long_it_stands() -> None:
    news: list[News] = []
    for now in range(0, 600, 2):
        news = updated(news, "r1", "gpt", [finding(Rule.PLATEAU, f"since {now}")], float(now))

    assert [(n.seq, n.rule, n.at, n.sentence) for n in news] == [
        (1, Rule.PLATEAU, 0.0, "since 598")
    ]


def test_numbers_grow_even_if_what_was_known_is_lost() -> None:
    before = updated([], "r1", "gpt", [finding(Rule.PLATEAU)], 1000)
    after = updated([], "r1", "gpt", [finding(Rule.NAN)], 2000)

    assert after[0].seq > before[0].seq


def test_what_is_over_gets_its_end_and_is_news_again_when_it_returns() -> None:
    stalled = [finding(Rule.STALLED)]
    news = updated([], "r1", "gpt", stalled, 0)
    news = updated(news, "r1", "gpt", [], OVER_S - 1)
    assert news[0].over_at is None
    news = updated(news, "r1", "gpt", [], OVER_S)
    assert news[0].over_at == 0
    news = updated(news, "r1", "gpt", stalled, 900)

    assert [(n.seq, n.at, n.over_at) for n in news] == [(1, 0, 0), (2, 900, None)]


def test_a_crash_is_never_over() -> None:
    news = updated([], "r1", "gpt", [finding(Rule.CRASHED)], 0)
    news = updated(news, "r1", "gpt", [], 10_000)

    assert news[0].over_at is None


def test_numbers_go_on_over_all_runs_and_runs_do_not_touch_each_other() -> None:
    news = updated([], "r1", "a", [finding(Rule.PLATEAU), finding(Rule.NAN)], 0)
    news = updated(news, "r2", "b", [finding(Rule.PLATEAU)], 1)
    news = updated(news, "r2", "b", [], 1 + OVER_S)

    assert [(n.seq, n.run, n.over_at) for n in news] == [
        (1, "r1", None), (2, "r1", None), (3, "r2", 1),
    ]  # fmt: skip


@pytest.mark.parametrize("rule", list(Rule))
def test_in_focus_only_the_serious_class_breaks_through_and_once(rule: Rule) -> None:
    news = updated([], "r1", "gpt", [finding(rule)], 0)
    serious = SEVERITY[rule] is Severity.SERIOUS

    assert bool(at_once(news, 0, focused=True)) is serious
    assert at_once(news, 0, focused=False) == news
    assert at_once(news, told=1, focused=True) == at_once(news, told=1, focused=False) == []
    assert held(news, 0) == ([] if serious else news)
    assert held(news, digested=1) == []


def test_the_serious_class_is_the_one_that_was_agreed() -> None:
    assert {rule for rule in Rule if SEVERITY[rule] is Severity.SERIOUS} == {
        Rule.CRASHED, Rule.NAN, Rule.OOM, Rule.GPU_LOST, Rule.HANG, Rule.DISK_FULL,
    }  # fmt: skip


def test_a_digest_is_one_line_a_run() -> None:
    news = updated([], "r1", "gpt", [finding(Rule.PLATEAU, "no gain since step 900")], 60)
    news = updated(news, "r1", "gpt", [finding(Rule.FINISHED, "finished")], 600)
    news = updated(news, "r2", "vit", [finding(Rule.GPU_IDLE, "GPU 1 idle")], 700)

    assert digest(news, lambda s: f"t{s:.0f}") == [
        "gpt: no gain since step 900 (t60, over t60); finished (t600)",
        "vit: GPU 1 idle (t700)",
    ]


def test_news_survive_being_kept_and_are_bounded() -> None:
    news: list[News] = []
    for number in range(KEPT + 10):
        news = updated(news, f"r{number}", "x", [finding(Rule.CRASHED)], number)

    assert len(news) == KEPT and news[-1].seq == KEPT + 10
    assert [News.from_json(n.to_json()) for n in news] == news
