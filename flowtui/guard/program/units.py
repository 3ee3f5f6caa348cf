"""The systemd units of the guard, as texts."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PROGRAM = "/usr/local/lib/flowtui/guard.pyz"
PYTHON = "/usr/bin/python3"
FLAGS = ("-I", "-S")
"""Isolated and without site: no `.pth`, no `sitecustomize`, nothing of a user runs in it."""


def command(python: str = PYTHON, program: str = PROGRAM) -> list[str]:
    """How the privileged program is started; its verb comes after that."""
    return [python, *FLAGS, program]


LAUNCHER = "/usr/local/lib/flowtui/flowtui-guard"
"""What a person in need calls with sudo: the root-owned copy, by its full path."""
LAUNCHER_TEXT = f"""\
#!/bin/sh
# The privileged program of flowtui, by itself: nothing of a user's folders is run.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH
cd / && exec {" ".join((PYTHON, *FLAGS, PROGRAM))} "$@"
"""
CRON_TEXT = f"""\
# flowtui guard: keep a lease at boot; put back what an ended one has left, every five minutes
@reboot root {LAUNCHER} boot >/dev/null 2>&1
*/5 * * * * root {LAUNCHER} recover >/dev/null 2>&1
"""
"""For machines without systemd, where there is cron."""
HARDENING = """\
NoNewPrivileges=yes
ProtectSystem=strict
ReadWritePaths=/etc /var/lib/flowtui -/run/systemd/system
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
PrivateMounts=yes
ProtectHostname=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=no
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RemoveIPC=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@resources @privileged @setuid @keyring @memlock @aio
SystemCallFilter=@chown adjtimex clock_adjtime
SystemCallErrorNumber=EPERM
KeyringMode=private
UMask=0077
"""
"""Both units: an allow list of system calls, no memory that is written and run, no device.

The clock is asked whether it is synchronised (adjtimex), which ProtectClock= would refuse; control
groups are written to, since apps are frozen in theirs.
"""
GUARD_ONLY = """\
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK AF_PACKET
CapabilityBoundingSet=CAP_NET_ADMIN CAP_NET_RAW CAP_KILL CAP_DAC_OVERRIDE
CapabilityBoundingSet=CAP_CHOWN CAP_FOWNER CAP_SYS_PTRACE
"""
RECOVER_ONLY = """\
RestrictAddressFamilies=AF_UNIX AF_NETLINK
PrivateNetwork=no
CapabilityBoundingSet=CAP_NET_ADMIN CAP_KILL CAP_DAC_OVERRIDE CAP_CHOWN CAP_FOWNER CAP_SYS_PTRACE
"""
GUARD = f"""\
[Unit]
Description=flowtui guard: keeps distractions away until a lease ends
After=local-fs.target flowtui-recover.service
StartLimitIntervalSec=0

[Service]
Type=notify
ExecStart={" ".join(command())} serve
Restart=always
RestartSec=200ms
WatchdogSec=10
TimeoutStopSec=10
RuntimeDirectory=flowtui
RuntimeDirectoryPreserve=yes
StateDirectory=flowtui
StateDirectoryMode=0700
{HARDENING}{GUARD_ONLY}
[Install]
WantedBy=multi-user.target
"""
RECOVER = f"""\
[Unit]
Description=flowtui guard: put back what an ended lease has left
DefaultDependencies=no
After=local-fs.target systemd-tmpfiles-setup.service
Before=network-pre.target
Wants=network-pre.target
ConditionPathExists=/var/lib/flowtui

[Service]
Type=oneshot
ExecStart={" ".join(command())} recover
SuccessExitStatus=1
StandardOutput=null
RuntimeDirectory=flowtui
RuntimeDirectoryPreserve=yes
{HARDENING}{RECOVER_ONLY}
[Install]
WantedBy=multi-user.target
"""
TIMER = """\
[Unit]
Description=flowtui guard: look every five minutes whether an ended lease was put back

[Timer]
OnBootSec=2min
OnUnitActiveSec=5min
AccuracySec=30s

[Install]
WantedBy=timers.target
"""
UNITS: Mapping[str, str] = MappingProxyType(
    {
        "flowtui-guard.service": GUARD,
        "flowtui-recover.service": RECOVER,
        "flowtui-recover.timer": TIMER,
    }
)
"""Texts by the names of their files in /etc/systemd/system."""

PLIST_PATH = "Library/LaunchDaemons/flowtui.guard.plist"
PLIST = f"""\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>Label</key><string>flowtui.guard</string>
<key>ProgramArguments</key>
<array>{"".join(f"<string>{word}</string>" for word in (*command(), "serve"))}</array>
<key>RunAtLoad</key><true/>
<key>KeepAlive</key><true/>
</dict></plist>
"""
"""For launchd, on macOS."""
