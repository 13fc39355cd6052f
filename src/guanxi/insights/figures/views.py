"""The rows behind a figure."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from guanxi.core.errors import NotFound
from guanxi.core.policy import signed_in


@signed_in
@require_GET
def show_rows(request: HttpRequest, figure: str, customer_id: int) -> HttpResponse:
    """Show the rows."""
    raise NotFound
