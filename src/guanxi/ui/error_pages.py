"""Pages for refusals and failures: plain words, what to do next, the request id; the status handlers of Django."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _


def error_context(status: int, sentence: str = "", reference: str = "") -> dict[str, Any]:
    """Return what ``ui/error.html`` shows for a status; ``sentence`` replaces the general text where one is known."""
    title, text = _words(status)
    return {
        "status": status,
        "title": title,
        "text": sentence or text,
        "reference": reference,
        "icon_name": {401: "lock", 403: "lock", 404: "search", 409: "git-merge", 429: "clock", 503: "plug"}.get(
            status, "triangle-alert"
        ),
    }


def _words(status: int) -> tuple[str, str]:
    words = {
        400: (_("This request can't be understood"), _("Go back and try again. If you typed the address, check it.")),
        403: (_("You can't see this page"), _("Ask an administrator for access, or go back to where you came from.")),
        404: (
            _("Nothing here"),
            _("It was deleted or moved, or the address has a typing mistake. Search for it by name."),
        ),
        409: (_("Somebody was faster"), _("It was changed meanwhile. Reload to see the change, then do it again.")),
        413: (_("This file is too large"), _("Split it, or ask an administrator to raise the limit.")),
        422: (_("Something is missing or wrong"), _("Go back: the fields that need a look are marked.")),
        429: (_("Too many attempts"), _("Wait 15 minutes, then try again.")),
        503: (_("Back in a moment"), _("Guanxi is starting or being updated. This page tries again by itself.")),
    }
    return words.get(
        status,
        (
            _("Something went wrong on our side"),
            _("Nothing you saved is lost. Try again; if it stays, send the number below to your administrator."),
        ),
    )


def error_response(request: HttpRequest, status: int, sentence: str = "") -> HttpResponse:
    """Return the error page; for htmx requests an empty body, whose sentence travels in ``X-Problem``."""
    reference = str(getattr(request, "id", "") or "")
    context = error_context(status, sentence, reference)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=status, headers={"X-Problem": quote(context["text"])})
    return HttpResponse(render_to_string("ui/error.html", context, request), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Handle 400."""
    return error_response(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Handle 403."""
    return error_response(request, 403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Handle 404."""
    return error_response(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Handle 500."""
    return error_response(request, 500)
