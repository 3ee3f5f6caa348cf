"""What is said of browsers and machine is what was looked at, and names the ways past the guard."""

from __future__ import annotations

from pathlib import Path

from flowtui.guard import browsers, checkup
from flowtui.guard.browsers import Browser
from flowtui.guard.client import Client

LAYERS = {
    "hosts": {"names": 2, "intact": True, "works": True},
    "policies": {"Chromium": {"intact": True, "left_out": 0}},
    "cut": None,
}


def verdicts(layers: object, found: list[Browser], only: bool = False) -> dict[str, str]:
    """Browser to why it is covered, or why not after a minus."""
    seen = browsers.coverage(found, layers, only)  # type: ignore[arg-type] # as JSON gives it
    return {one.browser: one.why if one.covered else f"-{one.why}" for one in seen}


def test_coverage_is_what_was_looked_at() -> None:
    both = [Browser("Chromium"), Browser("Firefox")]

    assert verdicts(LAYERS, both) == {"Chromium": "policy and hosts", "Firefox": "hosts"}
    broken = {**LAYERS, "hosts": {"names": 2, "intact": True, "works": False}}
    assert verdicts(broken, both) == {"Chromium": "policy", "Firefox": "-nothing holds"}
    assert verdicts(None, both)["Chromium"] == "-nothing holds"
    assert verdicts(LAYERS, both, only=True)["Firefox"].startswith("-blocking all but a few")


def test_a_flatpak_has_no_policy() -> None:
    assert verdicts(LAYERS, [Browser("Chromium", "flatpak")]) == {"Chromium (flatpak)": "hosts"}


def test_a_firefox_that_passes_the_hosts_file_by_is_not_called_covered(tmp_path: Path) -> None:
    profile = tmp_path / ".mozilla/firefox/abc.default"
    profile.mkdir(parents=True)
    (profile / "prefs.js").write_text('user_pref("network.trr.exclude-etc-hosts", false);\n')

    found = browsers.installed(tmp_path, {"firefox": "/usr/bin/firefox"}.get)

    assert found == [Browser("Firefox", "", True)]
    assert "network.trr.exclude-etc-hosts" in verdicts(LAYERS, found)["Firefox"]


def test_browsers_are_found_where_they_live(tmp_path: Path) -> None:
    (tmp_path / "home/.local/share/flatpak/app/com.brave.Browser").mkdir(parents=True)
    paths = {"chromium": "/snap/bin/chromium", "google-chrome": "/usr/bin/google-chrome"}

    found = browsers.installed(tmp_path / "home", paths.get, tmp_path)

    assert found == [Browser("Chromium", "snap"), Browser("Chrome"), Browser("Brave", "flatpak")]


def test_a_tunnel_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "sys/class/net/wg0").mkdir(parents=True)
    (tmp_path / "sys/class/net/eth0").mkdir()
    (tmp_path / "proc/sys/user").mkdir(parents=True)
    (tmp_path / "proc/sys/user/max_user_namespaces").write_text("1000\n")

    lines = checkup.look(tmp_path, {"HOME": str(tmp_path)}, Client(tmp_path / "none"))

    said = [what for ok, what in lines if not ok]
    assert any("wg0 is up" in what for what in said)
    assert any("user namespaces" in what for what in said)
    assert "no guard is installed here" in said
