"""What a file may cost to read, and the refusal of one that would cost more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from guanxi.core.errors import DomainError
from guanxi.records.importing.messages import sentence_of


class ImportRefused(DomainError):
    """A file cannot or must not be read; ``code`` says why and ``params`` where."""

    status = 422

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(sentence_of(code), **params)
        self.code = code

    def __repr__(self) -> str:
        return f"ImportRefused({self.code!r}, {self.params!r})"


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds; sizes in bytes unless the name says otherwise.

    ``record_bytes`` bounds one row, so that a missing newline or quote costs no more than that. ``unpacked_bytes`` and
    ``ratio`` bound what a compressed file may grow to, as a whole and per packed byte. ``batch_bytes`` bounds a batch
    of wide rows below the number of rows asked for.
    """

    file_bytes: int = 4 << 30
    rows: int = 20_000_000
    columns: int = 1_000
    record_bytes: int = 4 << 20
    batch_bytes: int = 24 << 20
    unpacked_bytes: int = 200 << 20
    ratio: int = 100
    entries: int = 2_000
    shared_strings: int = 1_000_000
    shared_bytes: int = 64 << 20
