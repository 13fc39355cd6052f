"""Drops indexes that another index of the same table begins with."""

from django.db import migrations, models


def about_customer(**options: bool) -> models.ForeignKey:
    return models.ForeignKey(
        to="customers.customer", on_delete=models.CASCADE, related_name="+", verbose_name="customer", db_index=False,
        **options,
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("customers", "0008_no_index_twice"), ("work", "0001_initial")]
    operations = [
        migrations.AlterField("attachment", "customer", about_customer()),
        migrations.AlterField("note", "customer", about_customer()),
        migrations.AlterField("task", "customer", about_customer(null=True, blank=True)),
    ]
