"""What git can tell of a folder: where one was, and what a block produced.

git is run without prompts, pager, optional locks, external diffs or file-system monitors, and with
a time-out: a slow disk or a huge repository makes an answer unknown, never late.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flowtui.core.block import Evidence
from flowtui.core.text import one_line

DIRTY_LIMIT = 999
SUBJECTS = 20
_FLAGS = (
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.untrackedCache=false",
    "-c",
    "log.showSignature=false",
)
_RECORD = "\x1e"
_UNIT = "\x1f"


@dataclass(frozen=True, slots=True)
class RepoState:
    """Where one was in a repository."""

    branch: str
    """Name of the branch, or the short commit id of a detached head."""
    detached: bool
    dirty: int | None
    """Changed and new files, at most 999; None if git did not answer in time."""
    subject: str | None
    """First line of the last commit; None in a repository without one."""
    committed_at: datetime | None


class GitProblem(Exception):
    """git did not answer: missing, too slow, refused, or not a repository."""


def repo_state(folder: Path, timeout_s: float) -> RepoState | None:
    """The state of the repository that holds `folder`; None if there is none or git is silent."""
    try:
        top = _top(folder, timeout_s)
    except GitProblem:
        return None
    branch, detached = _branch(top, timeout_s)
    subject, committed_at = _last_commit(top, timeout_s)
    return RepoState(branch, detached, _dirty(top, timeout_s), subject, committed_at)


def evidence(
    folders: Sequence[Path], since: datetime, until: datetime, timeout_s: float
) -> Evidence | None:
    """Commits by the user between two instants in the repositories that hold `folders`.

    The user is who `user.email` says in each repository. Commits count by their commit time, on
    any local branch, once each; merges count as commits and add no lines. Files are distinct paths.
    Submodules are not entered. None if no folder is in a repository; what could not be read is
    named in `problems`, and if nothing could be read the counts are None.
    """
    tops: dict[str, Path] = {}
    problems: list[str] = []
    for folder in folders:
        try:
            top = _top(folder, timeout_s)
            tops[str(top)] = top
        except GitProblem as problem:
            if "not a git repository" not in str(problem).lower():
                problems.append(f"{folder}: {problem}")
    found: dict[str, _Commit] = {}
    read = 0
    for top in tops.values():
        try:
            for commit in _commits(top, since, until, timeout_s):
                found.setdefault(commit.id, commit)
            read += 1
        except GitProblem as problem:
            problems.append(f"{top}: {problem}")
    if not tops and not problems:
        return None
    if not read:
        return Evidence(problems=tuple(problems[:SUBJECTS]))
    commits = sorted(found.values(), key=lambda c: c.at, reverse=True)
    return Evidence(
        commits=len(commits),
        insertions=sum(c.insertions for c in commits),
        deletions=sum(c.deletions for c in commits),
        files=len({path for c in commits for path in c.paths}),
        subjects=tuple(c.subject for c in commits[:SUBJECTS]),
        problems=tuple(problems[:SUBJECTS]),
    )


@dataclass(frozen=True, slots=True)
class _Commit:
    id: str
    at: int
    subject: str
    insertions: int
    deletions: int
    paths: frozenset[str]


def _commits(top: Path, since: datetime, until: datetime, timeout_s: float) -> list[_Commit]:
    email = _git(top, timeout_s, "config", "user.email", empty_is_fine=True).strip()
    if not email:
        raise GitProblem("git does not know your user.email here")
    first, last = int(since.timestamp()), int(until.timestamp())
    out = _git(
        top,
        timeout_s,
        "log",
        "--branches",
        "HEAD",
        # --since cuts off the walk at the first older commit: leave room for clocks that differ
        f"--since=@{first - 86_400}",
        "--no-ext-diff",
        "--no-textconv",
        "--no-renames",
        "--no-color",
        "--ignore-submodules=all",
        "--numstat",
        "-z",
        f"--format={_RECORD}%H{_UNIT}%ct{_UNIT}%ce{_UNIT}%ae{_UNIT}%s{_UNIT}",
        no_commit_is_fine=True,
    )
    commits = []
    for record in out.split(_RECORD)[1:]:
        id, seconds, committer, author, subject, rest = record.split(_UNIT, 5)
        mine = email.casefold() in (committer.casefold(), author.casefold())
        if mine and first <= int(seconds) <= last:
            lines = [_numstat(row) for row in rest.split("\0") if row.count("\t") >= 2]
            commits.append(
                _Commit(
                    id,
                    int(seconds),
                    _subject(subject),
                    sum(a for a, _, _ in lines),
                    sum(d for _, d, _ in lines),
                    frozenset(f"{top}\0{path}" for _, _, path in lines),
                )
            )
    return commits


def _numstat(row: str) -> tuple[int, int, str]:
    added, deleted, path = row.strip("\n").split("\t", 2)
    # binary files show "-" for both
    return (int(added) if added.isdigit() else 0, int(deleted) if deleted.isdigit() else 0, path)


def _top(folder: Path, timeout_s: float) -> Path:
    if not folder.is_dir():
        raise GitProblem("the folder is gone")
    top = _git(folder, timeout_s, "rev-parse", "--show-toplevel", empty_is_fine=True).rstrip("\n")
    if top:
        return Path(top)
    # a bare repository has no top level; its own folder is where it is
    return Path(_git(folder, timeout_s, "rev-parse", "--absolute-git-dir").rstrip("\n"))


def _branch(top: Path, timeout_s: float) -> tuple[str, bool]:
    try:
        return _git(top, timeout_s, "symbolic-ref", "--short", "-q", "HEAD").strip(), False
    except GitProblem:
        pass  # a detached head has no name
    try:
        return _git(top, timeout_s, "rev-parse", "--short", "HEAD").strip(), True
    except GitProblem:
        return "?", True


def _dirty(top: Path, timeout_s: float) -> int | None:
    try:
        out = _git(
            top, timeout_s, "status", "--porcelain", "-z", "--ignore-submodules=all",
            "--no-renames", "--untracked-files=normal", empty_is_fine=True,
        )  # fmt: skip
    except GitProblem:
        return None
    return min(DIRTY_LIMIT, out.count("\0"))


def _last_commit(top: Path, timeout_s: float) -> tuple[str | None, datetime | None]:
    try:
        out = _git(top, timeout_s, "log", "-1", "--no-color", f"--format=%ct{_UNIT}%s")
    except GitProblem:
        return None, None
    seconds, _, subject = out.rstrip("\n").partition(_UNIT)
    return _subject(subject), datetime.fromtimestamp(int(seconds), UTC)


def _subject(text: str) -> str:
    return one_line(text[:200], "commit subject")


def _git(
    folder: Path,
    timeout_s: float,
    *arguments: str,
    empty_is_fine: bool = False,
    no_commit_is_fine: bool = False,
) -> str:
    """Run git in `folder`; its output. Raises GitProblem with one line that says why not."""
    env = os.environ | {
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_PAGER": "cat",
        "LC_ALL": "C",
    }
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_EXTERNAL_DIFF"):
        env.pop(name, None)  # set while a git hook runs us; they would point elsewhere
    command = ["git", "-C", str(folder), *_FLAGS, *arguments]
    try:
        done = subprocess.run(
            command, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout_s
        )
    except FileNotFoundError:
        raise GitProblem("git is not installed") from None
    except subprocess.TimeoutExpired:
        raise GitProblem(f"git took longer than {timeout_s:g} s") from None
    except OSError as error:
        raise GitProblem(f"git could not be run: {error.strerror}") from None
    out = done.stdout.decode(errors="replace")
    if done.returncode == 0 or (empty_is_fine and done.returncode == 1):
        return out
    said = done.stderr.decode(errors="replace").strip().splitlines() or ["git failed"]
    if no_commit_is_fine and any("HEAD" in line for line in said):
        return ""
    raise GitProblem(said[0].removeprefix("fatal: "))
