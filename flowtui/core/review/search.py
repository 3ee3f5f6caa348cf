"""Whether a text is found in a block: in everything that a person wrote there."""

from __future__ import annotations

from collections.abc import Iterator

from flowtui.core.focus.block import Block


def texts(block: Block) -> Iterator[str]:
    """Everything that was written in a block, and what its commits are called."""
    yield block.intention
    yield block.then
    yield block.note
    yield from (f"#{tag}" for tag in block.tags)
    yield block.context
    yield from (gap.note for gap in block.gaps)
    yield from (interruption.reason for interruption in block.interruptions)
    yield from (thought.text for thought in block.parked)
    if block.evidence is not None:
        yield from block.evidence.subjects


def holds(block: Block, needle: str) -> bool:
    """Whether one of its texts holds `needle`, capitals or not."""
    wanted = needle.casefold()
    return any(wanted in text.casefold() for text in texts(block))


def found_in(block: Block, needle: str) -> str:
    """The first of its texts that holds `needle`; empty if none does."""
    wanted = needle.casefold()
    return next((text for text in texts(block) if wanted in text.casefold()), "")
