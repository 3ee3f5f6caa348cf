"""The body log by its keys: check-in, quick line, mode 3, and what the ledger then holds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input, Static

from flowtui.core.body.entry import Entry
from flowtui.core.body.entry_kinds import Kind, State
from flowtui.services.body.body_view import View
from flowtui.settings.actions import ACTIONS, clash
from flowtui.tui.app import FlowApp, OpenOn
from flowtui.tui.body.body_screen import BodyScreen
from flowtui.tui.body.checkin_screen import CheckinScreen
from flowtui.tui.body.entry_list import EntryList
from flowtui.tui.body.quick_dialog import QuickDialog, QuickOffer
from flowtui.tui.focus.plan_dialog import PlanDialog
from flowtui.tui.shell.modes import BODY, IDLE, RUNNING
from flowtui.tui.widgets.lines import Line, Said
from tests.tui.harness import NOW, World, ready, type_text, until

SIZE = (100, 30)
EVENING = """
[body]
eating = true
targets = "16:8"
stops = ["phone in bed"]
[body.habits]
meditate = "yes_no"
"""


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pause after a key is over when a test says so, however slow the machine is."""
    monkeypatch.setattr(CheckinScreen, "TICK_S", 3600)


def entries(world: World) -> list[Entry]:
    """Everything in the body log, as another process reads it."""
    return world.open().body.log.store.every()


def of(world: World, kind: Kind) -> list[Entry]:
    return [e for e in entries(world) if e.kind is kind]


def said(app: FlowApp) -> str:
    """The quiet line of the base screen."""
    return str(app.screen_stack[0].query_one(Said).content)


def line(app: FlowApp, id: str) -> str:
    """What the line `id` of the top screen shows."""
    return str(app.screen.query_one(f"#{id}", Line).content)


def key_event(name: str) -> events.Key:
    """A key as the terminal's driver would post it."""
    characters = {"comma": ",", "enter": "\r"}
    return events.Key(name, characters.get(name, name))


def chart(app: FlowApp) -> str:
    """The view of the body screen as text."""
    return str(app.screen_stack[0].query_one("#chart", Static).render())


async def open_checkin(pilot: Pilot[Any]) -> CheckinScreen:
    await pilot.press("c")
    await until(pilot, lambda: isinstance(pilot.app.screen, CheckinScreen), "the check-in")
    screen = pilot.app.screen
    assert isinstance(screen, CheckinScreen)
    await until(pilot, lambda: line_is(screen), "its first question")
    return screen


async def answered(pilot: Pilot[Any], screen: CheckinScreen, *keys: str) -> None:
    """Press keys, let the pause go by, and wait until another question is asked, or none."""
    before = str(screen.query_one("#prompt", Line).content)
    await pilot.press(*keys)
    while screen.is_current and "wait" in str(screen.query_one("#pause", Line).content):
        screen._tick()
    await until(
        pilot,
        lambda: not screen.is_current or str(screen.query_one("#prompt", Line).content) != before,
        f"the question after {before!r}",
    )


def line_is(screen: CheckinScreen) -> bool:
    return bool(str(screen.query_one("#prompt", Line).content))


async def body(pilot: Pilot[Any], *keys: str) -> FlowApp:
    """Go to mode 3, and wait for its first picture."""
    app = await ready(pilot)
    await pilot.press("3")
    await until(pilot, lambda: app.current_mode == BODY, "mode 3")
    screen = app.screen
    assert isinstance(screen, BodyScreen)
    await until(pilot, lambda: screen.made is not None, "its picture")
    for key in keys:
        await pilot.press(key)
    await until(
        pilot,
        lambda: screen.made is not None and screen.made.view is screen.view,
        "the picture of the view",
    )
    return app


async def gone(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: len(pilot.app.screen_stack) == 1, "the base screen")


async def test_a_full_check_in_is_at_most_fourteen_keys(world: World) -> None:
    world.configure(EVENING)
    world.a_day()
    log = world.services.body.log
    log.write("yoga 30 e6 yesterday, worked phone away yesterday")
    log.write("eat 6:00-10:00")
    keys = ["c", "4", "3", "7", "plus", "4", "1", "2", "0", "y", "n", "1", "1"]
    assert len(keys) <= 14
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        screen = await open_checkin(pilot)
        await answered(pilot, screen, "4")
        await answered(pilot, screen, "3")
        await answered(pilot, screen, "7", "plus")
        for key in keys[5:]:
            await answered(pilot, screen, key)
        await gone(pilot)
        await until(pilot, lambda: "check-in kept, 11 answers" in said(app), "the quiet line")
        assert "u takes it back" in said(app)

        today = [e for e in entries(world) if e.source.format == "checkin"]
        told = {(e.name or e.kind.value, e.state.value, e.value) for e in today}
        assert told >= {
            ("energy", "given", 4.0),
            ("output", "given", 3.0),
            ("sugar", "no", None),
            ("meditate", "given", None),
            ("phone-in-bed", "no", None),
        }
        sleep = next(e for e in today if e.kind is Kind.SLEEP)
        assert (sleep.duration_s, sleep.quality) == (27000, 4)
        assert next(e for e in today if e.kind is Kind.WORKED).note == "phone away"
        assert world.open().body.checkins.first_block(NOW.date() + timedelta(days=1))
        await pilot.press("u")
        await until(pilot, lambda: "took back: check-in" in said(app), "undo")
        assert all(e.source.format != "checkin" for e in entries(world))


async def test_what_is_known_is_passed_over_and_can_be_gone_back_to(world: World) -> None:
    world.configure(EVENING)
    world.services.body.log.write("energy 3 9:00, output 4, eat 6:00-10:00")
    async with world.app().run_test(size=SIZE) as pilot:
        await ready(pilot)
        screen = await open_checkin(pilot)
        assert str(screen.query_one("#prompt", Line).content) == "How long did you sleep?"
        await pilot.press("up")
        await until(pilot, lambda: "mattered" in str(screen.query_one("#prompt", Line).content))
        await pilot.press("2", "escape")
        await gone(pilot)
        await until(pilot, lambda: len(of(world, Kind.OUTPUT)) == 2, "the answer")
        assert sorted(e.value or 0 for e in of(world, Kind.OUTPUT)) == [2, 4]


async def test_enter_passes_on_and_esc_keeps_what_was_answered(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await open_checkin(pilot)
        await pilot.press("4", "enter", "escape")
        await gone(pilot)
        await until(pilot, lambda: "2 answers" in said(app), "the quiet line")

        assert {(e.kind, e.state) for e in entries(world)} == {
            (Kind.ENERGY, State.GIVEN),
            (Kind.OUTPUT, State.SKIPPED),
        }


async def test_leaving_at_once_records_nothing(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        await ready(pilot)
        await open_checkin(pilot)
        await pilot.press("escape")
        await gone(pilot)

        assert entries(world) == []


async def test_an_answer_can_be_typed_and_a_wrong_one_is_told_there(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        screen = await open_checkin(pilot)
        await pilot.press("9")
        await until(pilot, lambda: "9 is not an answer" in line(app, "wrong"), "the refusal")
        await pilot.press("4", "3", "space")
        await type_text(pilot, "23:40-7:95")
        await pilot.press("enter")
        await until(pilot, lambda: line(app, "wrong") != "", "the refusal")
        assert screen.query_one("#typed", Input).value == "23:40-7:95"
        await pilot.press("backspace", "backspace")
        await type_text(pilot, "05 q4")
        await pilot.press("enter")
        await until(pilot, lambda: "workout" in line(app, "prompt"), "the next question")
        await pilot.press("ctrl+s")
        await gone(pilot)
        await until(pilot, lambda: len(of(world, Kind.SLEEP)) == 1, "the sleep")

        (sleep,) = of(world, Kind.SLEEP)
        assert (sleep.quality, sleep.start) == (4, NOW.replace(day=3, hour=23, minute=40))


async def test_letters_begin_a_typed_workout(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        await ready(pilot)
        await open_checkin(pilot)
        await pilot.press("4", "3", "7", "enter", "4")
        await type_text(pilot, "yoga 30 e6")
        await pilot.press("enter", "escape")
        await gone(pilot)
        await until(pilot, lambda: len(of(world, Kind.WORKOUT)) == 1, "the workout")

        (workout,) = of(world, Kind.WORKOUT)
        assert (workout.name, workout.effort) == ("yoga", 6)


async def test_keys_pressed_before_the_questions_are_there_answer_them(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        app.action_app_checkin()
        for key in ("4", "3", "7", "comma", "5", "enter", "4", "n", "enter", "1", "2", "enter"):
            app.post_message(key_event(key))  # without a wait between them
        await until(pilot, lambda: "sugar" in line(app, "prompt"), "the question after caffeine")
        await pilot.press("escape")
        await gone(pilot)

        (sleep,) = of(world, Kind.SLEEP)
        (cups,) = of(world, Kind.CAFFEINE)
        assert (sleep.duration_s, sleep.quality, cups.value) == (27000, 4, 12)
        assert [e.state for e in of(world, Kind.WORKOUT)] == [State.NO]


async def test_a_no_that_goes_on_is_a_word(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        await ready(pilot)
        await open_checkin(pilot)
        await pilot.press("4", "3", "7", "enter", "4")
        await type_text(pilot, "nordic 30")
        await pilot.press("enter", "escape")
        await gone(pilot)

        (workout,) = of(world, Kind.WORKOUT)
        assert (workout.name, workout.duration_s) == ("nordic", 1800)


async def test_a_check_in_that_was_cut_off_is_gone_on_with_and_is_one_undo(world: World) -> None:
    world.services.body.log.write("coffee")
    async with world.app().run_test(size=SIZE) as pilot:
        await ready(pilot)
        await open_checkin(pilot)
        await pilot.press("4", "3", "7", "enter", "5")
        await until(pilot, lambda: any(e.quality for e in entries(world)), "the last answer")
        # the terminal goes away: nothing is left in order
    assert {e.kind for e in entries(world)} == {*of_evening(), Kind.CAFFEINE}
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        screen = await open_checkin(pilot)
        assert "workout" in line(app, "prompt")
        await answered(pilot, screen, "n")
        await pilot.press("escape")
        await gone(pilot)
        await until(pilot, lambda: "check-in kept, 1 answer" in said(app), "the quiet line")
        await pilot.press("u")
        await until(pilot, lambda: "took back: check-in" in said(app), "undo")
        assert [e.kind for e in entries(world)] == [Kind.CAFFEINE]


def of_evening() -> set[Kind]:
    return {Kind.ENERGY, Kind.OUTPUT, Kind.SLEEP}


async def test_an_answer_given_anew_takes_the_place_of_the_first(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        await ready(pilot)
        screen = await open_checkin(pilot)
        await pilot.press("4", "3", "7", "enter", "5")
        await pilot.press("up", "up", "up", "up", "2")
        await until(pilot, lambda: "workout" in str(screen.query_one("#prompt", Line).content))
        await pilot.press("up", "up", "8", "enter", "escape")
        await gone(pilot)

        assert [e.value for e in of(world, Kind.ENERGY)] == [2]
        (sleep,) = of(world, Kind.SLEEP)
        assert (sleep.duration_s, sleep.quality) == (8 * 3600, 5)


async def test_a_pause_is_shown_and_then_the_digits_are_the_answer(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        screen = await open_checkin(pilot)
        await pilot.press("4", "3", "1")
        await until(pilot, lambda: "wait ▪▪▪" in line(app, "pause"), "the pause")
        screen._tick()
        assert "wait ▪▪ " in line(app, "pause")
        await pilot.press("0")
        await until(pilot, lambda: "wait ▪▪▪" in line(app, "pause"), "the pause anew")
        for _ in range(3):
            screen._tick()
        await until(pilot, lambda: "How did you sleep?" in line(app, "prompt"), "the next question")
        await pilot.press("escape")
        await gone(pilot)
        assert [e.duration_s for e in of(world, Kind.SLEEP)] == [36000]


async def test_yesterdays_check_in_is_a_key_away_and_late(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await open_checkin(pilot)
        await pilot.press("left_square_bracket")
        await until(pilot, lambda: "late" in line(app, "day"), "yesterday")
        await pilot.press("2", "escape")
        await gone(pilot)
        await until(pilot, lambda: len(entries(world)) == 1, "the answer")

        assert (entries(world)[0].late, entries(world)[0].day.day) == (True, 3)


async def test_flowtui_checkin_opens_on_it(world: World) -> None:
    app = world.app()
    app._open_on = OpenOn("check-in")
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, CheckinScreen), "the check-in")
        await pilot.press("escape")
        await gone(pilot)


async def test_the_planned_block_stands_in_the_plan_of_the_next_day(world: World) -> None:
    yesterday = NOW.date() - timedelta(days=1)
    world.services.body.checkins.keep(yesterday, {"plan": "fuse the kernel"})
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, PlanDialog), "the plan")

        assert app.screen.query_one("#intention", Input).value == "fuse the kernel"


@pytest.mark.parametrize("mode", [IDLE, RUNNING, BODY])
async def test_a_line_is_logged_with_one_key_from_every_mode(world: World, mode: str) -> None:
    if mode == RUNNING:
        world.a_block()
    async with world.app().run_test(size=SIZE) as pilot:
        app = await (body(pilot) if mode == BODY else ready(pilot))
        await pilot.press("colon")
        await until(pilot, lambda: isinstance(app.screen, QuickDialog), "the line")
        await until(pilot, lambda: app.screen.query_one("#line", Input).has_focus, "its focus")
        await type_text(pilot, "yoga 30 e6")
        await pilot.press("enter")
        await gone(pilot)
        await until(pilot, lambda: "logged yoga 30 min effort 6" in said(app), "the quiet line")

        assert [e.name for e in entries(world)] == ["yoga"]


async def test_a_line_that_was_refused_comes_back_as_it_was_typed(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await pilot.press("colon")
        await until(pilot, lambda: isinstance(app.screen, QuickDialog), "the line")
        await until(pilot, lambda: app.screen.query_one("#line", Input).has_focus, "its focus")
        await type_text(pilot, "energy 9")
        await pilot.press("enter")
        await until(
            pilot,
            lambda: (
                isinstance(app.screen, QuickDialog)
                and "not on the scale"
                in " ".join(str(w.render()) for w in app.screen.query(".wrong"))
            ),
            "the reason",
        )

        assert app.screen.query_one("#line", Input).value == "energy 9"
        await until(pilot, lambda: app.screen.query_one("#line", Input).has_focus, "its focus")
        await pilot.press("backspace", "4", "enter")
        await gone(pilot)
        assert [e.value for e in entries(world)] == [4]


async def test_a_line_may_be_typed_before_its_field_is_there(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        app.push_screen(QuickDialog(lambda: app.ask(lambda _: QuickOffer(()))))
        for key in "yoga":
            app.post_message(key_event(key))
        await until(pilot, lambda: isinstance(app.screen, QuickDialog), "the line")

        assert app.screen.query_one("#line", Input).value == "yoga"


async def test_keys_1_and_3_change_the_mode_and_a_block_goes_on(world: World) -> None:
    world.a_block()
    async with world.app().run_test(size=SIZE) as pilot:
        app = await body(pilot)
        world.open().body.log.write("coffee")
        await pilot.press("1")
        await until(pilot, lambda: app.current_mode == RUNNING, "mode 1")
        await pilot.press("3")
        await until(
            pilot,
            lambda: (
                isinstance(app.screen, BodyScreen)
                and app.screen.made is not None
                and len(app.screen.made.listed) == 1
            ),
            "what was logged meanwhile",
        )


async def test_tab_goes_through_the_views_and_back(world: World) -> None:
    world.services.body.log.write("energy 4 9:00, yoga 6:30-7:00 e6, eat 8:00-10:00, no coffee")
    async with world.app().run_test(size=SIZE) as pilot:
        app = await body(pilot)
        assert "4 good" in chart(app)
        for view, text in (
            (View.WEEK, "Wed 4"),
            (View.YEAR, "1 of 63 days known"),
            (View.CHARTS, "energy by hour"),
            (View.WINDOW, "not logged"),
            (View.TODAY, "4 good"),
        ):
            await pilot.press("tab")
            await until(pilot, lambda t=text: t in chart(app), view.value)  # type: ignore[misc] # bound now
        await pilot.press("shift+tab")
        await until(pilot, lambda: "not logged" in chart(app), "back")


async def test_the_week_tells_missing_no_and_skipped_apart(world: World) -> None:
    world.services.body.log.write("no coffee, sugar skip, output 3")
    async with world.app().run_test(size=SIZE) as pilot:
        app = await body(pilot, "tab")
        await until(pilot, lambda: "Wed 4" in chart(app), "the week")

        rows = {text[:15].strip(): text[15:].split() for text in chart(app).splitlines()}
        assert rows["caffeine"][:3] == ["·", "·", "–"]
        assert rows["sugar"][:3] == ["·", "·", "~"]
        assert rows["output"][:3] == ["·", "·", "3"]


async def test_brackets_go_back_and_forth_up_to_today(world: World) -> None:
    world.services.body.log.write("coffee 9:00 yesterday")
    async with world.app().run_test(size=SIZE) as pilot:
        app = await body(pilot, "left_square_bracket")
        await until(pilot, lambda: "Tuesday 3 March" in line(app, "day"), "yesterday")
        assert app.screen.query_one(EntryList).row_count == 1
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, QuickDialog), "the line")
        await until(pilot, lambda: app.screen.query_one("#line", Input).has_focus, "its focus")
        await type_text(pilot, "output 2")
        await pilot.press("enter")
        await gone(pilot)
        await until(pilot, lambda: len(of(world, Kind.OUTPUT)) == 1, "the entry")
        assert of(world, Kind.OUTPUT)[0].day.day == 3
        await pilot.press("right_square_bracket", "right_square_bracket")
        await until(pilot, lambda: "Wednesday 4 March" in line(app, "day"), "today")


async def test_an_entry_is_changed_and_deleted_by_its_keys(world: World) -> None:
    world.services.body.log.write("yoga 30 e6")
    async with world.app().run_test(size=SIZE) as pilot:
        app = await body(pilot)
        await until(pilot, lambda: app.screen.query_one(EntryList).row_count == 1, "the entry")
        await pilot.press("e")
        await until(pilot, lambda: bool(app.screen.query("#line")), "its line")
        field = app.screen.query_one("#line", Input)
        assert field.value == "workout yoga 30m e6 2026-03-04"
        field.value = "yoga 45 e7"
        await until(pilot, lambda: field.has_focus, "its focus")
        await pilot.press("enter")
        await gone(pilot)
        await until(pilot, lambda: "changed: yoga 45 min" in said(app), "the quiet line")
        assert of(world, Kind.WORKOUT)[0].duration_s == 2700
        await pilot.press("d")
        await until(pilot, lambda: len(app.screen_stack) > 1, "the question")
        await pilot.press("enter")
        await gone(pilot)
        await until(pilot, lambda: entries(world) == [], "nothing left")
        await pilot.press("u")
        await until(pilot, lambda: len(entries(world)) == 1, "undo")


async def test_w_opens_and_closes_the_window_and_its_timer_lives(world: World) -> None:
    world.configure('[body]\ntargets = "16:8"\n')
    async with world.app().run_test(size=SIZE) as pilot:
        app = await body(pilot, "w")
        await until(pilot, lambda: line(app, "window").startswith("window open"), "open")
        world.clock.advance(3600)
        screen = app.screen
        assert isinstance(screen, BodyScreen)
        screen._redraw()
        assert line(app, "window") == "window open 1 h 00, 7 h 00 to 8 h 00"
        await pilot.press("w")
        await until(pilot, lambda: line(app, "window").startswith("window closed"), "closed")

        (window,) = of(world, Kind.EATING)
        assert window.end == NOW + timedelta(hours=1)


async def test_above_a_day_the_note_is_plain_where_a_target_is_kept(world: World) -> None:
    world.configure('[body]\neating = true\ntargets = "16:8"\n')
    world.services.body.log.write("eat 8:00-10:00")
    world.clock.advance(25 * 3600)
    async with world.app().run_test(size=(160, 30)) as pilot:
        app = await body(pilot)
        await until(pilot, lambda: "Eat whenever you want to" in line(app, "window"), "the note")


async def test_without_a_target_or_after_a_day_nobody_logged_nothing_is_said(world: World) -> None:
    world.services.body.log.write("eat 8:00-10:00")
    world.clock.advance(45 * 3600)
    async with world.app().run_test(size=(80, 30)) as pilot:
        app = await body(pilot)
        assert line(app, "window") == ""


async def test_a_habit_is_declared_in_the_app_and_asked_for(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        app = await body(pilot, "n")
        await until(pilot, lambda: bool(app.screen.query("#name")), "the form")
        await until(pilot, lambda: app.screen.query_one("#name", Input).has_focus, "its focus")
        await type_text(pilot, "iron")
        await pilot.press("tab", "d", "enter")
        await until(
            pilot,
            lambda: (
                "needs its unit" in " ".join(str(w.render()) for w in app.screen.query(".wrong"))
            ),
            "the refusal",
        )
        app.screen.query_one("#unit", Input).value = "mg"
        await pilot.press("enter")
        await gone(pilot)
        await until(pilot, lambda: "declared iron" in said(app), "the quiet line")
        screen = await open_checkin(pilot)

        assert screen._sheet is not None
        assert any(a.question.id == "habit:iron" for a in screen._sheet.asked)


async def test_j_and_k_choose_whose_year_is_shown(world: World) -> None:
    async with world.app().run_test(size=SIZE) as pilot:
        app = await body(pilot, "tab", "tab")
        await until(pilot, lambda: chart(app).startswith("energy"), "the year")
        await pilot.press("j")
        await until(pilot, lambda: chart(app).startswith("output"), "the next")
        await pilot.press("k", "k")
        await until(pilot, lambda: chart(app).startswith("caffeine"), "round and round")


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 36), (30, 8)])
async def test_every_view_is_drawn_at_every_size(world: World, size: tuple[int, int]) -> None:
    world.configure(EVENING)
    world.services.body.log.write("energy 4 9:00, yoga 6:30-7:00 e6, eat open 9:00, no coffee")
    async with world.app().run_test(size=size) as pilot:
        app = await body(pilot)
        for _ in View:
            before = chart(app)
            assert before.strip()
            await pilot.press("tab")
            await until(pilot, lambda b=before: chart(app) != b, "another view")  # type: ignore[misc] # bound now
        for text in chart(app).splitlines():
            assert len(text.rstrip()) <= size[0]


async def test_a_reminder_is_said_in_the_app_but_never_during_a_block(world: World) -> None:
    world.configure('[body]\ncheckin_at = "10:00"\n')
    world.services.body.log.write("coffee 9:00")
    async with world.app().run_test(size=SIZE) as pilot:
        app = await ready(pilot)
        await until(pilot, lambda: "Time for the check-in" in said(app), "the reminder")


def test_no_two_actions_that_meet_share_a_key() -> None:
    for action in ACTIONS:
        assert clash(action, ACTIONS) is None, action.id


async def test_a_burst_behind_c_loses_no_answer(world: World) -> None:
    """All keys are in the queue before the first of them is looked at, as from a pasted line."""
    keys = [("c", "c"), ("4", "4"), ("3", "3"), ("7", "7"), ("enter", "\r"), ("4", "4")]
    async with world.app().run_test(size=(80, 24)) as pilot:
        app = await ready(pilot)
        for key, character in keys:
            app.post_message(events.Key(key, character))
        await until(pilot, lambda: len(kept(world)) >= 4, "four answers")

    assert kept(world)[:4] == ["energy 4", "output 3", "sleep 7", "sleep 4"]


def kept(world: World) -> list[str]:
    """What the check-in has kept so far, in the order of its questions."""
    found = {}
    for entry in world.fresh().body.log.store.every():
        if entry.kind.value == "sleep":
            found["sleep"] = f"sleep {(entry.duration_s or 0) // 3600}"
            if entry.quality is not None:
                found["sleep.quality"] = f"sleep {entry.quality}"
        elif entry.value is not None:
            found[entry.kind.value] = f"{entry.kind.value} {entry.value:g}"
    order = ("energy", "output", "sleep", "sleep.quality")
    return [found[name] for name in order if name in found]
