"""Drops indexes that another index of the same table begins with: every import writes each of them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0003_kept_answers"),
    ]

    operations = [
        migrations.AlterField(
            model_name="importreject",
            name="job",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="records.importjob"
            ),
        ),
    ]
