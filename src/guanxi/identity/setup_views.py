"""The page behind the one-time link of a new installation."""

from __future__ import annotations

from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from guanxi.core.errors import Invalid
from guanxi.core.policy import public
from guanxi.identity.choices import currencies, languages, time_zones
from guanxi.identity.forms import Ask, asked
from guanxi.identity.setup import check_setup_token, set_up


@public
@csrf_exempt  # a dead link answers 404 to every method; a living one checks the token below
@sensitive_post_parameters("password")
def show_setup(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for the company and its first administrator, make both, and sign the administrator in.

    Raises ``NotFound`` for every method once an administrator exists, or when the link is not ours or too old.
    """
    check_setup_token(token)
    return _show_setup(request, token)


@csrf_protect
@require_http_methods(["GET", "POST"])
def _show_setup(request: HttpRequest, token: str) -> HttpResponse:
    language = get_language() or "en"
    form = asked(request, _asks(), {"language": language, "currency": "CNY" if language.startswith("zh") else "USD",
                                    "time_zone": "Asia/Shanghai" if language.startswith("zh") else "UTC"})  # fmt: skip
    if form.posted is not None:
        names = ("company_name", "name", "email", "password", "language", "currency", "time_zone")
        try:
            user = set_up(token, **{name: form.text(name) for name in names})
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            return perform_login(request, user, email_verification="none", redirect_url="/")  # type: ignore[no-any-return]
    address = reverse("setup", args=[token])
    page = form.page(title=_("Set up Guanxi"), action=address, submit=_("Start"))
    return render(request, "identity/setup.html", {"form": page}, status=422 if form.errors else 200)


def _asks() -> tuple[Ask, ...]:
    return (
        Ask("company_name", _("Company name"), required=True, max_length=120, autocomplete="organization",
            autofocus=True),
        Ask("name", _("Your name"), required=True, max_length=120, autocomplete="name"),
        Ask("email", _("Your work e-mail"), "email", required=True, max_length=254, autocomplete="username"),
        Ask("password", _("Password"), "password", required=True, autocomplete="new-password",
            help=_("At least 12 characters. A sentence is easier to remember than signs.")),
        Ask("language", _("Language"), "choice", languages(), required=True),
        Ask("currency", _("Base currency"), "choice", currencies(), required=True,
            help=_("Figures are computed in it. It can't be changed once there are orders.")),
        Ask("time_zone", _("Time zone"), "choice", time_zones(), required=True),
    )  # fmt: skip
