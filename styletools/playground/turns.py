"""Taking turns: as many playgrounds paint at once as the machine has cores, the others queue.

A ticket is a file named after the moment it was drawn, locked as long as its owner lives and
touched whenever it asks for its place; so a page that was closed gives up its place by itself.
Where no tickets can be written, nobody waits.
"""

import contextlib
import getpass
import os
import tempfile
import time
from pathlib import Path

from filelock import FileLock, Timeout

SEATS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
LONG = 10  # seconds that a painter keeps its seat while others wait
SILENT = 30  # seconds after which who has not asked is taken for absent
ENDING = ".ticket"


class Turn:
    """A playground's place among all of this user on this machine."""

    def __init__(self, folder=None, seats=SEATS):
        self._seats, self._lock, self._seated = seats, None, None
        self._folder = Path(folder) if folder else _common_folder()

    def place(self):
        """How many have to leave before this one may paint: 0 if it is its turn now."""
        try:
            return self._place() if self._folder else 0
        except OSError:
            return 0

    def _place(self):
        if self._lock is None:
            self._draw()
        mine, others = Path(self._lock.lock_file), self._tickets()
        os.utime(mine)
        ahead = sum(name < mine.name for name in others)
        if ahead >= self._seats:
            return ahead - self._seats + 1
        now = time.monotonic()
        if self._seated is None:
            self._seated = now
        if len(others) >= self._seats and now - self._seated > LONG:
            self.leave()  # and stand at the end
            return self._place()
        return 0

    def leave(self):
        """Give up the place."""
        lock, self._lock, self._seated = self._lock, None, None
        if lock is not None:
            with contextlib.suppress(OSError):
                lock.release()
                Path(lock.lock_file).unlink(missing_ok=True)

    def _draw(self):
        while self._lock is None:  # another may try the new file before it is locked
            last = max((int(path.name[:20]) for path in self._all()), default=0)
            number = max(time.time_ns(), last + 1)  # also where the clock was set back
            ticket = self._folder / f"{number:020}-{os.getpid()}-{id(self)}{ENDING}"
            with contextlib.suppress(Timeout):
                lock = FileLock(ticket, thread_local=False)
                lock.acquire(timeout=0)
                self._lock = lock

    def _all(self):
        return list(self._folder.glob(f"{'[0-9]' * 20}-*{ENDING}"))

    def _tickets(self):
        """The names of the others' tickets; those of the dead are thrown away."""
        mine = Path(self._lock.lock_file)
        return [path.name for path in self._all() if path != mine and _waits(path)]


def _waits(ticket):
    """Whether a ticket's owner lives, and is there."""
    lock = FileLock(ticket, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except (Timeout, OSError):
        with contextlib.suppress(OSError):
            return time.time() - ticket.stat().st_mtime < SILENT
        return False
    with contextlib.suppress(OSError):
        lock.release()
        ticket.unlink(missing_ok=True)
    return False


def _common_folder():
    """A folder of this user's only, or None."""
    with contextlib.suppress(OSError, KeyError):
        user = os.getuid() if hasattr(os, "getuid") else getpass.getuser()
        folder = Path(tempfile.gettempdir()) / f"styletools-{user}"
        folder.mkdir(mode=0o700, exist_ok=True)
        if not folder.is_symlink() and folder.stat().st_uid in (user, 0):
            return folder
    return None
