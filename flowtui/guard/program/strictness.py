"""Who may end a lease before its time, and how long that takes. Pure.

soft: at once. firm: after a delay that doubles with each time in a week, with a reason. hard: not
at all; one emergency exit a week, asked for with a reason, confirmed later by typing a sentence.
"""

from __future__ import annotations

from collections.abc import Sequence

from .errors import GuardError

SOFT, FIRM, HARD = "soft", "firm", "hard"
LEVELS = (SOFT, FIRM, HARD)
WEEK_S = 7 * 86400.0
FIRM_FIRST_S = 60.0
FIRM_MOST_S = 1800.0
EMERGENCY_S = 900.0
"""Between asking for the emergency exit and being able to confirm it."""
CONFIRM_S = 600.0
"""How long it can be confirmed then; after that it has lapsed."""
LEAST_REASON = 12
MOST_REASON = 300


def reason(text: object) -> str:
    """A reason as given, on one line. Raises GuardError for one that says nothing."""
    said = " ".join(text.split()) if isinstance(text, str) else ""
    if len(said) < LEAST_REASON or " " not in said:
        raise GuardError(
            "reason", "a reason is needed, in a few words", f"at least {LEAST_REASON} characters"
        )
    return "".join(char for char in said[:MOST_REASON] if char.isprintable())


def firm_delay_s(releases: Sequence[float], wall: float) -> float:
    """Seconds until a firm lease ends on request; `releases` are the wall times of earlier ones."""
    lately = sum(1 for at in releases if abs(wall - at) < WEEK_S)
    return min(FIRM_MOST_S, FIRM_FIRST_S * 2.0 ** min(lately, 20))


def emergency_left_s(used: Sequence[float], wall: float) -> float:
    """Seconds until the emergency exit may be asked for again; 0 if it may be now.

    A clock that was set back does not bring it nearer.
    """
    return max([0.0, *(WEEK_S - max(0.0, wall - at) for at in used)])


def phrase(seed: bytes) -> str:
    """A sentence to type, different each time; `seed` is at least 4 random bytes."""
    who = ("my work", "this hour", "the plan I made", "the rest of this block")
    why = ("cannot wait", "has to give way", "will be lost", "ends here by my hand")
    what = ("I mean it", "I accept that", "I know the price", "nobody made me")
    code = seed[:3].hex()
    return f"{who[seed[0] % 4]} {why[seed[1] % 4]} and {what[seed[2] % 4]} {code}"
