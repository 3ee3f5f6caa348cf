"""What a block produced, and where one was: git asked on behalf of the block's context."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from flowtui.core.clock import Clock
from flowtui.core.focus.block import Block, Evidence
from flowtui.core.focus.block_facts import count_files
from flowtui.core.status_file import minutes
from flowtui.system import git
from flowtui.system.git import RepoState

MOST_RUNS = 20


class EvidenceService:
    """Collects evidence; a call may take up to the time-out, so the app calls it in a thread."""

    def __init__(
        self,
        clock: Clock,
        folders_of: Callable[[str], tuple[Path, ...]],
        timeout_s: float,
        enabled: bool = True,
        runs_ended: Callable[[datetime, datetime], Sequence[str]] = lambda since, until: (),
    ) -> None:
        self._clock = clock
        self._folders_of = folders_of
        self._timeout_s = timeout_s
        self._enabled = enabled
        self._runs_ended = runs_ended
        """Training runs that ended between two instants, a line each."""

    def collect(self, block: Block, until: datetime | None = None) -> Evidence | None:
        """Commits since the block's start, in its folder and its context's, and runs that ended.

        None if evidence is switched off, or nobody could look and no run ended.
        """
        if not self._enabled:
            return None
        end = until or self._clock.now()
        runs = tuple(self._runs_ended(block.started_at, end))[:MOST_RUNS]
        found = self._of_git(block, end)
        return replace(found or Evidence(), runs=runs) if runs else found

    def _of_git(self, block: Block, end: datetime) -> Evidence | None:
        folders = [Path(block.folder)] if block.folder else []
        folders += self._folders_of(block.context)
        if not folders:
            return None
        # a commit in the same second as the end belongs to the block
        return git.evidence(folders, block.started_at, end + timedelta(seconds=1), self._timeout_s)

    def repo_state(self, folder: str) -> RepoState | None:
        """Branch, dirty files and last commit of the repository that holds `folder`."""
        if not self._enabled or not folder:
            return None
        return git.repo_state(Path(folder), self._timeout_s)

    def where_was_i(self, folder: str) -> list[str]:
        """The state of the repository in words, one line each; empty if there is none."""
        state = self.repo_state(folder)
        return [] if state is None else repo_lines(state, self._clock.now())


def repo_lines(state: RepoState, now: datetime) -> list[str]:
    """Branch, dirty files and last commit in words."""
    where = f"at {state.branch} (detached)" if state.detached else f"on {state.branch}"
    if state.dirty is None:
        dirty = "changes unknown"
    else:
        dirty = f"{count_files(state.dirty)} changed" if state.dirty else "nothing changed"
    lines = [f"{where}, {dirty}"]
    if state.subject is not None and state.committed_at is not None:
        age = max(0, int((now - state.committed_at).total_seconds()))
        lines.append(f"last commit {_age(age)} ago: {state.subject}")
    return lines


def _age(seconds: int) -> str:
    if seconds >= 2 * 86_400:
        return f"{seconds // 86_400} days"
    return minutes(seconds)
