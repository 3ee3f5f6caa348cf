"""Runs git so that it only reads: no prompt, pager, lock, network or program of the user's.

Every call has the same deadline as the whole question: a slow disk or a huge repository makes an
answer unknown, never late.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from flowtui.core.focus.block import Evidence
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.search_path import with_safe_path
from flowtui.core.text import one_line, plain
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


def _author(git: Git, top: Path) -> str:
    """The address of the person; in lower case, as addresses are compared."""
    try:
        told = git.run(top, "var", "GIT_AUTHOR_IDENT")
    except GitProblem as problem:
        if not any(word in str(problem) for word in ("identity", "email", "ident name")):
            raise
        raise GitProblem(
            "your commits were not counted, as git does not know you: git config user.email"
        ) from None
    return told.rpartition(">")[0].rpartition("<")[2].casefold()


def _commits(git: Git, top: Path, since: datetime, until: datetime) -> Iterator[_Commit]:
    # what git would write into a commit: the settings of this repository, and GIT_AUTHOR_EMAIL
    me = _author(git, top)
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
