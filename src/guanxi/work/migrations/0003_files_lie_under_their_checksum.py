"""Files lie under their checksum: no other name of them is kept, and rows are found by it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("work", "0002_no_index_twice")]
    operations = [
        migrations.RemoveField("attachment", "stored_name"),
        migrations.AlterField(
            "attachment", "sha256",
            models.CharField(editable=False, max_length=64, verbose_name="checksum (SHA-256)"),
        ),
        migrations.AddIndex("attachment", models.Index(fields=["sha256"], name="attachment_sha256")),
    ]  # fmt: skip
