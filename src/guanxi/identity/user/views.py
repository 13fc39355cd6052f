"""Users in the settings: who there is, what each may do, and the ways back in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid
from guanxi.core.policy import administrators
from guanxi.identity.actors import actor_of as actor_of_user
from guanxi.identity.company.queries import company
from guanxi.identity.forms import Asked, asked
from guanxi.identity.password_link.services import send_password_link
from guanxi.identity.session.queries import means_of
from guanxi.identity.settings_nav import frame_settings
from guanxi.identity.user.asks import about_access, about_new, about_person, access_values
from guanxi.identity.user.models import User
from guanxi.identity.user.queries import sights, user_named, users
from guanxi.identity.user.services import add_user, change_access, forget_second_factors
from guanxi.records.screens.answers import actor_of
from guanxi.records.writing import change_record
from guanxi.ui.shell import Crumb

MOST_SHOWN = 500


@administrators
@require_GET
def show_users(request: HttpRequest) -> HttpResponse:
    """List users with roles and team; ``q`` searches name and e-mail, ``state`` is active, inactive or all."""
    frame_settings(request, _("Users"))
    state, text = request.GET.get("state", "active"), request.GET.get("q", "").strip()[:100]
    context = {"users": users(text, state)[:MOST_SHOWN], "state": state, "text": text, "most": MOST_SHOWN}
    return render(request, "identity/users.html", context)


@administrators
@require_http_methods(["GET", "POST"])
def new_user(request: HttpRequest) -> HttpResponse:
    """Invite somebody: create the user and mail a link that sets the first password."""
    settings = company()
    form = asked(request, about_new(), {"language": settings.language, "time_zone": settings.time_zone})
    if form.posted is not None:
        try:
            return _invite(request, form)
        except Invalid as refusal:
            form.refuse(refusal)
    frame_settings(request, _("Invite a user"), _users_crumb())
    page = form.page(title="", action=reverse("settings.user.new"), submit=_("Send invitation"),
                     cancel_url=reverse("settings.users"))  # fmt: skip
    purpose = _("A mail with a link goes out, which sets the password and works for three days.")
    context = {"forms": [page], "purpose": purpose}
    return render(request, "identity/forms.html", context, status=422 if form.errors else 200)


@administrators
@require_http_methods(["GET", "POST"])
def show_user(request: HttpRequest, user_id: int) -> HttpResponse:
    """Show one user; save name and job title, or roles, team, territories and whether the user is active."""
    actor, user = actor_of(request), user_named(user_id)
    forms = {"person": asked(request, about_person(), {"name": user.name, "job_title": user.job_title}),
             "access": asked(request, about_access(user), access_values(user))}  # fmt: skip
    sent = request.POST.get("part", "")
    for part, form in forms.items():
        form.posted = form.posted if part == sent else None
    if request.method == "POST" and sent in forms:
        try:
            _save(actor, user, sent, forms[sent])
        except Invalid as refusal:
            forms[sent].refuse(refusal)
        else:
            messages.success(request, _("Saved"))
            return redirect("settings.user", user_id=user.pk)
    return _render_user(request, user, forms)


@administrators
@require_POST
def send_link(request: HttpRequest, user_id: int) -> HttpResponse:
    """Mail the user a link to set a password."""
    actor, user = actor_of(request), user_named(user_id)
    send_password_link(user, actor=actor, base_url=request.build_absolute_uri("/"))
    messages.success(request, _("A link to set a password is on its way to %(email)s.") % {"email": user.email})
    return redirect("settings.user", user_id=user.pk)


@administrators
@require_POST
def reset_second_factors(request: HttpRequest, user_id: int) -> HttpResponse:
    """Remove the user's authenticator and passkeys, as when a phone was lost."""
    actor, user = actor_of(request), user_named(user_id)
    forget_second_factors(user, actor=actor)
    messages.success(request, _("The password alone signs this user in now."))
    return redirect("settings.user", user_id=user.pk)


@administrators
@require_GET
def show_sights(request: HttpRequest, user_id: int) -> HttpResponse:
    """Show what a user sees and may do, record type by record type, with how many records that is."""
    user = user_named(user_id)
    frame_settings(request, _("What %(name)s sees") % {"name": user.name}, _users_crumb(),
                   Crumb(user.name, reverse("settings.user", args=[user.pk])))  # fmt: skip
    actor = actor_of_user(user.pk)
    found = sights(actor, count=True) if actor else []
    context = {"sights": found, "person": user, "is_admin": bool(actor and actor.is_administrator)}
    return render(request, "identity/sights.html", context)


def _invite(request: HttpRequest, form: Asked) -> HttpResponse:
    actor = actor_of(request)
    user = add_user(
        actor=actor, email=form.text("email"), name=form.text("name"), password=None, role_keys=form.texts("roles"),
        team_id=_number(form.text("team")), territories=_numbers(form.texts("territories")),
        job_title=form.text("job_title"), language=form.text("language"), time_zone=form.text("time_zone"),
    )  # fmt: skip
    send_password_link(user, actor=actor, base_url=request.build_absolute_uri("/"))
    messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": user.email})
    return redirect("settings.users")


def _save(actor: Actor, user: User, part: str, form: Asked) -> None:
    if part == "person":
        change_record(user, actor=actor, name=form.text("name"), job_title=form.text("job_title"))
        return
    change_access(
        user, actor=actor, role_keys=form.texts("roles"), team_id=_number(form.text("team")),
        territories=_numbers(form.texts("territories")), is_active=bool(form.text("is_active")),
    )  # fmt: skip


def _render_user(request: HttpRequest, user: User, forms: dict[str, Asked]) -> HttpResponse:
    frame_settings(request, user.name, _users_crumb())
    titles = {"person": _("Person"), "access": _("Access")}
    action = reverse("settings.user", args=[user.pk])
    pages = [
        form.page(title=titles[part], action=action, submit=_("Save"), hidden=(("part", part),))
        for part, form in forms.items()
    ]
    context = {"forms": pages, "person": user, "means": means_of(user)}
    return render(request, "identity/user.html", context, status=422 if any(f.errors for f in forms.values()) else 200)


def _users_crumb() -> Crumb:
    return Crumb(_("Users"), reverse("settings.users"))


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def _numbers(texts: list[str]) -> list[int]:
    return [int(text) for text in texts if text.isdecimal()]
