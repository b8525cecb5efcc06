"""Taking turns: as many playgrounds paint at once as the machine has cores, the others queue.

A ticket is a file named after the moment it was drawn, and locked as long as its owner lives; so
a page that was closed gives up its place by itself.
"""

import contextlib
import getpass
import os
import tempfile
import time
from pathlib import Path

from filelock import FileLock, Timeout

SEATS = os.cpu_count() or 1
LONG = 10  # seconds that a painter keeps its seat while others wait
ENDING = ".ticket"


class Turn:
    """A playground's place among all of this user on this machine."""

    def __init__(self, folder=None, seats=SEATS):
        self._folder = Path(folder or _common_folder())
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._seats, self._lock, self._seated = seats, None, None

    def place(self):
        """How many have to leave before this one may paint: 0 if it is its turn now."""
        if self._lock is None:
            self._draw()
        mine, others = Path(self._lock.lock_file).name, self._tickets()
        ahead = sum(name < mine for name in others)
        if ahead >= self._seats:
            return ahead - self._seats + 1
        now = time.monotonic()
        if self._seated is None:
            self._seated = now
        if len(others) >= self._seats and now - self._seated > LONG:
            self.leave()  # and stand at the end
            return self.place()
        return 0

    def leave(self):
        """Give up the place."""
        if self._lock is not None:
            self._lock.release()
            Path(self._lock.lock_file).unlink(missing_ok=True)
        self._lock = self._seated = None

    def _draw(self):
        while self._lock is None:  # another may try the new file before it is locked
            ticket = self._folder / f"{time.time_ns():020}-{os.getpid()}-{id(self)}{ENDING}"
            with contextlib.suppress(Timeout):
                lock = FileLock(ticket, thread_local=False)
                lock.acquire(timeout=0)
                self._lock = lock

    def _tickets(self):
        """The names of the others' tickets; those of the dead are thrown away."""
        mine = Path(self._lock.lock_file)
        tickets = [path for path in self._folder.glob(f"*{ENDING}") if path != mine]
        return [path.name for path in tickets if _alive(path)]


def _alive(ticket):
    lock = FileLock(ticket, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except (Timeout, OSError):
        return True
    lock.release()
    with contextlib.suppress(OSError):
        ticket.unlink(missing_ok=True)
    return False


def _common_folder():
    return Path(tempfile.gettempdir()) / f"styletools-{getpass.getuser()}"
