"""What git can tell of a folder: where one was, and what a block produced."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from flowtui.core.focus.block import Evidence
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.text import one_line
from flowtui.system.gitcall import Git, GitProblem

DIRTY_LIMIT = 999
SUBJECTS = 20
CHILDREN = 200
"""Subfolders of a folder without a repository that are looked at for repositories of their own."""
SLACK_S = 86_400
"""How much older than the window a commit may say it is before the walk through history ends."""
_LOG = (
    "--no-ext-diff",
    "--no-textconv",
    "--no-renames",
    "--no-color",
    "--no-decorate",
    "--ignore-submodules=all",
    "--numstat",
    "-z",
    "--format=%H%x00%at%x00%ae%x00%s",
)
_NUMSTAT = re.compile(r"\n?([0-9]+|-)\t([0-9]+|-)\t(.+)", re.DOTALL)


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
    commit: str = ""
    """The commit that is checked out, short; empty in a repository without one."""


def repo_state(folder: Path, timeout_s: float) -> RepoState | None:
    """The state of the repository that holds `folder`; None if there is none or git is silent."""
    git = Git(timeout_s)
    try:
        top = _top(git, folder)
    except GitProblem:
        return None
    branch, detached = _branch(git, top)
    commit, subject, committed_at = _last_commit(git, top)
    return RepoState(branch, detached, _dirty(git, top), subject, committed_at, commit)


def evidence(
    folders: Sequence[Path], since: datetime, until: datetime, timeout_s: float
) -> Evidence | None:
    """Commits that the user wrote between two instants, in the repositories that hold `folders`.

    The user is who git would write as author in each repository. A commit counts by its author
    time, so that rebasing old work adds nothing; on any local branch, and once however often it was
    copied from branch to branch. Merges count as commits and add no lines. Files are distinct
    paths. Submodules are not entered. A folder that lies in no repository stands for those right
    below it.

    Takes `timeout_s` seconds in all. None if there is no repository; what could not be read is
    named in `problems`, and if nothing could be read the counts are None.
    """
    git = Git(timeout_s)
    problems: list[str] = []
    tops = _tops(git, folders, since, problems)
    if not tops and not problems:
        return None
    found: dict[tuple[int, str], _Commit] = {}
    read = 0
    for top in tops:
        try:
            for commit in _commits(git, top, since, until):
                found.setdefault((commit.at, commit.subject), commit)
            read += 1
        except GitProblem as problem:
            problems.append(f"{top}: {problem}")
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
    at: int
    """Author time, seconds since 1970."""
    subject: str
    insertions: int
    deletions: int
    paths: frozenset[str]


def _tops(git: Git, folders: Sequence[Path], since: datetime, problems: list[str]) -> list[Path]:
    """The repositories that `folders` stand for, each once."""
    tops: dict[str, Path] = {}
    for folder in folders:
        try:
            top = _top(git, folder)
            tops[str(top)] = top
        except GitProblem as problem:
            if "not a git repository" in str(problem) and not (folder / ".git").exists():
                tops.update({str(child): child for child in _children(folder, since)})
            else:
                problems.append(f"{folder}: {problem}")
    return list(tops.values())


def _children(folder: Path, since: datetime) -> Iterator[Path]:
    """Repositories right below `folder` in which something was done since then."""
    try:
        children = sorted(child for child in folder.iterdir() if (child / ".git").exists())
    except OSError:
        return
    for child in children[:CHILDREN]:
        # every commit, checkout and reset adds to this file; a worktree has it elsewhere
        log = child / ".git" / "logs" / "HEAD"
        try:
            if log.stat().st_mtime < since.timestamp():
                continue
        except OSError:
            pass  # ask git then
        yield child.resolve()


def _commits(git: Git, top: Path, since: datetime, until: datetime) -> Iterator[_Commit]:
    # what git would write into a commit: the settings of this repository, and GIT_AUTHOR_EMAIL
    me = git.run(top, "var", "GIT_AUTHOR_IDENT").rpartition(">")[0].rpartition("<")[2].casefold()
    first, last = int(since.timestamp()), int(until.timestamp())
    has_commit = git.run(top, "rev-parse", "-q", "--verify", "HEAD", may_fail=True).strip()
    out = git.run(
        top,
        "log",
        "--branches",
        *(["HEAD"] if has_commit else []),
        f"--since=@{first - SLACK_S}",
        *_LOG,
    )
    # no field can hold a NUL; a line of numbers is told from the next commit's id by its tabs
    tokens = out.split("\0")
    place = 0
    while place + 3 < len(tokens):
        if not tokens[place].strip("\n"):
            place += 1
            continue
        _, seconds, email, subject = tokens[place : place + 4]
        place += 4
        rows = []
        while place < len(tokens) and (row := _NUMSTAT.fullmatch(tokens[place])):
            rows.append(row)
            place += 1
        if email.casefold() == me and first <= int(seconds) <= last:
            yield _Commit(
                int(seconds),
                _subject(subject),
                sum(_count(row[1]) for row in rows),
                sum(_count(row[2]) for row in rows),
                frozenset(f"{top}\0{row[3]}" for row in rows),
            )


def _count(text: str) -> int:
    """Lines; binary files show a dash and have none."""
    return int(text) if text != "-" else 0


def _top(git: Git, folder: Path) -> Path:
    if not folder.is_dir():
        raise GitProblem("the folder is gone")
    inside = git.run(folder, "rev-parse", "--is-inside-work-tree").strip()
    # a bare repository has no top level; its own folder is where it is
    question = "--show-toplevel" if inside == "true" else "--absolute-git-dir"
    return Path(git.run(folder, "rev-parse", question).rstrip("\n"))


def _branch(git: Git, top: Path) -> tuple[str, bool]:
    try:
        name = git.run(top, "symbolic-ref", "--short", "-q", "HEAD", may_fail=True).strip()
        if name:
            return name, False
        return git.run(top, "rev-parse", "--short", "HEAD").strip(), True
    except GitProblem:
        return "?", True


def _dirty(git: Git, top: Path) -> int | None:
    try:
        out = git.run(
            top,
            "status",
            "--porcelain",
            "-z",
            "--ignore-submodules=all",
            "--no-renames",
            "--untracked-files=normal",
            options=git.without_filters(top),
        )
    except GitProblem:
        return None
    return min(DIRTY_LIMIT, out.count("\0"))


def _last_commit(git: Git, top: Path) -> tuple[str, str | None, datetime | None]:
    try:
        out = git.run(top, "log", "-1", "--no-color", "--no-decorate", "--format=%h%x00%ct%x00%s")
    except GitProblem:
        return "", None, None
    commit, seconds, subject = out.rstrip("\n").split("\0", 2)
    return commit, _subject(subject), datetime.fromtimestamp(int(seconds), UTC)


def _subject(text: str) -> str:
    return one_line(text[:200], "commit subject")
