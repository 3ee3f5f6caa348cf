"""The guard for scripts: one object, stable ids, the guard's own codes."""

from __future__ import annotations

import pytest

from tests.unit.schemas import GUARD
from tests.user import Person, Shell


@pytest.fixture
def shell(
    person: Person, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    """The command line of somebody without a guard."""
    return Shell(person, monkeypatch, capsys)


KEYS = set(GUARD["properties"])


def test_the_status_is_always_one_object_and_the_same_in_both_places(shell: Shell) -> None:
    alone = shell("guard", "status", "--json")
    beside = shell("status", "--json")

    assert alone.code == 0 and set(alone.json) >= KEYS
    assert set(beside.json["guard"]) == KEYS
    assert alone.json["level"] == "none" and alone.json["lease"] is None
    assert alone.json["answers"] is False


def test_an_error_in_json_keeps_its_code(shell: Shell) -> None:
    missing = shell("guard", "attempts", "--json")
    unknown = shell("guard", "list", "show", "newz", "--json")

    assert missing.code == 1 and missing.json["error"]["code"] == "no-guard"
    assert unknown.code == 2 and unknown.json["error"]["code"] == "usage"
    assert "error" not in missing.err


def test_a_list_and_the_doctor_speak_json_with_ids(shell: Shell) -> None:
    shown = shell("guard", "list", "show", "news", "--json").json
    looked = shell("guard", "doctor", "--json")

    assert shown["name"] == "news" and shown["sites"] and shown["left_out"] == 0
    assert all(line["id"] and isinstance(line["fault"], bool) for line in looked.json)
    assert looked.code == int(any(line["fault"] for line in looked.json))
