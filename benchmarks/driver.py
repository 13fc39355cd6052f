"""Asks a server the same question again and again over kept connections, from one process, and measures."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable
from dataclasses import astuple, dataclass, field
from statistics import median, quantiles

from benchmarks.machine import cpu_seconds

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Question:
    """One request; ``make`` returns path and body for the n-th time it is asked."""

    method: str
    make: Callable[[int], tuple[str, bytes | None]]
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Measure:
    """What came out: requests a second, milliseconds at median and 95th percentile, CPU of the servers a request."""

    rps: float
    p50_ms: float
    p95_ms: float
    cpu_ms: float


def measure(
    port: int, question: Question, roots: tuple[int, ...], *, clients: int = 8, seconds: float = 5.0, warm: int = 30
) -> Measure:
    """Ask ``question`` with so many clients for so many seconds after a warm-up; returns the medians of five rounds.

    Each round has connections of its own: which process of the server a connection falls to is a matter of luck, and
    one round may have seven of eight at the same process. ``roots`` are the processes whose trees serve the question.
    Raises ``RuntimeError`` for an answer that isn't 2xx.
    """
    # Every client warms up, so that each process of the server, not only the first, has loaded what it needs.
    _together(clients, lambda number: _ask_until(port, question, count=warm, first=50_000 + number * 100_000))
    rounds = [_round(port, question, roots, clients, seconds / ROUNDS, turn * 10_000) for turn in range(ROUNDS)]
    return Measure(*(median(figures) for figures in zip(*map(astuple, rounds), strict=True)))


def _round(port: int, question: Question, roots: tuple[int, ...], clients: int, seconds: float, first: int) -> Measure:
    times: list[list[float]] = [[] for _client in range(clients)]
    before, started = cpu_seconds(*roots), time.perf_counter()
    end = started + seconds
    _together(
        clients,
        lambda number: _ask_until(port, question, end=end, times=times[number], first=first + number * 100_000),
    )
    elapsed, cpu = time.perf_counter() - started, cpu_seconds(*roots) - before
    taken = sorted(taken for each in times for taken in each)
    p95 = quantiles(taken, n=20)[-1] if len(taken) > 1 else taken[0]
    return Measure(
        round(len(taken) / elapsed, 1), round(median(taken) * 1000, 2), round(p95 * 1000, 2),
        round(cpu / len(taken) * 1000, 3),
    )  # fmt: skip


def _together(clients: int, work: Callable[[int], None]) -> None:
    """Do ``work`` in as many threads as there are clients; raises ``RuntimeError`` with the first refusal."""
    errors: list[str] = []

    def client(number: int) -> None:
        try:
            work(number)
        except Exception as error:
            errors.append(repr(error))

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise RuntimeError(errors[0])


def _ask_until(
    port: int, question: Question, *, end: float = 0.0, count: int = 0, times: list[float] | None = None, first: int = 0
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    asked = 0
    while asked < count or time.perf_counter() < end:
        path, body = question.make(first + asked)
        start = time.perf_counter()
        connection.request(question.method, path, body, question.headers)
        answer = connection.getresponse()
        text = answer.read()
        if times is not None:
            times.append(time.perf_counter() - start)
        if not 200 <= answer.status < 300:
            raise RuntimeError(f"{question.method} {path} answered {answer.status}: {text[:300]!r}")
        asked += 1
    connection.close()
