"""The model cards of the first scores; light to import, so that pages can show them."""

from guanxi.analytics.choices import RfmConvention
from guanxi.analytics.models import ModelCard

RFM = {
    RfmConvention.INDEPENDENT: ModelCard(
        name="rfm_independent",
        version="1",
        question="How recently, how often and for how much does this customer buy, compared with all customers?",
        formula="R, F and M each 1..5 by quintile over all customers, 5 best; score = R + F + M, cell = RFM",
        source="Bult & Wansbeek (1995), Marketing Science 14(4); quantiles after Hyndman & Fan (1996), type 7",
        unit="points, 3 to 15",
    ),
    RfmConvention.NESTED: ModelCard(
        name="rfm_nested",
        version="1",
        question="Into which of the 125 equal RFM cells does this customer fall?",
        formula="R by quintile over all customers, F by quintile within R, M by quintile within R and F; "
        "score = R + F + M, cell = RFM",
        source="Hughes (1994), Strategic Database Marketing; quantiles after Hyndman & Fan (1996), type 7",
        unit="points, 3 to 15",
    ),
}

VALUE = ModelCard(
    name="value",
    version="1",
    question="How much does this customer contribute to profit?",
    formula="revenue + returns (negative) - cost of goods - cost to serve; lines of unknown cost at the average margin "
    "rate; where too few costs are known, revenue net of returns",
    source="Kaplan & Cooper (1998), Cost & Effect; Kaplan & Narayanan (2001), Journal of Cost Management 15(5)",
    unit="money in the company's currency",
)

PYRAMID = ModelCard(
    name="pyramid",
    version="1",
    question="In which tier of value is this customer, and what separates it from the next?",
    formula="customers in order of value: the first share is platinum, the next gold, the next iron, the rest lead; "
    "value below zero is negative whatever the order",
    source="Zeithaml, Rust & Lemon (2001), California Management Review 43(4); Curry & Curry (2000)",
    unit="money in the company's currency",
)

WHALE = ModelCard(
    name="whale",
    version="1",
    question="Which part of the customers makes the value, and which part destroys it?",
    formula="customers from best to worst; cumulative value of the first k over the value of all",
    source="Kaplan & Narayanan (2001), Journal of Cost Management 15(5): measuring and managing customer profitability",
    unit="share of total value",
)

DORMANCY = ModelCard(
    name="dormancy",
    version="1",
    question="Has this customer been silent for longer than is usual for this customer?",
    formula="days since the last purchase over the median gap between the customer's purchase days; slowing beyond "
    "the high quantile of the gaps, dormant beyond a multiple of it; with too few purchases, the gaps of all customers",
    source="own rule; that regularity differs by customer and can be seen from few gaps: Wheat & Morrison (1990), "
    "Journal of Marketing Research 27(1); Platzer & Reutterer (2016), Marketing Science 35(5)",
    unit="times the usual gap",
)

CARDS: dict[str, ModelCard] = {card.name: card for card in (*RFM.values(), VALUE, PYRAMID, WHALE, DORMANCY)}
