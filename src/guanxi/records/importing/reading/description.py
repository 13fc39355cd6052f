"""What is known of a file before all of it is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import polars as pl

Format = Literal["csv", "xlsx", "jsonl", "json", "parquet"]


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person corrected; ``None`` leaves it to detection.

    ``header_row`` is the number of the header's record, from 1; 0 says that the file has none.
    """

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    header_row: int | None = None
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Description:
    """What a file is: shown on the first page of the wizard, where it can be corrected by ``Choices``.

    ``confidence`` is that of the encoding, from 0 to 1. ``header_row`` counts records from 1; 0 says there is none.
    ``first_rows`` are the first data rows, raw. ``rows`` is the exact number of data rows where the format says it.
    """

    format: Format
    columns: tuple[str, ...]
    first_rows: pl.DataFrame
    total_bytes: int
    encoding: str = ""
    confidence: float = 1.0
    delimiter: str = ""
    quote: str = ""
    header_row: int = 0
    sheet: str = ""
    sheets: tuple[str, ...] = field(default=())
    rows: int | None = None

    def record_number(self, row: int) -> int:
        """Number of a data row (from 0) as a spreadsheet program shows it (from 1, titles and header included)."""
        return row + self.header_row + 1


def distinct_names(cells: list[str]) -> list[str]:
    """Make usable column names of header cells: empty ones are numbered, repeated ones get a suffix."""
    names: list[str] = []
    seen: set[str] = set()
    for number, cell in enumerate(cells, start=1):
        base = " ".join(cell.split())[:200] or f"column {number}"
        name, copy = base, 1
        while name in seen:
            copy += 1
            name = f"{base} ({copy})"
        seen.add(name)
        names.append(name)
    return names
