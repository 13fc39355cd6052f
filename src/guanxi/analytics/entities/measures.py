"""How good a matching is, where the truth is known."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

PairKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Pairs found and pairs true: how many are in both, and of each."""

    both: int
    found: int
    true: int

    @property
    def precision(self) -> float:
        """The share of what was found that is true; 1 where nothing was found."""
        return self.both / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """The share of what is true that was found; 1 where nothing is true."""
        return self.both / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall (van Rijsbergen 1979)."""
        return 2 * self.both / (self.found + self.true) if self.found + self.true else 1.0


def agreement(found: Collection[PairKey], true: Collection[PairKey]) -> Agreement:
    """Compare pairs of ids; the order within a pair doesn't count."""
    of_found, of_true = _unordered(found), _unordered(true)
    return Agreement(len(of_found & of_true), len(of_found), len(of_true))


def pair_completeness(candidates: Collection[PairKey], true: Collection[PairKey]) -> float:
    """Return the share of the true pairs that are compared at all (Christen 2012, 7.3)."""
    return agreement(candidates, true).recall


def reduction_ratio(candidates: int, records: int, others: int | None = None) -> float:
    """Return the share of all pairs within ``records``, or between them and ``others``, that are not compared."""
    possible = records * others if others is not None else records * (records - 1) // 2
    return 1 - candidates / possible if possible else 0.0


def _unordered(pairs: Collection[PairKey]) -> set[PairKey]:
    return {(left, right) if left < right else (right, left) for left, right in pairs}
