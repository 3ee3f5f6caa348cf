"""The machine's time zone, from the places where systems keep it."""

from __future__ import annotations

import zoneinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from flowtui.settings.zone import local_zone, zone_named


def etc(root: Path) -> Path:
    folder = root / "etc"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("Europe/Warsaw", "Europe/Warsaw"),
        (":Europe/Warsaw", "Europe/Warsaw"),
        ("/usr/share/zoneinfo/America/New_York", "America/New_York"),
        ("", "UTC"),
        ("UTC0", "UTC"),
        ("EST5EDT", "EST5EDT"),
        ("CET-1CEST,M3.5.0,M10.5.0/3", "Asia/Tokyo"),
        ("../../etc/passwd", "Asia/Tokyo"),
        ("Europe", "Asia/Tokyo"),
    ],
)
def test_tz_is_taken_if_it_names_a_zone(tmp_path: Path, value: str, key: str) -> None:
    (etc(tmp_path) / "timezone").write_text("Asia/Tokyo\n", encoding="utf-8")
    assert local_zone({"TZ": value}, tmp_path) == ZoneInfo(key)


@pytest.mark.parametrize(
    "target",
    [
        "/usr/share/zoneinfo/Europe/Warsaw",
        "../usr/share/zoneinfo/Europe/Warsaw",
        "/var/db/timezone/zoneinfo/Europe/Warsaw",
        "/usr/share/zoneinfo/posix/Europe/Warsaw",
    ],
)
def test_the_link_at_localtime_names_the_zone(tmp_path: Path, target: str) -> None:
    (etc(tmp_path) / "localtime").symlink_to(target)
    (etc(tmp_path) / "timezone").write_text("Asia/Tokyo\n", encoding="utf-8")
    assert local_zone({}, tmp_path).key == "Europe/Warsaw"


def test_a_link_to_a_link_is_followed(tmp_path: Path) -> None:
    (etc(tmp_path) / "mine").symlink_to("/usr/share/zoneinfo/Europe/Warsaw")
    (etc(tmp_path) / "localtime").symlink_to("mine")
    assert local_zone({}, tmp_path).key == "Europe/Warsaw"


def test_a_copy_at_localtime_is_found_in_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = tmp_path / "db"
    (database / "Pacific").mkdir(parents=True)
    (database / "Pacific" / "Auckland").write_bytes(b"TZif auckland")
    (database / "NZ").write_bytes(b"TZif auckland")
    monkeypatch.setattr(zoneinfo, "TZPATH", (str(tmp_path / "empty"), str(database)))
    (etc(tmp_path) / "localtime").write_bytes(b"TZif auckland")
    assert local_zone({}, tmp_path).key == "Pacific/Auckland"


def test_where_nothing_tells_it_is_utc(tmp_path: Path) -> None:
    assert local_zone({}, tmp_path).key == "UTC"
    (etc(tmp_path) / "localtime").write_bytes(b"unknown")
    (etc(tmp_path) / "timezone").write_bytes(b"\xff\xfe")
    assert local_zone({}, tmp_path).key == "UTC"


def test_the_environment_of_this_process_is_the_default() -> None:
    assert local_zone().key == "UTC"  # every test runs with TZ=UTC


def test_only_names_of_zones_are_zones() -> None:
    assert zone_named("Europe/Warsaw") == ZoneInfo("Europe/Warsaw")
    for word in ("", "Europe", "/etc/localtime", "../x", "a\0b", "Nowhere/City", "é"):
        assert zone_named(word) is None
