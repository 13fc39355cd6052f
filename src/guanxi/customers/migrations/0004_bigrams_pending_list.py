"""Lets the index of neighbouring characters take new entries in bulk. Builds it anew: locks writes to customers meanwhile."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_cost_to_serve")]
    operations = [
        migrations.RemoveIndex("customer", "customer_bigrams"),
        migrations.AddIndex(
            "customer",
            GinIndex(fields=["bigrams"], name="customer_bigrams", fastupdate=True, gin_pending_list_limit=256),
        ),
    ]
