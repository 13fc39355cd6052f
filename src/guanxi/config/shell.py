"""The frame around every page: company, user, navigation and preferences, from the registry and the actor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.records.registry import CUSTOM, find_record_type, record_types
from guanxi.records.statements import ActorCache, ask
from guanxi.ui.frame import Frame, frame_of, session_holds
from guanxi.ui.later import LaterShell, token_input_later, token_later
from guanxi.ui.shell import CreateItem, NavGroup, NavItem, Shell, Shortcut

_PERSON = """SELECT u.name, u.email, u.theme, u.density, u.shortcuts, c.name, c.native_name
             FROM identity_user u, identity_company c WHERE u.id = %s AND c.id = 1"""
_KEYS = {"home": "h", "task": "t", "customer": "c", "segment": "e", "order": "o", "interaction": "i", "product": "p",
         "value.dashboard": "v", "import.list": "m"}  # fmt: skip
_PLACES: ActorCache[dict[str, Any]] = ActorCache(500)
_CREATE = ("customer", "task", "note", "interaction", "order", "product", "segment")


def shell_context(request: HttpRequest) -> dict[str, Any]:
    """Return what every template needs besides its own context; built only when a template looks at it."""
    actor: Actor | None = getattr(request, "actor", None)
    tokens = {"csrf_token": token_later(request), "csrf_input": token_input_later(request)}
    if actor is None or actor.user_id is None:
        return {"shell": None, **tokens}
    return {"shell": LaterShell(lambda: build_shell(request, actor)), **tokens}


def build_shell(request: HttpRequest, actor: Actor) -> Shell:
    """Return the frame of a page for one actor; one query where the request itself may have changed what it shows."""
    frame = frame_of(request)
    known = getattr(request, "reader", None) if request.method == "GET" else None
    name, email, theme, density, shortcuts, company, native_name = known or ask(_PERSON, [actor.user_id])[0]
    language = get_language() or ""
    is_chinese = language.startswith("zh")
    places = _PLACES.get(actor, (language, frame.place), lambda: _places_of(actor, frame))
    said = _said(request)
    return Shell(
        title=frame.title or _("Guanxi"),
        company=(native_name or company) if is_chinese else company,
        user_id=actor.user_id or 0,
        user_name=name,
        user_email=email,
        breadcrumbs=frame.breadcrumbs,
        language="zh-Hans" if is_chinese else "en",
        theme=theme,
        density=density,
        shortcuts_on=shortcuts,
        sidebar_collapsed=request.COOKIES.get("guanxi_sidebar") == "collapsed",
        notice=frame.notice,
        said=said.get("text", ""),
        said_undo=said.get("undo", ""),
        **places,
    )


def _places_of(actor: Actor, frame: Frame) -> dict[str, Any]:
    """Return the parts of the frame that stay the same while an actor looks at one place in one language."""
    nav = tuple(_groups(actor, frame))
    return {
        "nav": nav, "create": tuple(_creatable(actor)), "shortcuts": shortcut_rows(nav), "phone_nav": _phone_nav(nav),
        "palette_url": reverse("search.palette"), "preference_url": reverse("preference.save"),
        "language_url": reverse("preference.language"), "settings_url": address("settings.home") or "",
        "sign_out_url": address("account_logout") or "", "changes_url": address("changes.recent") or "",
        "bell_url": address("notification.menu") or "", "live_url": address("live") or "",
    }  # fmt: skip


def _said(request: HttpRequest) -> dict[str, str]:
    """Return the notice to show once; a page that is only fetched in advance leaves it for the page that is read."""
    in_advance = request.headers.get("Sec-Purpose", "").startswith("prefetch") or "X-Keep" in request.headers
    if in_advance or not session_holds(request, "notice"):
        return {}
    return dict(request.session.pop("notice", {}))


def address(name: str) -> str | None:
    """Return the address of a named route, or None where this installation has no such page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def _groups(actor: Actor, frame: Frame) -> Iterator[NavGroup]:
    plan: tuple[tuple[str, str, tuple[tuple[str, str, str], ...]], ...] = (
        ("work", _("Work"), (("home", _("Home"), "house"), ("task", "", ""))),
        ("customers", _("Customers"), (("customer", "", ""), ("segment", "", ""), ("order", "", ""),
                                       ("interaction", "", ""))),
        ("sales", _("Sales"), (("product", "", ""),)),
        ("insights", _("Insights"), (("value.dashboard", pgettext("worth of customers", "Value"), "pyramid"),
                                     ("import.list", _("Import"), "upload"))),
    )  # fmt: skip
    own = tuple((item.name, "", "") for item in record_types() if item.nav_group == CUSTOM)
    for key, label, places in (*plan[:3], (CUSTOM, _("Custom"), own), *plan[3:]):
        items = tuple(item for place in places if (item := _place(actor, frame, *place)) is not None)
        if items:
            yield NavGroup(label, items, key)


def _place(actor: Actor, frame: Frame, key: str, label: str, icon: str) -> NavItem | None:
    record_type = find_record_type(key)
    if record_type is not None:
        if not actor.may("view", key):
            return None
        url, label, icon = reverse(f"{key}.list"), capfirst(str(record_type.plural)), record_type.icon
    else:
        found = address(key)
        if found is None or (key == "value.dashboard" and not actor.sees_field("customer", "value")):
            return None
        if key == "import.list" and not _imports(actor):
            return None
        url = found
    current = frame.place == url or (url != "/" and frame.place.startswith(url))
    return NavItem(label, url, icon, current=current, key=_KEYS.get(key, ""))


def _imports(actor: Actor) -> bool:
    """Say whether the actor may bring records of any type in."""
    return any(item.importable and actor.may("import", item.name) for item in record_types())


def _phone_nav(nav: tuple[NavGroup, ...]) -> tuple[NavItem, ...]:
    """Return the four places of the bottom bar on phones: home, customers, tasks, orders as far as they are there."""
    wanted = [reverse("home"), *(address(f"{name}.list") for name in ("customer", "task", "order"))]
    items = {item.url: item for group in nav for item in group.items}
    return tuple(items[url] for url in wanted if url in items)


def _creatable(actor: Actor) -> Iterator[CreateItem]:
    for name in (*_CREATE, *(item.name for item in record_types() if item.nav_group == CUSTOM)):
        record_type = find_record_type(name)
        if record_type is not None and record_type.creatable and actor.may("create", name):
            yield CreateItem(capfirst(str(record_type.label)), reverse(f"{name}.quick"), record_type.icon)


def shortcut_rows(nav: tuple[NavGroup, ...]) -> tuple[Shortcut, ...]:
    """Return the rows of the help dialog."""
    everywhere, in_list, on_record = _("Everywhere"), _("Lists"), _("Records")
    rows = [
        Shortcut("Ctrl K", _("Search or jump to…"), everywhere), Shortcut("/", _("Search this list"), everywhere),
        Shortcut("C", _("Create…"), everywhere), Shortcut("?", _("Keyboard shortcuts"), everywhere),
        *(Shortcut(f"G {item.key.upper()}", item.label, _("Go to"))
          for group in nav for item in group.items if item.key),
        Shortcut("G N", _("Notifications"), _("Go to")),
        *(Shortcut(keys, label, in_list, "[data-list]") for keys, label in _list_keys()),
        *(Shortcut(keys, label, _("Boards"), "[data-board]") for keys, label in _board_keys()),
        *(Shortcut(keys, label, _("Calendars"), "[data-calendar]") for keys, label in _calendar_keys()),
        *(Shortcut(keys, label, on_record, "[data-record]") for keys, label in _record_keys()),
    ]  # fmt: skip
    return tuple(rows)


def _list_keys() -> tuple[tuple[str, str], ...]:
    return (
        ("J", _("Next row")), ("K", _("Previous row")), ("X", _("Select the row")), ("E", _("Edit the row")),
        ("Space", _("Look at the record beside the list")), ("Enter", _("Open the record")), ("F", _("Add a filter")),
        ("D", _("Mark the task as done")), ("→", _("Into the cells of the row")),
        ("Shift F10", _("Filter by the value of a cell")),
    )  # fmt: skip


def _board_keys() -> tuple[tuple[str, str], ...]:
    return (("[", _("Move the card to the column before")), ("]", _("Move the card to the next column")))


def _calendar_keys() -> tuple[tuple[str, str], ...]:
    return (
        ("[", _("Earlier")), ("]", _("Later")), ("T", _("Add a record")), ("Alt →", _("Move the record by a day")),
        ("Alt ↓", _("Move the record by a week")),
    )  # fmt: skip


def _record_keys() -> tuple[tuple[str, str], ...]:
    return (("N", _("Write a note")), ("T", _("Add a task")), ("E", _("Edit the first field")))
