"""Sets of persons in which some stand twice, with the truth: FEBRL 1 to 4 (Christen, ANU) and Splink's 1,000 people.

They are read from the folder that GUANXI_SHARED_DATA names, or ``../shared/data`` beside the checkout.
"""

from __future__ import annotations

import csv
import gzip
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pyarrow as pa

from guanxi.core.names import fold

ROOT = Path(os.environ.get("GUANXI_SHARED_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
# What the columns of each set are called in the model of persons.
_FEBRL = {
    "given": "given_name", "family": "surname", "birth": "date_of_birth", "identifier": "soc_sec_id",
    "house": "street_number", "street": "address_1", "place": "address_2", "city": "suburb", "postcode": "postcode",
    "region": "state",
}  # fmt: skip
_PEOPLE = {"given": "first_name", "family": "surname", "birth": "dob", "email": "email", "city": "city"}
TruePairs = Callable[[], set[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class PersonSet:
    """One or two files of persons and who of them are the same."""

    files: tuple[Path, ...]
    columns: Mapping[str, str]
    id_column: str
    true_pairs: TruePairs

    @property
    def is_here(self) -> bool:
        """Whether the files are on this machine."""
        return all(path.is_file() for path in self.files)

    def sources(self) -> list[pa.Table]:
        """Return a table for each file, in the columns of the model."""
        return [self._source(path) for path in self.files]

    def _source(self, path: Path) -> pa.Table:
        rows = list(_rows(path))
        columns = {name: [fold(row[theirs]) or None for row in rows] for name, theirs in self.columns.items()}
        return pa.table({"unique_id": [row[self.id_column] for row in rows], **columns})


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        yield from csv.DictReader(file)


def _febrl(name: str, *files: str, without: str = "") -> PersonSet:
    def true_pairs() -> set[tuple[str, str]]:
        both = [list(row.values()) for row in _rows(folder / f"{name}_true_pairs.csv.gz")]
        return {(left, right) for left, right, *_ in both}

    folder = ROOT / "febrl"
    columns = {ours: theirs for ours, theirs in _FEBRL.items() if ours != without}
    return PersonSet(tuple(folder / f"{file}.csv.gz" for file in files), columns, "rec_id", true_pairs)


def _people() -> PersonSet:
    def true_pairs() -> set[tuple[str, str]]:
        known: dict[str, list[str]] = {}
        for row in _rows(path):
            known.setdefault(row["cluster"], []).append(row["unique_id"])
        return {pair for group in known.values() for pair in combinations(group, 2)}

    path = ROOT / "fake-people-1000" / "fake_1000.csv"
    return PersonSet((path,), _PEOPLE, "unique_id", true_pairs)


SETS: Mapping[str, PersonSet] = {
    "febrl1": _febrl("febrl1", "febrl1"),
    "febrl2": _febrl("febrl2", "febrl2"),
    "febrl3": _febrl("febrl3", "febrl3"),
    "febrl4": _febrl("febrl4", "febrl4a", "febrl4b"),
    "febrl4_without_ssn": _febrl("febrl4", "febrl4a", "febrl4b", without="identifier"),
    "fake_people": _people(),
}
