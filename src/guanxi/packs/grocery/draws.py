"""Reproducible draws: each drawn value depends only on the seed, a purpose and the id of the thing it is drawn for.

A sequential random generator would tie every value to the order of generation and to the library's version. Here a
value is a hash (SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014), so adding a
column or skipping a row changes nothing else, and any chunk can be generated alone.
"""

from __future__ import annotations

import zlib
from bisect import bisect_right
from functools import cache
from itertools import accumulate

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SEED = 20_260_101
_ALL = 2**64 - 1
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


def as_ids(values: npt.ArrayLike) -> Ids:
    """The values as unsigned 64-bit ids (any integers; negative ones wrap)."""
    return np.atleast_1d(np.asarray(values)).astype(np.uint64)


def mixed(ids: Ids) -> Ids:
    """SplitMix64 of each id: a bijection whose output looks random."""
    z = ids + _GOLDEN
    z = (z ^ (z >> np.uint64(30))) * _MIX_1
    z = (z ^ (z >> np.uint64(27))) * _MIX_2
    return np.asarray(z ^ (z >> np.uint64(31)), dtype=np.uint64)


@cache
def _key(purpose: str) -> int:
    return _mixed_int(zlib.crc32(purpose.encode()) * 2**31 + SEED)


def uniform(purpose: str, values: npt.ArrayLike) -> Floats:
    """One number in [0, 1) for each id; the same purpose and id always give the same number."""
    bits = mixed(mixed(as_ids(values)) ^ np.uint64(_key(purpose))) >> np.uint64(11)
    return np.asarray(bits.astype(np.float64) * 2.0**-53, dtype=np.float64)


def integer(purpose: str, values: npt.ArrayLike, below: int) -> Ints:
    """One integer in 0 .. below - 1 for each id, evenly spread."""
    return np.asarray(uniform(purpose, values) * below, dtype=np.int64)


def weighted(purpose: str, values: npt.ArrayLike, weights: tuple[float, ...]) -> Ints:
    """For each id an index into ``weights``, drawn in proportion to them."""
    drawn = np.searchsorted(np.asarray(_steps(weights)), uniform(purpose, values), side="right")
    return np.asarray(np.minimum(drawn, len(weights) - 1), dtype=np.int64)


def one(purpose: str, value: int) -> float:
    """``uniform`` for a single id, without the cost of an array."""
    return (_mixed_int(_mixed_int(value) ^ _key(purpose)) >> 11) * 2.0**-53


def one_below(purpose: str, value: int, below: int) -> int:
    """``integer`` for a single id."""
    return int(one(purpose, value) * below)


def one_weighted(purpose: str, value: int, weights: tuple[float, ...]) -> int:
    """``weighted`` for a single id."""
    return min(bisect_right(_steps(weights), one(purpose, value)), len(weights) - 1)


@cache
def zipf_weights(count: int, exponent: float = 1.0) -> tuple[float, ...]:
    """Weights 1 / rank ** exponent for ranks 1 .. count (Zipf's law)."""
    return tuple(1.0 / rank**exponent for rank in range(1, count + 1))


@cache
def _steps(weights: tuple[float, ...]) -> tuple[float, ...]:
    total = sum(weights)
    return tuple(step / total for step in accumulate(weights))


def _mixed_int(value: int) -> int:
    """``mixed`` for a single id."""
    z = (value + 0x9E3779B97F4A7C15) & _ALL
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _ALL
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _ALL
    return z ^ (z >> 31)
