"""Security headers on every answer: one strict policy, loosened for no page of the application."""

from __future__ import annotations

import os
from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse


def content_security_policy(sign_on_url: str = "") -> str:
    """Return the policy of every page; ``sign_on_url`` is where the single sign-on form leads, if there is one.

    Browsers hold the redirect after a form to ``form-action`` too, so without its origin nobody would get there.
    """
    parts = urlsplit(sign_on_url)
    leads_out = parts.scheme in ("https", "http") and bool(parts.netloc)
    forms = f"'self' {parts.scheme}://{parts.netloc}" if leads_out else "'self'"
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
        "font-src 'self'; manifest-src 'self'; media-src 'self'; worker-src 'self'; frame-src 'self'; "
        f"frame-ancestors 'none'; base-uri 'none'; form-action {forms}; object-src 'none'"
    )


CONTENT_SECURITY_POLICY = content_security_policy(os.environ.get("GUANXI_OIDC_URL", ""))
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(self), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}
HSTS = "max-age=31536000; includeSubDomains"


class SecurityHeaders:
    """Adds the headers; an answer that already set one (a downloaded file) keeps its own stricter value."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle one request."""
        response = self.get_response(request)
        for name, value in HEADERS.items():
            if name not in response:
                response[name] = value
        if request.is_secure():
            response["Strict-Transport-Security"] = HSTS
        if "Cache-Control" not in response:
            response["Cache-Control"] = "private, no-store"
        return response
