"""The choices that a run of the first scores leaves to the company, with their defaults; light to import."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum


class RfmConvention(StrEnum):
    """INDEPENDENT: each dimension over all customers. NESTED: F within R, M within R and F (Hughes 1994)."""

    INDEPENDENT = "independent"
    NESTED = "nested"


@dataclass(frozen=True, slots=True)
class TierShares:
    """Shares of the customers in the upper tiers; lead takes the rest.

    The source defines the four tiers but leaves their sizes to the firm. By default platinum and gold together are the
    20 % of the 80/20 rule. Raises ValueError for negative shares or a sum above one.
    """

    platinum: Decimal = Decimal("0.05")
    gold: Decimal = Decimal("0.15")
    iron: Decimal = Decimal("0.30")

    def __post_init__(self) -> None:
        shares = (self.platinum, self.gold, self.iron)
        if min(shares) < 0 or sum(shares) > 1:
            raise ValueError("shares of tiers lie between 0 and 1 and sum to at most 1")

    def last_positions(self, customers: int) -> tuple[int, int, int]:
        """The last position of platinum, gold and iron among so many customers; parts of a customer round up."""
        sums = (self.platinum, self.platinum + self.gold, self.platinum + self.gold + self.iron)
        platinum, gold, iron = (int((s * customers).to_integral_value(ROUND_CEILING)) for s in sums)
        return platinum, gold, iron


@dataclass(frozen=True, slots=True)
class CostPolicy:
    """When costs are known well enough to rank by profit.

    `minimum_coverage`: the least share of the turnover (absolute line amounts) whose cost is known. Below it all
    customers are ranked by revenue net of returns, since profit of some cannot be compared with revenue of others.
    """

    minimum_coverage: Decimal = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class DormancyRule:
    """Where silence becomes slowing and dormant.

    own_rhythm_from: purchase days a customer needs to be judged by the own gaps. high_quantile: of the gaps, where
    slowing begins. dormant_multiple: of that gap, where dormant begins. Raises ValueError for values without meaning.
    """

    own_rhythm_from: int = 3
    high_quantile: Decimal = Decimal("0.9")
    dormant_multiple: Decimal = Decimal("2")

    def __post_init__(self) -> None:
        if self.own_rhythm_from < 2 or not 0 < self.high_quantile <= 1 or self.dormant_multiple < 1:
            raise ValueError("a gap needs two purchase days, a quantile lies in (0, 1], the multiple is at least 1")
