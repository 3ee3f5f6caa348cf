"""Logs, processes and commands of another host, over a real sshd on loopback."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from flowtui.core.runs.address import parse_address
from flowtui.system.child import end_child, start_child
from flowtui.system.clock import SystemClock
from flowtui.watch.remote.host import SshHost, gpus_of
from flowtui.watch.remote.line import SshLine
from flowtui.watch.remote.origin import OriginError, Want
from flowtui.watch.remote.shell_line import AnyLine, ShellLine
from tests.remote.sshd import Sshd, missing
from tests.unit.runs.run_lab import until

Connect = Callable[..., SshHost]


@pytest.fixture
def connect(sshd: Sshd) -> Iterator[Connect]:
    """Makes hosts, and lets go of them."""
    made: list[SshHost] = []

    def connect_to(server: Sshd = sshd, master_only: bool = False) -> SshHost:
        clock = SystemClock()
        start = partial(start_child, env=server.env())
        host = SshHost("box", SshLine("box", start, end_child, clock, master_only), clock)
        made.append(host)
        return host

    yield connect_to
    for host in made:
        host.close()


def want(folder: Path, path: Path | int, id: str = "aaaaaa") -> Want:
    return Want(id, parse_address(f"ssh:box:{path}"), folder / id)


def mirror(host: SshHost, wanted: Want) -> bytes:
    report = host.report(wanted.id)
    assert report is not None
    return b"".join(Path(log).read_bytes() for log in report.logs)


def test_a_log_is_the_same_here_byte_by_byte_whatever_cuts_the_line(
    sshd: Sshd, connect: Connect, tmp_path: Path
) -> None:
    chance = random.Random(7)
    log = tmp_path / "train.log"
    wanted = want(tmp_path, log)
    host = connect()
    lines = 0
    with log.open("ab") as file:
        for number in range(30):
            piece = chance.randbytes(chance.randrange(1, 200_000))
            file.write(piece)
            file.flush()
            if number % 7 == 3:
                sshd.cut()
            if number % 11 == 5:
                host.close()
                host = connect()  # another process takes over
            try:
                host.read([wanted])
            except OriginError:
                lines += 1
    host.read([wanted])

    assert mirror(host, wanted) == log.read_bytes()
    assert lines > 0


def test_a_line_that_was_cut_in_the_middle_of_an_answer_loses_nothing(
    sshd: Sshd, connect: Connect, tmp_path: Path
) -> None:
    log = tmp_path / "train.log"
    log.write_bytes(random.Random(3).randbytes(9_000_000))
    wanted = want(tmp_path, log)
    host = connect()
    question = {"do": "read", "most": 1 << 20, "files": [["0", str(log), 0, None, ""]]}
    host.ask(question)
    sshd.cut()
    with pytest.raises(OriginError, match="lost"):
        host.read([wanted])

    host.read([wanted])

    assert mirror(host, wanted) == log.read_bytes()


def test_a_log_that_was_cut_or_replaced_begins_anew(connect: Connect, tmp_path: Path) -> None:
    log = tmp_path / "train.log"
    wanted = want(tmp_path, log)
    host = connect()
    for text in (b"a" * 900, b"b" * 100, b"c" * 2000):
        log.write_bytes(text)
        host.read([wanted])
        assert mirror(host, wanted) == text
    log.unlink()
    log.write_bytes(b"c" * 1999 + b"d" * 500)
    host.read([wanted])

    assert mirror(host, wanted) == log.read_bytes()


def test_a_long_log_takes_bounded_room_and_every_line_is_read(
    connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flowtui.watch.follow import FileSource

    monkeypatch.setattr("flowtui.watch.remote.mirror.CUT_FROM", 20_000)
    log = tmp_path / "train.log"
    log.write_text("")
    wanted = want(tmp_path, log)
    host = connect()
    steps: set[int | None] = set()
    source: FileSource | None = None
    for start in range(0, 4000, 250):
        with log.open("a") as file:
            file.write("".join(f"step {n} loss 0.5\n" for n in range(start, start + 250)))
        host.read([wanted])
        report = host.report(wanted.id)
        assert report is not None
        if source is None:
            source = FileSource(Path(report.logs[0]))
        steps |= {getattr(item, "step", None) for item in source.poll()}
        kept = sum(each.stat().st_size for each in Path(report.logs[0]).parent.iterdir())
        assert kept < 60_000
    steps |= {getattr(item, "step", None) for item in (source.close() if source else ())}
    assert set(range(4000)) <= steps


@pytest.mark.parametrize("there", ["/a/..", "/a/.hidden", "/", "/x/" + "n" * 400, "/a/mirror.json"])
def test_no_path_over_there_leads_out_of_its_folder_here(tmp_path: Path, there: str) -> None:
    from flowtui.watch.remote.mirror import Mirror

    made = Mirror(tmp_path / "m", there)
    answer = {"size": 3, "start": 0, "mark": [1, 2, ""], "mtime": 1.7e9, "anew": False}
    made.take(answer, b"abc", 0.0)
    assert made.path.parent == made.folder and made.folder.parent == tmp_path / "m"
    assert made.path.read_bytes() == b"abc" and Mirror(tmp_path / "m", there).offset == 3


def test_a_clock_that_is_hours_off_makes_no_log_old_or_of_tomorrow(
    sshd: Sshd, connect: Connect, tmp_path: Path
) -> None:
    from flowtui.watch.remote.mirror import Mirror

    now = SystemClock().now().timestamp()
    made = Mirror(tmp_path / "m", "/data/train.log")
    theirs = now - 7200  # their clock is two hours behind, and the log changed just now
    answer = {"size": 7, "start": 0, "mark": [1, 2, ""], "mtime": theirs, "anew": False}
    made.take(answer, b"step 1\n", now - theirs)
    assert abs(made.path.stat().st_mtime - now) < 1
    log = tmp_path / "train.log"
    log.write_text("step 1\n")
    host = connect()
    host.read([want(tmp_path, log)])
    report = host.report("aaaaaa")
    assert report is not None and report.heard_at is not None
    assert abs(report.heard_at - now) < 60


def test_a_program_called_ssh_in_the_folder_where_one_is_runs_never(
    sshd: Sshd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "cloned"
    folder.mkdir()
    trap = folder / "ssh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path / 'sprung'}\n")
    trap.chmod(0o755)
    monkeypatch.chdir(folder)
    env = {"PATH": f".:{sshd.env()['PATH']}"}
    clock = SystemClock()
    line = SshLine("box", partial(start_child, env=env), end_child, clock)
    SshHost("box", line, clock).list(str(tmp_path))
    line.close()

    assert not (tmp_path / "sprung").exists()


def test_the_follower_is_for_every_python_from_3_6_on() -> None:
    import ast

    from flowtui.watch.remote.line import follower_code

    ast.parse(follower_code(), feature_version=(3, 6))


def test_twenty_logs_come_by_one_connection(sshd: Sshd, connect: Connect, tmp_path: Path) -> None:
    wants = []
    for number in range(20):
        log = tmp_path / f"{number}.log"
        log.write_text(f"step {number}\n" * (number + 1))
        wants.append(want(tmp_path, log, f"run{number}"))
    host = connect()
    spent = [host.read(wants), host.read(wants)]

    assert [mirror(host, each) for each in wants] == [
        (tmp_path / f"{number}.log").read_bytes() for number in range(20)
    ]
    assert [one.requests for one in spent] == [1, 1]
    assert sshd.connections() == 1


def test_a_log_that_is_not_there_is_told_and_says_nothing_of_the_run(
    connect: Connect, tmp_path: Path
) -> None:
    wanted = want(tmp_path, tmp_path / "nothing.log")
    host = connect()
    host.read([wanted])

    report = host.report(wanted.id)
    assert report is not None and not report.over
    assert "No such file" in report.problem and report.heard_at is not None


def test_a_process_over_there_is_seen_and_its_end(connect: Connect, tmp_path: Path) -> None:
    log = tmp_path / "out.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", "print('step 1', flush=True); input()"],
            stdin=subprocess.PIPE, stdout=out,
        )  # fmt: skip
    wanted = want(tmp_path, process.pid)
    host = connect()
    try:
        until(lambda: log.read_bytes())
        host.read([wanted])
        report = host.report(wanted.id)
        assert report is not None and report.process is not None and report.process.alive
        assert report.process.rss_bytes and mirror(host, wanted) == b"step 1\n"
    finally:
        process.communicate(b"\n")
    other = connect()
    other.read([wanted])
    gone = other.report(wanted.id)
    assert gone is not None and gone.process is not None and not gone.process.alive


def test_the_gpus_of_a_process_over_there_come_by_its_own_nvidia_smi(
    sshd: Sshd, connect: Connect, tmp_path: Path
) -> None:
    process = subprocess.Popen(["sleep", "600"])
    boards = (
        "0, GPU-aa, NVIDIA A100-SXM4-80GB, 87, 41000, 81920, 61, 312.40, 400.00\n"
        "1, GPU-bb, NVIDIA A100-SXM4-80GB, [N/A], 0, 81920, 30, [Unknown Error], 400.00\n"
    )
    script = sshd.bin / "nvidia-smi"
    script.write_text(
        f'#!/bin/sh\ncase "$*" in *compute-apps*) echo "GPU-aa, {process.pid}, 40000" ;;'
        f" *) printf '%s' '{boards}' ;; esac\n"
    )
    script.chmod(0o755)
    (sshd.home / ".bash_profile").write_text(f'export PATH="{sshd.bin}:$PATH"\n')
    wanted = want(tmp_path, process.pid)
    host = connect()
    try:
        host.read([wanted])
        report = host.report(wanted.id)
    finally:
        process.kill()
        process.wait()

    assert report is not None
    [gpu] = report.gpus
    assert (gpu.host, gpu.index, gpu.util, gpu.power_w) == ("box", 0, 0.87, 312.4)
    assert gpu.mem_used_bytes == 41000 << 20
    [_, second] = gpus_of(boards, "", "box", SystemClock().now())
    assert (second.util, second.power_w, second.temp_c) == (None, None, 30.0)


def test_a_command_is_started_there_outlives_the_line_and_tells_its_end(
    sshd: Sshd, connect: Connect, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    wait = f"    if os.path.exists({str(go)!r}): break\n    time.sleep(0.01)\n"
    code = f"import os, time\nfor _ in range(6000):\n{wait}"
    argv = [sys.executable, "-c", f"print('begun', flush=True)\n{code}print('end')\nexit(3)"]
    host = connect()
    answer, _ = host.ask({"do": "start", "id": "abc", "argv": argv, "folder": str(tmp_path)})
    sshd.cut()
    address = parse_address(f"ssh:box:{answer['pid']}")
    wanted = Want(
        "aaaaaa", address, tmp_path / "m", (answer["output"],), answer["end"], answer["began"]
    )
    host = connect()
    go.touch()
    until(lambda: Path(answer["end"]).exists())
    host.read([wanted])

    report = host.report("aaaaaa")
    assert report is not None and (report.exit_status, report.over) == (3, True)
    assert mirror(host, wanted) == b"begun\nend\n"
    assert Path(answer["output"]).is_relative_to(sshd.home)


def test_a_started_command_that_is_not_there_is_told(connect: Connect) -> None:
    answer, _ = connect().ask({"do": "start", "id": "abc", "argv": ["no-such-program"]})

    assert answer["problem"] == "there is no no-such-program on this host"


def test_another_host_key_is_told_and_never_accepted(
    sshd: Sshd, connect: Connect, tmp_path: Path
) -> None:
    known = (sshd.folder / "known").read_text()
    sshd.new_host_key()
    with pytest.raises(OriginError, match="host key has changed") as refused:
        connect().read([want(tmp_path, tmp_path / "x.log")])

    assert refused.value.told and (sshd.folder / "known").read_text() == known


def test_a_host_that_wants_a_password_is_told_with_what_to_type(
    sshd: Sshd, connect: Connect, tmp_path: Path
) -> None:
    (sshd.folder / "id.pub").write_text("")
    with pytest.raises(OriginError, match=r"in a terminal: ssh -fN box"):
        connect().read([want(tmp_path, tmp_path / "x.log")])


def test_only_an_open_connection_is_used_where_that_is_wished(
    sshd: Sshd, connect: Connect, tmp_path: Path
) -> None:
    log = tmp_path / "train.log"
    log.write_text("step 1\n")
    wanted = want(tmp_path, log)
    with pytest.raises(OriginError, match="no open connection to box"):
        connect(master_only=True).read([wanted])
    assert sshd.connections() == 0
    control = tmp_path / "cm"
    config = sshd.folder / "config"
    config.write_text(f"{config.read_text()}  ControlPath {control}\n")
    master = subprocess.Popen(
        ["ssh", "-N", "-M", "box"], env=sshd.env(), stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until(control.exists)
        host = connect(master_only=True)
        host.read([wanted])
        assert mirror(host, wanted) == b"step 1\n" and sshd.connections() == 1
    finally:
        master.terminate()
        master.wait()


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Sshd]:
    """A host that has no Python, and little else."""
    programs = tmp_path / "few"
    programs.mkdir()
    for name in ("sh", "stat", "tail", "head", "date", "ls", "cat", "env"):
        (programs / name).symlink_to(shutil.which(name) or name)
    login = tmp_path / "login"
    login.write_text(
        f'#!/bin/sh\nPATH={programs}; export PATH\nexec sh -c "$SSH_ORIGINAL_COMMAND"\n'
    )
    login.chmod(0o755)
    server = Sshd(tmp_path / "bare", force=str(login))
    yield server
    server.stop()


def test_a_host_without_python_gives_its_logs_by_its_shell(bare: Sshd, tmp_path: Path) -> None:
    log = tmp_path / "a log; $(touch x) 'quoted'.out"
    clock = SystemClock()
    start = partial(start_child, env=bare.env())

    def connect_by_shell() -> SshHost:
        parts = ("box", start, end_child, clock)
        return SshHost("box", AnyLine(SshLine(*parts), ShellLine(*parts)), clock)

    host = connect_by_shell()
    wanted = want(tmp_path, log)
    chance = random.Random(5)
    log.write_bytes(b"")
    for number in range(12):
        with log.open("ab") as file:
            file.write(chance.randbytes(chance.randrange(1, 300_000)))
        if number == 4:
            bare.cut()
        if number == 7:
            log.write_bytes(b"anew\n")
        try:
            host.read([wanted])
        except OriginError:
            pass
    host.read([wanted])
    assert mirror(host, wanted) == log.read_bytes()
    assert [offer.address.name for offer in host.list(str(log))] == [str(log)]
    with pytest.raises(OriginError, match="only logs can be followed there"):
        host.run(["squeue"], 5.0)
    gone = want(tmp_path, tmp_path / "nothing.log", "gone")
    host.read([gone])
    report = host.report("gone")
    assert report is not None and "cannot be read" in report.problem
    assert abs((report.heard_at or 0) - clock.now().timestamp()) < 30
    host.close()


@pytest.mark.parametrize("shell", ["sh", "bash", "tcsh", "fish"])
def test_any_login_shell_and_any_noise_before_it_will_do(
    shell: str, tmp_path: Path, connect: Connect
) -> None:
    path = shutil.which(shell)
    if path is None:
        pytest.skip(f"needs {shell}")
    wrapper = tmp_path / "login"
    wrapper.write_text(
        f'#!/bin/sh\necho "Welcome to box"\necho "{{\\"now\\": 1}}"\n'
        f'exec {path} -c "$SSH_ORIGINAL_COMMAND"\n'
    )
    wrapper.chmod(0o755)
    log = tmp_path / "train.log"
    log.write_text("step 1\n")
    wanted = want(tmp_path, log)
    assert not missing()
    server = Sshd(tmp_path / "noisy", force=str(wrapper))
    try:
        host = connect(server)
        host.read([wanted])
        assert mirror(host, wanted) == b"step 1\n"
    finally:
        server.stop()
