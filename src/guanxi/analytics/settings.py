"""The choices behind one run of the first scores; stored with the run, so that a figure can be traced later."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from guanxi.analytics.choices import CostPolicy, DormancyRule, TierShares
from guanxi.analytics.standing import TieRule
from guanxi.analytics.window import Window, window_of_months


@dataclass(frozen=True, slots=True)
class ScoreSettings:
    """Choices of one run.

    `value_months` and `rfm_months` bound the history that value (with pyramid and whale curve) and RFM look at, in
    calendar months before the as-of instant; None takes all of it. Dormancy always takes all: a rhythm needs history.
    """

    time_zone: str = "UTC"
    value_months: int | None = 12
    rfm_months: int | None = None
    ties: TieRule = TieRule.FIRST
    shares: TierShares = field(default_factory=TierShares)
    costs: CostPolicy = field(default_factory=CostPolicy)
    dormancy: DormancyRule = field(default_factory=DormancyRule)
    top_share: Decimal = Decimal("0.2")

    def value_window(self, as_of: datetime) -> Window:
        """The window of value, pyramid and whale curve."""
        return self._window(as_of, self.value_months)

    def rfm_window(self, as_of: datetime) -> Window:
        """The window of both RFM conventions."""
        return self._window(as_of, self.rfm_months)

    def _window(self, as_of: datetime, months: int | None) -> Window:
        return Window(as_of) if months is None else window_of_months(as_of, months, self.time_zone)
