"""Colours of themes: read strictly, blended, and their contrast measured."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from flowtui.core.lazy_dataclass import dataclass
from flowtui.settings.config import read_toml
from flowtui.settings.paths import Paths
from flowtui.settings.problems import Collector, Problem, nearest, shown

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


DEFAULT_THEME = "night"
"""The theme that stands in where another cannot be had."""
COLOURS = ("background", "surface", "panel", "foreground", "muted", "accent")
MEANINGS = ("focus", "rest", "warn", "lost")
MIN_TEXT = 4.5
"""Least contrast of text with what lies behind it. Source: WCAG 2.2, 1.4.3 (AA)."""
MIN_MUTED = 3.0
"""Least contrast of what stands back on purpose. Source: WCAG 2.2, 1.4.3 and 1.4.11."""


@dataclass(frozen=True, slots=True)
class ThemeSpec:
    """One theme. Colours are `#rrggbb`, or all of them names of the terminal's own colours."""

    name: str
    about: str
    """One sentence for whoever chooses; may be empty."""
    dark: bool
    background: str
    """Behind everything."""
    surface: str
    """Behind what one writes or chooses in: inputs, lists."""
    panel: str
    """Behind what lies above the rest: dialogs, the palette."""
    foreground: str
    """Text."""
    muted: str
    """Text that stands back: units, labels, hints."""
    line: str
    """Rules, borders, what remains of a bar."""
    accent: str
    """The one accent: keys, what is chosen, where one is."""
    focus: str
    """Meaning: at work."""
    rest: str
    """Meaning: break, pause, well."""
    warn: str
    """Meaning: look at this when you can."""
    lost: str
    """Meaning: something is lost or about to be."""

    @property
    def ansi(self) -> bool:
        """True if the terminal's own colours are used."""
        return self.background in ANSI_NAMES

    def meanings(self) -> dict[str, str]:
        """The four meanings by name."""
        return {name: getattr(self, name) for name in MEANINGS}


def find(paths: Paths) -> tuple[dict[str, ThemeSpec], list[Problem]]:
    """All themes by name: the shipped ones, then the user's, which win over a shipped one.

    A file that is not a theme gives one problem and is left out; nothing raises.
    """
    problems: list[Problem] = []
    themes = _folder(shipped_folder(), problems)
    themes.update(_folder(paths.themes_dir, problems))
    return themes, problems


def shipped_folder() -> Path:
    """The folder of the themes that come with flowtui: in the package, else in the checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "themes"
    return inside if inside.is_dir() else package.parent / "themes"


def choose(
    name: str, themes: Mapping[str, ThemeSpec], file: Path
) -> tuple[ThemeSpec, Problem | None]:
    """The theme called `name`; if there is none, the default one and a problem in `file`."""
    if name in themes:
        return themes[name], None
    near = nearest(name, themes)
    hint = f"did you mean {near}?" if near else f"there are {', '.join(sorted(themes))}"
    problem = Problem(file, "display.theme", f"there is no theme {shown(name)}; {hint}")
    return themes.get(DEFAULT_THEME, FALLBACK), problem


def parse_theme(table: Mapping[str, object], file: Path) -> ThemeSpec | Problem:
    """A theme from its table, or one problem that names the first thing wrong and counts the rest.

    Keys: name, dark (true or false), background, surface, panel, foreground, muted, accent, and the
    table [meanings] with focus, rest, warn, lost; all needed. Optional: about, line.
    """
    into = Collector(file)
    known = ("name", "about", "dark", *COLOURS, "line", "meanings")
    _strict(table, known, "", into)
    name = table.get("name")
    if isinstance(name, str) and not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", name):
        into.add("name", f"{shown(name)} is not a name of small letters, digits, - and _")
    about = table.get("about", "")
    if not isinstance(about, str) or not about.isprintable() or len(about) > 100:
        into.add("about", "is not one line of at most 100 characters")
    for key, kind, form in (("name", str, "a text"), ("dark", bool, "true or false")):
        if not isinstance(table.get(key), kind):
            into.add(key, _missing_or(table, key, form))
    colours = {key: _colour(table, key, key, into) for key in COLOURS}
    if "line" in table:
        colours["line"] = _colour(table, "line", "line", into)
    meanings = table.get("meanings")
    if not isinstance(meanings, dict):
        into.add("meanings", _missing_or(table, "meanings", "a table"))
        meanings = {}
    else:
        _strict(meanings, MEANINGS, "meanings.", into)
        colours.update({m: _colour(meanings, m, f"meanings.{m}", into) for m in MEANINGS})
    if not into.found and len({colour in ANSI_NAMES for colour in colours.values()}) == 2:
        into.add("", "mixes fixed colours with the terminal's own; use one sort throughout")
    if into.found:
        first, more = into.found[0], len(into.found) - 1
        also = f" (and {more} more)" if more else ""
        return Problem(file, first.key, first.message + also)
    if "line" not in colours:
        back, front = colours["background"], colours["foreground"]
        colours["line"] = "ansi_bright_black" if back in ANSI_NAMES else blend(back, front, 0.16)
    return ThemeSpec(name=str(name), about=str(about), dark=table["dark"] is True, **colours)


def weaknesses(theme: ThemeSpec) -> list[str]:
    """What is hard to read in a theme, one sentence each; nothing is known of terminal colours.

    Text, accent and the four meanings need a contrast of 4.5 with background, surface and panel;
    muted text needs 3.
    """
    if theme.ansi:
        return []
    found = []
    for back in ("background", "surface", "panel"):
        for front in ("foreground", "accent", *MEANINGS, "muted"):
            least = MIN_MUTED if front == "muted" else MIN_TEXT
            ratio = contrast(getattr(theme, front), getattr(theme, back))
            if ratio < least:
                found.append(f"{front} on {back} has a contrast of {ratio:.1f}, under {least:g}")
    return found


def _folder(folder: Path, problems: list[Problem]) -> dict[str, ThemeSpec]:
    try:
        files = sorted(file for file in folder.iterdir() if file.suffix == ".toml")
    except FileNotFoundError:
        return {}
    except OSError as error:
        problems.append(Problem(folder, "", f"cannot be read: {error.strerror or error}"))
        return {}
    themes: dict[str, ThemeSpec] = {}
    for file in files:
        into = Collector(file)
        table = read_toml(file, into)
        if into.found:
            problems += into.found
            continue
        theme = parse_theme(table, file)
        if isinstance(theme, Problem):
            problems.append(theme)
        elif theme.name in themes:
            problems.append(Problem(file, "name", f"{theme.name!r} is taken by another file here"))
        else:
            themes[theme.name] = theme
    return themes


def _strict(
    table: Mapping[str, object], known: tuple[str, ...], prefix: str, into: Collector
) -> None:
    for key in table:
        if key not in known:
            near = nearest(key, known)
            hint = f"did you mean {near}?" if near else f"known are {', '.join(known)}"
            into.add(prefix + key, f"unknown; {hint}")


def _colour(table: Mapping[str, object], key: str, name: str, into: Collector) -> str:
    value = table.get(key)
    if isinstance(value, str) and is_colour(value):
        return value
    into.add(name, _missing_or(table, key, f"a colour: {COLOUR_FORM}"))
    return ""


def _missing_or(table: Mapping[str, object], key: str, form: str) -> str:
    if key not in table:
        return f"missing; it must be {form}"
    return f"{shown(table[key])} is not {form}"


FALLBACK = ThemeSpec(
    name=DEFAULT_THEME,
    about="The terminal's own colours, since no theme could be read.",
    dark=True,
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    foreground="ansi_default",
    muted="ansi_default",
    line="ansi_bright_black",
    accent="ansi_cyan",
    focus="ansi_cyan",
    rest="ansi_green",
    warn="ansi_yellow",
    lost="ansi_red",
)
"""Used only if not even the shipped themes can be read."""


def in_terminal_colours(themes: Mapping[str, ThemeSpec]) -> dict[str, ThemeSpec]:
    """`themes` for a terminal of 16 colours: each by its own name, in the terminal's own colours.

    The nearest of sixteen to a dark blue and to the text on it may both be a grey: nothing reads.
    """
    return {name: _in_terminal_colours(spec, themes) for name, spec in themes.items()}


def _in_terminal_colours(spec: ThemeSpec, themes: Mapping[str, ThemeSpec]) -> ThemeSpec:
    own = themes.get("terminal" if spec.dark else "terminal-light")
    if spec.ansi or own is None or not own.ansi:
        return spec
    return replace(own, name=spec.name, about=spec.about)


def has_few_colours(env: Mapping[str, str]) -> bool:
    """Whether the terminal has 16 colours or fewer, by the names that Rich goes by too.

    TEXTUAL_COLOR_SYSTEM overrules them; where colours are unwanted (NO_COLOR) it does not matter.
    """
    chosen = env.get("TEXTUAL_COLOR_SYSTEM", "auto")
    if chosen != "auto":
        return chosen == "standard"
    if env.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return False
    return env.get("TERM", "").strip().lower().rpartition("-")[2] not in ("kitty", "256color")
