"""Real trainings, watched while somebody works: from `flowtui run` to the digest and the record."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from tests.e2e.terminal import PROMPT, Terminals, alive, until

TRAINING = Path(__file__).with_name("training.py")


def run(person: Terminals, name: str, *options: str, base: str = "") -> str:
    """Start a training by the command a person types; its id."""
    baseline = ("--baseline", base) if base else ()
    words = (sys.executable, str(TRAINING), *options)
    return person.run("run", "--name", name, *baseline, "--", *words).strip()


def shown(person: Terminals, id: str) -> dict[str, Any]:
    found: dict[str, Any] = person.json("runs", "show", id)
    return found


def state(person: Terminals, id: str) -> str:
    return str(shown(person, id)["state"])


def rules(found: dict[str, Any]) -> list[str]:
    return [finding["rule"] for finding in found["findings"]]


def stop_watching(person: Terminals) -> None:
    """End the watcher, if it is still there."""
    import json
    import os
    import signal

    try:
        board = json.loads((person.home / "state" / "watch" / "runs.json").read_text())
    except (OSError, ValueError):
        return
    if alive(board["pid"]):
        os.kill(board["pid"], signal.SIGTERM)
        until(lambda: not alive(board["pid"]))


def test_a_block_is_worked_while_four_trainings_go_their_ways(person: Terminals) -> None:
    """Well, overfitting, not a number, crashed: one breaks through, the rest waits."""
    try:
        terminal = person.open()
        terminal.type("flowtui start 'read the paper' --for 50m")
        terminal.see("read the paper", "left of 50 min")
        well = run(person, "well", "--steps", "900", "--pause", "0.012")
        overfit = run(
            person, "greedy", "--steps", "900", "--train", "40", "--hidden", "200", "--lr", "0.5",
            "--pause", "0.004", base="well",
        )  # fmt: skip
        nan = run(person, "steep", "--steps", "600", "--lr", "1e308", "--pause", "0.01")
        crash = run(person, "broken", "--steps", "600", "--crash-at", "250", "--pause", "0.01")

        terminal.see("run   ")  # the line under the block
        until(lambda: state(person, crash) == "crashed")
        terminal.see("broken", "crashed")
        terminal.close()  # the terminal is closed: everything goes on
        until(lambda: all(state(person, id) == "finished" for id in (well, overfit, nan)))
        until(lambda: all(shown(person, id)["ended_at"] for id in (well, nan)))

        again = person.open()
        again.type("flowtui")
        again.see("read the paper", "left of 50 min")
        again.see("held")
        again.press("f")
        again.see("outcome", "meanwhile")
        again.press("d")
        again.press("Enter")
        again.see("ended after")
        again.press("q")
        again.see(PROMPT.strip())

        good = shown(person, well)
        assert (good["exit_status"], good["step"], good["total_steps"]) == (0, 900, 900)
        assert good["metrics"]["val loss"]["best"] < 0.6
        assert good["metrics"]["val loss"]["n"] == 18
        assert "overfitting" in rules(shown(person, overfit))
        assert "nan" in rules(shown(person, nan))
        bad = shown(person, crash)
        assert (bad["exit_status"], bad["step"]) == (1, 250)
        assert rules(bad)[0] == "crashed"
        assert any("device-side assert" in line for line in bad["card"])
        assert bad["peak_rss_bytes"] > 10 << 20
    finally:
        stop_watching(person)


def test_a_run_goes_on_when_its_terminal_is_closed_and_is_stopped_by_a_command(
    person: Terminals,
) -> None:
    try:
        terminal = person.open()
        terminal.type(
            f"flowtui run --name long --follow -- {sys.executable} {TRAINING} --steps 99999"
        )
        terminal.see("step 50: train loss")
        terminal.close()
        [listed] = person.json("runs")
        until(lambda: (shown(person, "long")["step"] or 0) > 200)
        assert listed["state"] == "running"

        person.run("runs", "stop", "long", "--grace", "5s")

        found = shown(person, "long")
        assert (found["state"], found["exit_status"]) == ("stopped", -15)
        until(lambda: shown(person, "long")["ended_at"])
    finally:
        stop_watching(person)


def test_mode_two_shows_a_run_its_curves_and_its_log(person: Terminals) -> None:
    try:
        run(person, "small", "--steps", "4000", "--pause", "0.01")
        terminal = person.open()
        terminal.type("flowtui")
        terminal.see("no block yet")
        terminal.press("2")
        terminal.see("1 run under way", "small", "val loss")
        terminal.press("Enter")
        terminal.see("running", "1 val loss", "2 train loss", "step ")
        terminal.press("Escape")
        terminal.see("1 run under way")
        terminal.press("K")
        terminal.see("stop this run?")
        terminal.press("Enter")
        terminal.see("small has ended")
        terminal.see("stopped")
        terminal.press("1")
        terminal.see("no block yet")
    finally:
        stop_watching(person)


def test_a_look_at_runs_during_a_block_counts_as_an_interruption(person: Terminals) -> None:
    try:
        person.run("start", "write", "--detach")
        terminal = person.open()
        terminal.type("flowtui")
        terminal.see("write", "left of")
        terminal.press("2")
        terminal.see("a look at runs is an interruption")
        terminal.press("1")
        terminal.see("1 interruption (looked at runs, back after")
        [noted] = person.json("status")["block"]["interruptions"]
        assert (noted["source"], noted["reason"]) == ("internal", "looked at runs")
        assert noted["returned_at"] is not None
    finally:
        stop_watching(person)
