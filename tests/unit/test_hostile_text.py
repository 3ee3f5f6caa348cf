"""Hostile text through every place that prints: shown as it is or visibly cleaned, never obeyed."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from flowtui.cli.focus.prompt import quick_status
from flowtui.core.errors import UsageError
from flowtui.core.focus.tags import parse_tag
from flowtui.core.text import cell_count, end_cut, is_shown, middle_cut, padded
from flowtui.system.notices import Notice
from flowtui.system.terminal import Dialect, Osc, Wrap, encode
from tests.user import Person, Shell

HOSTILE = [
    "close [/b] it",
    "fix [urgent] it",
    "[@click=app.quit]here[/]",
    "#[fg=red]tmux #(touch pwned) #{pane_id}",
    "esc \x1b[31mred\x1b[0m \x1b]0;title\x07 \x1bP+q\x1b\\",
    "eight bit \x9b31m \x9d0;x\x9c \x90q\x9c",
    "%H:%M %s %(x)s 100 %",
    "{curly} {{}} {0} $HOME `id` $(id)",
    "'single' \"double\" \\ back\\slash",
    "two\nlines\r\nthree\rfour\ttab",
    "\u202egnp.exe\u202c \u2066x\u2069 \u200fr",
    "می\u200cخواهم \U0001f469\u200d\U0001f52c क्\u200dष",
    "日本語の文章 와이드 全角",
    "🫨 \U0001fae8 \U0001faea \U0001fadf \U0001f6d8",
    "<b>pango & html</b> &amp;",
    "a" * 280 + " long",
    "nul \x00 del \x7f bell \x07 back \x08\x08",
    "zero\u200bwidth \ufeffbom \u00adsoft",
    "lone \udcff surrogate",
    "-rf --help",
    "=cmd|' /C calc'!A0",
]
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f]")


def words(text: str) -> list[str]:
    """What has to be found again: the longest stretches of letters and digits."""
    return re.findall(r"[^\W_]{3,}", re.sub(r"[\ud800-\udfff]", " ", text))


def check_shown(out: str, text: str, whole: bool = True) -> None:
    """Nothing of `out` is obeyed, and all that was written stands in it."""
    assert not OBEYED.search(out), repr(out)
    if whole:
        missing = [word for word in words(text) if word not in out]
        assert not missing, (missing, out)
    for kept in ("\u200c", "\u200d"):
        assert out.count(kept) >= text.count(kept) or not whole


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_a_block_is_shown_and_never_obeyed(
    person: Person, flow: Shell, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In every command, form of `status`, hook and export that shows it."""
    told: list[dict[str, object]] = []
    monkeypatch.setattr(
        "flowtui.system.hook_runner.HookRunner.fire",
        lambda self, name, data: told.append(dict(data)),
    )
    flow.ok("start", "--detach", "--then", text, "--", text)
    flow.ok("park", "--", text)
    flow.ok("interrupt", "external", "--", text)
    flow.ok("pause", "--", text)
    for form in ([], ["--tmux"], ["--waybar"], ["--json"], ["--format", "{intention} {next_step}"]):
        out = flow.ok("status", *form).out
        check_shown(out, text, whole="--tmux" not in form)
        assert quick_status(["status", *form]) == out
        assert len(out.splitlines()) == 1 or "--json" in form
    tmux = flow.ok("status", "--tmux").out
    bare = tmux.replace("##", "").replace("#[fg=blue]", "").replace("#[default]", "")
    assert "#" not in bare  # no style, no command of tmux
    tooltip = json.loads(flow.ok("status", "--waybar").out)["tooltip"]
    assert not re.search(r"<|&(?!amp;|lt;|gt;)", tooltip)
    flow.ok("stop", "--note", text)
    id = person.open().store.last_ended()[0].id
    for command in (["log"], ["show", id], ["log", "--json"], ["show", id, "--json"]):
        said = flow.ok(*command)
        check_shown(said.out + said.err, text)
    view = flow.ok("show", id, "--json").json
    for stored in (view["intention"], view["then"], view["note"], view["parked"][0]["text"]):
        assert all(map(is_shown, stored)) and "\n" not in stored
    file = flow.person.home / "x.json"
    flow.ok("export", str(file))
    record = json.loads(file.read_text(encoding="utf-8"))["blocks"][0]
    assert record["intention"] == view["intention"]
    rows = list(csv.DictReader(io.StringIO(flow.ok("export", "--csv").out)))
    assert view["intention"] in [row["intention"] for row in rows]
    said = flow.ok("import", "flowtui", str(file))
    assert "not taken" not in said.err
    assert flow("doctor").out == "everything is sound\n"
    hooks = json.dumps(told, ensure_ascii=False)
    check_shown(hooks, text)
    assert [each["event"] for each in told][-1] == "block-end"


@pytest.mark.parametrize("wrap", list(Wrap))
@pytest.mark.parametrize("osc", list(Osc))
def test_a_notice_carries_text_and_no_commands(osc: Osc, wrap: Wrap) -> None:
    for text in HOSTILE:
        if "\udcff" in text:
            continue  # no text that a block can hold
        written = encode(Notice("The plan is reached", text), Dialect(osc, wrap))
        bare = written
        if wrap is Wrap.TMUX:
            bare = (
                written.removeprefix("\x1bPtmux;")
                .removesuffix("\x1b\\")
                .replace("\x1b\x1b", "\x1b")
            )
        elif wrap is Wrap.SCREEN:
            bare = "".join(p.removeprefix("\x1bP") for p in written.split("\x1b\\"))
        bodies = re.findall(r"\x1b\]([^\x07]*)\x07", bare)
        assert "".join(f"\x1b]{body}\x07" for body in bodies) == bare
        inner = " ".join(bodies)
        if osc is Osc.NINETY_NINE:
            inner = " ".join(base64.b64decode(body.rpartition(";")[2]).decode() for body in bodies)
        check_shown(
            inner, text, whole=len(text) < 200 and "\x1b" not in text and "\x9b" not in text
        )


@pytest.mark.parametrize("text", [text for text in HOSTILE if "\udcff" not in text])
@pytest.mark.parametrize("width", [1, 2, 4, 5, 9, 20, 40, 79])
def test_text_is_cut_and_filled_by_cells(text: str, width: int) -> None:
    shown = "".join(char if is_shown(char) else " " for char in text)
    for cut in (middle_cut(shown, width), end_cut(shown, width)):
        assert cell_count(cut) <= width
        assert cut == shown or "…" in cut
        assert cell_count(padded(cut, width)) == width
        assert cell_count(padded(cut, width, right=True)) == width


def test_cells_are_those_of_the_screen() -> None:
    """As the library of the app counts them, but for emoji that one of the tables does not know."""
    for text in HOSTILE:
        for char in text:
            if is_shown(char) and char not in "\u200c\u200d" and char < "\U0001fad0":
                assert cell_count(char) == cell_len(char), hex(ord(char))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_tag_is_taken_whole_or_refused(text: str) -> None:
    try:
        tag = parse_tag(text)
    except UsageError as error:
        check_shown(error.message, text, whole=False)
        return
    assert all(map(is_shown, tag)) and " " not in tag


def test_a_folder_with_a_hostile_name_is_no_command(person: Person, flow: Shell) -> None:
    folder = Path(person.home).parent / "a \x1b[31m[red] #(id) \u202ex"
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        flow.ok("start", "x", "--detach")
        for command in (["show"], ["status"], ["log"], ["resume"], ["stop"]):
            said = flow(*command)
            check_shown(said.out + said.err, "", whole=False)
