"""Pure analytics on purchase lines: every figure with its formula, its source and its reasons.

Nothing here knows about the database or the web. Input is an extract of purchase lines (Arrow or Parquet), output is
Arrow tables with one row per customer. Row-heavy work runs in DuckDB.
"""

from guanxi.analytics.dormancy import DormancyRule, compute_dormancy
from guanxi.analytics.engine import Engine
from guanxi.analytics.errors import ExtractRefused, UnknownFigure
from guanxi.analytics.extract import Extract, open_extract
from guanxi.analytics.figures import figures_of, lineage_of
from guanxi.analytics.first_scores import FirstScores, compute_first_scores
from guanxi.analytics.lineage import Condition, Lineage, recompute, rows_behind
from guanxi.analytics.models import ModelCard
from guanxi.analytics.pyramid import TierShares, assign_tiers, tier_migration, tier_summary
from guanxi.analytics.rfm import RfmConvention, compute_rfm, rfm_profile, score_rfm
from guanxi.analytics.score_table import ScoreTable
from guanxi.analytics.settings import ScoreSettings
from guanxi.analytics.standing import TieRule
from guanxi.analytics.value import CostPolicy, compute_value
from guanxi.analytics.whale import WhaleSummary, chart_points, whale_curve, whale_summary
from guanxi.analytics.window import Window, window_of_months

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
