"""Lines built from names, values, units, prefixes and sets: what was put in comes out, no more."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.logs.read import text

PREFIXES = (
    "",
    "INFO:root:",
    "INFO:my.trainer:",
    "2026-03-02 09:00:01,250 - train - INFO - ",
    "[2026-03-02 09:00:01,250][trainer][INFO] - ",
    "2026-03-02 09:00:01.250 | INFO     | loop:fit:123 - ",
    "I0302 09:00:01.250000 4711 solver.cpp:239] ",
    "[03/02 09:00:01 d2.utils.events]: ",
    "[INFO|trainer.py:2128] 2026-03-02 09:00:01,250 >> ",
    "(Worker pid=4711) ",
    "[rank0]: ",
    "09:00:01 ",
)
SETS = ("", "val", "valid", "eval", "test", "dev")
NAMES = (
    "loss", "acc", "val_loss", "train_loss", "lr", "grad_norm", "top5", "mAP50", "bleu", "f1-score",
    "loss/total", "ppl", "Acc@1", "wer", "learning_rate", "reward", "d_loss", "psnr", "throughput",
)  # fmt: skip
UNITS = ("", "s", "ms", "%", " it/s", " GB", " BPC", " samples/s")
JOINS = (": ", "=", " = ", ":", " ")
SEPARATORS = (", ", " | ", " - ", "  ", "\t", "; ")
HEADS = (
    ("step {n}", "step"), ("step: {n}/9999", "step"), ("iter {n}", "step"), ("[{n}/9999]", "step"),
    ("global_step={n}", "step"), ("epoch {n}", "epoch"), ("Epoch [{n}/9999]", "epoch"),
    ("Epoch: {n}", "epoch"), ("Iteration {n}", "step"),
)  # fmt: skip


@st.composite
def figures(draw: st.DrawFn) -> str:
    """A value as programs print it."""
    value = draw(st.floats(0.001, 9999, allow_nan=False))
    written = st.sampled_from([f"{value:.4f}", f"{value:.3e}", f"{value:.1f}", f"{value:g}"])
    return draw(st.one_of(written, st.sampled_from(["nan", "inf", "-0.53", "1e-05", ".5"])))


@st.composite
def lines(draw: st.DrawFn) -> tuple[str, dict[str, float], str, int]:
    """A line, what was measured in it, and where it stands."""
    n = draw(st.integers(1, 9000))
    head, kind = draw(st.sampled_from(HEADS))
    join, separator = draw(st.sampled_from(JOINS)), draw(st.sampled_from(SEPARATORS))
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True))
    metrics, pairs = {}, []
    for name in names:
        figure, unit = draw(figures()), draw(st.sampled_from(UNITS))
        if figure in ("nan", "inf"):
            unit = ""
        pairs.append(f"{name}{join}{figure}{unit}")
        metrics[name] = float(figure)
    own = draw(st.sampled_from(SETS))
    body = separator.join(pairs)
    if own and head.startswith("["):
        kind = ""  # a bare count beside a set counts what is measured on it
    if own:
        body = f"{own}: {body}"
        metrics = {
            name
            if name.startswith(("val", "train")) or name == "loss/total"
            else f"{own}/{name}": v
            for name, v in metrics.items()
        }
    line = f"{draw(st.sampled_from(PREFIXES))}{head.format(n=n)}{separator}{body}"
    return line, metrics, kind, n


@settings(max_examples=400, deadline=None)
@given(lines())
def test_what_was_put_into_a_line_comes_out_and_nothing_else(
    made: tuple[str, dict[str, float], str, int],
) -> None:
    line, metrics, kind, n = made

    history = text(line)

    read = {track.name: track.last for track in history.metrics.values()}
    assert repr(dict(sorted(read.items()))) == repr(dict(sorted(metrics.items()))), line
    if kind:
        assert (history.step if kind == "step" else history.epoch) == n, line


SETTINGS = st.sampled_from(
    [
        "learning_rate: {v}", "  dropout: {v}", "batch_size: {i}", "loss_weight: {v}",
        "    label_smoothing: {v}", "max_iters = {i}", "optimizer: adam", "gamma: {v}",
        "accuracy_threshold: {v}", "(conv1): Conv2d({i}, {i}, kernel_size=({i}, {i}), eps={v})",
        "Linear(in_features={i}, out_features={i}, bias=True)", "lr = {v}  # the rate",
        "def step(self, loss={v}):", "Namespace(lr={v}, epochs={i}, loss='ce')", "train.py:{i}",
        "torch=={i}.{i}.{i}", "Python {i}.{i}.{i}", "see https://example.org/{i}?loss={v}",
        "input shape: ({i}, {i}, {i})", "seed: {i}", "num_classes: {i}", "started 2026-03-0{i}",
        "number of parameters: {i}M", "Total params: {i}", "epochs: {i}", "momentum: {v}",
        '{{"lr": {v}, "hidden": {i}}}', "Using {i} GPUs", "version: {i}.{i}", "patience: {i}",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(SETTINGS, min_size=1, max_size=30), st.floats(0.001, 5), st.integers(1, 9))
def test_settings_code_and_models_before_the_first_step_are_no_metrics(
    templates: list[str], value: float, whole: int
) -> None:
    history = text(*[line.format(v=f"{value:.3g}", i=whole) for line in templates])

    assert list(history.metrics) == []
    assert (history.step, history.epoch) == (None, None)


@pytest.mark.parametrize(
    ("line", "metrics"),
    [
        ("epoch 1 val_loss 1.03 val_acc .70", {"val_loss": 1.03, "val_acc": 0.7}),
        ("step 10 loss 2.09 val_loss 2.19", {"loss": 2.09, "val_loss": 2.19}),
        ("step 10 train 2.09 val 2.19 (120ms/step)", {"train": 2.09, "val": 2.19}),
        ("step 10 valid 4.68 BPC", {"valid": 4.68}),
        ("step 10 loss 0.5 (0.6) acc 0.7 (0.8)", {"loss": 0.5, "acc": 0.7}),
        ("Epoch 1 accuracy: 217/256 (85%)", {"accuracy": 85.0}),
        ("Epoch 1 Loss [0.5123] Acc [0.75]", {"Loss": 0.5123, "Acc": 0.75}),
        ("Epoch 1 loss: 0,532 acc: 0,71", {"loss": 0.532, "acc": 0.71}),
        ("step 3 loss='0.5' acc=\"0.7\"", {"loss": 0.5, "acc": 0.7}),
        ("step=10, lr=[1e-05, 1e-05], loss=1.5", {"lr": 1e-5, "loss": 1.5}),
        ("step 3 train_loss=nan.0 val_loss=inf.0", {"train_loss": math.nan, "val_loss": math.inf}),
        ("step 3 acc=0.5 loss=1.2e", {"acc": 0.5}),
        ("step 3 loss=0.5 torch 2.1.0 at 12:30:01 on 2026-03-02", {"loss": 0.5}),
        ("step 3 loss=0.5 shape (3, 224, 224) 3x224", {"loss": 0.5}),
        ("Epoch 2 - eval - loss: 0.5", {"eval/loss": 0.5}),
        ("step 1 [train] loss=1.0, acc=0.5, [valid] loss=2.0, acc=0.4",
         {"loss": 1.0, "acc": 0.5, "valid/loss": 2.0, "valid/acc": 0.4}),
        ("epoch 1 train loss 0.5 acc 0.7 val loss 0.6 acc 0.8",
         {"train loss": 0.5, "acc": 0.7, "val loss": 0.6, "val/acc": 0.8}),
    ],
)  # fmt: skip
def test_names_and_values_are_told_apart(line: str, metrics: dict[str, float]) -> None:
    history = text(line)

    assert repr({t.name: t.last for t in history.metrics.values()}) == repr(metrics)
