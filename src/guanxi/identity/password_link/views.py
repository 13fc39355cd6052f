"""The page behind a password link."""

from __future__ import annotations

from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from guanxi.core.errors import Invalid
from guanxi.core.policy import public
from guanxi.identity.forms import Ask, asked
from guanxi.identity.password_link.services import set_password, user_of_link


@public
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def show_password_link(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for a new password, set it, and sign the user in (a second step is asked for where there is one).

    Raises ``NotFound`` for a link that no longer works.
    """
    user = user_of_link(token)
    form = asked(request, _asks())
    if form.posted is not None:
        try:
            user = set_password(token, form.text("password"), form.text("again"))
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            return perform_login(request, user, email_verification="none", redirect_url="/")  # type: ignore[no-any-return]
    address = reverse("password_link", args=[token])
    page = form.page(title=_("Set your password"), action=address, submit=_("Set password"))
    context = {"form": page, "email": user.email}
    return render(request, "identity/password_link.html", context, status=422 if form.errors else 200)


def _asks() -> tuple[Ask, ...]:
    return (
        Ask("password", _("New password"), "password", required=True, autocomplete="new-password", autofocus=True,
            help=_("At least 12 characters. A sentence is easier to remember than signs.")),
        Ask("again", _("New password, once more"), "password", required=True, autocomplete="new-password"),
    )  # fmt: skip
