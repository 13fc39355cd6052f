"""The page that every derived figure opens."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.views.decorators.http import require_GET

from guanxi.core.policy import signed_in
from guanxi.customers.customer.record_type import CUSTOMER
from guanxi.insights.figures.page import figure_page
from guanxi.insights.reasons import kind_label
from guanxi.records.screens.answers import actor_of, answer
from guanxi.records.screens.places import list_url
from guanxi.ui.frame import frame_page
from guanxi.ui.shell import Crumb

MAX_DIGITS = 6


@signed_in
@require_GET
def show_rows(request: HttpRequest, figure: str, customer_id: int) -> HttpResponse:
    """Show how a figure of a customer comes about, down to the rows."""
    sent = {name: str(text) for name, text in request.GET.items()}
    pages = {name: int(text[:MAX_DIGITS]) for name, text in sent.items() if text.isdecimal() and int(text[:MAX_DIGITS])}
    page = figure_page(actor_of(request), figure, customer_id, pages)
    customers = Crumb(capfirst(str(CUSTOMER.plural)), list_url(CUSTOMER))
    frame_page(request, page.label, (customers, Crumb(page.customer.name, page.customer_url)), place=customers.url)
    return answer(request, "figure/page.html", {"page": page, "kind_label": kind_label})
