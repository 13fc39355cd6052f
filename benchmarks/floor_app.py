"""The floor: hand-written SQL through psycopg and msgspec, behind the same server, with nothing else around it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from psycopg_pool import ConnectionPool

_TEXT = (Path(__file__).parent / "floor.sql").read_text(encoding="utf-8")
QUESTIONS = {part.partition("\n")[0].strip(): part.partition("\n")[2].strip() for part in _TEXT.split("-- name: ")[1:]}
_ENCODER = msgspec.json.Encoder()
_POOL: list[ConnectionPool] = []


def pool() -> ConnectionPool:
    """Return this process's pool, opened at the first request so that each worker has its own."""
    if not _POOL:
        _POOL.append(ConnectionPool(os.environ["FLOOR_DATABASE_URL"], min_size=1, max_size=8, open=True,
                                    kwargs={"autocommit": True}))  # fmt: skip
    return _POOL[0]


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer ``/QUESTION?parameters`` with the rows as JSON."""
    sql = QUESTIONS[environ["PATH_INFO"].strip("/")]
    with pool().connection() as connection:
        rows = connection.execute(sql, dict(parse_qsl(environ.get("QUERY_STRING", "")))).fetchall()
    body = _ENCODER.encode({"items": rows})
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
