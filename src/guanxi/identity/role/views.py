"""Roles in the settings: a matrix of record types and verbs, hidden fields, and who holds which."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guanxi.core.actor import Actor
from guanxi.core.errors import Conflict, Invalid
from guanxi.core.policy import administrators
from guanxi.identity.forms import Ask, asked
from guanxi.identity.role.models import Role
from guanxi.identity.role.queries import holders, matrix, role_named, roles_with_holders, verbs_of
from guanxi.identity.role.rules import Permissions
from guanxi.identity.role.services import add_role, change_role, delete_role
from guanxi.identity.role.words import scope_words, verb_words
from guanxi.identity.settings_nav import frame_settings
from guanxi.records.registry import record_types
from guanxi.records.screens.answers import actor_of
from guanxi.ui.parts import Option
from guanxi.ui.shell import Crumb


@administrators
@require_GET
def show_roles(request: HttpRequest) -> HttpResponse:
    """List the roles with how many users hold each."""
    frame_settings(request, _("Roles"))
    return render(request, "identity/roles.html", {"roles": roles_with_holders()})


@administrators
@require_http_methods(["GET", "POST"])
def new_role(request: HttpRequest) -> HttpResponse:
    """Make a role, like another one or empty."""
    form = asked(request, _about_new())
    if form.posted is not None:
        try:
            like = form.text("like")
            role = add_role(
                actor=actor_of(request),
                name=form.text("name"), description=form.text("description"),
                like=role_named(int(like)) if like.isdecimal() else None,
            )  # fmt: skip
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            return redirect("settings.role", role_id=role.pk)
    frame_settings(request, _("New role"), _roles_crumb())
    page = form.page(title="", action=reverse("settings.role.new"), submit=_("Create role"),
                     cancel_url=reverse("settings.roles"))  # fmt: skip
    purpose = _("Start from a role that comes close, then change what differs.")
    context = {"forms": [page], "purpose": purpose}
    return render(request, "identity/forms.html", context, status=422 if form.errors else 200)


@administrators
@require_http_methods(["GET", "POST"])
def show_role(request: HttpRequest, role_id: int) -> HttpResponse:
    """Show and save one role."""
    role = role_named(role_id)
    problem = ""
    if request.method == "POST":
        try:
            _save(actor_of(request), role, request.POST)
        except Invalid as refusal:
            problem = refusal.words
        except Conflict as conflict:
            problem = str(conflict)
        else:
            messages.success(request, _("Saved. It holds from the next click of everybody with this role."))
            return redirect("settings.role", role_id=role.pk)
    frame_settings(request, _(role.name), _roles_crumb())
    context = {"role": role, "rows": matrix(role), "holders": holders(role), "problem": problem,
               "verb_names": verb_words(), "scope_names": scope_words()}  # fmt: skip
    return render(request, "identity/role.html", context, status=422 if problem else 200)


@administrators
@require_POST
def remove_role(request: HttpRequest, role_id: int) -> HttpResponse:
    """Delete a role that nobody holds."""
    role = role_named(role_id)
    try:
        delete_role(role, actor=actor_of(request))
    except Invalid as refusal:
        messages.error(request, refusal.words)
        return redirect("settings.role", role_id=role.pk)
    messages.success(request, _("The role is deleted."))
    return redirect("settings.roles")


def _save(actor: Actor, role: Role, posted: QueryDict) -> None:
    version = posted.get("version", "")
    values: dict[str, Any] = {
        "name": posted.get("name", "").strip(), "description": posted.get("description", "").strip(),
    }  # fmt: skip
    if values["name"] == _(role.name):  # a default role keeps its name in English, which every language translates
        values["name"] = role.name
    if role.description and values["description"] == _(role.description):
        values["description"] = role.description
    if not role.is_administrator:
        values["permissions"], values["hidden_fields"] = _read_matrix(posted)
    change_role(role, actor=actor, version=int(version) if version.isdecimal() else None, **values)


def _read_matrix(posted: QueryDict) -> tuple[Permissions, dict[str, list[str]]]:
    """Return permissions and hidden fields from inputs named ``may:<type>:<verb>`` and ``hide:<type>``."""
    permissions: Permissions = {}
    hidden: dict[str, list[str]] = {}
    for record_type in record_types():
        for verb in verbs_of(record_type):
            scope = posted.get(f"may:{record_type.name}:{verb}", "none")
            if scope != "none":
                permissions.setdefault(record_type.name, {})[verb] = scope
        names = posted.getlist(f"hide:{record_type.name}")
        if names:
            hidden[record_type.name] = sorted(names)
    return permissions, hidden


def _about_new() -> tuple[Ask, ...]:
    roles = [Option(str(role.pk), _(role.name)) for role in roles_with_holders() if not role.is_administrator]
    return (
        Ask("name", _("Name"), required=True, max_length=80, autofocus=True),
        Ask("description", _("Description"), max_length=300),
        Ask("like", _("Like the role"), "choice", roles),
    )


def _roles_crumb() -> Crumb:
    return Crumb(_("Roles"), reverse("settings.roles"))
