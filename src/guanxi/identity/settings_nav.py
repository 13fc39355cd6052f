"""The navigation of the settings: one's own things for everybody, the company's for administrators."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.ui.frame import frame_page
from guanxi.ui.shell import Crumb, NavGroup, NavItem


def settings_nav(request: HttpRequest) -> tuple[NavGroup, ...]:
    """Return the places of the settings that the reader may enter."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return ()
    groups = [NavGroup(_("You"), tuple(_items(request, _own())), "you")]
    if actor.is_administrator:
        groups += [NavGroup(label, tuple(_items(request, places)), name) for name, label, places in _of_company()]
    return tuple(groups)


def frame_settings(request: HttpRequest, title: str, *between: Crumb) -> None:
    """Tell the frame that this page belongs to the settings."""
    crumbs = (Crumb(_("Settings"), reverse("settings.home")), *between)
    frame_page(request, title, crumbs, place=reverse("settings.home"))


def _own() -> tuple[tuple[str, str, str], ...]:
    return (
        ("settings.profile", _("Profile"), "user"), ("settings.notifications", _("Notifications"), "bell"),
        ("settings.security", _("Security"), "lock"),
    )  # fmt: skip


def _of_company() -> tuple[tuple[str, str, tuple[tuple[str, str, str], ...]], ...]:
    company = (
        ("start", _("Get started"), "list-checks"), ("settings.company", _("Company"), "building-2"),
        ("settings.users", _("Users"), "users"),
        ("settings.roles", _("Roles"), "shield"), ("team.list", _("Teams"), "user-round-cog"),
        ("territory.list", _("Territories"), "map-pin"), ("settings.types", _("Record types"), "shapes"),
        ("settings.configuration", _("Configuration"), "file-json"),
    )  # fmt: skip
    running = (
        ("settings.sources", _("Source systems"), "database"), ("settings.outbox", _("Outbox"), "mail"),
        ("settings.jobs", _("Jobs"), "activity"), ("settings.changes", _("Changes"), "history"),
    )  # fmt: skip
    return (("company", _("Company"), company), ("running", _("Operation"), running))


def _items(request: HttpRequest, places: tuple[tuple[str, str, str], ...]) -> Iterator[NavItem]:
    here = request.path_info
    for name, label, icon in places:
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        is_security = name == "settings.security" and here.startswith("/account/")
        yield NavItem(label, url, icon, current=here.startswith(url) or is_security)
