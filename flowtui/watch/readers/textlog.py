"""A text log in whatever formats its lines are: bars, dictionaries, tables, words.

Each line goes to the first line format that knows it; what none knows is looked at for words that
matter. Ranks and time stamps in front are taken off first. Of several ranks the lowest counts.
"""

from __future__ import annotations

import codecs
import math
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeAlias

from flowtui.core.runs.reading import Item, Notice, NoticeKind, Reading
from flowtui.watch.readers import (
    boosting,
    fastai,
    generic,
    hf,
    jsonl,
    keras,
    megatron,
    nanogpt,
    richbar,
    sb3,
    steps,
    tqdm,
    ultralytics,
)
from flowtui.watch.readers.frames import Frames, text_of
from flowtui.watch.readers.place import Place
from flowtui.watch.readers.prefixes import instant, rank_of, stamp_of
from flowtui.watch.readers.templates import LEARNED, Templates
from flowtui.watch.readers.tracebacks import BEGIN, gather
from flowtui.watch.readers.words import notice_of

LineReader: TypeAlias = Callable[[str, Place], list[Item] | None]


def _json_line(text: str, place: Place) -> list[Item] | None:
    return jsonl.line_items(text) if text.startswith('{"') and text[-1] == "}" else None


LINE_FORMATS: tuple[tuple[str, LineReader], ...] = (
    (tqdm.NAME, tqdm.read),
    (hf.NAME, hf.read),
    (jsonl.NAME, _json_line),
    (keras.NAME, keras.read),
    (ultralytics.NAME, ultralytics.read),
    (richbar.NAME, richbar.read),
    (fastai.NAME, fastai.read),
    (boosting.LIGHTGBM, boosting.read_lightgbm),
    (boosting.XGBOOST, boosting.read_xgboost),
    (megatron.NAME, megatron.read),
    (sb3.NAME, sb3.read),
    (nanogpt.NAME, nanogpt.read),
)
"""Formats with a shape of their own, the cheapest to tell first."""

LAST_FORMATS: tuple[tuple[str, LineReader], ...] = (
    (steps.NAME, steps.read),
    (generic.NAME, generic.read),
)
"""Fallbacks, once the line has proved to be no notice."""


_WITH_FIGURES = (NoticeKind.CHECKPOINT, NoticeKind.EVALUATION, NoticeKind.FINISHED)
"""Notices whose line may hold figures as well."""


class TextLog:
    """Reads a console's output, a log file, a job's standard output."""

    name: ClassVar[str] = "text"

    def __init__(self) -> None:
        self._frames = Frames()
        self._place = Place()
        self._templates = Templates()
        self._settled = b""
        """A frame without an end that was read all the same."""

    @property
    def formats(self) -> Sequence[str]:
        """The formats of its lines."""
        return tuple(self._place.formats)

    @classmethod
    def sniff(cls, head: bytes, name: str) -> float:
        """A little sure of all that looks like text; it is the last to be asked."""
        sample = head[:4096]
        if not sample:
            return 0.1
        odd = sum(byte < 32 and byte not in b"\t\n\r\x08\x0c\x1b\x00" for byte in sample)
        try:
            codecs.getincrementaldecoder("utf-8")().decode(sample)  # its end may be half a letter
        except UnicodeDecodeError:
            odd += sum(byte >= 128 for byte in sample)
        if odd <= 0.1 * len(sample):
            return 0.3
        return 0.1 if name.endswith((".log", ".out", ".err", ".txt")) else 0.02

    def feed(self, data: bytes) -> list[Item]:
        """What the next bytes say."""
        items: list[Item] = []
        frames = self._frames.feed(data)
        if frames and self._settled:
            if frames[0].rstrip() == self._settled:
                del frames[0]
            self._settled = b""
        for frame in frames:
            self._frame(frame, items)
        return items

    def settle(self) -> list[Item]:
        """A bar's last frame, which is whole though no end follows it: it stands there for now.

        For when nothing new has come for a while; the frame is not read again when its end comes.
        """
        rest = self._frames.rest.rstrip()
        if rest == self._settled or b"%|" not in rest or not rest.endswith(b"]"):
            return []
        self._settled = rest
        items: list[Item] = []
        self._frame(rest, items)
        return items

    def close(self) -> list[Item]:
        """What the last line says, though it has no end, and a traceback that was cut off."""
        items: list[Item] = []
        for frame in self._frames.close():
            if frame.rstrip() != self._settled:
                self._frame(frame, items)
        for key, lines in self._place.errors.items():
            rank = int(key) if key else None
            items.append(
                Notice(NoticeKind.TRACEBACK, "\n".join(lines), rank, step=self._place.step)
            )
        self._place.errors.clear()
        return items

    def state(self) -> dict[str, Any]:
        """The half line, and the memory of its lines."""
        return {
            "rest": self._frames.rest.decode("latin-1"),
            "settled": self._settled.decode("latin-1"),
            "place": self._place.to_json(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from `state`."""
        self._frames.rest = str(state["rest"]).encode("latin-1")
        self._settled = str(state.get("settled", "")).encode("latin-1")
        self._place = Place.from_json(state["place"])

    def _frame(self, frame: bytes, items: list[Item]) -> None:
        raw = text_of(frame)
        text = raw.lstrip()
        if not text:
            return
        place = self._place
        rank, stamp = None, None
        if "%|" in text and text[0] != "[":  # a bar: nothing can stand before it but its name
            found = tqdm.read(text, place)
            if found is not None:
                self._met(tqdm.NAME)
                items += found
                return
        elif text is raw:
            rank, raw = rank_of(raw)
            text = raw.lstrip()
        if place.errors or BEGIN in text:
            taken, notices = gather(raw, text, rank, place)
            items += notices
            if taken:
                return
        if not text:
            return
        stamp, bare = stamp_of(text)
        if bare:
            self._line(bare, rank, stamp, items)

    def _line(self, text: str, rank: int | None, stamp: str | None, items: list[Item]) -> None:
        place = self._place
        known = self._templates.read(text, place)
        if known is not None:
            self._add(known[0], [known[1]], rank, stamp, items)
            return
        for name, read in LINE_FORMATS:
            before = place.step
            found = read(text, place)
            if found is not None:
                self._learn(text, name, found, before, read)
                self._add(name, found, rank, stamp, items)
                return
        notice = notice_of(text, rank, place.step)
        if notice is not None:
            self._notice(notice, stamp, items)
            if notice.kind not in _WITH_FIGURES:
                return
        for name, read in LAST_FORMATS:
            before = place.step
            found = read(text, place)
            if found is not None:
                if notice is None:
                    self._learn(text, name, found, before, read)
                self._add(name, found, rank, stamp, items)
                return

    def _learn(
        self, text: str, name: str, found: list[Item], step: int | None, read: LineReader
    ) -> None:
        only = found[0] if len(found) == 1 else None
        if name in LEARNED and isinstance(only, Reading) and self._templates.open:
            before = Place.from_json({**self._place.to_json(), "step": step})
            self._templates.learn(text, name, only, before, read)

    def _notice(self, notice: Notice, stamp: str | None, items: list[Item]) -> None:
        items.append(notice if stamp is None else notice._replace(at=instant(stamp)))

    def _add(
        self, name: str, found: list[Item], rank: int | None, stamp: str | None, items: list[Item]
    ) -> None:
        if not found:
            return
        self._met(name)
        if stamp is not None:
            at = instant(stamp)
            found = [item if item.at is not None else item._replace(at=at) for item in found]
        if rank is not None:
            found = self._of_rank(found, rank)
        items += found

    def _of_rank(self, found: list[Item], rank: int) -> list[Item]:
        """The items of a rank: figures of ranks above the lowest go, unless they are no numbers."""
        place = self._place
        if place.lead is None or rank < place.lead:
            place.lead = rank
        return [
            item._replace(rank=rank)
            for item in found
            if rank == place.lead
            or isinstance(item, Notice)
            or (isinstance(item, Reading) and any(map(_is_bad, item.metrics.values())))
        ]

    def _met(self, name: str) -> None:
        if name not in self._place.formats:
            self._place.formats.append(name)


def _is_bad(value: float) -> bool:
    return not math.isfinite(value)
