"""Apps that are frozen where they stand, and go on there: nothing is ended, nothing is lost.

An app is named by its program ("discord"). Frozen is what the asking user runs of it, children
too; never what that user needs to see and end the block.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterable, Sequence
from typing import Any

from . import cgroups, procs, vital
from .errors import GuardError
from .journal import APPLIED, RESTORING, Journal, Record
from .procs import Process
from .proof import EXACT, FAILED, GONE, Proof

KIND = "apps"
MOST = 32
PASSES = 4
NAME = re.compile(r"[a-z0-9][a-z0-9._+ -]{0,63}")
_NEVER = """
init systemd sh bash dash zsh fish ash ksh tcsh csh nu xonsh pwsh login su sudo doas sshd ssh
mosh-server tmux screen zellij dtach xterm uxterm urxvt rxvt st alacritty kitty foot footclient
wezterm wezterm-gui konsole gnome-terminal gnome-terminal-server xfce4-terminal tilix terminator
guake yakuake lxterminal mate-terminal qterminal kgx ptyxis ghostty terminal iterm2 hyper xorg
xwayland gnome-shell mutter kwin_x11 kwin_wayland plasmashell ksmserver sway hyprland river
weston labwc wayfire niri i3 bspwm awesome openbox xfwm4 xfce4-session cinnamon marco muffin
gnome-session-binary gdm sddm lightdm gdm-session-worker dbus-daemon dbus-broker dbus-broker-
launch pipewire pipewire-pulse wireplumber pulseaudio polkitd networkmanager wpa_supplicant
systemd-logind systemd-journald systemd-resolved systemd-udevd at-spi-bus-launcher ibus-daemon
fcitx fcitx5 xdg-desktop-portal gvfsd dconf-service orca speech-dispatcher brltty flowtui
ssh-agent gpg-agent scdaemon gnome-keyring-daemon kwalletd5 kwalletd6 keepassxc secret-service
polkit-gnome-authentication-agent-1 polkit-kde-authentication-agent-1 lxqt-policykit-agent
openvpn wg-quick tailscaled tailscale nordvpnd mullvad-daemon mullvad-vpn protonvpn proton-vpn
expressvpnd openconnect strongswan charon pppd warp-svc zerotier-one nm-applet
dwm xmonad-x86_64-linux xmonad qtile herbstluftwm fluxbox icewm icewm-session enlightenment
metacity compiz gala budgie-wm budgie-panel deepin-wm cosmic-comp cosmic-session cosmic-panel dwl
leftwm spectrwm jwm fvwm fvwm3 ratpoison stumpwm cwm lxqt-session lxsession mate-session wlroots
gamescope cage phoc phosh kwin picom xsettingsd waybar polybar lxqt-panel xfce4-panel mate-panel
swaylock hyprlock i3lock xscreensaver gnome-screensaver light-locker swayidle hypridle
byobu abduco dvtm tmate zellij mtm rio warp warp-terminal tabby contour cool-retro-term blackbox
terminology sakura roxterm lilyterm termite tilda yakuake deepin-terminal cosmic-term
xdg-desktop-portal-gnome xdg-desktop-portal-gtk xdg-desktop-portal-kde xdg-desktop-portal-wlr
pasystray ibus-x11 onboard squeekboard maliit-server
flatpak flatpak-session-helper bwrap snap snapd snapd-confine firejail docker dockerd containerd
podman qemu-system-x86_64 java javaw perl ruby php deno bun mono dotnet electron finder
windowserver loginwindow launchd dock kernel_task
"""
NEVER = frozenset(_NEVER.split())
"""Shells, terminals, what draws and guards the session, sandboxes, and interpreters of anything."""
INTERPRETER = re.compile(r"(python|pypy|node|lua|tclsh|guile|erl|beam)[0-9.a-z-]*")


def program(text: object) -> str:
    """The canonical name of an app. Raises GuardError for one that is none, or is never frozen."""
    name = text.strip().lower() if isinstance(text, str) else ""
    if NAME.fullmatch(name) is None:
        raise GuardError("app", f"{str(text)[:40]!r} is no program", "give a name such as discord")
    if name in NEVER or INTERPRETER.fullmatch(name):
        raise GuardError("app", f"{name} is never frozen", "a session needs it, or runs anything")
    return name


def matching(
    names: Iterable[str], uid: int, seen: dict[int, Process], spare: set[int]
) -> list[Process]:
    """What `uid` runs of `names`, with children, parents first; less `spare` and what never may.

    Below a shell is what a person has started there, such as a training run: not the app's.
    """
    wanted = set(names)
    heads = [p.pid for p in seen.values() if p.uid == uid and p.program in wanted]

    def apart(process: Process) -> bool:
        never = process.program in NEVER or process.pid in spare or process.pid == 1
        never = never or process.uid != uid or not process.exe
        return never or bool(vital.reason(process))

    return [seen[pid] for pid in procs.with_children(heads, seen, apart)]


def freeze(
    journal: Journal,
    record: Record | None,
    names: Sequence[str],
    uid: int,
    boot: str,
    spare: set[int],
) -> tuple[Record | None, int]:
    """Freeze what runs of `names` and is not frozen yet; the record, and how many were.

    What is started between a look and the freezing is seen by the next look, until there is none.
    """
    frozen = 0
    for _ in range(PASSES):
        record, count = _freeze_once(journal, record, names, uid, boot, spare)
        frozen += count
        if not count:
            break
    return record, frozen


def _freeze_once(
    journal: Journal,
    record: Record | None,
    names: Sequence[str],
    uid: int,
    boot: str,
    spare: set[int],
) -> tuple[Record | None, int]:
    seen = procs.snapshot()
    spared = set(spare) | procs.ancestors(os.getpid(), seen)
    known = {(e["pid"], e["start"]) for e in record["frozen"]} if record else set()
    fresh = [
        p
        for p in matching(names, uid, seen, spared)
        if (p.pid, p.start) not in known and p.state not in "TtZX"
    ]
    if not fresh:
        return record, 0
    groups = cgroups.whole({p.pid for p in fresh} | {pid for pid, _ in known}, fresh)
    entries: list[dict[str, Any]] = [
        {"pid": p.pid, "start": p.start, "exe": p.exe, "cgroup": groups.get(p.pid)} for p in fresh
    ]
    if record is None:
        record = journal.prepare(KIND, boot=boot, uid=uid, frozen=entries)
    else:
        record = journal.note(record, frozen=[*record["frozen"], *entries])
    for group in sorted({e["cgroup"] for e in entries if e["cgroup"]}):
        cgroups.set_frozen(group, True)
    for entry in entries:
        if not entry["cgroup"]:
            _send(entry, signal.SIGSTOP)
    return journal.note(record, state=APPLIED), len(fresh)


def hold(record: Record) -> None:
    """Stop again what somebody has let go."""
    for entry in record["frozen"]:
        if entry["cgroup"]:
            cgroups.set_frozen(entry["cgroup"], True)
            continue
        now = procs.one(entry["pid"])
        if now is not None and now.start == entry["start"] and now.state not in "TtZX":
            _send(entry, signal.SIGSTOP)


def alive(record: Record, boot: str) -> int:
    """How many of the frozen still exist."""
    if record["boot"] != boot:
        return 0
    return sum(1 for entry in record["frozen"] if _same(entry) is not None)


def restore(journal: Journal, record: Record, boot: str) -> Proof:
    """Let all go on; a process of another boot, or another with its pid, is not touched."""
    record = journal.mark(record, RESTORING)
    what = f"{len(record['frozen'])} processes"
    if record["boot"] != boot:
        journal.done(record)
        return Proof(KIND, what, GONE, None, None, "the machine was started anew")
    for group in sorted({e["cgroup"] for e in record["frozen"] if e["cgroup"]}):
        cgroups.set_frozen(group, False)
    # children first: a parent that goes on and finds its child stopped may wonder
    for entry in reversed(record["frozen"]):
        if not entry["cgroup"]:
            _send(entry, signal.SIGCONT)
    still = [e for e in record["frozen"] if (_same(e) or _NONE).state in "Tt"]
    if still:
        return Proof(KIND, what, FAILED, None, None, f"process {still[0]['pid']} is still stopped")
    journal.done(record)
    return Proof(KIND, what, EXACT, None, None)


_NONE = Process(0, 0, 0, 0, "X", "")


def _same(entry: dict[str, Any]) -> Process | None:
    now = procs.one(entry["pid"])
    return now if now is not None and now.start == entry["start"] else None


def _send(entry: dict[str, Any], number: int) -> None:
    """Signal exactly that process: by a descriptor where the kernel has those (5.3)."""
    opener = getattr(os, "pidfd_open", None)
    try:
        if opener is None or not hasattr(signal, "pidfd_send_signal"):
            if _same(entry) is not None:
                os.kill(entry["pid"], number)
            return
        fd = opener(entry["pid"])
    except (ProcessLookupError, PermissionError, OSError):
        return  # it has ended
    try:
        if _same(entry) is not None:
            signal.pidfd_send_signal(fd, number)
    except (ProcessLookupError, PermissionError):
        pass  # it has ended just now
    finally:
        os.close(fd)
