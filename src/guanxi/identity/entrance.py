"""What sign-in and settings pages show besides their form: company name, notices, single sign-on, navigation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from guanxi.identity.company.queries import company
from guanxi.identity.settings_nav import frame_settings, settings_nav

CHOSEN_LANGUAGE = "chosen_language"
"""Key of the session under which the language chosen on the sign-in page waits for its user."""


@dataclass(frozen=True, slots=True)
class Provider:
    """A single sign-on service; ``url`` takes a POST."""

    name: str
    url: str


def entrance_context(request: HttpRequest) -> dict[str, Any]:
    """Return what the sign-in pages need; each value is computed only when a template looks at it."""
    if request.path_info.startswith("/account/") and getattr(request, "actor", None) is not None:
        frame_settings(request, "")
    return {
        "settings_nav": SimpleLazyObject(lambda: settings_nav(request)),
        "company_title": SimpleLazyObject(company_title),
        "language_url": reverse("preference.language"),
        "notices": SimpleLazyObject(lambda: list(get_messages(request))),
        "single_sign_on": SimpleLazyObject(lambda: providers(request)),
    }


def company_title() -> str:
    """Return the company's name in the language in force."""
    settings = company()
    is_chinese = (get_language() or "").startswith("zh")
    return (settings.native_name or settings.name) if is_chinese else settings.name


def providers(request: HttpRequest) -> list[Provider]:
    """Return the single sign-on services that are configured (``GUANXI_OIDC_URL``)."""
    from allauth.socialaccount.adapter import get_adapter

    found = get_adapter().list_providers(request)
    return [Provider(str(item.name), item.get_login_url(request, process="login")) for item in found]
