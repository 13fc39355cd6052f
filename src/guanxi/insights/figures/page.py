"""The page of one figure of one customer: how it comes about, down to the rows, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from guanxi.analytics.lineage import Lineage
from guanxi.core.actor import Actor
from guanxi.core.errors import NotAllowed, NotFound
from guanxi.customers.cost_to_serve.record_type import COST_TO_SERVE
from guanxi.customers.customer.models import Customer
from guanxi.customers.customer.record_type import CUSTOMER
from guanxi.customers.order.record_type import ORDER
from guanxi.customers.score.models import CustomerFigures, ScoreRun
from guanxi.insights.figures.queries import PAGE_ROWS, Rows, rows_of
from guanxi.insights.figures.rules import FIGURES, GIVES_AWAY
from guanxi.insights.figures.tracing import Traced, trace
from guanxi.insights.figures.wording import RELEVANT, figure_formula, part_kind, part_label
from guanxi.insights.reasons import Reason, reasons_of
from guanxi.insights.scoring.cards import Card, card_of
from guanxi.insights.scoring.rules import instant_of, settings_of
from guanxi.insights.value.page import customers_url
from guanxi.insights.value.queries import hidden_causes
from guanxi.records.access import get_visible, visible_to
from guanxi.records.screens.places import record_url
from guanxi.ui.formats import percent


@dataclass(frozen=True, slots=True)
class Part:
    """A line of the tree: a figure with its sign or factor; ``leaf`` names the section with its rows."""

    label: str
    value: Any
    kind: str
    factor: str
    depth: int
    leaf: str = ""


@dataclass(frozen=True, slots=True)
class Leaf:
    """The rows behind one figure over rows; without ``rows`` the ``text`` says why there are none to list."""

    name: str
    label: str
    value: Any
    kind: str
    source: str
    rows: Rows | None
    text: str = ""
    url: str = ""
    page: int = 1
    previous_url: str = ""
    next_url: str = ""

    @property
    def first(self) -> int:
        """Return the number of the first listed row."""
        return (self.page - 1) * PAGE_ROWS + 1


@dataclass(frozen=True, slots=True)
class FigurePage:
    """A figure with formula, run, reasons, parts and rows. ``again`` is the figure from today's facts."""

    figure: str
    label: str
    kind: str
    customer: Customer
    customer_url: str
    currency: str
    shown: Any
    again: Any
    is_unchanged: bool
    run: ScoreRun
    window: tuple[Any, Any]
    formula: str
    card: Card
    reasons: tuple[Reason, ...]
    parts: tuple[Part, ...]
    leaves: tuple[Leaf, ...]
    hidden: str = ""
    shows_costs: bool = True


def figure_page(actor: Actor, figure: str, customer_id: int, pages: dict[str, int]) -> FigurePage:
    """Return the page of a figure; ``pages`` says which page of rows each leaf shows.

    Raises ``NotFound`` for an unknown figure, for a customer that the actor may not see and for one without figures,
    ``NotAllowed`` for a field hidden from the actor.
    """
    if figure not in FIGURES:
        raise NotFound
    customer: Customer = get_visible(actor, CUSTOMER, customer_id)
    if not actor.sees_field("customer", figure):
        raise NotAllowed
    figures = CustomerFigures.objects.select_related("run").filter(pk=customer_id).first()
    if figures is None:
        raise NotFound(_("No figures have been computed for this customer yet."))
    traced = trace(figure, figures)
    given_away = _gives_away(actor, traced.lineages)
    base = reverse("figure.rows", args=(figure, customer_id))
    leaves = () if given_away else tuple(_without_repeats(_leaves(actor, customer, traced, base, pages)))
    return FigurePage(
        figure=figure, label=capfirst(str(CUSTOMER[figure].label)), kind=CUSTOMER[figure].kind, customer=customer,
        customer_url=record_url(CUSTOMER, customer_id), currency=figures.currency, shown=_words(figure, traced.shown),
        again=_words(figure, traced.again), is_unchanged=traced.is_unchanged, run=traced.run,
        window=_window(traced.run, FIGURES[figure].model), formula=figure_formula(figure, traced.score),
        card=card_of(FIGURES[figure].model),
        reasons=tuple(_reasons(actor, figure, traced, figures.currency)),
        parts=() if given_away else tuple(_parts(traced.lineages, traced.values)), leaves=leaves,
        hidden=_("It is made of figures that you may not see.") if given_away else "",
        shows_costs=actor.sees_field("customer", "margin") and actor.sees_field("order", "total_cost"),
    )  # fmt: skip


def _gives_away(actor: Actor, lineages: Sequence[Lineage]) -> bool:
    names: set[str] = set()
    waiting = list(lineages)
    while waiting:
        lineage = waiting.pop()
        names.add(lineage.figure)
        waiting += [part for _factor, part in lineage.parts]
    return any(name in GIVES_AWAY and not actor.sees_field("customer", GIVES_AWAY[name]) for name in names)


def _window(run: ScoreRun, model: str) -> tuple[Any, Any]:
    as_of, settings = instant_of(run), settings_of(run)
    if model == "dormancy":
        return None, as_of
    chosen = settings.rfm_window(as_of) if model.startswith("rfm") else settings.value_window(as_of)
    return chosen.start, chosen.end


def _words(figure: str, value: Any) -> Any:
    """Return a choice as its words and a percentile as a share; everything else as it is."""
    field = CUSTOMER[figure]
    if field.kind == "choice":
        choice = field.choice(value)
        return capfirst(str(choice.label)) if choice else value
    return Decimal(value) / 100 if field.kind == "percent" and value is not None else value


def _reasons(actor: Actor, figure: str, traced: Traced, currency: str) -> list[Reason]:
    if traced.score is None:
        return []
    hidden, relevant = hidden_causes(actor), RELEVANT.get(figure)
    found = reasons_of(traced.score.reasons, currency)
    return [item for item in found if item.code not in hidden and (relevant is None or item.code in relevant)]


def _parts(lineages: Sequence[Lineage], values: dict[str, Any]) -> list[Part]:
    found: list[Part] = []

    def add(lineage: Lineage, factor: str, depth: int) -> None:
        if lineage.figure == "estimated_cost" and not values.get("estimated_cost"):
            return
        leaf = "" if lineage.parts else lineage.figure
        name = lineage.figure
        found.append(Part(part_label(lineage), values.get(name), part_kind(lineage), factor, depth, leaf))
        for index, (number, part) in enumerate(lineage.parts):
            sign = ("", "÷")[index] if lineage.divides else _factor(number)
            add(part, sign, depth + 1)

    for lineage in lineages:
        add(lineage, "", 0)
    return found


def _factor(number: Decimal) -> str:
    return "+" if number == 1 else "−" if number == -1 else f"{percent(number)} ×"


def _leaves(actor: Actor, customer: Customer, traced: Traced, base: str, pages: dict[str, int]) -> list[Leaf]:
    return [_leaf(actor, customer, traced, leaf, base, pages) for leaf in traced.leaves]


def _leaf(actor: Actor, customer: Customer, traced: Traced, leaf: Lineage, base: str, pages: dict[str, int]) -> Leaf:
    name = leaf.figure
    known: dict[str, Any] = {
        "name": name, "label": part_label(leaf), "value": traced.values[name], "kind": part_kind(leaf),
        "source": leaf.source,
    }  # fmt: skip
    if name in traced.kept:
        text = _("Seen from the first purchases of all customers when the run was made.")
        return Leaf(**known, rows=None, text=text)
    if leaf.source not in ("purchase_line", "cost_to_serve"):
        return Leaf(**known, rows=None, text=_comparison(leaf), url=_comparison_url(traced, leaf))
    if not _may_list(actor, customer, leaf.source):
        return Leaf(**known, rows=None, text=_("You may not see these rows."))
    page = pages.get(name, 1)
    rows = rows_of(traced.run, leaf, page)
    return Leaf(
        **known, rows=rows, page=page, previous_url=_page_url(base, pages, name, page - 1) if page > 1 else "",
        next_url=_page_url(base, pages, name, page + 1) if page * PAGE_ROWS < rows.count else "",
    )  # fmt: skip


def _without_repeats(leaves: Sequence[Leaf]) -> Iterator[Leaf]:
    """List rows once where a later figure stands over the same ones; leave out what has neither rows nor value."""
    listed: list[Leaf] = []
    for leaf in leaves:
        if leaf.rows is None:
            yield leaf
            continue
        if leaf.name == "uncosted_amount" and not leaf.rows.count:
            continue
        same = next((item for item in listed if _same_rows(item, leaf)), None)
        if same is None:
            listed.append(leaf)
            yield leaf
        else:
            text = _("The same rows as under “%(figure)s”.") % {"figure": same.label}
            yield replace(leaf, rows=None, text=text, url=f"#rows-{same.name}")


def _same_rows(one: Leaf, other: Leaf) -> bool:
    return one.source == other.source and one.rows is not None and one.rows == other.rows


def _may_list(actor: Actor, customer: Customer, source: str) -> bool:
    """Say whether the actor may see orders, or costs to serve, of this customer: they follow it, each by its scope."""
    kind = ORDER if source == "purchase_line" else COST_TO_SERVE
    if not actor.may("view", kind.name):
        return False
    rows = visible_to(actor, kind).filter(customer=customer)
    return rows.exists() or not kind.model._default_manager.filter(customer=customer, deleted_at=None).exists()


def _comparison(leaf: Lineage) -> str:
    if leaf.figure in ("position", "percentile"):
        return _("Compared with the value of all customers in this run.")
    if leaf.figure == "score":
        return _("The value of this customer in this run.")
    return _("Compared with the other customers of this run: one fifth of them for each point.")


def _comparison_url(traced: Traced, leaf: Lineage) -> str:
    if leaf.figure == "score":
        return reverse("figure.rows", args=("value", traced.score.customer_id)) if traced.score else ""
    if leaf.figure == "position":
        return customers_url(f"value_rank:lte:{traced.values['position']}", sort="value_rank")
    if leaf.figure == "percentile":
        return customers_url("value:not_empty")
    return customers_url("rfm:not_empty", sort="-rfm")


def _page_url(base: str, pages: dict[str, int], name: str, page: int) -> str:
    return f"{base}?{urlencode({**pages, name: page})}#rows-{name}"
