"""Takes the foreign-key constraints off derived rows, and indexes that others begin with: runs write them by the million."""

from django.db import migrations, models


def derived(to: str, **options: bool) -> models.ForeignKey:
    return models.ForeignKey(to=to, on_delete=models.CASCADE, related_name="+", db_constraint=False, **options)


class Migration(migrations.Migration):
    dependencies = [("customers", "0006_currency_of_company")]
    operations = [
        migrations.AlterField(
            "customerfigures",
            "customer",
            models.OneToOneField(
                to="customers.customer", on_delete=models.CASCADE, primary_key=True, related_name="figures",
                serialize=False, verbose_name="customer", db_constraint=False,
            ),  # fmt: skip
        ),
        migrations.AlterField("customerfigures", "run", derived("customers.scorerun", db_index=False)),
        migrations.AlterField("score", "run", derived("customers.scorerun", db_index=False)),
        migrations.AlterField("score", "customer", derived("customers.customer", db_index=False)),
        migrations.AlterField("segmentmember", "customer", derived("customers.customer")),
    ]
