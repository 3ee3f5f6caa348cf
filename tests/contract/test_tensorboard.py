"""Our reader of event files against TensorBoard's own, on files that TensorBoard writes."""

from __future__ import annotations

import math
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowtui.core.runs.reading import Reading
from flowtui.watch.readers.crc32c import crc32c, masked
from flowtui.watch.readers.tfevents import TfEvents

if os.environ.get("FLOWTUI_REQUIRE_ALL") != "1":
    pytest.importorskip("tensorboard", reason="install tensorboard (the extra `oracles`)")

STEPS = st.integers(0, 2**40)
VALUES = st.one_of(st.floats(width=32), st.sampled_from([math.nan, math.inf, -math.inf]))
TAGS = st.sampled_from(["loss", "train/loss", "val/ä", "x" * 300])


def write(folder: Path, events: list[tuple[int, str, float, bool]]) -> Path:
    """An event file by TensorBoard's own writer: simple values, or tensors."""
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.compat.proto.tensor_pb2 import TensorProto
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    writer = EventFileWriter(str(folder))
    for number, (step, tag, value, tensor) in enumerate(events):
        said = Summary.Value(tag=tag)
        if tensor:
            said.tensor.CopyFrom(TensorProto(dtype=1, float_val=[value]))
        else:
            said.simple_value = value
        writer.add_event(Event(wall_time=1.7e9 + number, step=step, summary=Summary(value=[said])))
    writer.close()
    return next(folder.glob("events*"))


def theirs(path: Path) -> list[tuple[int, float, str, float]]:
    """What TensorBoard's loader says."""
    from tensorboard.backend.event_processing.event_file_loader import LegacyEventFileLoader

    found = []
    for event in LegacyEventFileLoader(str(path)).Load():
        for value in event.summary.value:
            scalar = value.tensor.float_val[0] if value.HasField("tensor") else value.simple_value
            found.append((event.step, event.wall_time, value.tag, scalar))
    return found


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(STEPS, TAGS, VALUES, st.booleans()), max_size=40))
def test_every_scalar_is_the_one_that_tensorboard_reads(
    tmp_path_factory: pytest.TempPathFactory, events: list[tuple[int, str, float, bool]]
) -> None:
    path = write(tmp_path_factory.mktemp("events"), events)

    items = TfEvents().feed(path.read_bytes())

    assert all(isinstance(item, Reading) for item in items)
    ours = [
        (item.step, item.at, *next(iter(item.metrics.items())))
        for item in items
        if isinstance(item, Reading)
    ]
    assert repr(ours) == repr(theirs(path))


@given(st.binary(max_size=200))
def test_checksums_are_those_of_tensorboard(data: bytes) -> None:
    from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import crc32c as their_crc
    from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c

    assert crc32c(data) == their_crc(data)
    assert masked(data) == masked_crc32c(data)
