"""Pages fetched while the pointer rests on their link, so that the click finds them ready.

The browser reads the rules from the address in the ``Speculation-Rules`` header (an inline script is forbidden) and
keeps what it fetched for this document only, private pages included. Only links that lead to a page are named: never
a download, never an action. Browsers that don't know the header ignore it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import cache_control

from guanxi.core.policy import public

PATH: Final = "speculation-rules.json"
LINKS: Final = (
    ".nav-item, .bottom-bar-item, .view-tab, .breadcrumb a, [data-open-link]:not([download]), "
    ".record-actions .pagination a"
)
RULES: Final[dict[str, Any]] = {"prefetch": [{"where": {"selector_matches": LINKS}, "eagerness": "moderate"}]}


@public
@cache_control(public=True, max_age=86_400)
def show_rules(request: HttpRequest) -> JsonResponse:
    """Answer the rules with the media type that browsers ask for."""
    return JsonResponse(RULES, content_type="application/speculationrules+json")


class SpeculationRules:
    """Names the rules on every page; fragments and files stay as they are."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle one request."""
        response = self.get_response(request)
        is_page = response.get("Content-Type", "").startswith("text/html")
        if is_page and "HX-Request" not in request.headers:
            response["Speculation-Rules"] = f'"/{PATH}"'
        return response
