"""Themes for Textual: one `ThemeSpec` becomes a Theme and the variables that style sheets use.

Besides Textual's own, style sheets may use: `$focus $rest $warn $lost` (the four meanings),
`$muted` with `$muted-style`, `$faint` with `$faint-style` (what has dimmed away), and `$line`.
The two styles are "dim" where the terminal's own colours are used, since no colour name there is
sure to stand back and still be readable, and "none" elsewhere.
"""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter
from textual.theme import Theme

from flowtui.core.ascii_text import plain_words, to_ascii
from flowtui.settings.themes import FALLBACK, MIN_MUTED, ThemeSpec, blend, contrast


def to_textual(spec: ThemeSpec) -> Theme:
    """The theme for `App.register_theme`."""
    return Theme(
        name=spec.name,
        primary=spec.accent,
        secondary=spec.muted,
        accent=spec.accent,
        warning=spec.warn,
        error=spec.lost,
        success=spec.rest,
        foreground=spec.foreground,
        background=spec.background,
        surface=spec.surface,
        panel=spec.panel,
        dark=spec.dark,
        ansi=spec.ansi,
        variables=variables(spec),
    )


def variable_defaults() -> dict[str, str]:
    """What flowtui's own variables are in a theme that does not set them, such as Textual's.

    For `App.get_theme_variable_defaults`: a variable that no theme defines stops the app.
    """
    return own_variables(FALLBACK)


def own_variables(spec: ThemeSpec) -> dict[str, str]:
    """The variables that flowtui adds to Textual's."""
    faint = faint_of(spec)
    style = "dim" if spec.ansi else "none"
    return {
        **spec.meanings(),
        "muted": spec.muted,
        "muted-style": style,
        "faint": faint,
        "faint-style": style,
        "line": spec.line,
    }


def faint_of(spec: ThemeSpec) -> str:
    """What has dimmed away, and the hints in empty fields: as faint as can still be read."""
    if spec.ansi:
        return "ansi_default"
    for hundredths in range(45, 0, -3):
        colour = blend(spec.muted, spec.background, hundredths / 100)
        if all(contrast(colour, back) >= MIN_MUTED for back in (spec.background, spec.panel)):
            return colour
    return spec.muted


def variables(spec: ThemeSpec) -> dict[str, str]:
    """All variables a theme sets: flowtui's own, and Textual's where its derivation is too loud."""
    return own_variables(spec) | (_ansi(spec) if spec.ansi else _fixed(spec))


def _fixed(spec: ThemeSpec) -> dict[str, str]:
    return {
        **_chosen(spec),
        "text": spec.foreground,
        "text-muted": spec.muted,
        "text-disabled": faint_of(spec),
        "text-primary": spec.accent,
        "text-secondary": spec.muted,
        "text-accent": spec.accent,
        "text-warning": spec.warn,
        "text-error": spec.lost,
        "text-success": spec.rest,
        "border": spec.line,
        "border-blurred": spec.line,
        "footer-background": spec.background,
        "footer-foreground": spec.muted,
        "footer-key-foreground": spec.accent,
        "footer-description-foreground": spec.muted,
        "scrollbar": spec.line,
        "scrollbar-hover": spec.muted,
        "scrollbar-active": spec.accent,
        "scrollbar-background": spec.background,
        "scrollbar-background-hover": spec.background,
        "scrollbar-background-active": spec.background,
        "scrollbar-corner-color": spec.background,
        "button-color-foreground": spec.background,
        "markdown-h1-color": spec.accent,
        "markdown-h2-color": spec.accent,
        "markdown-h3-color": spec.foreground,
    }


def _chosen(spec: ThemeSpec) -> dict[str, str]:
    """What is chosen, selected or pointed at: the accent, mixed into what lies behind."""
    chosen = blend(spec.background, spec.accent, 0.2)
    return {
        "block-cursor-foreground": spec.foreground,
        "block-cursor-background": chosen,
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-foreground": spec.foreground,
        "block-cursor-blurred-background": blend(spec.background, spec.accent, 0.1),
        "block-hover-background": blend(spec.background, spec.foreground, 0.06),
        "input-cursor-background": spec.accent,
        "input-cursor-foreground": spec.background,
        "input-selection-background": blend(spec.surface, spec.accent, 0.3),
        "input-selection-foreground": spec.foreground,
        "screen-selection-background": blend(spec.background, spec.accent, 0.3),
        "screen-selection-foreground": spec.foreground,
        "link-color": spec.accent,
        "link-color-hover": spec.accent,
        "link-background-hover": chosen,
    }


def _ansi(spec: ThemeSpec) -> dict[str, str]:
    """With the terminal's own colours what is chosen is shown reversed: readable in any palette."""
    reversed_cursor = {
        f"{part}-{ground}": "ansi_default"
        for part in ("block-cursor", "input-cursor")
        for ground in ("foreground", "background")
    }
    return {
        **reversed_cursor,
        "block-cursor-text-style": "reverse",
        "input-cursor-text-style": "reverse",
        "input-selection-background": spec.accent,
        "input-selection-foreground": "ansi_black" if spec.dark else "ansi_bright_white",
        "screen-selection-background": spec.accent,
        "screen-selection-foreground": "ansi_black" if spec.dark else "ansi_bright_white",
        "block-cursor-blurred-foreground": spec.accent,
        "block-cursor-blurred-background": "ansi_default",
        "border": spec.line,
        "border-blurred": spec.line,
        "footer-key-foreground": spec.accent,
        "link-color": spec.accent,
        "link-color-hover": spec.accent,
        "link-background-hover": "ansi_default",
        "scrollbar": spec.line,
        "scrollbar-hover": spec.line,
        "scrollbar-active": spec.accent,
        "scrollbar-background": "ansi_default",
        "scrollbar-background-hover": "ansi_default",
        "scrollbar-background-active": "ansi_default",
        "markdown-h1-color": spec.accent,
        "markdown-h2-color": spec.accent,
        "markdown-h3-color": spec.foreground,
        "surface-active": "ansi_default",
        "ansi-background": "ansi_black" if spec.dark else "ansi_white",
        "ansi-foreground": "ansi_white" if spec.dark else "ansi_black",
    }


class AsciiFilter(LineFilter):
    """Turns every sign into one of ASCII, last of all, whoever drew it."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same line in the same widths."""
        return [
            Segment(to_ascii(segment.text, cell_len), segment.style, segment.control)
            for segment in segments
        ]


class PlainFilter(LineFilter):
    """Leaves words alone: no boxes, no bars, no figures drawn of blocks; the cursor is a `>`."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same line in the same widths."""
        return [
            Segment(to_ascii(plain_words(s.text), cell_len), s.style, s.control) for s in segments
        ]
