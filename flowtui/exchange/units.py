"""Units that stand in the name of a column: `Sleep (min)`, `Distance [km]`, `duration_ms`."""

from __future__ import annotations

import re

from flowtui.core.lazy_dataclass import dataclass

SECONDS = {
    **dict.fromkeys(("ms", "msec", "millis", "milliseconds", "millisekunden", "мс"), 0.001),
    **dict.fromkeys(
        (
            *("s", "sec", "secs", "second", "seconds", "sek", "sekunde", "sekunden", "seconde"),
            *("secondes", "segundo", "segundos", "seg", "secondi", "seconden", "sekunder"),
            *("sekund", "sn", "saniye", "сек", "секунд", "с", "秒", "초"),
        ),
        1.0,
    ),
    **dict.fromkeys(
        (
            *("m", "min", "mins", "minute", "minutes", "minuten", "minuto", "minutos", "minuti"),
            *("minut", "minuter", "minutter", "minuuttia", "mn", "dk", "dakika"),
            *("мин", "минут", "минуты", "хв", "λεπτά", "分", "分钟", "分鐘", "分間", "분"),
        ),
        60.0,
    ),
    **dict.fromkeys(
        (
            *("h", "hr", "hrs", "hour", "hours", "std", "stunde", "stunden", "heures"),
            *("horas", "ore", "uur", "uren", "timmar", "timer"),
            *("tuntia", "godz", "godziny", "godzin", "hod", "hodin", "saat", "ч", "час"),
            *("часа", "часов", "ώρες", "時間", "小时", "小時", "시간"),
        ),
        3600.0,
    ),
    **dict.fromkeys(("d", "day", "days", "tage", "jours", "días"), 86400.0),
}
"""Seconds of each unit of time, as people and programs write it."""
OTHERS = frozenset(
    (
        *("km", "mi", "miles", "kg", "g", "mg", "µg", "mcg", "lb", "lbs", "l", "ml", "oz", "kcal"),
        *("cal", "kj", "bpm", "%", "iu", "steps", "cups", "pages", "°c", "mmhg", "w", "eur", "usd"),
    )
)
"""Units that no length of time has."""
COUNTED = frozenset(
    (
        *("glasses", "reps", "times", "words", "sets", "chapters", "pushups", "push-ups", "drinks"),
        *("cigarettes", "pills", "beers", "commits", "problems", "cards", "lines", "laps"),
        *("seiten", "gläser", "tassen", "mal", "wörter", "liegestütze", "kapitel", "schritte"),
        *("verres", "fois", "mots", "páginas", "paginas", "vasos", "veces"),
        *("palabras", "pagine", "bicchieri", "volte", "parole", "pagina's", "glazen", "keer"),
    )
)
"""What people count, as a unit only in brackets: `kind_words` is no `kind` counted in words."""
_BRACKETS = re.compile(r"[(\[]\s*([^()\[\]]{1,14}?)\s*[)\]]\s*$")
_TAIL = re.compile(r"(?:[_,/]|\b(?:in|en|em|w|v)\s)\s*([^\W\d_]{1,12}\.?|[µ°%][a-z]?)\s*$")
_WORD = re.compile(r"[_\s](ms|sec|secs|seconds|min|mins|minutes|hrs|hours|minuten|stunden|km|mg)$")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit by its name."""

    name: str
    """As it stands there, in lower case."""

    @property
    def seconds(self) -> float | None:
        """Seconds of one; None for what is no time."""
        return SECONDS.get(self.name)


_FRONT = re.compile(r"(hours|minutes|seconds|mins)[\s_]+")


def unit_named(text: str) -> Unit | None:
    """The unit called `text`; None if there is none of that name."""
    name = text.strip().casefold()
    name = name if name in OTHERS else name.rstrip(".")
    return Unit(name) if name in SECONDS or name in OTHERS else None


def split_unit(header: str) -> tuple[str, Unit | None]:
    """A column's name without its unit, and the unit; whatever language the name is in."""
    text = header.strip()
    for pattern in (_BRACKETS, _TAIL, _WORD):
        match = pattern.search(text if pattern is _BRACKETS else text.casefold())
        unit = unit_named(match[1]) if match else None
        if match is not None and pattern is _BRACKETS and match[1].casefold() in COUNTED:
            unit = Unit(match[1].casefold())
        if match is not None and unit is not None:
            return text[: match.start()].strip(" _-,"), unit
    front = _FRONT.match(text.casefold())
    if front is not None:
        return text[front.end() :], unit_named(front[1])
    return text, None
