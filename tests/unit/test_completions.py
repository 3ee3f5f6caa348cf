"""What tab completes, in bash, zsh and fish themselves: commands, and values of one's own."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flowtui.watch.place import Place
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


class Terminal:
    """A zsh at a terminal of its own, with its completion system, for keys as they are typed."""

    def __init__(self, env: dict[str, str], script: Path) -> None:
        program = shutil.which("zsh")
        if program is None:
            pytest.skip("needs zsh (apt install zsh)")
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            os.execve(program, ["zsh", "-f", "-i"], env)
        self._text = ""
        self.type("PS1= PS2=; autoload -Uz compinit; compinit -u -D; unsetopt beep\n")
        self.type(f"source {script}; show() {{ print -r -- '[['$BUFFER']]' }}; zle -N show\n")
        self.type("bindkey '^X' show; bindkey '^K' kill-whole-line; print READ''Y\n")
        self.wait("READY")

    def type(self, keys: str) -> None:
        """Type `keys`."""
        os.write(self._fd, keys.encode())

    def wait(self, wanted: str) -> str:
        """All that was shown until `wanted`, which may take long on a busy machine."""
        until = time.monotonic() + 120
        while wanted not in self._text:
            assert time.monotonic() < until, (wanted, self._text[-600:])
            if select.select([self._fd], [], [], 1)[0]:
                self._text += os.read(self._fd, 4096).decode(errors="replace")
        before, _, self._text = self._text.partition(wanted)
        return before

    def completed(self, line: str) -> str:
        """What stands on the line after tab, and what was listed below it."""
        self.type(f"{line}\t\x18")
        self.wait("[[")
        buffer = self.wait("]]")
        self.type("\x0b")
        return buffer

    def end(self) -> None:
        """Close the terminal."""
        os.close(self._fd)
        os.waitpid(self._pid, 0)


def test_tab_completes_values_in_a_zsh_at_a_terminal(filled: Person, tmp_path: Path) -> None:
    for args in (
        ("plan", "add", "weekdays 09:00 for 90m", "review the patch"),
        ("habit", "pages", "--new", "count"),
    ):
        done = subprocess.run([BIN / "flowtui", *args], env=filled.env, capture_output=True)
        assert done.returncode == 0, done.stderr
    filled.services.store.ledger.refresh()
    [plan] = [one.id for one in filled.services.plan_book.every()]
    adopt(filled, "resnet-b")
    block = filled.services.store.last_ended()[0].id
    thought = filled.services.inbox.waiting()[0].id
    env = {**filled.env, "PATH": f"{BIN}:{os.defpath}", "HOME": str(tmp_path), "TERM": "xterm"}
    script = tmp_path / "completions.zsh"
    made = subprocess.run(
        [BIN / "flowtui", "completions", "zsh"], env=env, capture_output=True, check=True
    )
    script.write_bytes(made.stdout)
    terminal = Terminal(env, script)
    try:
        for line, wanted in [
            ("start -t cu", "start -t cuda"),
            ("log -c th", "log -c thesis"),
            ("start --guard soc", "start --guard social"),
            ("start --guard news,soc", "start --guard news,social"),
            ("start --until-run res", "start --until-run resnet-b"),
            ("runs show res", "runs show resnet-b"),
            (f"plan begin {plan[:3]}", f"plan begin {plan}"),
            (f"show {block[:4]}", f"show {block}"),
            (f"start --like {block[:4]}", f"start --like {block}"),
            (f"parked drop {thought[:4]}", f"parked drop {thought}"),
            ("habit medi", "habit meditate"),
            ("away ga", "away gap"),
            ("cycle 50", "cycle 50/10"),
            ("sta", "sta"),  # start, status: as far as they agree
            ("statu", "status"),
        ]:
            assert terminal.completed(f"flowtui {line}").strip() == f"flowtui {wanted}"
    finally:
        terminal.end()


def test_a_new_zsh_without_a_completion_system_gets_it_by_the_script(
    filled: Person, tmp_path: Path
) -> None:
    program = shutil.which("zsh")
    if program is None:
        pytest.skip("needs zsh (apt install zsh)")
    env = {**filled.env, "PATH": f"{BIN}:{os.defpath}", "HOME": str(tmp_path), "TERM": "dumb"}
    made = subprocess.run(
        [BIN / "flowtui", "completions", "zsh"], env=env, capture_output=True, check=True
    )
    (tmp_path / "completions").write_bytes(made.stdout)
    call = [program, "-f", "-c", "source ~/completions; print $_comps[flowtui]"]
    done = subprocess.run(call, env=env, capture_output=True, check=False, timeout=60)
    assert (done.stdout.decode(), done.stderr.decode()) == ("_flowtui_completion\n", "")


def adopt(person: Person, name: str) -> None:
    """A run of that name in the ledger."""
    log = person.home / f"{name}.log"
    log.write_text("step 1 loss 1.0\n")
    began = person.ago(30)
    place = Place("file", log)
    starter = person.services.runs.starter
    starter.adopt([place], None, person.home, ("python", "train.py"), name, "", began)


def test_a_home_that_cannot_be_read_completes_nothing_and_says_nothing(
    filled: Person, tmp_path: Path
) -> None:
    filled.env["FLOWTUI_HOME"] = "/proc/nowhere"
    assert completed(filled, "bash", ["show", ""], tmp_path) in ([], [""], ["last"])
