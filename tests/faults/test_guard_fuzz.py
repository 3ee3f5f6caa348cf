"""The guard's socket under a hundred thousand hostile messages."""

from __future__ import annotations

from tests.faults import guard_fuzz


def test_no_message_moves_the_guard_and_no_client_holds_it_up() -> None:
    figures = guard_fuzz.run(messages=110_000, seed=20_260)

    assert figures["messages"] >= 100_000
    assert figures["grown_kib"] < 32 * 1024, figures
    assert not {"fault", "disk"} & set(figures["answers"]), figures
