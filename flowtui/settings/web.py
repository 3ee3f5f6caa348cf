"""The settings of the page for the phone."""

from __future__ import annotations

import re

from flowtui.core.lazy_dataclass import dataclass
from flowtui.settings.kinds import many, optional, text, whole, yes_no
from flowtui.settings.sections import option

_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?(:\d{1,5})?")


def is_host(word: str) -> bool:
    """Whether `word`, in small letters, is the name of a host, perhaps with a port."""
    return _NAME.fullmatch(word) is not None


@dataclass(frozen=True, slots=True)
class Web:
    """The page with today and the block, for the phone; it listens on this machine alone."""

    port: int | None = option(
        None,
        optional(whole(1024, 65535, "ports"), "none"),
        "Port at which the agent serves the page; the address: flowtui serve --address.",
    )
    hosts: tuple[str, ...] = option(
        (),
        many(text("the name of a host", is_host), "names such as laptop.example"),
        "Names by which a tunnel or proxy of yours leads to it.",
    )
    look: bool = option(False, yes_no(), "For looking only: no button does anything.")
