"""Drops the check and the index of the source of external keys: sources are never deleted, keys come by the million."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0005_outbound_due")]
    operations = [
        migrations.AlterField(
            "externalkey",
            "source",
            models.ForeignKey(
                "records.sourcesystem", models.PROTECT, related_name="+", db_index=False, db_constraint=False
            ),
        ),
    ]
