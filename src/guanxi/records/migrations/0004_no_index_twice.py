"""Drops an index that another index of the same table begins with: a file may refuse a million rows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0003_kept_answers")]
    operations = [
        migrations.AlterField(
            "importreject", "job", models.ForeignKey("records.importjob", models.CASCADE, related_name="+", db_index=False)
        ),
    ]
