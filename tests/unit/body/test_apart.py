"""Not recorded, no and passed over stay apart; a count of one is a one."""

from __future__ import annotations

from flowtui.core.body.entry_days import Variable
from flowtui.core.body.entry_kinds import Kind
from flowtui.tui.body.body_text import cell_text
from flowtui.tui.widgets.charts import MISSING
from tests.user import Person


def cell(person: Person, line: str, variable: Variable) -> str:
    person.services.body.log.write(line)
    today = person.services.today()
    return cell_text(person.services.body.log.log(today, today).value(today, variable), variable)[0]


def test_a_quality_that_was_not_given_is_missing_and_no_tick(person: Person) -> None:
    assert cell(person, "sleep 7.5", Variable(Kind.SLEEP, None, "quality")) == MISSING
    assert cell(person, "sleep 7.5 q4", Variable(Kind.SLEEP, None, "quality")) == "4"


def test_a_count_of_one_is_a_one_and_a_yes_is_a_tick(person: Person) -> None:
    person.configure('[body.habits]\nmeditate = "yes_no"\npages = "count"\n')
    assert cell(person, "pages 1", Variable(Kind.HABIT, "pages")) == "1"
    assert cell(person, "meditate", Variable(Kind.HABIT, "meditate")) == "✓"
