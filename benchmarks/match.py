"""How well persons are matched, on public sets whose truth is known, and how long it takes.

One model of persons with the same settings for every set, trained without labels (docs/reference/matching.md). F1 is
that of all pairs of records that end in one group; for two sources, of pairs in which each is the other's likeliest
partner.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

from benchmarks.persons import SETS, PersonSet

THRESHOLD = 0.9


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--sets", default=",".join(SETS), help="which sets, separated by commas")


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Match each set; one whose files are absent has no figures."""
    figures = {name: _match(SETS[name]) for name in arguments.sets.split(",")}
    return {"threshold": THRESHOLD, "figures": figures}


def _match(people: PersonSet) -> dict[str, Any]:
    from guanxi.analytics import Engine
    from guanxi.analytics.entities import PERSON, agreement, best_of_both, closure, score, train

    if not people.is_here:
        return dict.fromkeys(("f1", "precision", "recall", "records", "seconds"))
    sources, true = people.sources(), people.true_pairs()
    started = time.perf_counter()
    with Engine(memory_limit="2GB") as engine:
        pairs = score(engine, train(engine, PERSON, sources), sources, above=THRESHOLD)
    found = best_of_both(pairs) if len(sources) > 1 else pairs
    ids = [(pair.left, pair.right) for pair in found]
    seconds = time.perf_counter() - started
    result = agreement(ids if len(sources) > 1 else closure(ids), true)
    return {
        "f1": round(result.f1, 4), "precision": round(result.precision, 4), "recall": round(result.recall, 4),
        "records": sum(len(table) for table in sources), "seconds": round(seconds, 1),
    }  # fmt: skip
