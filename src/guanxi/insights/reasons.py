"""Reasons of scores as sentences in the reader's language: analytics gives codes and numbers, the words are here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guanxi.customers.customer.record_type import CUSTOMER
from guanxi.records.registry import record_type
from guanxi.ui.formats import percent
from guanxi.ui.quick_formats import day, money, number

_LABELS = {
    "revenue": gettext_lazy("Revenue"),
    "returns": gettext_lazy("Returned goods"),
    "cost": gettext_lazy("Cost of goods"),
    "estimated_cost": gettext_lazy("Cost of goods, estimated"),
    "cost_to_serve": gettext_lazy("Cost to serve"),
    "cost_unknown": gettext_lazy("Cost unknown"),
    "value": gettext_lazy("Value"),
    "standing": gettext_lazy("Standing"),
    "next_tier": gettext_lazy("Next tier"),
    "recency": gettext_lazy("Recency"),
    "frequency": gettext_lazy("Frequency"),
    "monetary": gettext_lazy("Amount"),
    "days_silent": gettext_lazy("Silence"),
    "usual_gap": gettext_lazy("Usual gap"),
    "slowing_after": gettext_lazy("Slowing"),
    "dormant_after": gettext_lazy("Dormant"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason ready to show. ``amount`` is its term of the score where it ``adds``, else its number."""

    code: str
    kind: str
    label: str
    sentence: str
    amount: Decimal
    adds: bool


def reasons_of(stored: list[dict[str, Any]], currency: str) -> list[Reason]:
    """Return the stored reasons of a score with their words; money in ``currency``. Unknown codes keep their name."""
    found = []
    for item in stored:
        params = item.get("params") or {}
        amount = Decimal(str(item.get("value") or 0))
        code, kind = str(item["code"]), str(params.get("kind", ""))
        wording = _SENTENCES.get(code)
        sentence = wording(amount, params, currency) if wording else code
        found.append(Reason(code, kind, cause_label(code, kind), sentence, amount, bool(item.get("adds"))))
    return found


def cause_label(code: str, kind: str = "") -> str:
    """Return the short name of a part of a score; for a cost to serve that of its kind."""
    if code == "cost_to_serve" and kind:
        return _("Cost to serve: %(kind)s") % {"kind": kind_label(kind)}
    return str(_LABELS.get(code, code))


def kind_label(kind: str) -> str:
    """Return the words for a kind of cost to serve."""
    return record_type("cost_to_serve")["kind"].choice_label(kind)


def tier_label(tier: str) -> str:
    """Return the words for a tier of the pyramid."""
    return CUSTOMER["tier"].choice_label(tier)


def _days(amount: Decimal) -> str:
    count = int(amount.to_integral_value())
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": number(count)}


def _date(text: str) -> str:
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return text


Params = Mapping[str, str]
Sentence = Callable[[Decimal, Params, str], str]


def _revenue(amount: Decimal, params: Params, currency: str) -> str:
    return _("Bought for %(amount)s.") % {"amount": money(amount, currency)}


def _returns(amount: Decimal, params: Params, currency: str) -> str:
    if not amount:
        return _("Returned nothing.")
    return _("Returned goods worth %(amount)s.") % {"amount": money(-amount, currency)}


def _cost(amount: Decimal, params: Params, currency: str) -> str:
    return _("The goods cost us %(amount)s.") % {"amount": money(-amount, currency)}


def _estimated_cost(amount: Decimal, params: Params, currency: str) -> str:
    sold = Decimal(params.get("amount") or 0)
    if not sold:
        return _("The cost of all goods is known.")
    return _("Goods sold for %(sold)s have no known cost; at the average margin of %(rate)s they cost %(amount)s.") % {
        "sold": money(sold, currency), "rate": percent(Decimal(params.get("margin_rate") or 0)),
        "amount": money(-amount, currency),
    }  # fmt: skip


def _cost_to_serve(amount: Decimal, params: Params, currency: str) -> str:
    kind = kind_label(params.get("kind", ""))
    return _("Serving cost %(amount)s: %(kind)s.") % {"amount": money(-amount, currency), "kind": kind}


def _cost_unknown(amount: Decimal, params: Params, currency: str) -> str:
    return _(
        "Cost unknown: it is known for only %(share)s of all turnover, so everybody is ranked by revenue net of "
        "returns. Cost to serve of %(serve)s is not taken off."
    ) % {
        "share": percent(Decimal(params.get("coverage") or 0)),
        "serve": money(Decimal(params.get("cost_to_serve") or 0), currency),
    }


def _value(amount: Decimal, params: Params, currency: str) -> str:
    if params.get("basis") == "profit" and amount < 0:
        return _("Takes %(amount)s of profit away.") % {"amount": money(-amount, currency)}
    if params.get("basis") == "profit":
        return _("Contributes %(amount)s to profit.") % {"amount": money(amount, currency)}
    return _("Brings %(amount)s of revenue net of returns.") % {"amount": money(amount, currency)}


def _standing(amount: Decimal, params: Params, currency: str) -> str:
    share = Decimal(params.get("share") or 1)
    words = {"place": number(int(amount)), "all": number(int(params.get("of") or 0))}
    if share > Decimal("0.5"):
        return _("Stands at place %(place)s of %(all)s by value.") % words
    words["share"] = percent(max(share, Decimal("0.001")))  # one decimal is shown, and nobody is among the best 0.0%
    return _("Stands at place %(place)s of %(all)s by value, among the best %(share)s.") % words


def _next_tier(amount: Decimal, params: Params, currency: str) -> str:
    tier = tier_label(params.get("tier", ""))
    return _("%(amount)s more leads to the tier “%(tier)s”.") % {"amount": money(amount, currency), "tier": tier}


def _recency(amount: Decimal, params: Params, currency: str) -> str:
    return _("Recency %(points)s of 5: last purchase %(days)s before, on %(date)s.") % {
        "points": int(amount), "days": _days(Decimal(params.get("days") or 0)),
        "date": _date(params.get("last_purchase_on", "")),
    }  # fmt: skip


def _frequency(amount: Decimal, params: Params, currency: str) -> str:
    count = int(params.get("orders") or 0)
    orders = ngettext("%(count)s purchase", "%(count)s purchases", count) % {"count": number(count)}
    return _("Frequency %(points)s of 5: %(orders)s.") % {"points": int(amount), "orders": orders}


def _monetary(amount: Decimal, params: Params, currency: str) -> str:
    spent = money(Decimal(params.get("amount") or 0), currency)
    return _("Amount %(points)s of 5: %(amount)s in all.") % {"points": int(amount), "amount": spent}


def _silent(amount: Decimal, params: Params, currency: str) -> str:
    date_text = _date(params.get("last_purchase_on", ""))
    return _("Silent for %(days)s, since %(date)s.") % {"days": _days(amount), "date": date_text}


def _usual_gap(amount: Decimal, params: Params, currency: str) -> str:
    if params.get("rhythm") == "own":
        return _("Usually buys every %(days)s, seen from %(count)s days with purchases.") % {
            "days": _days(amount), "count": params.get("purchase_days", ""),
        }  # fmt: skip
    days = _days(amount)
    return _("Too few purchases for an own rhythm; customers usually come back after %(days)s.") % {"days": days}


def _slowing_after(amount: Decimal, params: Params, currency: str) -> str:
    return _("Counts as slowing after %(days)s of silence.") % {"days": _days(amount)}


def _dormant_after(amount: Decimal, params: Params, currency: str) -> str:
    return _("Counts as dormant after %(days)s of silence.") % {"days": _days(amount)}


_SENTENCES: dict[str, Sentence] = {
    "revenue": _revenue, "returns": _returns, "cost": _cost, "estimated_cost": _estimated_cost,
    "cost_to_serve": _cost_to_serve, "cost_unknown": _cost_unknown, "value": _value, "standing": _standing,
    "next_tier": _next_tier, "recency": _recency, "frequency": _frequency, "monetary": _monetary,
    "days_silent": _silent, "usual_gap": _usual_gap, "slowing_after": _slowing_after, "dormant_after": _dormant_after,
}  # fmt: skip
