"""From a figure of a customer to what it is made of: the stored score, its lineage, and the figure computed again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from guanxi.analytics.lineage import Lineage, combine
from guanxi.customers.score.models import CustomerFigures, Score, ScoreRun
from guanxi.insights.figures.queries import measured, score_row, stored_score
from guanxi.insights.figures.rules import FIGURES, distinct_leaves, is_of_everyone, lineages_of
from guanxi.insights.scoring.rules import instant_of, settings_of


@dataclass(frozen=True, slots=True)
class Traced:
    """A figure with everything behind it.

    ``shown`` is the stored figure, ``again`` the same computed from today's facts; they differ only where facts changed
    after the run. ``values`` holds the figure of each leaf and part by name. A part of the whole population that would
    need all facts at once is taken from the run (``kept``).
    """

    figure: str
    run: ScoreRun
    score: Score | None
    shown: Any
    again: Any
    lineages: tuple[Lineage, ...]
    leaves: tuple[Lineage, ...]
    values: dict[str, Any]
    kept: frozenset[str]

    @property
    def is_unchanged(self) -> bool:
        """Say whether today's facts still give the stored figure."""
        return bool(self.shown == self.again)


def trace(figure: str, figures: CustomerFigures) -> Traced:
    """Return the figure of a customer with its lineage and the proof; raises ``KeyError`` for an unknown figure."""
    source, run = FIGURES[figure], figures.run
    shown = getattr(figures, figure)
    score = stored_score(run, figures.pk, source.model)
    if score is None:
        return Traced(figure, run, None, shown, None if shown is None else "", (), (), {}, frozenset())
    as_of, settings = instant_of(run), settings_of(run)
    lineages = lineages_of(figure, score_row(score), as_of, settings)
    if _is_empty(figure, score, lineages, run):
        return Traced(figure, run, score, shown, None, (), (), {}, frozenset())
    leaves = distinct_leaves(lineages)
    kept = {leaf.figure: kept_value(score, leaf.figure) for leaf in leaves if is_of_everyone(leaf)}
    values = {leaf.figure: kept[leaf.figure] if leaf.figure in kept else measured(run, leaf) for leaf in leaves}
    parts = [_value(lineage, values) for lineage in lineages]
    customers = int(run.results.get("whale", {}).get("customers") or 0)
    again = source.combine(parts, settings, customers)
    return Traced(figure, run, score, shown, again, tuple(lineages), tuple(leaves), values, frozenset(kept))


def kept_value(score: Score, part: str) -> Any:
    """Return a figure of the whole population as the run kept it in the reasons of a score."""
    code = {"usual_gap": "usual_gap", "high_gap": "slowing_after"}[part]
    return next((item["value"] for item in score.reasons if item["code"] == code), None)


def _is_empty(figure: str, score: Score, lineages: list[Lineage], run: ScoreRun) -> bool:
    """Say whether a figure is left empty on purpose: a ratio without a rhythm, a profit without all costs."""
    if figure == "silence_ratio":
        return score.value is None
    if figure not in ("margin", "profit") or score.label == "profit":
        return False
    leaves = {leaf.figure: replace(leaf, measure="SELECT count(*) FROM behind") for leaf in distinct_leaves(lineages)}
    lines, costed = measured(run, leaves["net_revenue"]), measured(run, leaves["cost"])
    return bool(lines == 0 or costed < lines)


def _value(lineage: Lineage, values: dict[str, Any]) -> Any:
    """Return the figure of a lineage from its leaves and remember the figures of all parts on the way."""
    for _factor, part in lineage.parts:
        values[part.figure] = _value(part, values)
    found = combine(lineage, lambda leaf: values[leaf.figure])
    values[lineage.figure] = found
    return found
