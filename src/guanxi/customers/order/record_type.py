"""How orders are listed, shown and edited."""

from django.utils.translation import gettext_lazy as _

from guanxi.customers.order.models import Order
from guanxi.customers.order.queries import search_orders
from guanxi.records.declaration import ListView, RecordType, Section
from guanxi.records.fields import Field
from guanxi.records.registry import register

_COLUMNS = ("number", "customer", "ordered_at", "status", "channel", "line_count", "total", "total_cost")

ORDER = register(
    RecordType(
        name="order", model=Order, label=_("order"), plural=_("orders"), path="orders", icon="shopping-bag",
        title="number", scope_through="customer", nav_group="customers",
        fields=(
            Field("number", searchable=True), Field("customer", reference="customer"), Field("ordered_at"),
            Field("status"), Field("channel"), Field("place"), Field("is_return"), Field("refunds", reference="order"),
            Field("currency"), Field("line_count"), Field("total", kind="money", currency="currency"),
            Field("discount", kind="money", currency="currency"),
            Field("total_cost", kind="money", currency="currency"), Field("created_at"), Field("updated_at"),
        ),
        columns=_COLUMNS, sort=("-ordered_at",),
        views=(
            ListView("all", _("All orders"), _COLUMNS, ("-ordered_at",)),
            ListView("returns", _("Returns"), _COLUMNS, ("-ordered_at",),
                     {"field": "is_return", "op": "is", "value": True}, "undo-2"),
        ),
        subtitle=("customer", "ordered_at", "place"), highlights=("total", "discount", "total_cost", "line_count",
        "channel"),
        sections=(
            Section("main", _("Order"), ("number", "customer", "ordered_at", "status", "channel", "place", "is_return",
                                         "refunds")),
            Section("money", _("Money"), ("currency", "total", "discount", "total_cost", "line_count")),
        ),
        quick=("customer", "number", "ordered_at", "channel", "total"), board="status",
        board_card=("customer", "ordered_at", "total"), search=search_orders,
    )
)  # fmt: skip
