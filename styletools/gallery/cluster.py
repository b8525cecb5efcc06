"""The gallery's work: pictures painted in this process, or by the workers of a Dask cluster.

A cluster needs the package `distributed` here, and styletools beside it on the workers, but no
disk that both see: pictures travel with the work, and back. Dask sends them neither encrypted nor
signed unless the cluster was set up to do so: use it in a network that you trust.
"""

import asyncio
import contextlib
import itertools
import logging
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from ..errors import StyletoolsError, quoted, reason

PATIENCE = 4  # seconds for the scheduler to answer, and as many again for a first worker
RETRIES = 2  # of work that raised an error; to Dask it is no error that a worker died
AHEAD = 2  # pieces of work sent to each thread of a worker; the others wait here
ANY_SIZE = {"distributed.admin.large-graph-warning-threshold": "1 TB"}  # pictures are large
ONE_AT_A_TIME = threading.Lock()  # in one process: TensorFlow uses all cores for one picture


@dataclass(frozen=True)
class Job:
    """One picture to paint: content and style (H, W, 3), and the settings that its PNG keeps."""

    content: np.ndarray
    style: np.ndarray
    settings: dict


def painted(job, callback=None):
    """The picture (H, W, 3) of a `Job`; `callback(record)` is called after every step.

    Raises `StyletoolsError` if the run ends before its steps are done, except where no step helps
    any more; `KeyboardInterrupt` at Ctrl-C.
    """
    from ..transfer import StyleTransfer

    steps, weight = job.settings["steps"], job.settings["content_weight"]
    with ONE_AT_A_TIME:
        transfer = StyleTransfer(job.content, job.style, content_weight=weight)
        stopped = transfer.run(steps, callback)
    if stopped == "interrupted":
        raise KeyboardInterrupt
    if stopped not in (f"{steps} steps done", transfer.finished):
        raise StyletoolsError(
            f"{quoted(job.settings['content'])} in the style of {quoted(job.settings['style'])}, "
            f"content weight {weight:g}: {stopped}"
        )
    return transfer.image


def expected(client, jobs):
    """In words, how long {name: `Job`} will take where they are painted, from a measurement."""
    shapes = [job.content.shape[:2] for job in jobs.values()]
    work = shapes, next(iter(jobs.values())).settings["steps"]
    if client is None:
        return str(_measured(work))
    with _in_words("the estimate"):
        workers = list(client.nthreads())
    if not workers:
        raise StyletoolsError("the cluster has no worker any more: start one, and try again")
    found = [each for _, each in _results(client, _measured, dict.fromkeys(workers, work), workers)]
    seconds = 1 / sum(1 / each.seconds for each in found)  # each does as much as it can
    together = replace(found[0], seconds=seconds, memory=max(each.memory for each in found))
    return f"{together} on each of {len(workers)} workers"


def _measured(work):
    """The `Estimate` of pictures of `shapes` (H, W) with `steps` each, painted one by one."""
    from ..transfer import estimate, evaluated

    shapes, steps = work
    largest = max(shapes, key=np.prod)
    one, pixels = estimate(largest, steps), sum(evaluated(*shape) for shape in shapes)
    return replace(one, seconds=one.seconds * pixels / evaluated(*largest), advice="")


def finished(client, jobs, tick):
    """Yield (name, picture) of {name: `Job`} as they are finished, here if `client` is None.

    `tick()` is called after every step here. On a cluster, what a worker that died had to do is
    done by another, and what raised an error is tried twice more. One picture may cost three
    workers (Dask's `allowed-failures`); with the fourth it is given up.

    Raises
    ------
    StyletoolsError
        A picture cannot be painted, or the cluster is lost.
    """
    if client is not None:
        yield from _results(client, painted, jobs)
        return
    for name, job in jobs.items():
        yield name, painted(job, lambda record: tick() and None)  # True would stop the run


def _results(client, function, pieces, workers=()):
    """Yield (name, function(piece)) of {name: piece}, as the workers finish them.

    A name among `workers` is that of the worker who is to do it, if that lives.
    """
    from distributed import as_completed

    run = uuid.uuid4().hex  # so that no key is another run's, whose pictures may be others
    keys = {f"{quoted(name)[1:-1]}-{run}-{number}": name for number, name in enumerate(pieces)}
    waiting, futures = iter(keys), as_completed(loop=client.loop)
    while True:
        with _in_words("the next picture"):
            wanted = max(AHEAD * sum(client.nthreads().values()), 1)
            for key in itertools.islice(waiting, max(wanted - futures.count(), 0)):
                name = keys[key]
                where = {"workers": name, "allow_other_workers": True} if name in workers else {}
                futures.add(_submitted(client, function, pieces[name], key, where))
        future = next(futures, None)
        if future is None:
            return
        with _in_words(quoted(keys[future.key])):
            result = future.result()
        future.release()  # else it would be done again if the worker that holds it died
        yield keys[future.key], result


def _submitted(client, function, piece, key, where):
    from dask import config

    with config.set(ANY_SIZE):
        return client.submit(function, piece, key=key, retries=RETRIES, pure=False, **where)


@contextlib.contextmanager
def _in_words(what):
    try:
        yield
    except StyletoolsError:
        raise
    except Exception as error:  # Dask's own, and whatever breaks on a worker
        raise StyletoolsError(
            f"the cluster could not do {what} ({type(error).__name__}: {reason(error)}): what is "
            "finished is kept; look at its workers, then give the same command again"
        ) from error


@contextlib.contextmanager
def connected(address):
    """A `distributed.Client` of the scheduler at `address`, or None if `address` is None.

    Raises `StyletoolsError` if `distributed` is not installed, no scheduler answers at `address`
    within a few seconds, or it has no worker.
    """
    if address is None:
        yield None
        return
    with _quiet("distributed.client"), _client(str(address)) as client:
        yield client


@contextlib.contextmanager
def _quiet(name):
    """Say nothing of what we say ourselves: that the scheduler is lost."""
    logger = logging.getLogger(name)
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


def _client(address):
    try:
        from distributed import Client
    except ImportError as error:
        raise StyletoolsError(
            f"a scheduler needs the package distributed ({reason(error)}): pip install "
            "distributed, or paint in this process, without a scheduler"
        ) from None
    _check_scheduler(address)
    client = Client(address, timeout=PATIENCE, set_as_default=False)
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except Exception as error:
        client.close()
        raise StyletoolsError(
            f"the scheduler at {quoted(address)} has no worker: start one or more with "
            f"`dask worker {quoted(address)[1:-1]}`"
        ) from error
    return client


def _check_scheduler(address):
    """Ask first: a `Client` of a wrong address waits long, and prints what Python ignores."""
    try:
        with ThreadPoolExecutor(1) as thread:  # this one may have an event loop, as in Jupyter
            found = thread.submit(asyncio.run, _identity(address)).result()["type"]
    except Exception as error:  # Dask's own, the system's, those of what parses addresses
        found = reason(error)
    if found != "Scheduler":
        raise StyletoolsError(
            f"no Dask scheduler answers at {quoted(address)} ({found}): give the address that "
            "`dask scheduler` prints, such as tcp://192.168.0.2:8786"
        )


async def _identity(address):
    from distributed import Security, rpc

    settings = Security().get_connection_args("client")
    async with rpc(address, timeout=PATIENCE, connection_args=settings) as there:
        return await asyncio.wait_for(there.identity(), PATIENCE)
