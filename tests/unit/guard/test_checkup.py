"""What is said of browsers and machine is what was looked at, and names the ways past the guard."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flowtui.guard import browsers, checkup, ways_past
from flowtui.guard.browsers import Browser
from flowtui.guard.client import Client
from flowtui.guard.program import policy, policy_text
from flowtui.guard.program.roots import Roots

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

    said = [line.what for line in lines if not line.ok]
    assert any("wg0 is up" in what for what in said)
    assert any("user namespaces" in what for what in said)
    assert "no guard is installed here" in said


def test_lines_of_ours_without_a_lease_are_a_fault_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    text = "127.0.0.1 localhost\n# flowtui 0123456789abcdef: these lines go when the block ends\n"
    (tmp_path / "etc/hosts").write_text(text)

    lines = checkup.look(tmp_path, {"HOME": str(tmp_path)}, Client(tmp_path / "none"))

    found = [line for line in lines if line.id == "left-behind"]
    assert len(found) == 1 and found[0].fault and "rescue" in found[0].what


def test_with_no_guard_nothing_is_claimed_of_a_browser(tmp_path: Path) -> None:
    found = checkup._browsers([Browser("Chromium"), Browser("Firefox")], None)

    assert [line.ok for line in found] == [False, False]
    assert [line.id for line in found] == ["browser-chromium", "browser-firefox"]


@pytest.mark.parametrize("name", ["tailscale0", "nordlynx", "proton0", "tun0", "wg0"])
def test_vpns_are_known_by_their_devices_and_proxies_by_the_environment(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / "sys/class/net" / name).mkdir(parents=True)
    env = {"HOME": str(tmp_path), "https_proxy": "http://proxy.test:3128"}

    lines = {line.id: line.what for line in checkup._roundabout(tmp_path, env)}

    assert name in lines["tunnel"] and "https_proxy" in lines["proxy"]


def test_parts_of_sites_that_a_browser_does_not_hold_are_said_beside_it() -> None:
    both = [Browser("Chromium"), Browser("Firefox")]
    found = {one.browser: one.why for one in browsers.coverage(both, LAYERS, False, 2)}

    assert found["Chromium"].startswith("policy and hosts; ")
    assert found["Firefox"] == "hosts; 2 parts of sites stay reachable"


@pytest.mark.parametrize(
    ("folder", "setting", "said"),
    [
        (".config/mozilla/firefox", '"network.trr.exclude-etc-hosts", false', "exclude-etc-hosts"),
        (".librewolf", '"network.trr.exclude-etc-hosts", false', "exclude-etc-hosts"),
        (
            ".mozilla/firefox",
            '"network.proxy.type", 1);\nuser_pref("network.proxy.socks", "10.0.0.1"',
            "proxy",
        ),
    ],
)
def test_a_profile_that_passes_the_hosts_file_by_is_found_wherever_it_lies(
    tmp_path: Path, folder: str, setting: str, said: str
) -> None:
    profile = tmp_path / folder / "abc.default"
    profile.mkdir(parents=True)
    (profile / "prefs.js").write_text(f"user_pref({setting});\n")

    found = browsers.installed(tmp_path, {"firefox": "/usr/bin/firefox"}.get, tmp_path)

    assert said in verdicts(LAYERS, found)["Firefox"]
    assert verdicts(LAYERS, found)["Firefox"].startswith("-")


def test_tor_is_listed_as_not_held(tmp_path: Path) -> None:
    found = browsers.installed(tmp_path, {"tor-browser": "/usr/bin/tor-browser"}.get, tmp_path)

    assert verdicts(LAYERS, found)["Tor Browser"].startswith("-Tor looks names up")


PROXIED = "names are looked up elsewhere"


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        (".config/kioslaverc", "[Proxy Settings]\nProxyType=1\n", "KDE uses a proxy"),
        (".config/kioslaverc", "[Proxy Settings]\nProxyType=2\n", "KDE uses a proxy script"),
        (
            ".config/chromium-flags.conf",
            "--proxy-server=socks5://10.0.0.1:1080\n",
            "chromium-flags",
        ),
        (
            ".local/share/applications/b.desktop",
            "Exec=brave --proxy-pac-url=http://p/x %u\n",
            "b.d",
        ),
        (".config/brave-flags.conf", '--host-resolver-rules="MAP * 10.0.0.1"\n', "brave-flags"),
    ],
)
def test_a_proxy_is_found_wherever_it_is_set(
    tmp_path: Path, file: str, text: str, says: str
) -> None:
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    path.write_text(text)

    lines = [line for line in checkup._roundabout(tmp_path, {"HOME": str(tmp_path)})
             if line.id == "proxy"]  # fmt: skip
    assert len(lines) == 1 and says in lines[0].what and PROXIED in lines[0].what
    has = {"chromium": "/usr/bin/chromium", "falkon": "/usr/bin/falkon"}.get
    found = verdicts(LAYERS, browsers.installed(tmp_path, has, tmp_path))
    assert found["Chromium"] == "policy", "its policy holds all the same"
    assert found["Falkon"].startswith("-")


@pytest.mark.parametrize("text", ["ProxyType=0\n", "", "#--proxy-server=x\n", "--dark-mode\n"])
def test_no_proxy_is_made_up(tmp_path: Path, text: str) -> None:
    (tmp_path / ".config").mkdir()
    for name in ("kioslaverc", "chromium-flags.conf"):
        (tmp_path / ".config" / name).write_text(text)
    env = {"HOME": str(tmp_path), "http_proxy": "", "no_proxy": "localhost"}

    assert ways_past.session(tmp_path, env, tmp_path) == []


def test_a_proxy_of_the_environment_takes_the_check_mark_of_firefox_away(tmp_path: Path) -> None:
    has = {"firefox-esr": "/usr/bin/firefox-esr"}.get
    env = {"HTTPS_PROXY": "http://proxy.test:3128"}

    found = verdicts(LAYERS, browsers.installed(tmp_path, has, tmp_path, env))

    assert found["Firefox"].startswith("-HTTPS_PROXY is set")


def test_a_browser_that_runs_with_a_proxy_is_seen(tmp_path: Path) -> None:
    for pid, line in (("7", b"/usr/bin/chromium\0--proxy-server=10.0.0.1:1\0"), ("8", b"sh\0-c\0")):
        (tmp_path / pid).mkdir()
        (tmp_path / pid / "cmdline").write_bytes(line)

    seen = ways_past.started(os.getuid(), tmp_path)

    assert [one.where for one in seen] == ["chromium runs with a proxy or rules of names"]
    assert ways_past.started(os.getuid() + 1, tmp_path) == []


def test_a_policy_that_another_file_overrides_is_seen(tmp_path: Path) -> None:
    record = {"path": str(tmp_path / policy_text.FILE)}
    (tmp_path / "aaa.json").write_text('{"URLBlocklist": []}')
    assert policy.overridden(record) == ""
    (tmp_path / "zzz-last.json").write_text('{"URLBlocklist": []}')
    assert policy.overridden(record) == "zzz-last.json"
    (tmp_path / "zzz-last.json").write_text('{"HomepageLocation": "x"}')
    assert policy.overridden(record) == ""

    layers = {**LAYERS, "policies": {"Chromium": {"intact": True, "overridden": "zzz-last.json"}}}
    found = verdicts(layers, [Browser("Chromium")])["Chromium"]
    assert found == "hosts; its policy is overridden by zzz-last.json"
    found = verdicts(layers, [Browser("Chromium")], only=True)["Chromium"]
    assert found == "-its policy is overridden by zzz-last.json"


def test_a_part_of_a_site_is_not_claimed_to_be_held_inside_an_open_page() -> None:
    (one,) = browsers.coverage([Browser("Chromium")], LAYERS, False, 2)

    assert "reachable from an open page of them, or spelled with %" in one.why


@pytest.mark.parametrize(
    ("name", "program", "folder"),
    [
        ("Chromium (Ubuntu)", "chromium-browser", "etc/chromium-browser/policies/managed"),
        ("Chrome", "google-chrome-beta", "etc/opt/chrome/policies/managed"),
        ("Edge", "microsoft-edge-dev", "etc/opt/edge/policies/managed"),
        ("Vivaldi", "vivaldi-snapshot", "etc/opt/vivaldi/policies/managed"),
        ("Brave", "brave-browser-nightly", "etc/brave/policies/managed"),
    ],
)
def test_other_channels_and_packages_are_known_with_their_policies(
    tmp_path: Path, name: str, program: str, folder: str
) -> None:
    (tmp_path / folder).mkdir(parents=True)

    found = browsers.installed(tmp_path, {program: f"/usr/bin/{program}"}.get, tmp_path)

    assert [one.name for one in found] == [name]
    assert Roots(tmp_path).policies == {name: tmp_path / folder}


@pytest.mark.parametrize(
    ("file", "text", "id", "says"),
    [
        ("usr/bin/podman", "", "containers", "podman"),
        ("run/docker.sock", "", "containers", "docker"),
        ("proc/version", "Linux version 5.15 (Microsoft@WSL2)", "wsl", "browsers of Windows"),
    ],
)
def test_containers_and_wsl_are_told_of(
    tmp_path: Path, file: str, text: str, id: str, says: str
) -> None:
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text(text)

    lines = {line.id: line.what for line in checkup._roundabout(tmp_path, {"HOME": str(tmp_path)})}

    assert says in lines[id]
