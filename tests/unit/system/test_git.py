"""git, as it really answers: what counts, what does not, and what is said where it cannot tell."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flowtui.core.focus.block import Evidence
from flowtui.system.git import DIRTY_LIMIT, Git, GitProblem, RepoState, evidence, repo_state

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
END = START + timedelta(hours=1)
ME = "me@example.org"


class Repo:
    """A real repository whose clock is set by hand."""

    def __init__(self, folder: Path, *options: str) -> None:
        if shutil.which("git") is None:
            pytest.skip("needs the Debian package git")
        folder.mkdir(parents=True)
        self.folder = folder
        self.git("init", "-q", "-b", "main", *options)
        self.git("config", "user.email", ME)
        self.git("config", "user.name", "Me")

    def git(self, *arguments: str, at: datetime = START, **env: str) -> str:
        stamp = f"{int(at.timestamp())} +0000"
        dates = {"GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp}
        done = subprocess.run(
            ["git", "-C", str(self.folder), *arguments],
            env={**os.environ, **dates, **env},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def commit(self, subject: str, minutes: float = 10, **files: str) -> None:
        for name, text in (files or {"a": subject + "\n"}).items():
            self.write(name, text)
        self.git("add", "-A")
        at = START + timedelta(minutes=minutes)
        self.git("commit", "-q", "--allow-empty", "-m", subject, at=at)


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return Repo(tmp_path / "repo")


def look(*folders: Path, timeout_s: float = 30) -> Evidence:
    found = evidence(folders, START, END, timeout_s)
    assert found is not None
    return found


def test_the_state_tells_branch_changes_and_last_commit(repo: Repo) -> None:
    repo.commit("first", a="1\n", b="1\n")
    repo.write("a", "2\n")
    repo.write("new", "")
    repo.write("many/one", "")
    repo.write("many/two", "")
    at = START + timedelta(minutes=10)
    (repo.folder / "many" / "deep").mkdir()
    commit = repo.git("rev-parse", "--short", "HEAD").strip()
    expected = RepoState("main", False, 3, "first", at, commit)
    assert repo_state(repo.folder, 30) == expected
    assert repo_state(repo.folder / "many" / "deep", 30) == expected


def test_a_repository_without_a_commit_has_a_branch_and_no_commit(repo: Repo) -> None:
    repo.write("new", "")
    assert repo_state(repo.folder, 30) == RepoState("main", False, 1, None, None)
    assert look(repo.folder) == Evidence(0, 0, 0, 0)


def test_a_detached_head_is_told_by_its_commit(repo: Repo) -> None:
    repo.commit("first")
    repo.git("checkout", "-q", "--detach")
    state = repo_state(repo.folder, 30)
    assert state is not None
    assert state.detached
    assert repo.git("rev-parse", "HEAD").startswith(state.branch)
    repo.commit("on no branch", 20)
    assert look(repo.folder).subjects == ("on no branch", "first")


def test_a_bare_repository_has_no_files_to_change(repo: Repo, tmp_path: Path) -> None:
    repo.commit("first")
    bare = tmp_path / "bare.git"
    repo.git("clone", "-q", "--bare", str(repo.folder), str(bare))
    state = repo_state(bare, 30)
    assert state is not None
    assert (state.branch, state.dirty, state.subject) == ("main", None, "first")


def test_inside_the_folder_of_git_itself_the_state_is_unknown_and_nothing_breaks(
    repo: Repo,
) -> None:
    repo.commit("first")
    state = repo_state(repo.folder / ".git", 30)
    assert state is not None
    assert (state.subject, state.dirty) == ("first", None)


def test_no_repository_no_folder_and_no_git_are_no_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert repo_state(tmp_path, 30) is None
    assert repo_state(tmp_path / "gone", 30) is None
    assert evidence([tmp_path], START, END, 30) is None
    assert evidence([], START, END, 30) is None
    gone = look(tmp_path / "gone")
    assert gone == Evidence(problems=(f"{tmp_path / 'gone'}: the folder is gone",))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert repo_state(tmp_path, 30) is None
    assert look(tmp_path).problems == (f"{tmp_path}: git is not installed",)


def test_more_changes_than_anybody_counts_are_cut_off(repo: Repo) -> None:
    for number in range(DIRTY_LIMIT + 5):
        (repo.folder / f"f{number}").touch()
    state = repo_state(repo.folder, 30)
    assert state is not None
    assert state.dirty == DIRTY_LIMIT


def test_commits_of_the_block_are_counted_with_lines_and_files(repo: Repo) -> None:
    repo.commit("before", -1, a="1\n2\n3\n")
    repo.commit("one", 0, a="1\n2\n", b="x\n")
    repo.commit("two", 60, b="y\n")
    repo.commit("after", 61, a="\n")
    assert look(repo.folder) == Evidence(2, 2, 2, 2, ("two", "one"))


def test_commits_of_others_do_not_count(repo: Repo) -> None:
    repo.commit("mine")
    repo.git("config", "user.email", "other@example.org")
    repo.commit("theirs", 20)
    repo.git("config", "user.email", "ME@Example.org")
    assert look(repo.folder).subjects == ("mine",)


def test_the_address_in_the_environment_is_who_the_user_is(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.commit("mine")
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", "work@example.org")
    repo.commit("at work", 20)
    assert look(repo.folder).subjects == ("at work",)


def test_a_merge_counts_as_a_commit_and_adds_no_lines(repo: Repo) -> None:
    repo.commit("base", -5, a="1\n")
    repo.git("checkout", "-q", "-b", "side")
    repo.commit("side", 10, b="1\n2\n")
    repo.git("checkout", "-q", "main")
    repo.commit("main", 20, c="1\n")
    at = START + timedelta(minutes=30)
    repo.git("merge", "-q", "--no-ff", "-m", "merge", "side", at=at)
    repo.git("config", "log.diffMerges", "first-parent")
    assert look(repo.folder) == Evidence(3, 3, 0, 2, ("merge", "main", "side"))


def test_rebasing_older_work_adds_nothing_and_copies_count_once(repo: Repo) -> None:
    repo.commit("base", -60, a="1\n")
    repo.git("checkout", "-q", "-b", "side")
    repo.commit("old work", -30, b="1\n")
    repo.commit("new work", 10, c="1\n")
    repo.git("branch", "copy")
    repo.git("checkout", "-q", "main")
    repo.commit("main", 15, d="1\n")
    repo.git("checkout", "-q", "side")
    repo.git("rebase", "-q", "main", GIT_COMMITTER_DATE=f"{int(END.timestamp()) - 60} +0000")
    assert repo.git("rev-parse", "copy") != repo.git("rev-parse", "side")
    assert look(repo.folder) == Evidence(2, 2, 0, 2, ("main", "new work"))


def test_work_on_another_branch_counts_too(repo: Repo) -> None:
    repo.commit("base", -5)
    repo.git("checkout", "-q", "-b", "side")
    repo.commit("side", 10)
    repo.git("checkout", "-q", "main")
    assert look(repo.folder).subjects == ("side",)


def test_binary_files_have_no_lines_and_are_files(repo: Repo) -> None:
    (repo.folder / "picture").write_bytes(b"\0\1\2" * 100)
    repo.commit("picture", 10, text="1\n")
    assert look(repo.folder) == Evidence(1, 1, 0, 2, ("picture",))


def test_strange_names_and_subjects_are_read_and_shown_tamely(repo: Repo) -> None:
    name = "a\tb\nc żółw"
    repo.commit("1\t2\tx \x1e\x1f\x1b[31m red", 10, **{name: "1\n", "d": "1\n"})
    repo.commit("second\n\nwith a body\n3\t4\ty", 20)
    found = look(repo.folder)
    assert (found.commits, found.insertions, found.files) == (2, 2 + 4, 3)
    assert found.subjects == ("second", "1 2 x [31m red")


def test_an_empty_commit_and_a_commit_without_a_subject_count(repo: Repo) -> None:
    repo.git("commit", "-q", "--allow-empty", "--allow-empty-message", "-m", "")
    repo.git("commit", "-q", "--allow-empty", "-m", "nothing", at=START + timedelta(minutes=1))
    assert look(repo.folder) == Evidence(2, 0, 0, 0, ("nothing", ""))


def test_subjects_are_bounded(repo: Repo) -> None:
    for number in range(25):
        repo.commit(f"{number} " + "x" * 400, number)
    found = look(repo.folder)
    assert found.commits == 25
    assert len(found.subjects) == 20
    assert max(map(len, found.subjects)) <= 200


def test_two_folders_of_one_repository_and_its_worktree_count_once(
    repo: Repo, tmp_path: Path
) -> None:
    repo.commit("one")
    (repo.folder / "sub").mkdir()
    repo.git("worktree", "add", "-q", "-b", "tree", str(tmp_path / "tree"))
    found = look(repo.folder, repo.folder / "sub", tmp_path / "tree")
    assert found.commits == 1
    assert found.insertions == 1


def test_a_folder_of_repositories_stands_for_those_with_something_done(tmp_path: Path) -> None:
    for name in ("one", "two", "idle"):
        Repo(tmp_path / "src" / name).commit(name)
    log = tmp_path / "src" / "idle" / ".git" / "logs" / "HEAD"
    long_ago = START.timestamp() - 1000
    os.utime(log, (long_ago, long_ago))
    (tmp_path / "src" / "plain").mkdir()
    assert sorted(look(tmp_path / "src").subjects) == ["one", "two"]


def test_a_submodule_is_not_entered(repo: Repo, tmp_path: Path) -> None:
    inner = Repo(tmp_path / "inner")
    inner.commit("inner", a="1\n" * 100)
    repo.commit("outer")
    allow = ("-c", "protocol.file.allow=always")
    repo.git(*allow, "submodule", "add", "-q", str(inner.folder), "inner")
    repo.git("commit", "-q", "-m", "add", at=START + timedelta(minutes=20))
    (repo.folder / "inner" / "new").touch()
    assert look(repo.folder).insertions == 1 + 3  # .gitmodules has three lines
    state = repo_state(repo.folder, 30)
    assert state is not None
    assert state.dirty == 0


def test_what_could_not_be_read_is_named_beside_what_could(repo: Repo, tmp_path: Path) -> None:
    repo.commit("one")
    broken = Repo(tmp_path / "broken")
    broken.commit("lost")
    for part in (broken.folder / ".git" / "objects").iterdir():
        shutil.rmtree(part)
    hollow = tmp_path / "hollow"
    (hollow / ".git").mkdir(parents=True)
    found = look(repo.folder, broken.folder, hollow, tmp_path / "gone")
    assert found.subjects == ("one",)
    assert len(found.problems) == 3
    alone = look(broken.folder)
    assert alone.commits is None
    assert alone.problems


def test_a_repository_of_somebody_else_is_refused_by_git_and_named(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.commit("one")
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    found = look(repo.folder)
    assert found.commits is None
    assert "dubious ownership" in found.problems[0]
    assert repo_state(repo.folder, 30) is None


def test_without_a_known_address_it_is_unknown_and_not_nothing(repo: Repo) -> None:
    repo.commit("one")
    repo.git("config", "--unset", "user.email")
    repo.git("config", "user.useConfigOnly", "true")
    found = look(repo.folder)
    assert found.commits is None
    assert "as git does not know you: git config user.email" in found.problems[0]


def test_a_git_that_takes_too_long_is_unknown_and_not_nothing(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.commit("one")
    slow = tmp_path / "bin" / "git"
    slow.parent.mkdir()
    slow.write_text("#!/bin/sh\nexec sleep 60\n", encoding="utf-8")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{slow.parent}:{os.environ['PATH']}")
    assert look(repo.folder, repo.folder, timeout_s=0.2) == Evidence(
        problems=(f"{repo.folder}: git took longer than 0.2 s",) * 2
    )
    assert repo_state(repo.folder, 0.2) is None


def test_no_program_of_the_repository_is_run_and_nothing_is_written(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    witness = tmp_path / "witness"
    trap = tmp_path / "trap"
    trap.write_text(f'#!/bin/sh\ntouch {witness}\ncat "$1"\n', encoding="utf-8")
    trap.chmod(0o755)
    repo.write(".gitattributes", "* diff=trap\n")
    repo.commit("one", a="1\n")
    for key in ("core.fsmonitor", "diff.external", "diff.trap.textconv", "diff.trap.command"):
        repo.git("config", key, str(trap))
    repo.git("config", "core.pager", str(trap))
    repo.git("config", "log.showSignature", "true")
    repo.git("config", "core.hooksPath", str(tmp_path))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", str(trap))
    monkeypatch.setenv("GIT_DIR", str(tmp_path))
    repo.write("a", "2\n")
    index = (repo.folder / ".git" / "index").read_bytes()
    assert look(repo.folder).insertions == 2
    assert repo_state(repo.folder, 30) is not None
    assert not witness.exists()
    assert (repo.folder / ".git" / "index").read_bytes() == index


def test_what_a_partial_clone_lacks_is_not_fetched(repo: Repo, tmp_path: Path) -> None:
    repo.commit("one", a="1\n")
    repo.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    url = f"file://{repo.folder}"
    repo.git("clone", "-q", "--filter=blob:none", "--no-checkout", url, str(clone))
    subprocess.run(["git", "-C", str(clone), "config", "user.email", ME], check=True)
    objects = sorted((clone / ".git" / "objects").rglob("*"))
    assert look(clone).commits is None
    assert sorted((clone / ".git" / "objects").rglob("*")) == objects


def test_a_problem_is_one_printable_line(tmp_path: Path) -> None:
    with pytest.raises(GitProblem) as problem:
        Git(30).run(tmp_path, "rev-parse", "a\x1b[31m\nb" * 100)
    assert str(problem.value).isprintable()
    assert len(str(problem.value)) <= 200
