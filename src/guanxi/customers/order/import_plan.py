"""What a file of order lines or orders may fill: customer, product, order and the lines themselves."""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext_lazy as _

from guanxi.catalog.product.import_plan import SEARCH_COLUMNS
from guanxi.customers.order.models import OrderLine
from guanxi.records.fields import Field, Kind
from guanxi.records.importing.plan import Detail, ImportPlan, Part, deferred, register_plan

PREPARE = deferred("guanxi.customers.order.import_rows:prepare_lines")
_SETTLE = """
UPDATE customers_order o SET line_count = coalesce(l.n, 0), total = coalesce(l.total, 0),
  discount = coalesce(l.discount, 0), total_cost = CASE WHEN l.unknown = 0 THEN l.cost END
FROM unnest(%s::bigint[]) AS wanted(id)
LEFT JOIN (SELECT order_id, count(*) n, sum(amount) total, sum(discount) discount, sum(cost) AS cost,
                  count(*) FILTER (WHERE cost IS NULL) unknown
           FROM customers_orderline WHERE order_id = ANY(%s::bigint[]) AND deleted_at IS NULL GROUP BY order_id) l
  ON l.order_id = wanted.id
WHERE o.id = wanted.id
"""


def settle_orders(ids: list[int]) -> None:
    """Compute number of lines, total, discount and cost of these orders anew from their lines."""
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, [ids, ids])


def _line(name: str, kind: Kind = "text", decimals: int = 2) -> Field:
    model_field = next(item for item in OrderLine._meta.concrete_fields if item.name == name)
    return Field(name, model_field.verbose_name, kind, max_length=model_field.max_length, decimals=decimals)


_CUSTOMER = Part(
    "customer", "customer", _("customer"), fields=("name", "kind", "city", "country", "gender", "birthday", "status"),
    fills_only=True, derives_from=("name", "latin_name"),
    derive=deferred("guanxi.customers.customer.search_columns:search_columns"),
)  # fmt: skip
_PRODUCT = Part(
    "product", "product", _("product"), natural=("sku",), fields=("sku", "name", "native_name", "kind", "brand",
    "unit"),
    fills_only=True, derives_from=("sku", "name", "native_name"), derive=SEARCH_COLUMNS,
)  # fmt: skip
ORDER_WORDS = {
    "channel": {
        "store": ("shop", "offline", "pos", "retail", "门店", "店铺", "线下"),
        "web": ("online", "online shop", "e-commerce", "internet", "website", "网店", "线上", "电商", "网上商城"),
        "app": ("mobile app", "小程序", "手机应用"),
        "phone": ("telephone", "call center", "电话"),
        "partner": ("reseller", "distributor", "代理", "经销商", "合作伙伴"),
        "field": ("sales rep", "visit", "外勤", "上门"),
    },
    "status": {
        "open": ("pending", "processing", "new", "待处理", "处理中", "未完成"),
        "completed": ("complete", "closed", "paid", "shipped", "delivered", "fulfilled", "done",
            "已完成", "已发货", "交易成功"),
        "cancelled": ("canceled", "void", "已取消", "交易关闭"),
        "returned": ("refunded", "refund", "已退货", "已退款"),
    },
}  # fmt: skip
_ORDER_FIELDS = ("number", "ordered_at", "status", "channel", "place", "is_return", "currency")
LINES = Detail(
    key="line", table="customers_orderline", parent="order", through="order_id", label=_("order line"),
    fields=(
        _line("quantity", "decimal", 3),
        _line("unit_price", "money", 4),
        _line("discount", "money"),
        _line("amount", "money"),
        _line("cost", "money"),
        _line("description"),
    ),
    content=("product.sku", "line.quantity", "line.unit_price", "line.discount", "line.amount"),
    needs=("line.amount",), links={"product_id": "product"},
    totals={"total": "amount", "discount": "discount", "total_cost": "cost"}, settle=settle_orders,
)  # fmt: skip
ORDER_LINES = register_plan(
    ImportPlan(
        name="order_line", label=_("order lines"), root="line", icon="receipt-text",
        parts=(
            _CUSTOMER, _PRODUCT,
            Part("order", "order", _("order"), fields=_ORDER_FIELDS, links={"customer": "customer"}, words=ORDER_WORDS,
                 fills_only=True),
        ),
        detail=LINES, prepare=PREPARE, concepts={"product.name": "product_name"},
    )
)  # fmt: skip
ORDERS = register_plan(
    ImportPlan(
        name="order", label=_("orders"), root="order", icon="shopping-bag",
        parts=(
            _CUSTOMER,
            Part(
                "order", "order", _("order"), fields=(*_ORDER_FIELDS, "total", "discount", "total_cost"),
                links={"customer": "customer"}, words=ORDER_WORDS,
            ),
        ),
        identity=("order.number",), prepare=PREPARE,
    )
)  # fmt: skip
