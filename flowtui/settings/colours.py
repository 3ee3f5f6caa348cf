"""Colours of themes: read strictly, blended, and their contrast measured."""

from __future__ import annotations

import re

Rgb = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

ANSI_NAMES = frozenset(
    ["ansi_default"]
    + [
        f"ansi_{bright}{name}"
        for bright in ("", "bright_")
        for name in ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
    ]
)
"""Names of the terminal's own colours, as Textual spells them."""

COLOUR_FORM = '"#rrggbb", "#rgb" or the name of a terminal colour such as "ansi_blue"'


def is_colour(text: str) -> bool:
    """True for `#rgb`, `#rrggbb` and the names in `ANSI_NAMES`."""
    return text in ANSI_NAMES or re.fullmatch(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})", text) is not None


def rgb(colour: str) -> Rgb:
    """The parts of `#rgb` or `#rrggbb`. Raises ValueError for anything else."""
    if not is_colour(colour) or colour in ANSI_NAMES:
        raise ValueError(f"{colour!r} has no fixed red, green and blue")
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    red, green, blue = (int(digits[place : place + 2], 16) for place in (0, 2, 4))
    return red, green, blue


def blend(colour: str, towards: str, share: float) -> str:
    """`colour` mixed with `share` (0 to 1) of `towards`, in sRGB, as `#rrggbb`."""
    mixed = (round(a + (b - a) * share) for a, b in zip(rgb(colour), rgb(towards), strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def luminance(colour: str) -> float:
    """Relative luminance, 0 (black) to 1 (white). Source: WCAG 2.2, "relative luminance"."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in rgb(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1 (none) to 21 (black on white). Source: WCAG 2.2, "contrast ratio"."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)
