"""Pages of the value dashboard: the dashboard itself, and the customers behind its tail and its moves."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.core.errors import NotFound
from guanxi.core.policy import signed_in
from guanxi.insights.value.customers import moved_page, tail_page
from guanxi.insights.value.page import dashboard
from guanxi.records.screens.answers import actor_of, answer
from guanxi.ui.frame import frame_page
from guanxi.ui.shell import Crumb


@signed_in
@require_GET
def show_dashboard(request: HttpRequest) -> HttpResponse:
    """Show what the visible customers are worth."""
    page = dashboard(actor_of(request))
    frame_page(request, _("Customer value"))
    return answer(request, "value/dashboard.html", {"page": page})


@signed_in
@require_GET
def show_tail(request: HttpRequest) -> HttpResponse:
    """Show the customers that destroy value through one cause, or for whom one remedy comes first."""
    get = request.GET
    page = tail_page(
        actor_of(request), get.get("cause", ""), get.get("kind", ""), get.get("remedy", ""), _page_number(request)
    )
    return _show_customers(request, page)


@signed_in
@require_GET
def show_moved(request: HttpRequest, before: str, after: str) -> HttpResponse:
    """Show the customers that went from one tier to another."""
    return _show_customers(request, moved_page(actor_of(request), before, after, _page_number(request)))


def _show_customers(request: HttpRequest, page: object) -> HttpResponse:
    base = reverse("value.dashboard")
    frame_page(request, getattr(page, "title", ""), (Crumb(_("Customer value"), base),), place=base)
    return answer(request, "value/customers.html", {"page": page})


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    if not text.isdecimal() or len(text) > 6 or int(text) < 1:
        raise NotFound
    return int(text)
