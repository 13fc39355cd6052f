"""A list and a board of invented customers and opportunities."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Literal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guanxi.ui.list_page import BoardColumn, BoardPage, Card, Column, FilterChip, ListPage, Pager, Row, Total, ViewTab
from guanxi.ui.parts import Action, Cell, Chip, Empty, Separator

_NAMES = (
    ("上海浦江精密仪器有限公司", True, 4862400, 4, 6),
    ("Northwind Instruments", True, 4215900, 7, 5),
    ("深圳前海云帆科技有限公司", True, 3688000, 31, 4),
    ("Helios Energy Storage", True, 2974500, 9, 5),
    ("广州南粤汽车贸易集团", True, 2410800, 22, 4),
    ("王建国", False, 2140500, 6, 5),
    ("Meridian Freight Partners", True, 1876300, 48, 3),
    ("杭州西溪文旅发展有限公司", True, 1652700, 14, 4),
    ("陈雅琴", False, 1388200, 11, 4),
    ("Kestrel Aerospace Ltd", True, 1274000, 19, 3),
    ("成都锦官城医药连锁", True, 1196500, 5, 5),
    ("Amara Nwosu", False, 964800, 8, 5),
    ("苏州金鸡湖半导体材料", True, 912400, 37, 3),
    ("李晓雯", False, 846100, 12, 4),
    ("Baltic Timber & Pulp AS", True, 731900, 26, 3),
    ("武汉江城轨道交通设备", True, 688300, 17, 2),
    ("Priya Raghunathan", False, 612700, 10, 4),
    ("欧阳明哲", False, 574900, 29, 3),
    ("Cedar & Finch Interiors", True, 498200, 21, 3),
    ("青岛海润冷链物流有限公司", True, 462500, 13, 4),
    ("刘志强", False, 405300, 42, 2),
    ("Tomás Herrera", False, 371600, 16, 3),
)
_TONES: tuple[Literal["", "due", "late"], ...] = ("", "late", "", "due", "")
_OWNERS = ("Chen Jing", "Maya Torres", "李伟", "Dan Okafor", "赵敏")


def _tier(value: int) -> Chip:
    if value > 2_000_000:
        return Chip(_("Platinum"), "violet")
    return Chip(_("Gold"), "yellow") if value > 800_000 else Chip(_("Silver"))


def _rung(level: int) -> str:
    return (_("Prospect"), _("Customer"), _("Client"), _("Supporter"), _("Advocate"), _("Partner"))[level - 1]


def story_list() -> ListPage:
    """Return a list with every kind of cell, filters, views, totals and bulk actions."""
    return ListPage(
        _("All customers"),
        "/ui/list",
        _columns(),
        _rows(),
        count=_("12,482 customers"),
        total=12482,
        more=True,
        views=_views(),
        chips=_chips(),
        filter_url="/ui/filter",
        columns_url="/ui/columns",
        sort_menu=_sort_menu(),
        group_menu=(Action(_("Owner"), "/ui/list?group=owner"), Action(_("Value tier"), "/ui/list?group=tier")),
        view_actions=(Action(_("Reset"), "/ui/list"), Action(_("Save view"), "/ui/dialog", method="htmx")),
        more_menu=(
            Action(_("Import…"), "/ui/form", "file-up"),
            Action(_("Export…"), "/ui/dialog", "download", "htmx"),
            Separator(),
            Action(_("Deleted customers"), "/ui/empty", "trash"),
        ),
        bulk=_bulk(),
        primary=Action(_("New customer"), "/ui/dialog", "plus", "htmx"),
        pager=Pager("1–22", "", "/ui/list?after=abc"),
    )


def _columns() -> tuple[Column, ...]:
    return (
        Column("name", _("Customer"), 264, card="title", sort_url="/ui/list?sort=name"),
        Column("kind", _("Kind"), 128),
        Column("owner", _("Owner"), 136),
        Column("tier", _("Value tier"), 96, card="meta"),
        Column("loyalty", _("Loyalty"), 124, card="meta"),
        Column(
            "value",
            _("CLV, 3 years"),
            164,
            numeric=True,
            sort="descending",
            sort_url="/ui/list?sort=value",
            menu=_sort_menu(),
            total="¥412,806,350",
            total_label=_("Sum"),
            card="figure",
        ),
        Column("churn", _("Churn"), 92, True, card="meta", total="18%", total_label=_("Avg")),
        Column("last", _("Last contact"), 116, card="meta"),
        Column("next", _("Next action"), 0),
    )


def _rows() -> tuple[Row, ...]:
    return tuple(
        Row(str(index + 1), item[0], "/ui/record", _cells(index), "/ui/peek", item[1])
        for index, item in enumerate(_NAMES)
    )


def _cells(index: int) -> tuple[Cell, ...]:
    name, organization, value, churn, rung = _NAMES[index]
    now = timezone.now()
    late = index % 5 == 2
    return (
        Cell("name", name, url="/ui/record", organization=organization),
        Cell(
            "text",
            _("Organization") if organization else _("Person"),
            icon="building-2" if organization else "user",
        ),
        Cell("person", _OWNERS[index % 5], edit_url="/ui/edit?field=owner"),
        Cell("tag", chips=(_tier(value),)),
        Cell("rating", _rung(rung), level=rung, levels=6),
        Cell("money", Decimal(value), "CNY", 0, bar=value / 4862400, url="/ui/list"),
        Cell("risk", churn / 100, level=1 if churn < 20 else 2 if churn < 40 else 3, detail=_("Churn risk")),
        Cell("relative", now - timedelta(hours=2 + index * index * 3), icon=("mail", "phone", "wechat")[index % 3]),
        Cell(
            "text",
            (_("Steering meeting"), _("Confirm site visit"), _("Renewal quote"))[index % 3],
            icon=("calendar", "phone", "file-text")[index % 3],
            detail=_("2 d late") if late else "",
            tone="danger" if late else "",
        ),
    )


def _chips() -> tuple[FilterChip, ...]:
    return (
        FilterChip(_("Status"), _("is"), _("Active"), "/ui/filter", "/ui/list"),
        FilterChip(_("Owner"), _("is in"), _("My team"), "/ui/filter", "/ui/list"),
        FilterChip(
            _("Region"), _("is"), _("(deleted)"), "/ui/filter", "/ui/list", invalid=_("This field was deleted.")
        ),
    )


def _views() -> tuple[ViewTab, ...]:
    return (
        ViewTab(_("All customers"), "/ui/list", "table-2", "12,482", current=True, dirty=True),
        ViewTab(_("My customers"), "/ui/list?view=mine", "user", "214", private=True),
        ViewTab(_("At risk"), "/ui/list?view=risk", "trending-down", "386"),
        ViewTab(_("Board"), "/ui/board", "square-kanban"),
    )


def _bulk() -> tuple[Action, ...]:
    return (
        Action(_("Assign"), "/ui/dialog", "user", "htmx"),
        Action(_("Edit"), "/ui/dialog", "pencil", "htmx"),
        Action(_("Tag"), "/ui/dialog", "tag", "htmx"),
        Action(_("Export"), "/ui/dialog", "download", "htmx"),
        Action(_("Delete"), "/ui/dialog", "trash", "htmx", danger=True),
    )


def _sort_menu() -> tuple[Action, ...]:
    return (
        Action(_("CLV, 3 years"), "/ui/list", "arrow-down", checked=True),
        Action(_("Name"), "/ui/list?sort=name", "arrow-up", checked=False),
        Action(_("Last contact"), "/ui/list?sort=last", "arrow-down", checked=False),
    )


def story_empty_list(kind: str) -> ListPage:
    """Return a list without rows: first use, no results or no access."""
    page = story_list()
    empties = {
        "first": Empty(
            "first",
            _("No customers yet"),
            _("Customers are the people and organizations you sell to and serve. Import a file or add the first one."),
            "users",
            Action(_("Import a file"), "/ui/form", "file-up"),
            Action(_("Add a customer"), "/ui/dialog", method="htmx"),
        ),
        "none": Empty(
            "none",
            _("No customers match these filters"),
            _("Status is Active, Owner is in My team."),
            primary=Action(_("Clear filters"), "/ui/list", "x"),
        ),
        "denied": Empty("denied", _("You can't see customers"), _("Ask Chen Jing (administrator) for access.")),
    }
    return ListPage(
        page.title,
        page.path,
        page.columns,
        (),
        views=page.views,
        chips=page.chips if kind == "none" else (),
        filter_url="/ui/filter",
        primary=page.primary,
        empty=empties.get(kind, empties["first"]),
    )


def story_board() -> BoardPage:
    """Return a board with five stages; cards show every sign a card can carry."""
    head = ListPage(
        _("Opportunities"),
        "/ui/board",
        (),
        (),
        count=_("118 opportunities"),
        total=118,
        views=_views()[3:],
        chips=_chips()[:1],
        filter_url="/ui/filter",
        primary=Action(_("New opportunity"), "/ui/dialog", "plus", "htmx"),
    )
    return BoardPage(head, tuple(_column(at) for at in range(5)), _totals())


def _column(at: int) -> BoardColumn:
    stages = (
        ("lead", _("Qualify"), "gray", 10),
        ("visit", _("Needs"), "blue", 30),
        ("offer", _("Proposal"), "indigo", 55),
        ("talk", _("Negotiation"), "violet", 80),
        ("won", _("Won"), "green", 100),
    )
    value, label, color, progress = stages[at]
    cards = tuple(_card(at, index) for index in range(5 - at))
    count, total = str(len(cards) * 9), f"¥{(5 - at) * 2.4:.1f}M"
    return BoardColumn(value, label, cards, count, total, "", color, progress, create_url="/ui/dialog")


def _card(at: int, index: int) -> Card:
    titles = (_("Renewal 2027"), _("Clean-room line"), _("Service contract"), _("Second plant"), _("Spare parts frame"))
    name, organization, amount, churn, _level = _NAMES[(at * 4 + index * 3) % len(_NAMES)]
    late = index == 1
    on = timezone.localdate() + timedelta(days=-3 if late else 12 * index + at)
    return Card(
        id=f"{at}{index}",
        name=titles[(at + index) % 5],
        url="/ui/record",
        version=1,
        move_url="/ui/move",
        detail=name,
        organization=organization,
        figure=Cell("money", Decimal(amount // 3), "CNY", 0),
        date=Cell(
            "date",
            on,
            icon="calendar",
            tone="danger" if late else "",
        ),
        owner=_OWNERS[index % 5],
        next_icon=("phone", "calendar", "mail", "triangle-alert", "square-check")[index],
        next_tone=_TONES[index],
        next_label=(_("Call"), _("Visit"), _("Mail"), _("No next step"), _("Task"))[index],
        age="amber" if churn > 30 else "",
        age_text=_("%(days)s days in stage") % {"days": 21} if churn > 30 else "",
    )


def _totals() -> tuple[Total, ...]:
    return (
        Total(pgettext("opportunities", "Open"), "¥24.0M", _("118 opportunities")),
        Total(_("Weighted"), "¥9.8M", _("by stage probability")),
        Total(_("Won this month"), "¥3.1M", _("62% of target")),
    )
