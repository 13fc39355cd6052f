"""A user's own profile and preferences."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid
from guanxi.core.policy import signed_in
from guanxi.identity.choices import languages, time_zones
from guanxi.identity.forms import Ask, Asked, asked
from guanxi.identity.settings_nav import frame_settings
from guanxi.identity.user.models import User
from guanxi.identity.user.queries import acting_user
from guanxi.identity.user.services import change_preferences
from guanxi.records.screens.answers import actor_of
from guanxi.ui.parts import Option


@signed_in
@require_GET
def show_settings(request: HttpRequest) -> HttpResponse:
    """Open the settings at the reader's own profile."""
    return redirect("settings.profile")


@signed_in
@require_http_methods(["GET", "POST"])
def show_profile(request: HttpRequest) -> HttpResponse:
    """Show and save the reader's own name, language, time zone and how the screens look."""
    actor = actor_of(request)
    user = acting_user(actor)
    person = asked(request, _about_person(), {"name": user.name, "job_title": user.job_title})
    screen = asked(request, _about_screen(), {
        "language": user.language, "time_zone": user.time_zone, "theme": user.theme, "density": user.density,
        "shortcuts": "on" if user.shortcuts else "",
    })  # fmt: skip
    if request.method == "POST":
        part = person if request.POST.get("part") == "person" else screen
        other = screen if part is person else person
        other.posted = None
        try:
            return _save(request, actor, part)
        except Invalid as refusal:
            part.refuse(refusal)
    frame_settings(request, _("Profile"))
    action = reverse("settings.profile")
    forms = (
        person.page(title=_("You"), action=action, submit=_("Save"), hidden=(("part", "person"),)),
        screen.page(title=_("Screens"), action=action, submit=_("Save"), hidden=(("part", "screen"),)),
    )
    context = {"forms": forms, "email": user.email}
    return render(request, "identity/profile.html", context, status=422 if person.errors or screen.errors else 200)


def _save(request: HttpRequest, actor: Actor, form: Asked) -> HttpResponse:
    values = {ask.name: form.text(ask.name) for ask in form.asks}
    if "shortcuts" in values:
        user = change_preferences(actor=actor, **{**values, "shortcuts": bool(values["shortcuts"])})
    else:
        user = change_preferences(actor=actor, **values)
    with translation.override(user.language):
        messages.success(request, _("Saved"))
    return redirect("settings.profile")


def _about_person() -> tuple[Ask, ...]:
    return (
        Ask("name", _("Name"), required=True, max_length=120, autocomplete="name"),
        Ask("job_title", _("Job title"), max_length=120, autocomplete="organization-title"),
    )


def _about_screen() -> tuple[Ask, ...]:
    themes = [Option(value, capfirst(str(label))) for value, label in User.Theme.choices]
    densities = [Option(value, capfirst(str(label))) for value, label in User.Density.choices]
    return (
        Ask("language", _("Language"), "choice", languages(), required=True),
        Ask("time_zone", _("Time zone"), "choice", time_zones(), required=True, help=_("Times are shown in it.")),
        Ask("theme", _("Theme"), "choice", themes, required=True),
        Ask("density", _("Density"), "choice", densities, required=True, help=_("How many rows fit on a screen.")),
        Ask("shortcuts", _("Keyboard shortcuts"), "boolean",
            help=_("Single keys such as C for “create”. Turn them off if you use speech input.")),
    )  # fmt: skip
