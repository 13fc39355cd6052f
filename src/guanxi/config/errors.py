"""Refusals and failures as people and programs read them: notices on pages, problem details (RFC 9457) in the API."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from guanxi.core.errors import DomainError, NotAllowed, NotFound
from guanxi.core.policy import public
from guanxi.core.problems import MEDIA_TYPE, problem
from guanxi.ui.error_pages import error_response

log = logging.getLogger("guanxi.web")


class ErrorPages:
    """Turns whatever a view raised into an answer; unexpected errors get a reference that also stands in the log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle one request."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse:
        """Answer for an exception that a view let out."""
        return answer_for(request, error)


def answer_for(request: HttpRequest, error: Exception) -> HttpResponse:
    """Return the answer to a request that ended in ``error``; an unexpected one is logged under a reference."""
    if isinstance(error, DomainError):
        return refusal(request, error)
    if isinstance(error, Http404):
        return refusal(request, NotFound())
    if isinstance(error, PermissionDenied):
        return refusal(request, NotAllowed())
    if isinstance(error, SuspiciousOperation):
        return refusal(request, DomainError(_("The request could not be read.")))
    reference = secrets.token_hex(3).upper()
    log.exception("reference %s on %s %s", reference, request.method, request.path_info)
    failure = DomainError(
        _("Something went wrong on our side. Your text is kept. Try again (ref %(ref)s)"), ref=reference
    )
    failure.code, failure.status = "failed", 500
    return refusal(request, failure)


def refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Return the answer to a refused request: problem details for the API, an error page, a sentence for htmx."""
    if request.path_info.startswith("/api/"):
        return JsonResponse(problem(error), status=error.status, content_type=MEDIA_TYPE)
    return error_response(request, error.status, error.words)


@public
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer for an address that no route serves."""
    return refusal(request, NotFound(_("There is no page at this address.")))


@public
def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer for a page that the policy of its view keeps closed."""
    return refusal(request, NotAllowed())


@public
def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer for a form that was sent without its security token."""
    return refusal(request, NotAllowed(_("This page was open too long. Load it again and repeat what you did.")))
