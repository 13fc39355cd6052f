"""How products are listed, shown and edited."""

from django.utils.translation import gettext_lazy as _

from guanxi.catalog.product.models import Product
from guanxi.catalog.product.queries import search_products
from guanxi.catalog.product.rules import search_keys
from guanxi.records.declaration import ListView, RecordType, Section
from guanxi.records.fields import Field
from guanxi.records.registry import register

PRODUCT = register(
    RecordType(
        name="product", model=Product, label=_("product"), plural=_("products"), path="products", icon="package",
        scope="shared", nav_group="sales",
        fields=(
            Field("name", searchable=True, sort_by="sort_key"), Field("native_name"), Field("sku", searchable=True),
            Field("kind", extensible=True), Field("category", reference="product_category"), Field("brand"),
            Field("unit"), Field("list_price", kind="money", currency="currency"),
            Field("unit_cost", kind="money", currency="currency"), Field("currency"), Field("risk_level"),
            Field("lifecycle", extensible=True), Field("upgrade_of", reference="product"), Field("description"),
            Field("created_at"), Field("updated_at"),
        ),
        columns=("name", "sku", "category", "brand", "list_price", "unit_cost", "lifecycle"), sort=("name",),
        views=(
            ListView("all", _("All products"),
                     ("name", "sku", "category", "brand", "list_price", "unit_cost", "lifecycle"), ("name",)),
        ),
        subtitle=("sku", "brand"), highlights=("list_price", "unit_cost", "category", "lifecycle"),
        sections=(
            Section("main", _("Product"), ("name", "native_name", "sku", "kind", "category", "brand", "unit")),
            Section("price", _("Price and cost"), ("currency", "list_price", "unit_cost")),
            Section("more", _("More"), ("lifecycle", "risk_level", "upgrade_of", "description")),
        ),
        quick=("name", "native_name", "sku", "category", "list_price", "unit_cost"), board="lifecycle",
        board_card=("sku", "list_price", "brand"), derive=search_keys, search=search_products,
    )
)  # fmt: skip
