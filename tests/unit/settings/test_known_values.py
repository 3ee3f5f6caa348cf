"""What a setting names has to be there: themes, fonts, lists."""

from __future__ import annotations

import pytest

from tests.user import Person, Shell


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("display.theme", "nigt", "did you mean night"),
        ("display.font", "ansi_shadw", "did you mean ansi_shadow"),
        ("guard.lists", '["nolist"]', "there is no 'nolist'"),
        ("contexts.work.guard", '["nolist"]', "there is no 'nolist'"),
        ("plan.publish_titles", '["nobody"]', "there is no 'nobody'"),
    ],
)
def test_a_name_that_nothing_has_is_refused_by_set_and_by_check(
    person: Person, flow: Shell, key: str, value: str, said: str
) -> None:
    before = flow(*("config", "--set", key, value))
    assert (before.code, said in before.err) == (2, True)

    section, _, name = key.rpartition(".")
    text = value if value.startswith("[") else f'"{value}"'
    person.configure(f"[{section}]\n{name} = {text}\n")
    assert flow("config", "--check").code == 2


def test_names_that_are_there_are_taken(flow: Shell) -> None:
    flow.ok("config", "--set", "display.theme", "day")
    flow.ok("config", "--set", "display.font", "standard")
    flow.ok("config", "--set", "guard.lists", '["news"]')
    flow.ok("config", "--check")
    assert flow.ok("config", "--json").json["settings"]["display"]["theme"] == "day"
