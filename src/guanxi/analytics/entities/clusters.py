"""From pairs to groups."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from guanxi.analytics.entities.matching import Pair
from guanxi.analytics.entities.measures import PairKey


def clusters(pairs: Iterable[PairKey]) -> list[list[str]]:
    """Return the groups of ids that pairs connect, each sorted; ids without a pair are in none."""
    parents: dict[str, str] = {}
    for left, right in pairs:
        parents[_root(parents, left)] = _root(parents, right)
    groups: dict[str, list[str]] = {}
    for each in parents:
        groups.setdefault(_root(parents, each), []).append(each)
    return sorted(sorted(group) for group in groups.values())


def closure(pairs: Iterable[PairKey]) -> set[PairKey]:
    """Return every pair within the groups that ``pairs`` connect."""
    return {pair for group in clusters(pairs) for pair in combinations(group, 2)}


def best_of_both(pairs: Iterable[Pair]) -> list[Pair]:
    """Keep the pairs in which each is the other's likeliest partner: for two sources that hold everybody once."""
    known = sorted(pairs, key=lambda pair: (-pair.weight, pair.left, pair.right))
    best: dict[str, Pair] = {}
    for pair in known:
        for end in (pair.left, pair.right):
            best.setdefault(end, pair)
    return [pair for pair in known if best[pair.left] is pair and best[pair.right] is pair]


def _root(parents: dict[str, str], each: str) -> str:
    parents.setdefault(each, each)
    while parents[each] != each:
        parents[each] = parents[parents[each]]
        each = parents[each]
    return each
