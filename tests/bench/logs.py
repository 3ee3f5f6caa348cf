"""How fast logs are read: `python -m tests.bench.logs [--mb 200] [--events 200000]`.

The tqdm log is frames of a bar with a postfix, three epochs of them, with lines of text in between;
the event file has two tags. Readers run in turn with TensorBoard's own, three times; medians.
"""

from __future__ import annotations

import argparse
import struct
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from flowtui.core.runs.history import History
from flowtui.watch.places import find
from flowtui.watch.readers.crc32c import masked
from flowtui.watch.readers.textlog import TextLog
from flowtui.watch.readers.tfevents import TfEvents
from flowtui.watch.runlog import RunLog


def tqdm_log(path: Path, size: int) -> None:
    """A log of `size` bytes, full of frames."""
    with path.open("w", encoding="utf-8") as file:
        epoch, total = 0, 2_000_000
        while file.tell() < size:
            epoch += 1
            for n in range(0, total, 4):
                loss = 2.0 / (1 + epoch * total + n) ** 0.2
                share = n * 100 // total
                bar = "█" * (share // 10) + " " * (10 - share // 10)
                file.write(
                    f"\rEpoch {epoch}/9: {share:3d}%|{bar}| {n}/{total} "
                    f"[00:{n // 40000:02d}<00:50, 41429.29batch/s, loss={loss:.4f}, lr=0.0001]"
                )
                if n % 65_536 == 0 and file.tell() >= size:
                    break
            file.write(f"\nepoch {epoch}: train_loss={loss:.4f} val_loss={loss * 1.1:.4f}\n")


def plain_log(lines: int) -> bytes:
    """Plain lines of metrics, as a training script prints them."""
    return b"".join(
        b"step %d/1000000 loss: %.4f acc: %.3f lr: 1.0e-04\n" % (n, 2 / (1 + n), n / lines)
        for n in range(1, lines + 1)
    )


def events(path: Path, count: int) -> None:
    """An event file with `count` scalars, as torch.utils.tensorboard writes them."""
    with path.open("wb") as file:
        for n in range(count):
            tag = b"train/loss" if n % 2 else b"train/grad_norm"
            value = b"\x0a" + bytes([len(tag)]) + tag + b"\x15" + struct.pack("<f", 2 / (1 + n))
            summary = b"\x0a" + bytes([len(value)]) + value
            payload = b"\x09" + struct.pack("<d", 1.7e9 + n) + b"\x10" + _varint(n // 2)
            payload += b"\x2a" + bytes([len(summary)]) + summary
            head = struct.pack("<Q", len(payload))
            file.write(head + struct.pack("<I", masked(head)) + payload)
            file.write(struct.pack("<I", masked(payload)))


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def timed(work: Callable[[], int], times: int = 3) -> tuple[float, int]:
    """Median seconds of `work`, and what it returned."""
    seconds, result = [], 0
    for _ in range(times):
        start = time.process_time()
        result = work()
        seconds.append(time.process_time() - start)
    return median(seconds), result


def look(path: Path) -> int:
    """A first look, into a history; the metrics' values that were taken."""
    log = RunLog(find(path)[0])
    log.look()
    log.close()
    return sum(track.n for track in log.history.metrics.values())


def read_events(path: Path) -> int:
    """Every scalar as a reading."""
    reader, count = TfEvents(), 0
    with path.open("rb") as file:
        while data := file.read(2**20):
            count += len(reader.feed(data))
    return count


def load_events(path: Path) -> int:
    """Every event by TensorBoard's own loader."""
    from tensorboard.backend.event_processing.event_file_loader import EventFileLoader

    return sum(1 for event in EventFileLoader(str(path)).Load() if event.summary.value)


def accumulate(path: Path) -> int:
    """Every scalar kept by TensorBoard's accumulator."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    accumulator = EventAccumulator(str(path), size_guidance={"tensors": 0, "scalars": 0})
    accumulator.Reload()
    tags = accumulator.Tags()
    return sum(len(accumulator.Scalars(tag)) for tag in tags["scalars"]) + sum(
        len(accumulator.Tensors(tag)) for tag in tags["tensors"]
    )


def follow_lines(data: bytes) -> int:
    """Plain lines as they are followed: read and folded, in pieces of 64 KiB."""
    reader, history = TextLog(), History()
    for start in range(0, len(data), 65_536):
        history.fold(reader.feed(data[start : start + 65_536]), 1.0)
    return history.readings


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mb", type=int, default=200)
    parser.add_argument("--events", type=int, default=200_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        log, file = Path(folder, "train.log"), Path(folder, "events.out.tfevents.1")
        tqdm_log(log, chosen.mb * 2**20)
        seconds, values = timed(lambda: look(log))
        size = log.stat().st_size / 1e6
        print(f"tqdm log, first look    {size:7.0f} MB {seconds:6.2f} s  {size / seconds:5.0f} MB/s"
              f"  {values} values")  # fmt: skip
        lines = plain_log(100_000)
        seconds, count = timed(lambda: follow_lines(lines))
        print(f"plain lines, followed   {count / seconds:9,.0f} lines/s")
        events(file, chosen.events)
        _against(file)


def _against(file: Path) -> None:
    ours, count = timed(lambda: read_events(file))
    folded, _ = timed(lambda: look(file))
    print(f"event file, {count:,} scalars: readings {ours:.2f} s, in a history {folded:.2f} s")
    for name, work in (("EventFileLoader", load_events), ("EventAccumulator", accumulate)):
        seconds, theirs = timed(lambda work=work: work(file))  # type: ignore[misc] # bound now
        assert theirs == count, f"{name} found {theirs}"
        print(f"  {name:<18}{seconds:6.2f} s  {seconds / ours:5.1f}x readings"
              f"  {seconds / folded:5.1f}x history")  # fmt: skip


if __name__ == "__main__":
    main()
