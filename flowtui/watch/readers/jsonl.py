"""JSON lines: one object a line. A last line may be half written."""

from __future__ import annotations

from typing import Any, ClassVar

from flowtui.core.runs.reading import Item, Notice, NoticeKind, Reading
from flowtui.watch.readers.frames import Frames, text_of
from flowtui.watch.readers.records import JSONL, json_items


class JsonLines:
    """Reads a file of JSON lines; lines that are none are left out, and said once.

    An iteration that begins anew with each epoch (mmdetection 2) is counted through the run.
    """

    name: ClassVar[str] = JSONL
    formats = (JSONL,)

    def __init__(self) -> None:
        self._frames = Frames()
        self._said = False
        self._epoch = 0.0
        self._step = 0
        self._before = 0

    @classmethod
    def sniff(cls, head: bytes, name: str) -> float:
        """Sure where the first lines are objects; a name that ends in .jsonl helps."""
        lines = [line for line in head.split(b"\n")[:20] if line.strip()]
        if not lines or not lines[0].lstrip().startswith((b"{", b"[{")):
            return 0.0
        whole = lines[:-1] if len(lines) > 1 else lines
        good = sum(json_items(line.decode("utf-8", "replace")) is not None for line in whole)
        if good < 0.8 * len(whole) or not good:
            return 0.0
        return 0.95 if name.endswith((".jsonl", ".ndjson", ".json")) or good > 2 else 0.7

    def feed(self, data: bytes) -> list[Item]:
        """What the next bytes say."""
        return self._read(self._frames.feed(data))

    def close(self) -> list[Item]:
        """A last line without an end, if it is whole all the same."""
        return [item for item in self._read(self._frames.close()) if not _is_damage(item)]

    def state(self) -> dict[str, Any]:
        """The half line, whether damage was said, and where it stands."""
        return {
            "rest": self._frames.rest.decode("latin-1"), "said": self._said,
            "at": [self._epoch, self._step, self._before],
        }  # fmt: skip

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from `state`."""
        self._frames.rest = str(state["rest"]).encode("latin-1")
        self._said = bool(state["said"])
        epoch, step, before = state.get("at", (0.0, 0, 0))
        self._epoch, self._step, self._before = float(epoch), int(step), int(before)

    def _read(self, frames: list[bytes]) -> list[Item]:
        items: list[Item] = []
        for frame in frames:
            text = text_of(frame).strip()
            of_line = json_items(text) if text else []
            if of_line is not None:
                items += map(self._through, of_line)
            elif not self._said:
                self._said = True
                items.append(Notice(NoticeKind.DAMAGE, f"a line that is no JSON: {text[:80]}"))
        return items

    def _through(self, item: Item) -> Item:
        if not isinstance(item, Reading) or item.step is None or item.epoch is None:
            return item
        if item.epoch > self._epoch and item.step <= self._step and self._epoch:
            self._before += self._step
        self._epoch, self._step = item.epoch, item.step
        return item._replace(step=item.step + self._before) if self._before else item


def _is_damage(item: Item) -> bool:
    return isinstance(item, Notice) and item.kind is NoticeKind.DAMAGE
