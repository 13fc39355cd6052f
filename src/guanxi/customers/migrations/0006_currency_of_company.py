"""New amounts are in the company's currency where nobody names another one; the tables stay as they are."""

from django.db import migrations, models

from guanxi.identity.company.queries import base_currency


class Migration(migrations.Migration):
    dependencies = [("customers", "0005_room_to_update")]
    operations = [
        migrations.AlterField(
            name, "currency", models.CharField(default=base_currency, max_length=3, verbose_name="currency")
        )
        for name in ("costtoserve", "customer", "holding", "order")
    ]
