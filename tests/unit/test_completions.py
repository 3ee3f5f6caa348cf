"""What tab completes, in bash, zsh and fish themselves: commands, and values of one's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.user import Person

BIN = Path(sys.executable).parent
BASH = """
source "$1"
COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_flowtui_completion flowtui
printf '%%s\\n' "${COMPREPLY[@]}"
"""
ZSH = """
compdef() { : }
_describe() { local name=$argv[-2]; [[ $name == -* ]] && name=$argv[3]; print -l -- ${(P)name} }
compadd() { local name=$argv[-1]; print -l -- ${(P)name} }
_files() { print files }
source "$1"
words=(%s); CURRENT=${#words}
_flowtui_completion
"""


@pytest.fixture
def filled(person: Person) -> Person:
    """Somebody with a block, a context, a habit and a thought of their own."""
    person.configure('[contexts.thesis]\n[body.habits]\nmeditate = "yes_no"\n')
    block = person.begin(intention="fuse the kernel")
    person.pass_min(30)
    person.services.focus.finish()
    from flowtui.core.focus.edit import Changes

    person.services.history.edit(block.id, Changes(add_tags=("cuda",)))
    person.services.inbox.add("try bf16")
    return person


def completed(person: Person, shell: str, line: list[str], tmp_path: Path) -> list[str]:
    """What the shell offers for the last word of `flowtui LINE`."""
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"needs {shell} (apt install {shell})")
    env = {**person.env, "PATH": f"{BIN}:{os.defpath}", "HOME": str(tmp_path), "TERM": "dumb"}
    script = tmp_path / f"completions.{shell}"
    if not script.exists():
        made = subprocess.run(
            [BIN / "flowtui", "completions", shell], env=env, capture_output=True, check=True
        )
        script.write_bytes(made.stdout)
    words = " ".join(f"'{word}'" for word in ["flowtui", *line])
    if shell == "fish":
        text = " ".join(["flowtui", *line])
        call = [program, "--no-config", "-c", f"source {script}; complete -C '{text}'"]
    else:
        call = [program, "-c", (BASH if shell == "bash" else ZSH) % words, shell, str(script)]
        if shell == "zsh":
            call.insert(1, "-f")
    made = subprocess.run(call, env=env, capture_output=True, check=False, timeout=60)
    return made.stdout.decode().splitlines()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_completes_values_of_ones_own(
    filled: Person, shell: str, tmp_path: Path
) -> None:
    block = filled.services.store.last_ended()[0].id
    lists = ("so", "social") if shell == "fish" else ("news,so", "news,social")
    cases = [
        (["start", "-t", ""], "cuda"),
        (["log", "-c", "th"], "thesis"),
        (["show", ""], block),
        (["start", "--guard", lists[0]], lists[1]),  # fish parts an offer at its commas
        (["habit", "me"], "meditate"),
        (["parked", "dr"], "drop"),
        (["run", "--", "pyth"], "python3"),
        (["sta"], "status"),
    ]
    for line, wanted in cases:
        offered = completed(filled, shell, line, tmp_path)
        starts = [word for word in offered if word.startswith(wanted)]
        assert starts, (line, offered[:8])


def test_a_home_that_cannot_be_read_completes_nothing_and_says_nothing(
    filled: Person, tmp_path: Path
) -> None:
    filled.env["FLOWTUI_HOME"] = "/proc/nowhere"
    assert completed(filled, "bash", ["show", ""], tmp_path) in ([], [""], ["last"])
