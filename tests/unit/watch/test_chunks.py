"""However a log's bytes are cut, it says the same; and a reader that was put away goes on."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowtui.watch.readers.textlog import TextLog
from tests.logs.read import FIXTURES, read, reader_of

NAMES = sorted(
    str(path.relative_to(FIXTURES))
    for path in FIXTURES.rglob("*")
    if path.is_file()
    and path.suffix not in (".db", ".yaml", "")
    and path.name != "versions.json"
    and "mlruns" not in path.parts
    and not path.name.startswith(".")
)
LINES = st.lists(
    st.sampled_from(
        [
            "Epoch 1/3:   5%|▌         | 50/1000 [00:00<00:02, 414.29batch/s, loss=1.95]",
            "{'loss': '2.134', 'grad_norm': '1.2', 'learning_rate': '4.9e-05', 'epoch': '0.1'}",
            "{'loss': 2.134, 'grad_norm': nan, 'epoch': 0.1}",
            "\x1b[1m 3/16\x1b[0m \x1b[32m━━\x1b[0m \x1b[1m0s\x1b[0m 5ms/step - loss: 0.7460",
            "[default3]:[rank3]: Traceback (most recent call last):",
            '[default3]:[rank3]:   File "x.py", line 1, in <module>',
            "[default3]:[rank3]: ValueError: naïve – batch",
            "iter 120: loss 2.1345, time 135.20ms, mfu 12.31%",
            "[12]\ttrain-logloss:0.23456\teval-logloss:0.34567",
            "val_loss: -inf  schön=1.5",
            "\x08\x08\x08\x08 40%",
            "2026-01-01 10:00:00,123 - INFO - step 5/100 loss: 0.1",
            "CUDA out of memory",
            "",
        ]
    ),
    max_size=30,
)
ENDS = st.lists(st.sampled_from(["\n", "\r", "\r\n", "\x1b[A\r", "\n\r\x1b[2K", ""]), min_size=30)


@pytest.mark.parametrize("name", NAMES)
def test_a_fixture_fed_byte_by_byte_or_in_pieces_says_the_same(name: str) -> None:
    data = (FIXTURES / name).read_bytes()
    file = Path(name).name
    whole = repr(read(data, file))

    assert repr(read(data, file, range(0, len(data), 7))) == whole
    assert repr(read(data, file, range(0, len(data), 997))) == whole


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_cut_of_any_fixture_says_the_same(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(NAMES))
    raw = (FIXTURES / name).read_bytes()
    cuts = data.draw(st.lists(st.integers(0, len(raw)), max_size=12))

    assert repr(read(raw, Path(name).name, cuts)) == repr(read(raw, Path(name).name))


@settings(max_examples=150, deadline=None)
@given(LINES, ENDS, st.data())
def test_any_cut_of_any_text_says_the_same(
    lines: list[str], ends: list[str], data: st.DataObject
) -> None:
    raw = "".join(line + end for line, end in zip(lines, ends, strict=False)).encode()
    cuts = data.draw(st.lists(st.integers(0, len(raw)), max_size=20))

    assert repr(read(raw, "a.log", cuts)) == repr(read(raw, "a.log"))


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=3000), st.lists(st.integers(0, 3000), max_size=10), st.sampled_from(NAMES)
)
def test_damage_in_a_fixture_is_read_the_same_however_it_is_cut(
    garbage: bytes, cuts: list[int], name: str
) -> None:
    raw = (FIXTURES / name).read_bytes()[:20_000]
    at = len(garbage) * 5 % max(1, len(raw))
    spoilt = raw[:at] + garbage + raw[at + len(garbage) // 2 :]
    reader = reader_of(raw, Path(name).name)
    pieces = [0, *sorted(cut * 7 % max(1, len(spoilt)) for cut in cuts), len(spoilt)]

    items = []
    for start, end in pairwise(pieces):
        items += reader.feed(spoilt[start:end])
    items += reader.close()
    again = reader_of(raw, Path(name).name)

    assert repr(again.feed(spoilt) + again.close()) == repr(items)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_reader_that_was_put_away_goes_on_where_it_was(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(NAMES))
    raw = (FIXTURES / name).read_bytes()
    cut = data.draw(st.integers(0, len(raw)))
    first = reader_of(raw, Path(name).name)
    items = first.feed(raw[:cut])

    second = reader_of(raw, Path(name).name)
    second.restore(json.loads(json.dumps(first.state())))
    items += second.feed(raw[cut:]) + second.close()

    assert repr(items) == repr(read(raw, Path(name).name))


TEMPLATES = (
    "step {i}/{i} loss: {f} acc: {f}",
    "iter {i}: loss {f}, time {f}ms, mfu {f}%",
    "{{'loss': '{f}', 'grad_norm': '{n}', 'epoch': '{f}'}}",
    "layer{i}_loss={f} mAP50={f}",
    "loss={n} lr=1.0e-04",
    "[{i}]\ttrain-logloss:{f}\teval-logloss:{f}",
    "[{i}]\ttraining's l2: {f}\tvalid_1's auc: {f}",
    "Epoch [{i}/9], Step [{i}/100], Loss: {f}",
    "speed={f} temp={i}",
    "epoch {i} val_loss {n}",
    " {i}%|█    | {i}/1000 [00:00<00:02, 4.29it/s, loss={f}]",
    "step: {i} | lm loss: {f} | grad norm: {n} | lr: {f}",
)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_templates_are_a_shortcut_and_nothing_else(data: st.DataObject) -> None:
    """What is read is the same where no line is ever learned."""
    lines = []
    for _ in range(data.draw(st.integers(1, 40))):
        template = data.draw(st.sampled_from(TEMPLATES))
        while "{i}" in template:
            template = template.replace("{i}", str(data.draw(st.integers(0, 12))), 1)
        while "{f}" in template:
            template = template.replace("{f}", f"{data.draw(st.floats(0, 9)):.3f}", 1)
        while "{n}" in template:
            figure = data.draw(st.sampled_from(["nan", "inf", "-inf", "1.5", "3"]))
            template = template.replace("{n}", figure, 1)
        lines.append(template)
    raw = ("\n".join(lines) + "\n").encode()
    plain = TextLog()
    plain._templates.read = lambda text, place: None  # type: ignore[method-assign] # none is known

    assert repr(TextLog().feed(raw)) == repr(plain.feed(raw))
