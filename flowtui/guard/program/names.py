"""Names of sites: what may be blocked at all, and in which form.

A site is a host name, or a host name with a path ("reddit.com/r/all"); paths only browsers see.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from .errors import GuardError

MAX_NAMES = 100_000
"""Sites in one lease: two lines each in the hosts file, and a look-up without a cache reads it all.
Measured: 1.6 ms with 10,000 lines, 10 ms with 100,000, 45 ms with 400,000; behind nscd 0.1 ms."""
MAX_CHARS = 4 << 20
"""Characters of all sites of one lease: what is done with them has to end long before the guard's
heart is missed, and the hosts file has to stay one that can be read again."""
MAX_POLICY = 1000
"""Entries that Chromium reads of a list; it ignores the rest without a word."""
MAX_HOST = 253
LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
PATH = re.compile(r"/[A-Za-z0-9._~/@%+-]{0,200}")

_SUFFIXES = """
ac.uk co.uk gov.uk ltd.uk me.uk net.uk org.uk plc.uk sch.uk com.au net.au org.au edu.au gov.au
co.nz net.nz org.nz co.jp ne.jp or.jp ac.jp go.jp co.kr or.kr com.cn net.cn org.cn gov.cn edu.cn
com.br net.br org.br gov.br com.mx org.mx com.ar com.tr org.tr com.pl net.pl org.pl edu.pl
gov.pl com.ua co.in net.in org.in gov.in ac.in co.za org.za com.sg com.hk com.tw org.tw com.my
co.id co.th co.il org.il com.es org.es com.pt com.gr co.at or.at com.ru github.io gitlab.io
pages.dev web.app herokuapp.com blogspot.com cloudfront.net amazonaws.com azurewebsites.net
appspot.com netlify.app vercel.app
"""
SUFFIXES = frozenset(_SUFFIXES.split())
"""Below these, each name is somebody else's: none is blocked as a whole."""
_VITAL = """
detectportal.firefox.com connectivitycheck.gstatic.com captive.apple.com clients3.google.com
network-test.debian.org connectivity-check.ubuntu.com nmcheck.gnome.org archlinux.org
accounts.google.com login.microsoftonline.com login.live.com appleid.apple.com idmsa.apple.com
deb.debian.org security.debian.org archive.ubuntu.com security.ubuntu.com update.googleapis.com
mesu.apple.com swscan.apple.com fedoraproject.org pool.ntp.org ntp.ubuntu.com time.apple.com
time.google.com time.cloudflare.com ocsp.apple.com letsencrypt.org digicert.com
"""
VITAL = frozenset(_VITAL.split())
"""Updates, sign-in, captive portals, clocks and certificates: never blocked."""
LOCAL = ("localhost", "local", "localdomain", "internal", "lan", "home", "arpa")


def site(text: object, own: Iterable[str] = ()) -> str:
    """The canonical form of a site: "host" or "host/path". Raises GuardError for what is none.

    `own` are the machine's own names, which are never blocked.
    """
    if not isinstance(text, str) or len(text) > MAX_HOST + 210 or not text.isprintable():
        raise GuardError("name", f"{str(text)[:40]!r} is no site", "give a name such as reddit.com")
    host, slash, path = text.strip().partition("/")
    name = hostname(host)
    _may_be_blocked(name, own)
    if slash and path.strip("/"):
        if PATH.fullmatch(f"/{path}") is None or ".." in path:
            raise GuardError("name", f"the path of {text[:60]!r} has characters that none has")
        return f"{name}/{path.rstrip('/')}"
    return name


def twin(host: str) -> str:
    """The name without the "www." that a site has beside the bare one."""
    return host[4:] if host.startswith("www.") and host.count(".") > 1 else host


def hostname(text: str) -> str:
    """A host name in ASCII, lower case, without a leading "*." and a trailing dot."""
    bare = text.lower()
    bare = bare[2:] if bare.startswith("*.") else bare
    bare = bare[:-1] if bare.endswith(".") else bare
    try:
        name = bare if bare.isascii() else bare.encode("idna").decode("ascii")
    except UnicodeError:
        raise GuardError("name", f"{text[:60]!r} is no host name") from None
    labels = name.split(".")
    if len(name) > MAX_HOST or not all(LABEL.fullmatch(label) for label in labels):
        raise GuardError("name", f"{text[:60]!r} is no host name", "letters, digits, - and dots")
    if len(labels) < 2:
        raise GuardError(
            "name", f"{text[:60]!r} is a single word", "give a name such as reddit.com"
        )
    if labels[-1].isdigit() or re.fullmatch(r"0x[0-9a-f]*", labels[-1]):
        raise GuardError("name", f"{text[:60]!r} is an address", "give the name of the site")
    return name


def _may_be_blocked(name: str, own: Iterable[str]) -> None:
    if name.split(".")[-1] in LOCAL or name in own:
        raise GuardError("name", f"{name} is this machine or its network", "it is never blocked")
    if name in SUFFIXES:
        raise GuardError("name", f"{name} belongs to many", "give one name below it")
    for vital in VITAL:
        if name == vital or name.endswith(f".{vital}"):
            raise GuardError(
                "name", f"{name} is needed for updates, sign-in or the network", "never blocked"
            )


def split(entry: str) -> tuple[str, str]:
    """Host and path of a canonical site; the path is empty or begins with a slash."""
    host, slash, path = entry.partition("/")
    return host, f"{slash}{path}"


def within(host: str, parent: str) -> bool:
    """True if `host` is `parent` or lies below it."""
    return host == parent or host.endswith(f".{parent}")


def above(host: str) -> Iterable[str]:
    """`host` and every name that it lies in: a.b.c, b.c, c."""
    parts = host.split(".")
    return (".".join(parts[n:]) for n in range(len(parts)))
