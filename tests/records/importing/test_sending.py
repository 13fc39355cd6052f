"""Frames reach the database in order while the next ones are made; what goes wrong comes back to the import."""

from __future__ import annotations

import threading
from time import sleep
from typing import Any

import polars as pl
import pytest
from django.db import DataError, connection, transaction

from guanxi.records.importing import sending
from guanxi.records.importing.sending import sent_meanwhile
from guanxi.records.importing.staging import copy_frame
from guanxi.records.sql import rows_of, run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def table() -> str:
    run("CREATE TEMP TABLE IF NOT EXISTS sent (place serial, number integer)")
    run("TRUNCATE sent RESTART IDENTITY")
    return "sent"


def _numbers(first: int, count: int) -> pl.DataFrame:
    return pl.DataFrame({"number": range(first, first + count)})


def test_frames_are_written_in_the_order_in_which_they_are_given(table: str) -> None:
    with transaction.atomic(), sent_meanwhile():
        for first in range(0, 30_000, 3_000):
            copy_frame(table, _numbers(first, 3_000))

    assert rows_of("SELECT count(*), bool_and(number = place - 1) FROM sent") == [(30_000, True)]


def test_a_question_to_the_database_waits_for_the_frames_before_it(table: str) -> None:
    with transaction.atomic(), sent_meanwhile():
        copy_frame(table, _numbers(0, 20_000))
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM sent")
            counted = cursor.fetchone()

    assert counted == (20_000,)


def _import(table: str, *frames: pl.DataFrame, error: Exception | None = None) -> None:
    with transaction.atomic(), sent_meanwhile():
        for frame in frames:
            copy_frame(table, frame)
        if error is not None:
            raise error


def test_a_frame_that_is_refused_takes_the_whole_transaction_back(table: str) -> None:
    too_large = pl.DataFrame({"number": [2**40]})

    with pytest.raises(DataError):
        _import(table, _numbers(0, 10), too_large, _numbers(10, 10))

    assert rows_of("SELECT count(*) FROM sent") == [(0,)]


def test_an_error_of_the_import_itself_leaves_the_connection_usable(table: str) -> None:
    with pytest.raises(ZeroDivisionError):
        _import(table, _numbers(0, 20_000), error=ZeroDivisionError())

    copy_frame(table, _numbers(0, 3))
    assert rows_of("SELECT count(*) FROM sent") == [(3,)]


def test_an_error_of_the_import_itself_leaves_no_thread_and_sends_nothing_more(
    table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    send = sending._send

    def slowly(cursor: Any, statement: str, frame: pl.DataFrame, forms: list[pl.Expr]) -> None:
        sent.append(frame["number"][0])
        sleep(0.3)
        send(cursor, statement, frame, forms)

    monkeypatch.setattr(sending, "_send", slowly)
    with pytest.raises(ZeroDivisionError):
        _import(table, *(_numbers(first, 2) for first in (0, 2, 4)), error=ZeroDivisionError())

    assert sent in ([], [0])
    assert "import-sender" not in [thread.name for thread in threading.enumerate()]


def test_what_cannot_be_written_out_is_raised_as_it_is_and_nothing_is_kept(table: str) -> None:
    nested = pl.DataFrame({"number": [{"a": 1}]})

    with pytest.raises(pl.exceptions.ComputeError):
        _import(table, _numbers(0, 10), nested, _numbers(10, 10))

    assert rows_of("SELECT count(*) FROM sent") == [(0,)]
