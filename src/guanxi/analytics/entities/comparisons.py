"""How two values of one column are compared: from equal over similar to different, each level with a weight of its own.

An empty value says nothing for or against. Levels of similarity follow Winkler (1990) for words and
Damerau (1964) for codes; how much each level weighs is learnt from the records.
"""

from __future__ import annotations

import splink.comparison_level_library as levels
from splink.comparison_library import CustomComparison

_CLOSE, _ALIKE = 0.92, 0.8


def words(column: str, swapped_with: str = "") -> CustomComparison:
    """Compare words: equal (rare words weigh more), taken for another column, close, alike, different."""
    swapped = [_swapped(column, swapped_with)] if swapped_with else []
    return CustomComparison(
        output_column_name=column,
        comparison_levels=[
            levels.NullLevel(column),
            levels.ExactMatchLevel(column, term_frequency_adjustments=True),
            *swapped,
            levels.JaroWinklerLevel(column, _CLOSE),
            levels.JaroWinklerLevel(column, _ALIKE),
            levels.ElseLevel(),
        ],
    )


def code(column: str, most_errors: int = 2) -> CustomComparison:
    """Compare numbers and dates written as text: equal, one mistyped or swapped sign, two, different."""
    return CustomComparison(
        output_column_name=column,
        comparison_levels=[
            levels.NullLevel(column),
            levels.ExactMatchLevel(column, term_frequency_adjustments=True),
            *(levels.DamerauLevenshteinLevel(column, errors) for errors in range(1, most_errors + 1)),
            levels.ElseLevel(),
        ],
    )


def _swapped(column: str, other: str) -> levels.CustomLevel:
    return levels.CustomLevel(
        f'"{column}_l" = "{other}_r" OR "{other}_l" = "{column}_r"', label_for_charts=f"{column} and {other} swapped"
    )
