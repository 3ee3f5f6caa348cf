"""Where a run is told of, by a name that is no path: a host, a job, a server.

`ssh://HOST/PATH`, `slurm://HOST/JOB` (no host: the cluster of this machine), `mlflow+URL`,
`trackio+URL`, `kubectl://POD`, `ray://JOB`. Pure: nothing is looked up. What begins with a dash is
refused everywhere, since the programs that are given such names would take it for an option.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flowtui.core.errors import UsageError
from flowtui.core.lazy_dataclass import dataclass

SSH, SLURM, MLFLOW, TRACKIO, KUBECTL, RAY = "ssh", "slurm", "mlflow", "trackio", "kubectl", "ray"
SERVERS = (MLFLOW, TRACKIO)
COMMANDS = (KUBECTL, RAY)
SCHEMES = (SSH, SLURM, *SERVERS, *COMMANDS)
_HOST = re.compile(r"(?:[A-Za-z0-9_][\w.+-]*@)?[A-Za-z0-9_\[][\w.:%\[\]-]*\Z")
_JOB = re.compile(r"\d+(?:[_+](?:\d+|\[[\d,%-]+\]))?\Z")
_NAME = re.compile(r"[A-Za-z0-9_][\w.:/@=+%, -]*\Z")
_FORMS = "ssh:HOST:PATH, ssh:HOST:PID, slurm:JOB, slurm:me, mlflow+https://…/RUN"


@dataclass(frozen=True, slots=True)
class Address:
    """One place beyond this machine."""

    scheme: str
    """One of SCHEMES."""
    host: str
    """Host of SSH; of SLURM the login node, empty for this machine; of a server its URL."""
    name: str
    """A path or a pid there, a job, a run: what it is called at its origin."""

    def __str__(self) -> str:
        if self.scheme in SERVERS:
            return f"{self.scheme}+{self.host.rstrip('/')}/{self.name}"
        if self.scheme in COMMANDS:
            return f"{self.scheme}://{self.name}"
        return f"{self.scheme}://{self.host}/{self.name}"

    @property
    def short(self) -> str:
        """As a person types it: "ssh:gpu01:/data/out.log", "slurm:4711"."""
        if self.scheme in SERVERS:
            return str(self)
        return ":".join(part for part in (self.scheme, self.host, self.name) if part)

    @property
    def origin(self) -> str:
        """What is asked for it: one connection, one pace, one budget. "ssh gpu01", "slurm"."""
        if self.scheme in COMMANDS:
            return str(self)
        return f"{self.scheme} {self.host}".strip()

    @property
    def where(self) -> str:
        """Where the run is, in a word: "gpu01", "slurm", "mlflow.lab.org"."""
        if self.scheme in SERVERS:
            return urlsplit(self.host).hostname or self.scheme
        if self.scheme == SLURM:
            return f"slurm {self.host}".strip()
        return self.host or self.scheme

    @property
    def pid(self) -> int | None:
        """The process that is meant; None if it is a file or a folder."""
        return int(self.name) if self.scheme == SSH and self.name.isdigit() else None


def is_address(word: str) -> bool:
    """Whether `word` names a place beyond this machine rather than a path or a pid."""
    scheme = re.match(r"[a-z]+(?=[:+])", word)
    return scheme is not None and scheme[0] in SCHEMES


def parse_address(word: str) -> Address:
    """The address that a person typed, or that was stored. Raises UsageError."""
    if not word.isprintable():
        raise UsageError(f"{word!r} is no place", f"such as {_FORMS}")
    scheme = word[: re.match(r"[a-z]*", word).end()]  # type: ignore[union-attr] # matches always
    rest = word[len(scheme) :]
    if scheme in SERVERS and rest.startswith("+"):
        return _of_server(scheme, rest[1:], word)
    if rest.startswith("://"):
        host, slash, name = rest[3:].partition("/")
        if scheme in COMMANDS:
            host, name = "", rest[3:]
        elif scheme == SSH and slash and not name.startswith("~") and not name.isdigit():
            name = f"/{name.lstrip('/')}"
        return _check(Address(scheme, host, name), word)
    if rest.startswith(":"):
        return _check(_short(scheme, rest[1:]), word)
    raise UsageError(f"{word} is no place", f"such as {_FORMS}")


def short(place: str) -> str:
    """A stored place as a person types it; a path as it is."""
    try:
        return parse_address(place).short if is_address(place) else place
    except UsageError:
        return place


def check_host(host: str) -> str:
    """`host` if SSH may be given it. Raises UsageError."""
    if _HOST.match(host) is None or "@-" in host:
        raise UsageError(f"{host!r} is no name of a host", "as in ~/.ssh/config, or user@host")
    return host


def check_job(job: str) -> str:
    """`job` if it is an id of SLURM's: 4711, 4711_3, 4711_[5-9], 4711+1. Raises UsageError."""
    if _JOB.match(job) is None:
        raise UsageError(f"{job!r} is no id of a job", "such as 4711, or 4711_3; see: squeue --me")
    return job


def _short(scheme: str, rest: str) -> Address:
    """`ssh:HOST:PATH`, `slurm:JOB`, `slurm:HOST:JOB`, `kubectl:POD`."""
    if scheme == SLURM:
        host, _, job = rest.rpartition(":")
        return Address(scheme, host, job)
    if scheme in COMMANDS:
        return Address(scheme, "", rest)
    if rest.startswith("["):  # an IPv6 address holds colons itself
        host, _, name = rest.partition("]:")
        return Address(scheme, f"{host}]", name)
    host, _, name = rest.partition(":")
    return Address(scheme, host, name)


def _of_server(scheme: str, url: str, word: str) -> Address:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{word} is no address of a server", f"{scheme}+https://HOST/RUN")
    if parts.username or parts.password or parts.query:
        raise UsageError(
            "an address holds no password and no token",
            "put it into a file of your own: flowtui runs sources --help",
        )
    path = parts.path.strip("/")
    count = 2 if scheme == TRACKIO else 1
    pieces = path.split("/") if path else []
    base, name = pieces[:-count], "/".join(pieces[-count:])
    if len(pieces) < count:
        base, name = [], "/".join(pieces)
    if not name or _NAME.match(name) is None:
        form = "PROJECT/RUN" if scheme == TRACKIO else "RUN"
        raise UsageError(f"{word} names no run", f"{scheme}+https://HOST/{form}, or */all")
    root = f"{parts.scheme}://{parts.netloc}" + "".join(f"/{piece}" for piece in base)
    return Address(scheme, root, name)


def _check(address: Address, word: str) -> Address:
    if address.scheme not in SCHEMES:
        raise UsageError(f"{word} is no place", f"such as {_FORMS}")
    if address.scheme == SSH:
        check_host(address.host)
        if not address.name or address.name.startswith("-"):
            raise UsageError(f"{word} names no log", "ssh:HOST:PATH, or ssh:HOST:PID")
    if address.scheme == SLURM and address.host:
        check_host(address.host)
    named = address.name and _NAME.match(address.name) is not None
    if address.scheme in (SLURM, *COMMANDS) and not named:
        raise UsageError(f"{word} names no job", "slurm:JOB, slurm:me, slurm:HOST:JOB")
    return address
