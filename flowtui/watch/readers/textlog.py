"""A text log in whatever formats its lines are: bars, dictionaries, tables, words.

Each line goes to the first line format that knows it; what none knows is looked at for words that
matter, and read by its names and values (`lines`). What stands in front (rank, time stamp, logger)
is belongs off first. Of several ranks the lowest counts.
"""

from __future__ import annotations

import codecs
import math
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeAlias

from flowtui.core.runs.reading import Item, Notice, NoticeKind, Reading
from flowtui.watch.readers import (
    boosting,
    classical,
    dialects,
    keras,
    lines,
    records,
    richbar,
    tables,
    tqdm,
    ultralytics,
)
from flowtui.watch.readers.frames import GLUED_FROM, Frames, shape_of, text_of, unglued
from flowtui.watch.readers.notices import notices_of
from flowtui.watch.readers.place import Place
from flowtui.watch.readers.prefixes import instant, rank_of, stamp_of
from flowtui.watch.readers.templates import LEARNED, Templates
from flowtui.watch.readers.tracebacks import BEGIN, announces_test, gather
from flowtui.watch.readers.wide import Wide, wide_of

LineReader: TypeAlias = Callable[[str, Place], list[Item] | None]

LINE_FORMATS: tuple[tuple[str, LineReader], ...] = (
    (ultralytics.NAME, ultralytics.read),
    (tqdm.NAME, tqdm.read),
    (records.HF, records.read_dictionary),
    (records.JSONL, records.read_json),
    (keras.NAME, keras.read),
    (richbar.NAME, richbar.read),
    (boosting.LIGHTGBM, boosting.read_lightgbm),
    (boosting.XGBOOST, boosting.read_xgboost),
    (boosting.CATBOOST, boosting.read_catboost),
    (dialects.MEGATRON, dialects.read_megatron),
    (dialects.ALLENNLP, dialects.read_allennlp),
    *classical.READERS,
    (tables.BOX, tables.read_box),
    (tables.TABLE, tables.read),
    (dialects.NANOGPT, dialects.read_nanogpt),
    (dialects.DARKNET, dialects.read_darknet),
    (dialects.DEEPSPEED, dialects.read_deepspeed),
    (dialects.PADDLESEG, dialects.read_paddleseg),
    (dialects.BIGDL, dialects.read_bigdl),
    (dialects.VITS, dialects.read_vits),
    (dialects.OPTUNA, dialects.read_optuna),
    (dialects.GAN, dialects.read_gan),
    (dialects.LEROBOT, dialects.read_lerobot),
    (dialects.KALDI, dialects.read_kaldi),
    (dialects.COCO, dialects.read_coco),
    (dialects.NERFSTUDIO, dialects.read_nerfstudio),
    (dialects.ESTIMATOR, dialects.read_estimator),
)
"""Formats with a shape of their own, the cheapest to tell first."""

_WITH_FIGURES = (
    NoticeKind.CHECKPOINT,
    NoticeKind.EVALUATION,
    NoticeKind.FINISHED,
)
"""Notices whose line may hold figures as well."""
_ENDS = 64


class TextLog:
    """Reads a console's output, a log file, a job's standard output."""

    name: ClassVar[str] = "text"

    def __init__(self) -> None:
        self._frames = Frames()
        self._place = Place()
        self._templates = Templates()
        self._settled = b""
        """A frame without an end that was read all the same."""
        self._latest: deque[str] = deque(maxlen=_ENDS)
        self._wide: Wide | None = None
        self._fresh = True

    @property
    def formats(self) -> Sequence[str]:
        """The formats of its lines."""
        return tuple(self._place.formats)

    @property
    def is_wide(self) -> bool:
        """True for a log of two bytes a letter."""
        return self._wide is not None

    @classmethod
    def sniff(cls, head: bytes, name: str) -> float:
        """A little sure of all that looks like text; it is the last to be asked."""
        sample = head[:4096]
        if not sample:
            return 0.1
        if wide_of(sample) is not None:
            return 0.3
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
        if self._fresh and data:
            self._fresh, self._wide = False, wide_of(data)
        frames = self._frames.feed(data if self._wide is None else self._wide.feed(data))
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
        """What the last line says, though it has no end, and what waited for more to come.

        A last line that stops in the middle of a figure tells where the run stands, and no value.
        """
        items: list[Item] = []
        for frame in self._frames.close():
            if frame.rstrip() != self._settled:
                before = len(items)
                torn = self._is_torn(text_of(frame))
                self._frame(frame, items)
                if torn:
                    items[before:] = [_without_values(item) for item in items[before:]]
        items += lines.flushed(self._place)
        items += tables.over(self._place)
        items += lines.waited(self._place)
        for key, text in self._place.errors.items():
            rank = int(key) if key else None
            items.append(Notice(NoticeKind.TRACEBACK, "\n".join(text), rank, step=self._place.step))
        self._place.errors.clear()
        return items

    def state(self) -> dict[str, Any]:
        """The half line, and the memory of its lines."""
        return {
            "rest": self._frames.rest.decode("latin-1"),
            "wide": None if self._wide is None else self._wide.state(),
            "settled": self._settled.decode("latin-1"),
            "place": {**self._place.to_json(), "ends": sorted(self._ends())},
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from `state`."""
        self._frames.rest = str(state["rest"]).encode("latin-1")
        self._settled = str(state.get("settled", "")).encode("latin-1")
        wide, self._fresh = state.get("wide"), False
        self._wide = None if wide is None else Wide(*wide)
        self._place = Place.from_json(state["place"])

    def _frame(self, frame: bytes, items: list[Item]) -> None:
        raw = text_of(frame)
        text = raw.lstrip()
        if not text:
            return
        place = self._place
        bars = text.count("%|")
        if (bars > 1 or (bars == 0 and len(text) > GLUED_FROM)) and (parts := unglued(text)):
            for part in parts:
                self._frame(part.encode(), items)
            return
        if bars and text[0] != "[":  # a bar: nothing can stand before it but its name
            if text[0].isdigit() and text[4:5] in ("-", "/"):
                text = stamp_of(text)[1] or text
            text = self._bar(text, items)
            if not text:
                return
            raw = text
        rank = None
        if text is raw:
            if not place.errors and (learned := self._templates.read(text, place)) is not None:
                self._add(learned[0], [learned[1]], None, None, items)
                self._latest.append(text)
                return
            rank, raw = rank_of(raw)
            text = raw.lstrip()
        if place.errors or BEGIN in text:
            belongs, notices = gather(raw, text, rank, place)
            items += notices
            place.erred = place.erred or bool(notices)
            if belongs:
                return
        if not text:
            return
        place.testing = announces_test(text, place.testing)
        result = tables.read_result(raw, text, place)
        if result is not None:
            self._add(tables.RESULT, result, rank, None, items)
            return
        stamp, bare = stamp_of(text)
        if bare:
            self._note_start(bare, items)
            self._line(bare, rank, stamp, items)
            self._latest.append(bare)

    def _note_start(self, text: str, items: list[Item]) -> None:
        """Say that the program began anew: the log's first line once more, after an error."""
        place = self._place
        if not place.first:
            place.first = text if len(text) > 8 else ""
        elif text == place.first and place.erred:
            place.erred = False
            items.append(Notice(NoticeKind.RESUMED, f"started anew: {text[:200]}"))

    def _bar(self, text: str, items: list[Item]) -> str:
        """Read what is a bar; what stands glued before or behind it is left to be read."""
        place = self._place
        of_bar = ultralytics.read(text, place) if place.columns else None
        name = ultralytics.NAME
        if of_bar is None:
            name, of_bar = tqdm.NAME, tqdm.read(text, place)
        if of_bar is None:
            return text
        self._met(name)
        items += of_bar
        if text.find("]") == len(text) - 1:
            return ""
        before, behind = tqdm.glued(text)
        if before:
            self._line(before, None, None, items)
        return behind

    def _line(self, text: str, rank: int | None, stamp: str | None, items: list[Item]) -> None:
        place = self._place
        learned = self._templates.read(text, place)
        if learned is not None:
            self._add(learned[0], [learned[1]], rank, stamp, items)
            return
        for format_name, reader in LINE_FORMATS:
            name, before = format_name, place.step
            read_items = reader(text, place)
            if read_items is not None:
                if name == tables.TABLE and place.table == tables.FASTAI:
                    name = tables.FASTAI
                self._learn(text, name, read_items, before, reader)
                self._add(name, read_items, rank, stamp, items)
                return
        notices = notices_of(text, rank, place.step, place.began)
        for notice in notices:
            items.append(notice if stamp is None else notice._replace(at=instant(stamp)))
            if notice.kind not in _WITH_FIGURES:
                return
        before = place.step
        read_items = lines.read(text, place)
        if read_items is not None:
            name = lines.format_of(read_items)
            if notices:
                read_items = _beside(notices, read_items, place.step)
            elif place.learnable:
                self._learn(text, name, read_items, before, lines.read)
            self._add(name, read_items, rank, stamp, items)

    def _learn(
        self, text: str, name: str, of_line: list[Item], step: int | None, reader: LineReader
    ) -> None:
        only = of_line[0] if len(of_line) == 1 else None
        if name in LEARNED and isinstance(only, Reading) and self._templates.open:
            before = Place.from_json({**self._place.to_json(), "step": step})
            self._templates.learn(text, name, only, before, reader)

    def _add(
        self, name: str, of_line: list[Item], rank: int | None, stamp: str | None, items: list[Item]
    ) -> None:
        if not of_line:
            return
        self._met(name)
        if stamp is not None:
            at = instant(stamp)
            of_line = [item if item.at is not None else item._replace(at=at) for item in of_line]
        if rank is not None:
            of_line = self._of_rank(of_line, rank)
        items += of_line

    def _of_rank(self, of_line: list[Item], rank: int) -> list[Item]:
        """The items of a rank: figures of ranks above the lowest go, unless they are no numbers."""
        place = self._place
        if place.lead is None or rank < place.lead:
            place.lead = rank
        return [
            item._replace(rank=rank)
            for item in of_line
            if rank == place.lead
            or isinstance(item, Notice)
            or (isinstance(item, Reading) and any(map(_is_bad, item.metrics.values())))
        ]

    def _met(self, name: str) -> None:
        if name not in self._place.formats:
            self._place.formats.append(name)

    def _ends(self) -> set[str]:
        """The shapes of the latest whole lines, to know a torn one by."""
        return {*self._place.ends, *map(shape_of, self._latest)}

    def _is_torn(self, text: str) -> bool:
        """True for a last line without end that stops in a figure, unlike all lines before it."""
        if not text or not (text[-1].isalnum() or text[-1] in ".-+=:"):
            return False
        ends = self._ends()
        return bool(ends) and shape_of(stamp_of(text)[1]) not in ends


def _without_values(item: Item) -> Item:
    return item if isinstance(item, Notice) else item._replace(metrics={})


def _beside(notices: list[Notice], items: list[Item], step: int | None) -> list[Item]:
    """The figures in a line that says something else as well; an end does not move the run.

    "Saved checkpoint ... (score 4.1)" says once more what was measured before.
    """
    if notices[0].text.lower().startswith(("saved", "saving", "wrote", "stored")):
        return []
    figures = [i for i in items if isinstance(i, Reading) and (i.metrics or i.total_epochs)]
    if any(notice.kind is NoticeKind.FINISHED for notice in notices):
        return [item._replace(step=step, epoch=None) for item in figures]
    return list(figures)


def _is_bad(value: float) -> bool:
    return not math.isfinite(value)
