"""Why a site does not open: what the guard that is on keeps away, until when, and for what."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flowtui.core.lazy_dataclass import dataclass
from flowtui.guard.program import names
from flowtui.guard.program.hosts_text import leads_nowhere

if TYPE_CHECKING:
    from flowtui.services.wiring import Services


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one site does not open, or that it is not the guard."""

    site: str
    away: bool
    """True if the guard keeps it away now."""
    lists: tuple[str, ...]
    """Lists of the guard that hold it; empty for what was added by hand."""
    open: tuple[str, ...]
    """Those of them that are open now by a window."""
    until: datetime | None
    intention: str
    answers: bool
    """False if the guard does not answer, and what is said is looked up alone."""

    def as_data(self) -> dict[str, Any]:
        """As JSON gives it."""
        until = None if self.until is None else self.until.isoformat(timespec="seconds")
        return {
            "site": self.site, "kept_away": self.away, "lists": list(self.lists),
            "open": list(self.open), "until": until, "intention": self.intention or None,
            "answers": self.answers,
        }  # fmt: skip

    def sentences(self, zone: ZoneInfo) -> list[str]:
        """What to tell, the answer first."""
        if not self.away:
            still = f"{', '.join(self.open)} is open now" if self.open else "look elsewhere"
            return [f"{self.site} is not kept away by the guard: {still}"]
        by = ", ".join(self.lists) or "what was added by hand"
        until = f" until {self.until.astimezone(zone):%H:%M}" if self.until is not None else ""
        told = [f"{self.site} is kept away by {by}{until}"]
        told += [f"you are here for: {self.intention}"] if self.intention else []
        told += [] if self.answers else ["the guard does not answer now: flowtui guard doctor"]
        return [*told, 'put it down for later: flowtui note --block "..."   or go back: flowtui']


def reason_for(services: Services, site: str) -> Reason:
    """Why `site` does not open here. Never raises for a missing guard."""
    block = services.focus.current()
    report = services.guard.report(block)
    lease = report["lease"]
    known = services.guard.lists()
    wanted = lease["lists"] if lease is not None else []
    holding = tuple(name for name in wanted if name in known and _holds(known[name].sites, site))
    opened = tuple(name for name in holding if name in report.get("open", ()))
    shut = tuple(name for name in holding if name not in opened)
    away = _looked_up(names.split(site)[0]) or bool(shut)
    until = services.clock.now() + timedelta(seconds=lease["left_s"]) if lease else None
    return Reason(
        site, away, shut, opened, until.astimezone(UTC) if until else None,
        block.intention if block is not None else "", bool(report["answers"]),
    )  # fmt: skip


def _holds(sites: tuple[str, ...], site: str) -> bool:
    """True if a list has the site, the whole of it, or a part above it."""
    host, path = names.split(site)
    whole = set(sites)
    if any(up in whole for up in names.above(host)):
        return True
    parts = path.strip("/").split("/") if path else []
    return any(f"{host}/{'/'.join(parts[:n])}" in whole for n in range(1, len(parts) + 1))


def _looked_up(host: str) -> bool:
    try:
        answers = socket.getaddrinfo(host, 80, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    return any(leads_nowhere(str(answer[4][0])) for answer in answers)
