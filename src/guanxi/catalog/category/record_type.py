"""How product categories are listed, shown and edited."""

from django.utils.translation import gettext_lazy as _

from guanxi.catalog.category.models import ProductCategory
from guanxi.records.declaration import RecordType, Related, Section
from guanxi.records.fields import Field
from guanxi.records.registry import register

CATEGORY = register(
    RecordType(
        name="product_category", model=ProductCategory, label=_("product category"), plural=_("product categories"),
        path="product-categories", icon="folder-tree", scope="shared",
        fields=(
            Field("name", searchable=True), Field("native_name"), Field("parent", reference="product_category"),
            Field("created_at"),
        ),
        columns=("name", "native_name", "parent"), sort=("name",), quick=("name", "native_name", "parent"),
        sections=(Section("main", _("Category"), ("name", "native_name", "parent")),),
        related=(Related("products", _("Products"), "product", "category", ("name", "sku", "list_price")),),
        nav_group="settings",
    )
)  # fmt: skip
