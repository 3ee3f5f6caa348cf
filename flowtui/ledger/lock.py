"""One writer at a time: an advisory lock on a file beside the data.

The lock is taken for one transaction and let go after it. The kernel lets go of it when its holder
dies. The file says whether that happened: it holds the number of the process that has the lock, or
"free". After a crash the next holder syncs what the dead one may have written but not synced. Next
comes a random stamp, new with every holder: who finds its own knows that nobody wrote since.

Waiting is asking again and again. So that a process which writes all the time does not starve the
others, everybody passes a queue first: a second lock, which whoever is next keeps until it has the
first. That is a record lock on a far byte of the same file; flock and record locks do not mix.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType

from flowtui.core.errors import LedgerError
from flowtui.ledger.disk import failed

TIMEOUT_S = 10.0
_FIRST_PAUSE_S = 0.0005
_LONGEST_PAUSE_S = 0.01
_FREE = b"free      \n"
_STAMP_BYTES = 16
_QUEUE_BYTE = 1 << 30


NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL)
"""What a file system says that has no locks, such as some homes on a network or a cluster."""


def unlockable(folder: Path, error: OSError) -> LedgerError:
    """The refusal to write where two programs at once could not be kept apart."""
    return LedgerError(
        f"the file system of {folder} has no locks ({error.strerror}); nothing was written",
        "keep flowtui on a local disk: set FLOWTUI_HOME to a folder there, and move the files; "
        "or mount this one with locks (NFS: without nolock; Lustre: -o flock)",
    )


def lock_problem(path: Path) -> str:
    """Why the file at `path` cannot be locked; empty if it can, or is not there."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return ""
    except OSError as error:
        return unlockable(path.parent, error).message if error.errno in NO_LOCKS else ""
    finally:
        os.close(descriptor)
    return ""


class WriteLock:
    """`with lock:` is the only place where a journal is written. It does not nest."""

    def __init__(
        self,
        path: Path,
        timeout_s: float = TIMEOUT_S,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.path = path
        self.held = False
        """Whether this object holds the lock."""
        self.abandoned = False
        """Whether the holder before this one died with the lock in its hands."""
        self.undisturbed = False
        """Whether nobody had the lock since this object had it before."""
        self._stamp = b""
        self._timeout_s = timeout_s
        self._pause = pause
        self._descriptor = -1
        self._opened_by = -1

    def __enter__(self) -> WriteLock:
        """Wait for the lock. Raises LedgerError after the time-out, or if it cannot be taken."""
        if self.held:
            raise LedgerError(
                f"{self.path.parent} is being written already, by this same command",
                "a transaction inside a transaction is a mistake in flowtui",
            )
        waited = self._wait(self._is_next, _LONGEST_PAUSE_S, 0.0)
        try:
            self._wait(self._try, _FIRST_PAUSE_S, waited)
        finally:
            self._leave_queue()
        try:
            self._sign()
        except OSError as error:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
            raise failed("write to", self.path, error) from error
        self.held = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.held = False
        with contextlib.suppress(OSError):  # the next holder will think that this one died
            os.pwrite(self._descriptor, _FREE, 0)
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go of the file; the next `with` opens it anew."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def __del__(self) -> None:
        """See `close`; a lock that was forgotten shall not keep its file open."""
        self.close()

    def verify(self) -> None:
        """Raises LedgerError unless the lock is held and its file is the one others would lock."""
        if not self.held or not self._is_current():
            raise LedgerError(
                f"the lock {self.path} was lost; nothing was written",
                "somebody removed or replaced that file: do it again",
            )

    def _wait(self, try_it: Callable[[], bool], longest_pause_s: float, waited_s: float) -> float:
        """Try until it works; returns the time waited. Raises LedgerError after the time-out."""
        step = _FIRST_PAUSE_S
        while not try_it():
            if waited_s >= self._timeout_s:
                raise LedgerError(
                    f"{self.path.parent} has been held by {self._holder()} for "
                    f"{self._timeout_s:g} s; nothing was written",
                    "wait for that program, or end it, and do it again",
                )
            self._pause(step)
            waited_s += step
            step = min(step * 2, longest_pause_s)
        return waited_s

    def _is_next(self) -> bool:
        """Take the place at the head of the queue if it is free."""
        try:
            self._be_open()
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _QUEUE_BYTE)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EAGAIN) and self._descriptor >= 0:
                return False
            if error.errno in NO_LOCKS and self._descriptor >= 0:
                return True  # no queue then: the lock itself may work all the same
            raise failed("write to", self.path, error) from error
        return True

    def _leave_queue(self) -> None:
        if self._descriptor >= 0:
            with contextlib.suppress(OSError):  # it was never in it, where there are no such locks
                fcntl.lockf(self._descriptor, fcntl.LOCK_UN, 1, _QUEUE_BYTE)

    def _be_open(self) -> None:
        """Open the file, once per process: after a fork both would hold one and the same lock."""
        if self._opened_by != os.getpid() or self._descriptor < 0:
            self.close()
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._opened_by = os.getpid()

    def _try(self) -> bool:
        """Take the lock if it is free."""
        try:
            self._be_open()
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno in NO_LOCKS:
                raise unlockable(self.path.parent, error) from error
            raise failed("write to", self.path, error) from error
        if self._is_current():
            return True
        self.close()
        return False

    def _is_current(self) -> bool:
        try:
            return os.path.samestat(os.fstat(self._descriptor), self.path.stat())
        except OSError:
            return False

    def _sign(self) -> None:
        """Read what the last holder left, and put name and stamp of this one there."""
        left = os.pread(self._descriptor, len(_FREE) + _STAMP_BYTES, 0)
        holder, stamp = left[: len(_FREE)], left[len(_FREE) :]
        self.abandoned = holder not in (b"", _FREE)
        self.undisturbed = not self.abandoned and stamp == self._stamp and stamp != b""
        self._stamp = os.urandom(_STAMP_BYTES // 2).hex().encode()
        os.pwrite(self._descriptor, b"%-10d\n%b" % (os.getpid(), self._stamp), 0)

    def _holder(self) -> str:
        try:
            return f"process {int(self.path.read_bytes()[:11])}"
        except (OSError, ValueError):
            return "another process"


@contextlib.contextmanager
def no_writer(path: Path, patience_s: float = 2.0) -> Iterator[bool]:
    """Keep writers out while a whole folder is read; tells whether that could be done.

    Creates nothing: without a lock file there was never a writer. Waits `patience_s` at most.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        yield False
        return
    try:
        yield _share(descriptor, patience_s)
    finally:
        os.close(descriptor)


def _share(descriptor: int, patience_s: float) -> bool:
    for _ in range(int(patience_s / _LONGEST_PAUSE_S) + 1):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_LONGEST_PAUSE_S)
        except OSError:
            return False
        else:
            return True
    return False
