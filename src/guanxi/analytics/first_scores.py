"""All first scores of all customers in one call."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from guanxi.analytics.cards import CARDS, DORMANCY, PYRAMID, RFM, VALUE, WHALE
from guanxi.analytics.choices import RfmConvention
from guanxi.analytics.dormancy import compute_dormancy
from guanxi.analytics.engine import Engine, Source
from guanxi.analytics.extract import Extract, open_extract
from guanxi.analytics.figures import lineage_of
from guanxi.analytics.lineage import Lineage
from guanxi.analytics.models import ModelCard
from guanxi.analytics.pyramid import assign_tiers, tier_summary
from guanxi.analytics.rfm import rfm_profile, score_rfm
from guanxi.analytics.score_table import ScoreTable
from guanxi.analytics.settings import ScoreSettings
from guanxi.analytics.value import compute_value
from guanxi.analytics.whale import WhaleSummary, whale_curve, whale_summary
from guanxi.analytics.window import Window


@dataclass(frozen=True, slots=True)
class FirstScores:
    """The outcome of one run, alive as long as its engine.

    `tables` maps model name (rfm_independent, rfm_nested, value, pyramid, whale, dormancy) to its score table; each has
    customer_id, score, rank, position, percentile and reasons, all but whale also label, and the model's own columns.
    `cards` explains each model. `basis` says what value is: "profit", "net_revenue", or "" without customers.
    """

    extract: Extract
    as_of: datetime
    settings: ScoreSettings
    tables: Mapping[str, ScoreTable]
    cards: Mapping[str, ModelCard]
    basis: str
    tiers: pa.Table
    whale: WhaleSummary

    def lineage(self, model: str, figure: str, row: Mapping[str, Any]) -> Lineage:
        """The lineage of a figure of one row of this run; raises UnknownFigure when the model has no such figure."""
        return lineage_of(model, figure, row, self.as_of, self.settings)


def compute_first_scores(
    engine: Engine,
    lines: Source,
    as_of: datetime,
    cost_to_serve: Source | None = None,
    settings: ScoreSettings | None = None,
) -> FirstScores:
    """RFM in both conventions, value, pyramid, whale curve and dormancy at one as-of instant.

    Inputs as described in `guanxi.analytics.extract`; lines at or after `as_of` are ignored.
    Raises ExtractRefused for unfit inputs and ValueError for a naive `as_of`.
    """
    chosen = settings or ScoreSettings()
    value_window, rfm_window = chosen.value_window(as_of), chosen.rfm_window(as_of)
    extract = open_extract(engine, lines, cost_to_serve, chosen.time_zone)
    profile = rfm_profile(extract, rfm_window)
    values = compute_value(extract, value_window, chosen.costs)
    tiers = assign_tiers(values, chosen.shares)
    tables = {
        **{RFM[kind].name: score_rfm(engine, profile, kind, chosen.ties) for kind in RfmConvention},
        VALUE.name: values,
        PYRAMID.name: tiers,
        WHALE.name: whale_curve(values),
        DORMANCY.name: compute_dormancy(extract, Window(as_of), chosen.dormancy),
    }
    return FirstScores(
        extract=extract,
        as_of=as_of,
        settings=chosen,
        tables=tables,
        cards=CARDS,
        basis=engine.row(f"SELECT coalesce(any_value(label), '') AS basis FROM {values.name}")["basis"],
        tiers=tier_summary(tiers),
        whale=whale_summary(values, chosen.top_share),
    )
