"""An invented customer page and a form."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from markupsafe import Markup

from guanxi.ui.icons import icon
from guanxi.ui.parts import Action, Cell, Chip, Option, Separator, Tab
from guanxi.ui.record_page import (
    DetailRow,
    DetailSection,
    FormField,
    FormPage,
    FormSection,
    Highlight,
    Neighbours,
    RecordPage,
    RelatedItem,
    SideCard,
    Source,
    Step,
    TimelineDay,
    TimelineItem,
)

_POS = ("P", "teal")
_SHOP = ("O", "blue")
_SERVICE = ("S", "orange")


def _source(mark: tuple[str, str], label: str, count: int = 1) -> Source:
    return Source(mark[0], label, "/ui/source", mark[1], count)


def story_record() -> RecordPage:
    """Return a customer with details, sources, timeline and side cards."""
    return RecordPage(
        id="1",
        title=_("Lin Xiaomei"),
        url="/ui/record",
        second_title="林晓梅",
        avatar=True,
        subtitle=(Cell("text", _("Hangzhou"), icon="map-pin"), Cell("text", _("Customer since Apr 2020"))),
        chips=(
            Chip(_("Gold"), "yellow", "crown"),
            Chip(_("Advocate"), "indigo"),
            Chip(_("Full-price buyer")),
            Chip(_("1 open case"), "red"),
        ),
        primary=(
            Action(_("Note"), "/ui/dialog", "sticky-note", "htmx"),
            Action(_("E-mail"), "/ui/dialog", "mail", "htmx"),
        ),
        menu=(
            Action(_("Edit all fields"), "/ui/form", "pencil"),
            Separator(),
            Action(_("Delete"), "/ui/dialog", "trash", "htmx", danger=True),
        ),
        neighbours=Neighbours(_("4 of 128"), "/ui/record", "/ui/record"),
        highlights=_highlights(),
        sections=_sections(),
        tabs=_tabs(),
        composer=_composer(),
        timeline_filters=(
            Tab(_("All"), "/ui/record", count=96, current=True),
            Tab(_("Orders"), "/ui/record", count=31, icon="package"),
            Tab(_("Calls"), "/ui/record", count=9, icon="phone"),
        ),
        days=_days(),
        older_url="/ui/older",
        cards=_cards(),
        head=_star(),
    )


def _star() -> Markup:
    return Markup(
        '<button type="button" class="icon-button icon-button--24 icon-button--star" aria-pressed="true" '
        'aria-label="{}">{}</button>'
    ).format(_("Follow"), icon("star"))


def _tabs() -> tuple[Tab, ...]:
    return (
        Tab(_("Timeline"), "/ui/record", current=True),
        Tab(_("Orders"), "/ui/record?tab=orders", count=31),
        Tab(_("Files"), "/ui/record?tab=files", count=3),
        Tab(_("Changes"), "/ui/record?tab=changes"),
    )


def _composer() -> tuple[Action, ...]:
    return (
        Action(_("Note"), "/ui/dialog", "sticky-note", "htmx", "n", detail=_("Write a note, log a call, add a task…")),
        Action(_("E-mail"), "/ui/dialog", "mail", "htmx", "m"),
        Action(_("Call"), "/ui/dialog", "phone", "htmx", "p"),
        Action(_("Task"), "/ui/dialog", "square-check", "htmx", "t"),
    )


def _highlights() -> tuple[Highlight, ...]:
    return (
        Highlight(
            _("Value, last 12 months"),
            Cell("money", Decimal(5216), "CNY", 0, url="/ui/list"),
            _("28% of ¥18,640 revenue"),
        ),
        Highlight(
            _("Lifetime value, 36 months"),
            Cell("money", Decimal(9860), "CNY", 0, url="/ui/list"),
            _("80%: ¥7,100 to ¥13,200"),
            spark=(3, 4, 4, 6, 7, 9, 9.8),
        ),
        Highlight(_("RFM"), Cell("text", "5 · 4 · 4"), _("champion")),
        Highlight(
            _("Churn risk, 180 days"),
            Cell("percent", 0.24, decimals=0, url="/ui/list"),
            _("9 points up in 30 days"),
            "danger",
            (9, 10, 10, 11, 14, 22, 24),
        ),
        Highlight(
            _("Last contact"), Cell("relative", timezone.now() - timedelta(hours=3)), _("WeChat, no reply yet"), "warn"
        ),
        Highlight(
            _("Next step"), Cell("text", _("Call about the filter light")), _("by 18:00"), accent=True, icon="sparkles"
        ),
    )


def _sections() -> tuple[DetailSection, ...]:
    pos, shop, service = (
        _source(_POS, _("Point of sale")),
        _source(_SHOP, _("Web shop"), 3),
        _source(_SERVICE, _("Service desk"), 2),
    )
    person = (
        DetailRow("name", _("Name"), Cell("text", "林晓梅", edit_url="/ui/edit?field=name"), pos),
        DetailRow("latin", _("Latin name"), Cell("text", "Lin Xiaomei", edit_url="/ui/edit?field=latin"), shop),
        DetailRow(
            "birthday",
            _("Birthday"),
            Cell("date", timezone.localdate().replace(year=1987, month=3, day=9), edit_url="/ui/edit?field=birthday"),
            pos,
        ),
        DetailRow("owner", _("Owner"), Cell("person", "赵敏", edit_url="/ui/edit?field=owner")),
        DetailRow("job", _("Job"), Cell("text", "", edit_url="/ui/edit?field=job"), empty_text=_("Add a job")),
        DetailRow("number", _("Customer number"), Cell("text", "C-208413"), locked=_("Given by the system")),
    )
    contact = (
        DetailRow("mobile", _("Mobile"), Cell("phone", "+86 138 5810 7742", edit_url="/ui/edit?field=mobile"), service),
        DetailRow("email", _("E-mail"), Cell("email", "xiaomei.lin@example.cn", edit_url="/ui/edit?field=email"), shop),
        DetailRow(
            "address",
            _("Address"),
            Cell("text", "杭州市西湖区西溪路 556 号 3 幢 1802", edit_url="/ui/edit?field=address", truncated=False),
            shop,
        ),
    )
    return DetailSection(_("Person"), person), DetailSection(_("Contact points"), contact)


def _days() -> tuple[TimelineDay, ...]:
    today = timezone.localdate()
    return TimelineDay(today, _today()), TimelineDay(today - timedelta(days=1), _yesterday())


def _today() -> tuple[TimelineItem, ...]:
    now = timezone.now()
    return (
        TimelineItem(
            "1",
            "wechat",
            now - timedelta(hours=3),
            _("WeChat"),
            _("Lin Xiaomei"),
            body=_("The filter light is still red. The technician said yesterday it was replaced?"),
            tone="wechat",
            unread=True,
            source=_source(_SERVICE, _("Service desk")),
        ),
        TimelineItem(
            "2",
            "sticky-note",
            now - timedelta(hours=4),
            _("wrote a note"),
            "赵敏",
            body=_("Prefers calls after 18:00. Do not send coupons."),
            kind="note",
            tone="note",
            pinned=True,
            menu=(Action(_("Edit"), "/ui/dialog", "pencil", "htmx"),),
        ),
    )


def _yesterday() -> tuple[TimelineItem, ...]:
    now = timezone.now()
    return (
        TimelineItem(
            "3",
            "pencil",
            now - timedelta(days=1),
            _("changed the address"),
            _("Web shop"),
            changes=((_("Address"), "文三路 259 号", "西溪路 556 号"),),
        ),
        TimelineItem(
            "4",
            "package",
            now - timedelta(days=1, hours=2),
            _("ordered 3 items"),
            _("Lin Xiaomei"),
            detail="¥486.00",
            tone="order",
        ),
        TimelineItem(
            "5",
            "phone",
            now - timedelta(days=1, hours=5),
            _("called"),
            "赵敏",
            detail=_("6 min 12 s"),
            tone="call",
            body=_("Second missed visit. Wants a fixed time, not a window."),
        ),
    )


def _cards() -> tuple[SideCard, ...]:
    return (
        SideCard(
            _("Relationships"),
            "relations",
            (
                RelatedItem("Zhou Hao", "/ui/record", avatar="Zhou Hao", meta=_("husband")),
                RelatedItem("吴琳", "/ui/record", avatar="吴琳", meta=_("referred by her")),
            ),
            "2",
            create_url="/ui/dialog",
            icon="share-2",
        ),
        SideCard(
            _("Holdings"),
            "holdings",
            (
                RelatedItem(
                    "RO-600", "/ui/record", "package", meta=_("under warranty"), chip=Chip(_("Active"), "green")
                ),
            ),
            "1",
            create_url="/ui/dialog",
            icon="package",
        ),
        SideCard(
            _("Tasks"), "tasks", (), "0", create_url="/ui/dialog", icon="square-check", empty_text=_("No open tasks")
        ),
        SideCard(
            _("Segments"),
            "segments",
            (
                RelatedItem(_("Full-price buyers"), "/ui/list", "filter", meta="1,204"),
                RelatedItem(_("At risk, gold"), "/ui/list", "filter", meta="386"),
            ),
            "2",
            all_url="/ui/list",
            icon="filter",
        ),
    )


def story_steps() -> tuple[Step, ...]:
    """Return a stage path with every state."""
    return (
        Step(_("Qualify"), "done"),
        Step(_("Needs"), "skipped"),
        Step(_("Proposal"), "current", "/ui/move"),
        Step(_("Negotiation"), "next", "/ui/move"),
        Step(_("Won"), "next"),
    )


def story_form(with_errors: bool) -> FormPage:
    """Return a form with every kind of input, as first shown or as it comes back with errors."""
    return FormPage(
        _("New customer"),
        "/ui/form",
        (FormSection(_("Basics"), _basics(with_errors)), FormSection(_("More"), _more())),
        _("Create customer"),
        "/ui/list",
        another=True,
    )


def _basics(with_errors: bool) -> tuple[FormField, ...]:
    kinds = (Option("person", _("Person")), Option("organization", _("Organization")))
    return (
        FormField(
            "name",
            _("Name"),
            value="" if with_errors else "林晓梅",
            required=True,
            autofocus=True,
            errors=(_("Enter a name"),) if with_errors else (),
        ),
        FormField("kind", _("Kind"), "choice", "person", options=kinds, required=True),
        FormField(
            "email",
            _("E-mail"),
            "email",
            "xiaomei.lin@" if with_errors else "xiaomei.lin@example.cn",
            errors=(_("Enter an e-mail address, for example name@example.com"),) if with_errors else (),
            warning="" if with_errors else _("A customer with this e-mail already exists: Lin Xiaomei."),
        ),
        FormField("phone", _("Phone"), "phone", "+86 138 5810 7742", help=_("With the country code")),
        FormField("owner", _("Owner"), "reference", "7", value_label="赵敏", search_url="/ui/options"),
        FormField("limit", _("Credit limit"), "money", "12000.00", suffix="CNY"),
        FormField("birthday", _("Birthday"), "date", "1987-03-09"),
        FormField("number", _("Customer number"), value="C-208413", readonly=True),
    )


def _more() -> tuple[FormField, ...]:
    return (
        FormField(
            "tags",
            _("Tags"),
            "tags",
            values=("vip",),
            options=(
                Option("vip", "VIP", color="violet"),
                Option("press", _("Press"), color="blue"),
                Option("partner", _("Partner"), color="green"),
            ),
            wide=True,
        ),
        FormField("notes", _("Notes"), "long_text", placeholder=_("What a colleague should know")),
        FormField("active", _("Active"), "boolean", "1"),
    )


def story_source() -> dict[str, Any]:
    """Return where an address comes from: the one that is used and an older one."""
    entries = (
        {
            "mark": "O",
            "color": "blue",
            "text": "杭州市西湖区西溪路 556 号 3 幢 1802",
            "meta": _("Web shop · 19 Nov 2026 21:14"),
            "used": True,
        },
        {
            "mark": "P",
            "color": "teal",
            "text": "杭州市文三路 259 号",
            "meta": _("Point of sale · 2 Apr 2020"),
            "used": False,
        },
    )
    rule = _("The newest value wins for addresses.")
    return {"title": _("Address"), "time": _("2 systems"), "entries": entries, "rule": rule}
