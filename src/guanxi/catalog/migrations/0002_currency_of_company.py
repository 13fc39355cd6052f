"""New prices are in the company's currency where nobody names another one; the table stays as it is."""

from django.db import migrations, models

from guanxi.identity.company.queries import base_currency


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]
    operations = [
        migrations.AlterField(
            "product", "currency", models.CharField(default=base_currency, max_length=3, verbose_name="currency")
        )
    ]
