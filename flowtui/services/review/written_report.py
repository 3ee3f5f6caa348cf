"""A report as a file, whole or not at all."""

from __future__ import annotations

from pathlib import Path

from flowtui.core.errors import FlowError, UsageError
from flowtui.system.files import write_atomic


def write_picture(path: Path, svg: str) -> None:
    """Write `svg` to `path`, as it is or, where that ends in .png, as pixels. Raises FlowError.

    Pixels need the extra `picture`.
    """
    if path.suffix.lower() == ".svg":
        write_report(path, svg)
        return
    if path.suffix.lower() != ".png":
        raise UsageError(f"{path.name!r} names no picture", "let it end in .png or .svg")
    try:
        import resvg_py
    except ImportError:
        raise FlowError(
            "pictures of pixels need one more package",
            "pip install 'flowtui[picture]', or name a file that ends in .svg",
        ) from None
    try:
        write_atomic(path.absolute(), bytes(resvg_py.svg_to_bytes(svg_string=svg)))
    except OSError as error:
        raise FlowError(
            f"{path} cannot be written: {error.strerror}", "name a file in another folder"
        ) from None


def write_report(path: Path, text: str) -> None:
    """Write `text` to `path`. Raises FlowError; then the former file is as it was."""
    try:
        write_atomic(path.absolute(), text.encode())
    except OSError as error:
        raise FlowError(
            f"{path} cannot be written: {error.strerror}", "name a file in another folder"
        ) from None
