"""Pure analytics on purchase lines: every figure with its formula, its source and its reasons.

Nothing here knows about the database or the web. Input is an extract of purchase lines (Arrow or Parquet), output is
Arrow tables with one row per customer. Row-heavy work runs in DuckDB. Names are loaded when they are first asked for,
so that a process that only needs a lineage or a card stays small.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from guanxi.analytics.choices import CostPolicy, DormancyRule, RfmConvention, TierShares
    from guanxi.analytics.dormancy import compute_dormancy
    from guanxi.analytics.engine import Engine
    from guanxi.analytics.errors import ExtractRefused, UnknownFigure
    from guanxi.analytics.extract import Extract, open_extract
    from guanxi.analytics.figures import figures_of, lineage_of
    from guanxi.analytics.first_scores import FirstScores, compute_first_scores
    from guanxi.analytics.lineage import Condition, Lineage, recompute, rows_behind
    from guanxi.analytics.models import ModelCard
    from guanxi.analytics.pyramid import assign_tiers, tier_migration, tier_summary
    from guanxi.analytics.rfm import compute_rfm, rfm_profile, score_rfm
    from guanxi.analytics.score_table import ScoreTable
    from guanxi.analytics.settings import ScoreSettings
    from guanxi.analytics.standing import TieRule
    from guanxi.analytics.value import compute_value
    from guanxi.analytics.whale import WhaleSummary, chart_points, whale_curve, whale_summary
    from guanxi.analytics.window import Window, window_of_months

_MODULES = {
    "choices": (
        "CostPolicy",
        "DormancyRule",
        "RfmConvention",
        "TierShares",
    ),
    "dormancy": ("compute_dormancy",),
    "engine": ("Engine",),
    "errors": (
        "ExtractRefused",
        "UnknownFigure",
    ),
    "extract": (
        "Extract",
        "open_extract",
    ),
    "figures": (
        "figures_of",
        "lineage_of",
    ),
    "first_scores": (
        "FirstScores",
        "compute_first_scores",
    ),
    "lineage": (
        "Condition",
        "Lineage",
        "recompute",
        "rows_behind",
    ),
    "models": ("ModelCard",),
    "pyramid": (
        "assign_tiers",
        "tier_migration",
        "tier_summary",
    ),
    "rfm": (
        "compute_rfm",
        "rfm_profile",
        "score_rfm",
    ),
    "score_table": ("ScoreTable",),
    "settings": ("ScoreSettings",),
    "standing": ("TieRule",),
    "value": ("compute_value",),
    "whale": (
        "WhaleSummary",
        "chart_points",
        "whale_curve",
        "whale_summary",
    ),
    "window": (
        "Window",
        "window_of_months",
    ),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Load the module of a name when it is first asked for."""
    if name not in _HOME:
        raise AttributeError(f"guanxi.analytics has no {name}")
    return getattr(import_module(f"guanxi.analytics.{_HOME[name]}"), name)


__all__ = [
    "Condition",
    "CostPolicy",
    "DormancyRule",
    "Engine",
    "Extract",
    "ExtractRefused",
    "FirstScores",
    "Lineage",
    "ModelCard",
    "RfmConvention",
    "ScoreSettings",
    "ScoreTable",
    "TieRule",
    "TierShares",
    "UnknownFigure",
    "WhaleSummary",
    "Window",
    "assign_tiers",
    "chart_points",
    "compute_dormancy",
    "compute_first_scores",
    "compute_rfm",
    "compute_value",
    "figures_of",
    "lineage_of",
    "open_extract",
    "recompute",
    "rfm_profile",
    "rows_behind",
    "score_rfm",
    "tier_migration",
    "tier_summary",
    "whale_curve",
    "whale_summary",
    "window_of_months",
]
