"""Runs on the watched host: sent over ssh's standard input, kept nowhere. Python 3.6 or later.

It is asked and never does a thing by itself: one line of JSON asks, one answers, then exactly the
bytes that the answer announces. When its input ends, so does it. Commands that take long are begun
and asked for later, so that they hold up no log.
"""

import glob
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from typing import Any, Dict, List, Tuple

MOST = 1 << 20
ENDINGS = (".log", ".out", ".err", ".txt", ".csv", ".jsonl", ".json", ".wandb", "")
Json = Dict[str, Any]
Answer = Tuple[Json, bytes]
commands: "Dict[str, Tuple[Any, Any, Any, float]]" = {}
shell_paths: "Dict[str, str]" = {}


def head(fd: int, size: int) -> str:
    return hashlib.sha1(os.pread(fd, 64, 0)).hexdigest() if size >= 64 else ""


def same(fd: int, offset: int, tail: str) -> bool:
    """Whether what lies before `offset` is what was read there; an inode may be used again."""
    if not tail or offset < 64:
        return True
    return hashlib.sha1(os.pread(fd, 64, offset - 64)).hexdigest() == tail


def look(key: str, path: str, offset: int, mark: Any, most: int, tail: str = "") -> Answer:
    """What is new in one file; `mark` is what it was known by (device, inode, first bytes)."""
    try:
        fd = os.open(os.path.expanduser(path), os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        return {"key": key, "n": 0, "problem": error.strerror or "cannot be read"}, b""
    try:
        st = os.fstat(fd)
        now = [st.st_dev, st.st_ino, head(fd, st.st_size)]
        other = isinstance(mark, list) and (
            st.st_size < offset
            or mark[:2] != now[:2]
            or (mark[2] and mark[2] != now[2])
            or not same(fd, offset, tail)
        )
        start = 0 if other else offset
        data = os.pread(fd, most, start) if st.st_size > start else b""
        answer = {"key": key, "n": len(data), "start": start, "size": st.st_size}
        answer.update({"mtime": st.st_mtime, "mark": now, "anew": bool(other)})
        return answer, data
    except OSError as error:
        return {"key": key, "n": 0, "problem": error.strerror or "cannot be read"}, b""
    finally:
        os.close(fd)


def read(ask: Json) -> Answer:
    """What is new in many files, those that changed alone."""
    left, answers, parts = min(int(ask.get("most", MOST)), 16 * MOST), [], []
    for key, path, offset, mark, tail in ask["files"]:
        answer, data = look(key, path, offset, mark, min(left, MOST), tail)
        left -= len(data)
        changed = data or answer.get("problem") or answer.get("anew")
        if changed or mark is None or answer["mark"] != mark or answer["size"] > offset:
            answers.append(answer)
            parts.append(data)
    return {"files": answers}, b"".join(parts)


def listing(ask: Json) -> Answer:
    """The logs in a folder, newest first, or the file itself; to a bounded depth and number."""
    top = os.path.abspath(os.path.expanduser(ask["path"]))
    if os.path.isfile(top):
        return {"files": [[top, os.path.getsize(top)]]}, b""
    if not os.path.isdir(top):
        return {"files": [], "problem": "there is no " + top}, b""
    rows = []  # type: List[Tuple[float, str, int]]
    for folder, folders, names in os.walk(top):
        if folder[len(top) :].count(os.sep) >= 4 or len(rows) > 2000:
            folders[:] = []
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = os.path.join(folder, name)
            if os.path.splitext(name)[1] in ENDINGS or "tfevents" in name:
                try:
                    st = os.stat(path)
                except OSError:
                    continue
                rows.append((st.st_mtime, path, st.st_size))
    rows.sort(reverse=True)
    return {"files": [[path, size] for _, path, size in rows[: int(ask.get("most", 40))]]}, b""


def stat_of(pid: int) -> "List[str]":
    """Fields of /proc/PID/stat after the name; empty if there is none."""
    try:
        with open("/proc/%d/stat" % pid) as file:
            return file.read().rpartition(")")[2].split()
    except (OSError, ValueError):
        return []


def process(ask: Json) -> Answer:
    """A process with all that it started: alive, since when, what it uses, what it writes."""
    pid, began = int(ask["pid"]), ask.get("began")
    fields = stat_of(pid)
    if not fields or fields[0] == "Z" or (began is not None and fields[19] != began):
        return {"alive": False}, b""
    children = {}  # type: Dict[int, List[Tuple[int, List[str]]]]
    for path in glob.glob("/proc/[0-9]*"):
        number = int(path[6:])
        row = stat_of(number)
        if row:
            children.setdefault(int(row[1]), []).append((number, row))
    family, todo = [(pid, fields)], [pid]
    while todo:
        for child in children.get(todo.pop(), ()):
            family.append(child)
            todo.append(child[0])
    tick, page = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
    up = float(open("/proc/uptime").read().split()[0])
    logs = []
    for each, _ in family:
        for number in (1, 2):
            try:
                path = os.readlink("/proc/%d/fd/%d" % (each, number))
            except OSError:
                continue
            if os.path.isfile(path) and path not in logs:
                logs.append(path)
    try:
        folder = os.readlink("/proc/%d/cwd" % pid)
    except OSError:
        folder = ""
    with open("/proc/%d/cmdline" % pid, "rb") as file:
        words = file.read().decode("utf-8", "replace").rstrip("\0").split("\0")
    return {
        "alive": True,
        "began": fields[19],
        "age": up - float(fields[19]) / tick,
        "cpu_s": sum(float(row[11]) + float(row[12]) for _, row in family) / tick,
        "rss": sum(int(row[21]) for _, row in family) * page,
        "io_wait": fields[0] == "D",
        "halted": fields[0] in "Tt",
        "pids": [each for each, _ in family][:500],
        "folder": folder,
        "command": words[:200],
        "logs": logs[:12],
    }, b""


def where_is(name: str) -> str:
    """The path of a program; the PATH of a login shell is asked once where ours has none."""
    path = shutil.which(name) or shell_paths.get(name, "")
    if path and not os.path.isabs(path):
        path = ""  # a relative entry of PATH means whatever folder this is
    if not path and name not in shell_paths:
        try:
            ask = ["bash", "-lc", 'command -v -- "$1"', "-", name]
            done = subprocess.run(
                ask, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                timeout=10,
            )  # fmt: skip
            lines = done.stdout.decode("utf-8", "replace").split("\n")
            path = next((line for line in reversed(lines) if line.startswith("/")), "")
        except (OSError, subprocess.SubprocessError):
            path = ""
        shell_paths[name] = path
    return path


def begin(ask: Json) -> Answer:
    """Start a command; its answer is asked for with `result`."""
    argv = [str(word) for word in ask["argv"]]
    path = where_is(argv[0])
    if not path:
        return {"problem": "there is no %s on this host" % argv[0], "missing": True}, b""
    env = {k: v for k, v in os.environ.items() if not k.startswith(tuple(ask.get("unset", ())))}
    env.update(ask.get("env", {}))
    folder = os.path.expanduser(ask.get("folder") or "~")
    if not os.path.isdir(folder):
        if ask.get("folder"):
            return {"problem": "there is no folder " + folder}, b""
        folder = "/"
    given, out, err = (tempfile.TemporaryFile() for _ in range(3))
    given.write(ask.get("given", "").encode())
    given.seek(0)
    try:
        child = subprocess.Popen(
            [path] + argv[1:], stdin=given, stdout=out, stderr=err, env=env,
            cwd=folder, start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        return {"problem": "%s: %s" % (argv[0], error.strerror)}, b""
    finally:
        given.close()
    commands[ask["id"]] = (child, out, err, time.time())
    return {"begun": True}, b""


def result(ask: Json) -> Answer:
    """How a command went, or that it still runs; one that is over its time is ended."""
    if ask["id"] not in commands:
        return {"problem": "nobody knows that command"}, b""
    child, out, err, since = commands[ask["id"]]
    try:
        child.wait(0.2)  # most have ended by then; a log waits no longer for it
    except subprocess.TimeoutExpired:
        pass
    took = time.time() - since
    if child.poll() is None:
        if took < float(ask["timeout"]):
            return {"runs": True}, b""
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    del commands[ask["id"]]
    most = int(ask.get("most", 4 * MOST))
    with out, err:
        out.seek(0)
        data = out.read(most + 1)
        err.seek(0)
        words = err.read(4096).decode("utf-8", "replace")
    late = took >= float(ask["timeout"])
    answer = {"runs": False, "status": child.returncode, "error": words, "took": took}
    answer.update({"n": len(data[:most]), "late": late, "cut": len(data) > most})
    return answer, data[:most]


def start(ask: Json) -> Answer:
    """Start a run that outlives the connection: its output in a file, its end written beside."""
    home = os.path.join(os.path.expanduser("~"), ".cache", "flowtui-runs", ask["id"])
    os.makedirs(home, mode=0o700)
    folder = os.path.expanduser(ask.get("folder") or "~")
    argv = [str(word) for word in ask["argv"]]
    if os.sep not in argv[0] and not where_is(argv[0]):
        return {"problem": "there is no %s on this host" % argv[0]}, b""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.setsid()
        if os.fork():
            os._exit(0)
        supervise(argv, folder, home, writing)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode()
    answer = json.loads(said) if said else {"problem": "it could not be started"}  # type: Json
    if "pid" in answer:
        answer["began"] = (stat_of(answer["pid"]) + [""] * 20)[19]
    answer.update({"output": os.path.join(home, "output"), "end": os.path.join(home, "end")})
    return answer, b""


def supervise(argv: "List[str]", folder: str, home: str, pipe: int) -> None:
    """Be the parent of the command until it ends, with nothing of the connection left open."""
    null = os.open(os.devnull, os.O_RDWR)
    out = os.open(os.path.join(home, "output"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for number in (0, 1, 2):
        os.dup2(null, number)
    env = dict(os.environ, PYTHONUNBUFFERED="1")
    path = argv[0] if os.sep in argv[0] else where_is(argv[0])
    try:
        child = subprocess.Popen(
            [path] + argv[1:], stdin=null, stdout=out, stderr=out, cwd=folder, env=env,
            start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        os.write(pipe, json.dumps({"problem": "%s: %s" % (path, error.strerror)}).encode())
        os._exit(1)
    os.write(pipe, json.dumps({"pid": child.pid}).encode())
    os.close(pipe)
    status = child.wait()
    with open(os.path.join(home, "end.new"), "w") as file:
        json.dump({"status": status, "at": time.time()}, file)
    os.rename(os.path.join(home, "end.new"), os.path.join(home, "end"))
    os._exit(0)


def end_of(ask: Json) -> Answer:
    """How a run that was started here ended; nothing while it has not."""
    try:
        with open(ask["path"]) as file:
            return {"end": json.load(file)}, b""
    except (OSError, ValueError):
        return {"end": None}, b""


def stop(ask: Json) -> Answer:
    """Ask a process group to end (or end it), if the process is still the one that is meant."""
    pid = int(ask["pid"])
    fields = stat_of(pid)
    if not fields or fields[0] == "Z" or (ask.get("began") and fields[19] != ask["began"]):
        return {"gone": True}, b""
    number = signal.SIGKILL if ask.get("hard") else signal.SIGTERM
    try:
        if os.getpgid(pid) == pid:
            os.killpg(pid, number)
        else:
            os.kill(pid, number)
    except OSError as error:
        return {"problem": error.strerror}, b""
    return {"gone": False}, b""


VERBS = {
    "read": read, "list": listing, "process": process, "begin": begin, "result": result,
    "start": start, "end": end_of, "stop": stop,
}  # fmt: skip


def main() -> None:
    out = sys.stdout.buffer
    hello = {"python": sys.version.split()[0], "host": os.uname().nodename, "now": time.time()}
    out.write(b"\x1eready " + json.dumps(hello).encode() + b"\n")
    out.flush()
    for line in iter(sys.stdin.buffer.readline, b""):
        used = time.process_time()
        try:
            ask = json.loads(line.decode())
            answer, data = VERBS[ask["do"]](ask)
        except Exception as error:
            answer, data = {"problem": "%s: %s" % (type(error).__name__, error)}, b""
        answer.update({"now": time.time(), "used": time.process_time() - used, "bytes": len(data)})
        out.write(json.dumps(answer).encode() + b"\n" + data)
        out.flush()


if __name__ == "__main__":
    main()
