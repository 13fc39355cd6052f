"""The company's settings."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guanxi.core.errors import Conflict, Invalid
from guanxi.core.policy import administrators
from guanxi.identity.choices import currencies, languages, months, phone_regions, time_zones
from guanxi.identity.company.models import Company
from guanxi.identity.company.queries import company as the_company
from guanxi.identity.company.services import change_company, parse_rates
from guanxi.identity.forms import Ask, Asked, asked
from guanxi.identity.settings_nav import frame_settings
from guanxi.records.screens.answers import actor_of

PARTS = ("name", "region", "money", "figures")


@administrators
@require_http_methods(["GET", "POST"])
def show_company(request: HttpRequest) -> HttpResponse:
    """Show and save the company's settings, one card at a time."""
    actor = actor_of(request)
    company = the_company()
    forms = {part: asked(request, _asks(part), _stored(company)) for part in PARTS}
    sent = request.POST.get("part", "")
    for part, form in forms.items():
        form.posted = form.posted if part == sent else None
    if request.method == "POST" and sent in forms:
        try:
            change_company(actor=actor, version=int(request.POST.get("version") or 0), **_values(forms[sent]))
        except Invalid as refusal:
            forms[sent].refuse(refusal)
        except Conflict as conflict:
            forms[sent].errors = {"": [str(conflict)]}
            company = the_company()
        else:
            messages.success(request, _("Saved"))
            return redirect("settings.company")
    frame_settings(request, _("Company"))
    titles = {"name": _("Name"), "region": _("Region"), "money": _("Money"), "figures": _("Figures")}
    pages = [
        forms[part].page(title=titles[part], action=reverse("settings.company"), submit=_("Save"),
                         hidden=(("part", part), ("version", str(company.version))))
        for part in PARTS
    ]  # fmt: skip
    status = 422 if any(form.errors for form in forms.values()) else 200
    return render(request, "identity/company.html", {"forms": pages}, status=status)


def _asks(part: str) -> tuple[Ask, ...]:
    if part == "name":
        return (
            Ask("name", _("Company name"), required=True, max_length=120),
            Ask("native_name", _("Chinese name"), max_length=120, help=_("Shown where the pages are in Chinese.")),
        )
    if part == "region":
        return (
            Ask("language", _("Language"), "choice", languages(), required=True, help=_("For new users and for mail.")),
            Ask("time_zone", _("Time zone"), "choice", time_zones(), required=True,
                help=_("Decides which day a sale belongs to.")),
            Ask("phone_region", _("Phone region"), "choice", phone_regions(), required=True,
                help=_("Numbers without a country code are read as numbers of this country.")),
        )  # fmt: skip
    if part == "money":
        return (
            Ask("base_currency", _("Base currency"), "choice", currencies(), required=True,
                help=_("Figures are computed in it. It can't be changed once there are orders.")),
            Ask("rates", _("Exchange rates"), "long_text", placeholder="USD 7.12\nEUR 8.30",
                help=_("One a line: what one unit is worth in the base currency.")),
        )  # fmt: skip
    return (
        Ask("fiscal_year_start", _("Fiscal year starts in"), "choice", months(), required=True),
        Ask("as_of", _("Figures as of"), "date",
            help=_("Values, scores and rankings are computed as if it were this day. Empty means today.")),
    )  # fmt: skip


def _stored(company: Company) -> dict[str, Any]:
    names = ("name", "native_name", "language", "time_zone", "phone_region", "base_currency", "fiscal_year_start")
    stored: dict[str, Any] = {name: getattr(company, name) for name in names}
    stored["rates"] = "\n".join(f"{code} {rate}" for code, rate in sorted(company.rates.items()))
    stored["as_of"] = company.as_of.isoformat() if company.as_of else ""
    return stored


def _values(form: Asked) -> dict[str, Any]:
    values: dict[str, Any] = {ask.name: form.text(ask.name) for ask in form.asks}
    if "rates" in values:
        values["rates"] = parse_rates(values["rates"])
    if "fiscal_year_start" in values:
        month = values["fiscal_year_start"]
        values["fiscal_year_start"] = int(month) if month.isdecimal() else 0
    if "as_of" in values:
        try:
            values["as_of"] = date.fromisoformat(values["as_of"]) if values["as_of"] else None
        except ValueError as error:
            raise Invalid({"as_of": [_("This isn't a date. An example: 2026-03-31")]}) from error
    return values
