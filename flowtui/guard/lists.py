"""Named lists of what distracts: shipped ones, and a person's own beside the settings.

`lists/NAME.toml` holds `sites`, `apps`, `exceptions`, `open`, `only`; `lists/NAME.txt` one name a
line, as `flowtui guard list import` writes it. One's own takes the place of a shipped one.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import time
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any, TextIO

from flowtui.core.errors import FlowError, UsageError
from flowtui.core.lazy_dataclass import dataclass
from flowtui.core.text import plain
from flowtui.core.time_grammar import parse_clock
from flowtui.guard.program import apps, files, names
from flowtui.guard.program.errors import GuardError

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
KEYS = ("title", "sites", "apps", "exceptions", "open", "only")
PLAIN = re.compile(r"[a-z0-9._-]{1,253}")
"""What a host name is made of, however long its parts."""
HEAD = "# flowtui list, the names most worth their place first"
MOST_TOML_BYTES, MOST_LINES_BYTES = 4 << 20, 64 << 20
"""Larger files are no lists that somebody keeps."""
Span = tuple[time, time]
"""A time of the day from and until which a list is open; it may cross midnight."""


@dataclass(frozen=True, slots=True)
class SiteList:
    """One named list."""

    name: str
    title: str = ""
    sites: tuple[str, ...] = ()
    """Canonical, with the www name beside each bare one; at most what a lease may hold."""
    apps: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    windows: tuple[Span, ...] = ()
    only: bool = False
    """True if these are the only sites that stay reachable."""
    source: str = "flowtui"
    """Where it comes from: "flowtui", or the path of a person's own."""
    total: int = 0
    """Names that the source holds, those that are left out included."""


def known(folder: Path) -> dict[str, SiteList]:
    """All lists by name; `folder` holds a person's own.

    A file of one's own that is wrong switches itself off alone: `damaged` names it. A shipped list
    does not step into its place, since that is not what its owner meant by the name.
    """
    return _read(folder)[0]


def damaged(folder: Path) -> dict[str, FlowError]:
    """Files of a person's own that are no lists, by the name they would have: what is wrong."""
    return _read(folder)[1]


def _read(folder: Path) -> tuple[dict[str, SiteList], dict[str, FlowError]]:
    lists = {one.name: one for one in _shipped()}
    wrong: dict[str, FlowError] = {}
    try:
        paths = sorted(folder.iterdir()) if folder.is_dir() else []
    except OSError as error:
        return lists, {folder.name: FlowError(f"{folder} cannot be read: {error.strerror}")}
    for path in sorted(paths, key=lambda path: path.suffix):
        if path.suffix not in (".toml", ".txt") or path.name.startswith("."):
            continue
        try:
            if path.suffix == ".toml":
                lists[path.stem] = from_toml(path.stem, _text(path), str(path))
            else:
                lists[path.stem] = from_lines(path.stem, path)
            wrong.pop(path.stem, None)
        except FlowError as error:
            lists.pop(path.stem, None)
            wrong[path.stem] = error
    return lists, wrong


def from_toml(name: str, text: str, source: str) -> SiteList:
    """A list from its TOML text. Raises FlowError that names the file and what is wrong in it."""
    check_name(name, source)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FlowError(f"{source} is not TOML: {error}") from None
    for key in raw:
        if key not in KEYS:
            raise FlowError(f"{source}: unknown {key!r}", f"a list has {', '.join(KEYS)}")
    try:
        sites = tuple(_expanded(map(entry, _strings(raw, "sites"))))
        listed = SiteList(
            name,
            plain(str(raw.get("title", "")), 100),
            sites[: names.MAX_NAMES],
            tuple(apps.program(item) for item in _strings(raw, "apps")),
            tuple(map(entry, _strings(raw, "exceptions"))),
            tuple(span(item) for item in _strings(raw, "open")),
            raw.get("only") is True,
            source,
            len(sites),
        )
    except (GuardError, UsageError) as error:
        raise FlowError(f"{source}: {error.message}", error.hint or None) from None
    return listed


def from_lines(name: str, path: Path) -> SiteList:
    """An imported list: as many of its names as a lease may hold, the first ones."""
    check_name(name, str(path))
    sites: dict[str, None] = {}
    total, imported = 0, False
    try:
        with _opened(path, MOST_LINES_BYTES) as file:
            for line in file:
                if line.startswith("#"):
                    imported = imported or line.rstrip("\n") == HEAD
                    total = _total(line) or total
                    continue
                if len(sites) >= names.MAX_NAMES:
                    if total:
                        break
                    total = -1  # somebody wrote this file: count it
                sites[line.strip()] = None
    except (OSError, UnicodeDecodeError) as error:
        raise FlowError(f"{path} cannot be read: {_reason(error)}") from None
    # what `keep` wrote was looked at then, and the guard looks at each name again; but a hand may
    # have been at it since, and one line that can be no name has the guard refuse all of them
    checked = tuple(s for s in sites if s and ((imported and PLAIN.fullmatch(s)) or _is_site(s)))[
        : names.MAX_NAMES
    ]
    total = total if total > 0 else len(sites)
    return SiteList(name, f"imported, {total} names", checked, source=str(path), total=total)


def read_names(lines: Iterable[str]) -> tuple[list[str], int]:
    """Names of a hosts file or of a list with one name a line, and how many lines were neither.

    What may not be blocked is left out and counted. Of a name and one below it both are kept: the
    hosts file knows no "and all below".
    """
    found: dict[str, None] = {}
    wrong = 0
    for line in lines:
        words = line.split("#", 1)[0].split()
        if not words or words[0].startswith("!"):
            continue
        listed = words[1:] if _is_address(words[0]) else words if len(words) == 1 else []
        if not listed:
            wrong += 1
        for word in listed:
            bare = word.removeprefix("||").removesuffix("^")
            try:
                found[entry(bare)] = None
            except GuardError:
                wrong += bare not in NOT_MEANT
    return list(found), wrong


NOT_MEANT = frozenset(
    ("localhost", "localhost.localdomain", "local", "broadcasthost", "ip6-localhost",
     "ip6-loopback", "ip6-localnet", "ip6-mcastprefix", "ip6-allnodes", "ip6-allrouters",
     "ip6-allhosts", "0.0.0.0")
)  # fmt: skip
"""What every hosts file has and nobody means to block."""


def ranked(listed: Sequence[str]) -> list[str]:
    """The names most worth their place first: those with the fewest parts, else as they came."""
    return sorted(listed, key=lambda name: name.count("."))


def keep(folder: Path, name: str, listed: Sequence[str], remarks: Sequence[str] = ()) -> Path:
    """Write an imported list, with lines of `remarks` at its head. Raises FlowError."""
    check_name(name, "the list")
    path = folder / f"{name}.txt"
    if (folder / f"{name}.toml").exists():
        raise FlowError(
            f"there is a list {name} already: {folder / name}.toml", "take another name"
        )
    head = [HEAD, *(f"# {remark}" for remark in remarks), f"# {len(listed)} names"]
    text = "\n".join([*head, *ranked(listed), ""])
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        files.replace(path, text.encode(), 0o644)
    except OSError as error:
        raise FlowError(f"{path} cannot be written: {error.strerror}") from None
    return path


def span(text: str) -> Span:
    """ "12:30-13:00". Raises UsageError."""
    start, dash, end = text.partition("-")
    if not dash:
        raise UsageError(f"{text!r} is no stretch of the day", "such as 12:30-13:00")
    first, last = parse_clock(start.strip()), parse_clock(end.strip())
    if first == last:
        raise UsageError(f"{text!r} is empty", "such as 12:30-13:00")
    return first, last


def chosen(
    lists: dict[str, SiteList],
    wanted: Iterable[str],
    wrong: Mapping[str, FlowError] = MappingProxyType({}),
) -> list[SiteList]:
    """The lists with these names, each once. Raises UsageError that names the nearest.

    Of one that is `wrong` (as `damaged` tells) it says what is wrong with it.
    """
    from difflib import get_close_matches

    found = []
    for name in dict.fromkeys(wanted):
        if name in wrong:
            raise UsageError(f"the list {name} is switched off: {wrong[name].message}", "mend it")
        if name not in lists:
            near = get_close_matches(name, lists, 1)
            hint = f"did you mean {near[0]}?" if near else "see: flowtui guard list"
            raise UsageError(f"there is no list {name!r}", hint)
        found.append(lists[name])
    return found


def entry(text: str) -> str:
    """A site as a person typed it or copied it from a browser: "https://www.reddit.com/r/all?a=b".

    Scheme, user, query and usual port are nothing that a list holds. Raises GuardError for what is
    no site.
    """
    bare = text.strip()
    scheme, there, rest = bare.partition("://")
    if there and scheme.lower() in ("http", "https", "ws", "wss", "ftp"):
        bare = rest
    bare = re.split(r"[?#]", bare.removeprefix("//"), maxsplit=1)[0]
    host, slash, path = bare.partition("/")
    host = re.sub(r":(80|443)?$", "", host.rpartition("@")[2])
    return names.site(f"{host}{slash}{path}")


def with_twins(sites: Iterable[str]) -> tuple[str, ...]:
    """Sites as a person typed them, with the www name beside each bare one.

    What is no site stays as it was typed: the guard says why it is none.
    """
    found: dict[str, None] = {}
    for item in sites:
        try:
            found.update((site, None) for site in _expanded([entry(item)]))
        except GuardError:
            found[item] = None
    return tuple(found)


def _shipped() -> Iterator[SiteList]:
    for entry in sorted(resources.files("flowtui.guard.builtin").iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".toml"):
            name = entry.name.removesuffix(".toml")
            yield from_toml(name, entry.read_text("utf-8"), "flowtui")


def _expanded(sites: Iterable[str]) -> Iterator[str]:
    """Each site; and of a bare domain the www name, of a www name the bare one."""
    seen: dict[str, None] = {}
    for site in sites:
        seen[site] = None
        host, path = names.split(site)
        if path:
            continue
        other = host.removeprefix("www.") if host.startswith("www.") else f"www.{host}"
        bare = host.count(".") == 1 or _under_suffix(host)
        if (bare or host.startswith("www.")) and _is_site(other):
            seen[other] = None
    return iter(seen)


def _under_suffix(host: str) -> bool:
    return host.split(".", 1)[1] in names.SUFFIXES


def _is_site(text: str) -> bool:
    try:
        names.site(text)
    except GuardError:
        return False
    return True


def _is_address(word: str) -> bool:
    return ":" in word or re.fullmatch(r"\d{1,3}(\.\d{1,3}){3}", word) is not None


def _total(line: str) -> int:
    match = re.fullmatch(r"# (\d+) names\n?", line)
    return int(match.group(1)) if match else 0


def _strings(raw: dict[str, Any], key: str) -> list[str]:
    value = raw.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise UsageError(f"{key} is not a list of texts")
    return value


def check_name(name: str, source: str) -> None:
    """Refuse what is no name of a list; `source` is what has it. Raises FlowError."""
    if NAME.fullmatch(name) is None:
        raise FlowError(
            f"{source}: {name!r} is no name of a list", "small letters, digits, - and _"
        )


def _text(path: Path) -> str:
    try:
        with _opened(path, MOST_TOML_BYTES) as file:
            return file.read().removeprefix("\ufeff")
    except (OSError, UnicodeDecodeError) as error:
        raise FlowError(f"{path} cannot be read: {_reason(error)}") from None


def _opened(path: Path, most: int) -> TextIO:
    """A file that holds nothing up: no pipe or device, and no larger than `most` bytes."""
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        seen = os.fstat(fd)
        if not stat.S_ISREG(seen.st_mode):
            raise OSError(errno.EINVAL, "it is no regular file", str(path))
        if seen.st_size > most:
            raise OSError(errno.EFBIG, f"it is larger than {most >> 20} MiB", str(path))
        return os.fdopen(fd, encoding="utf-8")
    except BaseException:
        with contextlib.suppress(OSError):
            os.close(fd)
        raise


def _reason(error: OSError | UnicodeDecodeError) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return f"byte {error.start} is not UTF-8"
