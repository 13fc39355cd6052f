"""Several people at once: tasks in threads that begin together, each with a connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connections

from guanxi.core.errors import DomainError


def at_once(tasks: list[Callable[[], Any]]) -> list[Any]:
    """Run tasks in threads that begin together; each returns its result, or the refusal it met."""
    gate = Barrier(len(tasks))

    def run(task: Callable[[], Any]) -> Any:
        gate.wait()
        try:
            return task()
        except DomainError as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))
