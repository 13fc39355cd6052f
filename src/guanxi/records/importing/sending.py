"""Sends frames to the database by COPY, in a thread of its own where the next frames can be made meanwhile."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import polars as pl
from django.db import connection
from psycopg.copy import QueuedLibpqWriter

NULL = "\x01"
_SLICE = 2_500
_QUEUED = 4


class _Sender:
    """One thread that has the connection for itself until everything given to it is sent."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self._frames: queue.Queue[tuple[str, pl.DataFrame, list[pl.Expr]] | None] = queue.Queue(maxsize=_QUEUED)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._work, name="import-sender", daemon=True)
        self._thread.start()

    def put(self, statement: str, frame: pl.DataFrame, forms: list[pl.Expr]) -> None:
        self._frames.put((statement, frame, forms))

    def settle(self) -> None:
        """Wait until the connection is free; raises what went wrong meanwhile, as Django's errors."""
        self._frames.join()
        if self._error is not None:
            with connection.wrap_database_errors:
                raise self._error

    def before(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """Wrap every statement of the importing thread: it must not meet one that is being sent."""
        self.settle()
        return execute(sql, params, many, context)

    def stop(self) -> None:
        """End the thread once the frame that is being sent is through; the others are dropped."""
        self._error = self._error or InterruptedError()
        self._frames.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (item := self._frames.get()) is not None:
            try:
                if self._error is None:
                    with self._raw.cursor() as cursor:
                        _send(cursor, *item)
            except BaseException as error:
                self._error = error
            finally:
                self._frames.task_done()


_active: ContextVar[_Sender | None] = ContextVar("sender", default=None)


@contextmanager
def sent_meanwhile() -> Iterator[None]:
    """Have frames sent in the background within this block, in the order in which they are given, in its transaction.

    Each statement of Django's, and the end of the block, waits for them and raises what went wrong with them.
    """
    connection.ensure_connection()
    sender = _Sender(connection.connection)
    token = _active.set(sender)
    try:
        with connection.execute_wrapper(sender.before):
            yield
            sender.settle()
    finally:
        _active.reset(token)
        sender.stop()


def send(statement: str, frame: pl.DataFrame, forms: list[pl.Expr]) -> None:
    """Send these expressions on a frame, in the form that COPY reads, by a COPY statement; see ``sent_meanwhile``."""
    sender = _active.get()
    if sender is not None:
        sender.put(statement, frame, forms)
        return
    with connection.cursor() as cursor:
        _send(cursor, statement, frame, forms)


def _send(cursor: Any, statement: str, frame: pl.DataFrame, forms: list[pl.Expr]) -> None:
    # Slices keep memory flat; a thread of the writer hands one to the server while the next is written out.
    raw = getattr(cursor, "cursor", cursor)  # Django's cursors wrap the driver's
    with cursor.copy(statement, writer=QueuedLibpqWriter(raw)) as copy:
        for part in frame.iter_slices(_SLICE):
            copy.write(part.select(forms).write_csv(include_header=False, null_value=NULL))
