"""Runs git so that it only reads: no prompt, pager, lock, network or program of the user's.

Every call has the same deadline as the whole question: a slow disk or a huge repository makes an
answer unknown, never late.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from flowtui.core.search_path import with_safe_path
from flowtui.core.text import plain
from flowtui.system.clock import SystemClock

_FLAGS = (
    "--no-pager",
    "-c",
    "core.fsmonitor=false",
    "-c",
    f"core.hooksPath={os.devnull}",
    "-c",
    "log.showSignature=false",
    "-c",
    "log.mailmap=false",
    "-c",
    "core.quotePath=false",
)
_ELSEWHERE = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_EXTERNAL_DIFF",
)
"""Set while a hook of git runs us; they would point elsewhere, or run a program."""
_QUIET = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    # a partial clone would fetch what it lacks; with no protocol allowed it says so instead
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "LC_ALL": "C",
}


class GitProblem(Exception):
    """git did not answer: missing, too slow, refused, or not a repository. One line."""


class Git:
    """git, for one question that may take `timeout_s` seconds in all."""

    def __init__(self, timeout_s: float, env: Mapping[str, str] | None = None) -> None:
        self._clock = SystemClock()
        self._timeout_s = timeout_s
        self._deadline = self._clock.monotonic() + timeout_s
        source = os.environ if env is None else env
        kept = {name: value for name, value in source.items() if name not in _ELSEWHERE}
        self._env = with_safe_path(kept) | _QUIET

    def without_filters(self, folder: Path) -> list[str]:
        """Options that keep filters which the repository of `folder` declares from running.

        Whoever made a repository could have `git status` run a program of theirs so; filters of the
        user's own settings, such as that of LFS, stay. Raises GitProblem for one that cannot be
        named on a command line.
        """
        found = self.run(
            folder, "config", "--show-scope", "--name-only", "-z", "--get-regexp", r"^filter\.",
            may_fail=True,
        ).split("\0")  # fmt: skip
        names = {
            key.rpartition(".")[0]
            for scope, key in zip(found[::2], found[1::2], strict=False)
            if scope not in ("system", "global", "command")
        }
        if any("=" in name or "\n" in name for name in names):
            raise GitProblem("a filter of the repository has a strange name")
        settings = ("clean=", "smudge=", "process=", "required=false")
        return [
            word for name in sorted(names) for end in settings for word in ("-c", f"{name}.{end}")
        ]

    def run(
        self,
        folder: Path,
        *arguments: str,
        may_fail: bool = False,
        options: Sequence[str] = (),
    ) -> str:
        """The output of git in `folder`; with `may_fail` exit status 1 is an answer too.

        `options` stand before the command.

        Raises:
            GitProblem: with one line that says why there is not an answer.
        """
        left = self._deadline - self._clock.monotonic()
        if left <= 0:
            raise GitProblem(f"git took longer than {self._timeout_s:g} s")
        command = ["git", "-C", str(folder), *_FLAGS, *options, *arguments]
        try:
            done = subprocess.run(
                command, env=self._env, stdin=subprocess.DEVNULL, capture_output=True, timeout=left
            )
        except FileNotFoundError:
            raise GitProblem("git is not installed") from None
        except subprocess.TimeoutExpired:
            raise GitProblem(f"git took longer than {self._timeout_s:g} s") from None
        except (OSError, ValueError) as error:
            raise GitProblem(f"git could not be run: {error}") from None
        if done.returncode == 0 or (may_fail and done.returncode == 1):
            return done.stdout.decode(errors="replace")
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["git failed"]
        raise GitProblem(plain(said[0].removeprefix("fatal: "), 200))
