"""Reminders of the body log: once each, none during a block, none of what is done."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from flowtui.core.focus.block import EndedBy
from flowtui.core.focus.commands import Finish
from flowtui.services import bells
from flowtui.services.conductor import instants
from tests.user import Person

EVENING = datetime(2026, 3, 4, 21, 0, tzinfo=UTC)


def at(person: Person, hour: int, minute: int = 0) -> None:
    """The clock moves on to a time of this evening."""
    person.clock.set_wall(datetime(2026, 3, 4, hour, minute, tzinfo=UTC))


def test_the_check_in_is_told_once_at_its_time_and_again_tomorrow(person: Person) -> None:
    person.services.body.log.write("coffee")
    reminders = person.services.body.reminders

    assert instants(person.services).remind_at == EVENING
    assert reminders.ring() is None
    at(person, 21)
    notice = bells.reminder_notice(person.services)
    assert notice is not None and notice.title == "Time for the check-in"
    assert bells.reminder_notice(person.open()) is None
    assert reminders.next_at() == EVENING.replace(day=5)


def test_who_never_uses_the_body_log_is_not_reminded_of_it(person: Person) -> None:
    assert person.services.body.reminders.next_at() is None


def test_a_check_in_that_is_done_is_not_told_of(person: Person) -> None:
    person.services.body.checkins.keep(None, {"energy": "4"})

    assert person.services.body.reminders.next_at() == EVENING.replace(day=5)


def test_a_block_holds_reminders_back_until_its_end(person: Person) -> None:
    person.services.body.log.write("coffee")
    at(person, 20, 30)
    person.begin(90)
    at(person, 21, 30)

    assert person.services.body.reminders.next_at() is None
    assert person.services.body.reminders.ring() is None
    person.services.focus.apply(Finish(EndedBy.USER))
    assert person.services.body.reminders.ring() is not None


def test_a_window_about_to_reach_its_target_is_told_of_but_not_one_that_has(
    person: Person,
) -> None:
    person.configure('[body]\ntargets = "16:8"\ncheckin_at = "off"\nclosing_min = 30\n')
    person.services.body.log.write("eat open 11:00")

    assert person.services.body.reminders.next_at() == EVENING.replace(hour=18, minute=30)
    at(person, 18, 31)
    reminder = person.services.body.reminders.ring()
    assert reminder is not None and "19:00" in reminder.body
    assert person.services.body.reminders.ring() is None
    person.services.history.undo()
    person.services.history.redo()
    at(person, 19, 1)
    assert person.services.body.reminders.next_at() is None


def test_the_days_end_is_told_for_three_hours_and_no_longer(person: Person) -> None:
    person.configure('[body]\nwind_down = "20:00"\ncheckin_at = "off"\n')

    at(person, 23, 30)
    assert person.services.body.reminders.ring() is None
    at(person, 22, 30)
    reminder = person.services.body.reminders.ring()
    assert reminder is not None and reminder.event == "wind-down"


@pytest.mark.parametrize("events", ["[]", '["plan-reached"]'])
def test_what_the_settings_do_not_want_to_hear_of_is_not_told(person: Person, events: str) -> None:
    person.configure(f'[notices]\nevents = {events}\n[body]\nwind_down = "13:00"\n')
    person.services.body.log.write("coffee")

    assert person.services.body.reminders.next_at() is None


def test_a_reminder_is_no_command_for_undo(person: Person) -> None:
    person.services.body.log.write("coffee")
    at(person, 21)
    assert person.services.body.reminders.ring() is not None

    assert person.services.history.undo()[0].label.startswith("log coffee")
