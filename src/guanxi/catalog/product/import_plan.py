"""What a file of products may fill: the product and its category."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.records.importing.plan import ImportPlan, Part, deferred, register_plan

SEARCH_COLUMNS = deferred("guanxi.catalog.product.search_columns:search_columns")
PRODUCTS = register_plan(
    ImportPlan(
        name="product", label=_("products"), root="product", icon="package",
        parts=(
            Part("category", "product_category", _("category"), natural=("name",), fields=("name",), fills_only=True),
            Part(
                "product", "product", _("product"), natural=("sku",), links={"category": "category"},
                fields=("sku", "name", "native_name", "kind", "brand", "unit", "currency", "list_price", "unit_cost",
                        "risk_level", "lifecycle", "description"),
                derives_from=("sku", "name", "native_name"), derive=SEARCH_COLUMNS,
            ),
        ),
        concepts={"category.name": "product_category"},
    )
)  # fmt: skip
