"""Model cards as people read them: analytics gives question, formula and source, the limits of use are added here."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guanxi.analytics.cards import CARDS


@dataclass(frozen=True, slots=True)
class Card:
    """One model in the reader's language. ``figures`` are the names of the figures that it makes."""

    name: str
    title: str
    version: str
    question: str
    formula: str
    source: str
    unit: str
    not_for: str
    figures: tuple[str, ...]


_FIGURES = {
    "value": ("value", "profit", "revenue", "margin", "cost_to_serve", "value_rank", "value_percentile"),
    "pyramid": ("tier",),
    "whale": (),
    "rfm_independent": ("rfm", "recency_days", "purchases", "monetary"),
    "rfm_nested": ("rfm_nested",),
    "dormancy": ("rhythm", "silence_ratio", "expected_next"),
}


def cards() -> list[Card]:
    """Return the cards of all models, in the order in which the dashboard shows their figures."""
    return [card_of(name) for name in _FIGURES]


def card_of(name: str) -> Card:
    """Return the card of one model; raises ``KeyError`` for an unknown one."""
    card = CARDS[name]
    return Card(
        name=name, title=_titles()[name], version=card.version, question=_(card.question), formula=_(card.formula),
        source=_(card.source), unit=_(card.unit), not_for=_limits()[name], figures=_FIGURES[name],
    )  # fmt: skip


def model_title(name: str) -> str:
    """Return the name of a model in the reader's language."""
    return _titles().get(name, name)


def _titles() -> dict[str, str]:
    return {
        "value": pgettext("worth of customers", "Value"), "pyramid": _("Customer pyramid"), "whale": _("Whale curve"),
        "rfm_independent": _("RFM, independent quintiles"), "rfm_nested": _("RFM, nested quintiles"),
        "dormancy": _("Rhythm and dormancy"),
    }  # fmt: skip


def _limits() -> dict[str, str]:
    return {
        "value": _(
            "Not a forecast: it says what the last 12 months brought, not what the next will. Not for customers whose "
            "costs or orders are kept in another system."
        ),
        "pyramid": _(
            "Not for judging new customers: who began to buy last month stands low by lack of time. The size of each "
            "tier is a choice, not a discovery."
        ),
        "whale": _(
            "Not a reason to drop the tail at once: shared costs do not go away with a customer, and a loss may be the "
            "start of a good relation."
        ),
        "rfm_independent": _(
            "Not for goods bought once in years. Equal scores do not mean equal numbers of customers in each of the "
            "125 cells."
        ),
        "rfm_nested": _(
            "Not for comparing F or M between cells: they are ranked inside each R (and F) group only. Small groups "
            "give coarse scores."
        ),
        "dormancy": _(
            "Not a probability of having left: it says that silence is unusual for this customer. Holidays and seasons "
            "are not taken out."
        ),
    }
