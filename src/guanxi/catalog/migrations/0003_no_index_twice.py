"""Drops an index that another index of the same table begins with."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_currency_of_company")]
    operations = [
        migrations.AlterField(
            "product",
            "category",
            models.ForeignKey(
                to="catalog.productcategory", on_delete=models.PROTECT, related_name="+", verbose_name="category",
                null=True, blank=True, db_index=False,
            ),  # fmt: skip
        ),
    ]
