"""Drops indexes that another index of the same table begins with: every import writes each of them."""

from typing import Any

from django.db import migrations, models

CUSTOMER = "customers.customer"
EMPTY = {"null": True, "blank": True}


def unindexed(to: str, on_delete: Any = models.CASCADE, **options: Any) -> models.ForeignKey:
    return models.ForeignKey(to=to, on_delete=on_delete, db_index=False, **{"related_name": "+", **options})


def of_customer(on_delete: Any = models.CASCADE, **options: Any) -> models.ForeignKey:
    return unindexed(CUSTOMER, on_delete, **{"verbose_name": "customer", **options})


class Migration(migrations.Migration):
    dependencies = [("customers", "0007_derived_rows_unchecked")]
    operations = [
        migrations.AlterField("contactpoint", "customer", of_customer(related_name="contact_points")),
        migrations.AlterField("costtoserve", "customer", of_customer()),
        migrations.AlterField("holding", "customer", of_customer(models.PROTECT, verbose_name="owner")),
        migrations.AlterField("identifier", "customer", of_customer()),
        migrations.AlterField("interaction", "customer", of_customer()),
        migrations.AlterField("order", "customer", of_customer(models.PROTECT, **EMPTY)),
        migrations.AlterField(
            "order", "refunds", unindexed("customers.order", models.PROTECT, verbose_name="refund of", **EMPTY)
        ),
        migrations.AlterField("relationship", "other", of_customer(verbose_name="with")),
        migrations.AlterField("segmentmember", "customer", unindexed(CUSTOMER, db_constraint=False)),
        migrations.AlterField("segmentsize", "segment", unindexed("customers.segment")),
        migrations.AddIndex(
            "order", models.Index(fields=["refunds"], condition=models.Q(refunds__isnull=False), name="order_refunds")
        ),
    ]
