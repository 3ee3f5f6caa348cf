"""Tasks of other programs: read as those write them, never written unasked, never waited for."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from flowtui.core.errors import FlowError
from flowtui.core.plan import task as tasks
from flowtui.services.plan.task_sources import TaskSources
from flowtui.settings.sections import Tasks
from tests.user import Person, Shell

TODO = """\
(B) 2026-11-01 port the tokenizer tests +tok @desk due:2026-12-01
x 2026-11-02 2026-11-01 a done thing
(A) answer the reviewers +paper

xylophone practice
"""
NOTES = """\
# Notes
- [ ] write the post on bf16 #post
- [x] old
```
- [ ] in code
```
  * [ ] read [[Flash Attention|the flash paper]]
1. [ ] numbered
"""
ISSUES = json.dumps(
    [
        {
            "title": "Loader hangs on NFS",
            "url": "https://github.com/o/r/issues/7",
            "repository": {"name": "r", "nameWithOwner": "o/r"},
        }
    ]
)


def texts(found: list[tasks.Task]) -> list[str]:
    return [task.text for task in found]


def test_todo_txt_is_read_by_priority_without_what_is_done() -> None:
    found = tasks.todo_txt(TODO, "todo.txt")
    assert texts(found) == [
        "answer the reviewers",
        "port the tokenizer tests",
        "xylophone practice",
    ]
    assert found[1].tags == ("tok", "desk")


def test_open_boxes_of_markdown_outside_of_code() -> None:
    found = tasks.markdown(NOTES, "notes.md")
    assert texts(found) == ["write the post on bf16", "read the flash paper", "numbered"]
    assert found[0].tags == ("post",)


@pytest.mark.parametrize("text", ["", "{}", "[1, null]", "[{}]", "nothing"])
def test_what_a_program_prints_beside_the_format_is_refused_or_empty(text: str) -> None:
    for read in (tasks.github, tasks.taskwarrior):
        try:
            assert read(text) == []
        except FlowError:
            pass


def test_control_characters_of_foreign_tasks_do_not_reach_the_terminal() -> None:
    found = tasks.todo_txt("evil \x1b]0;title\x07 task\n", "t")
    assert all(task.text.isprintable() for task in found)


def test_a_line_that_moved_is_not_ticked() -> None:
    found = tasks.todo_txt(TODO, "todo.txt")[0]
    with pytest.raises(FlowError, match="another by now"):
        tasks.ticked("new first line\n" + TODO, found, "2026-03-04")
    done = tasks.ticked(TODO, found, "2026-03-04")
    assert "x 2026-03-04 (A) answer the reviewers +paper\n" in done
    assert done.replace("x 2026-03-04 ", "") == TODO


def program(folder: Path, name: str, script: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def test_a_source_that_is_slow_missing_or_broken_is_said_and_holds_nothing_up(
    tmp_path: Path,
) -> None:
    program(tmp_path, "task", "sleep 20")
    program(tmp_path, "gh", "echo not logged in >&2; exit 4")
    notes = tmp_path / "notes.md"
    notes.write_text(NOTES)
    config = Tasks(
        markdown=(notes, tmp_path / "gone.md"), taskwarrior=True, github=True, timeout_s=0.3
    )
    env = {"PATH": f"{tmp_path}:{os.defpath}"}

    look = TaskSources(config, env).look()

    assert len(look.tasks) == 3
    said = " ".join(look.problems)
    assert "taskwarrior: no answer within 0.3 s" in said
    assert "github: not logged in" in said
    assert "gone.md: No such file" in said


def test_next_lists_all_sources_and_marks_only_where_asked(
    person: Person, flow: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bin = tmp_path / "bin"
    bin.mkdir()
    program(bin, "gh", f"cat <<'END'\n{ISSUES}\nEND")
    monkeypatch.setenv("PATH", f"{bin}:{os.environ['PATH']}")
    person.env["PATH"] = os.environ["PATH"]
    todo = tmp_path / "todo.txt"
    todo.write_text(TODO)
    person.configure(f'[tasks]\ntodo = ["{todo}"]\ngithub = true\n')
    person.services.inbox.add("try bf16")

    listed = flow.ok("next", "--json").json
    assert [one["text"] for one in listed["parked"]] == ["try bf16"]
    assert [one["source"] for one in listed["tasks"]] == ["todo"] * 3 + ["github"]
    assert todo.read_text() == TODO

    flow.ok("next", "--done", listed["tasks"][0]["id"], "--yes")
    assert "x 2026-03-04 (A) answer" in todo.read_text()
    assert "closed on GitHub" in flow("next", "--done", listed["tasks"][3]["id"], "--yes").err


def test_tasks_of_a_real_taskwarrior(tmp_path: Path) -> None:
    task = shutil.which("task")
    if task is None:
        pytest.skip("needs Debian's taskwarrior")
    (tmp_path / "rc").touch()
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "TASKRC": str(tmp_path / "rc"),
        "TASKDATA": str(tmp_path / "data"),
    }
    for words in (("call the dentist",), ("fuse the kernel", "project:cuda", "priority:H")):
        subprocess.run(
            [task, "rc.confirmation=off", "add", *words], env=env, check=True, capture_output=True
        )
    sources = TaskSources(Tasks(taskwarrior=True, timeout_s=20), env)

    found = sources.look().tasks
    assert texts(found) == ["fuse the kernel", "call the dentist"]
    assert found[0].tags == ("cuda",)
    sources.done(found[0], "2026-03-04")
    assert texts(sources.look().tasks) == ["call the dentist"]


def test_parked_lists_adds_puts_off_and_drops(flow: Shell) -> None:
    id = flow.ok("parked", "add", "book", "the", "train", "--json").json["id"]
    assert [one["text"] for one in flow.ok("parked", "--json").json] == ["book the train"]
    flow.ok("parked", "tomorrow", id)
    assert flow.ok("parked", "--json").json[0]["day"] == "2026-03-05"
    flow.ok("parked", "drop", id)
    assert flow.ok("parked", "--json").json == []
    flow.ok("undo")
    assert len(flow.ok("parked", "--json").json) == 1
    assert flow("parked", "lose", id).code == 2


def test_a_note_is_added_to_the_running_block_and_kept_at_its_end(flow: Shell) -> None:
    flow.ok("start", "x", "--detach")
    flow.ok("note", "--block", "tried", "bf16")
    flow.ok("note", "--block", "no", "gain")
    flow.ok("stop", "--outcome", "done")
    assert flow.ok("log", "--json").json[0]["note"] == "tried bf16 · no gain"
    assert flow("note", "--block", "late").code == 1
