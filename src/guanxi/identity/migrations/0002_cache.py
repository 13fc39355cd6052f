"""The shared cache (rate limits) and the one row of company settings."""

from django.core.management import call_command
from django.db import migrations


def make_cache(apps, schema_editor):  # type: ignore[no-untyped-def]
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


def make_company(apps, schema_editor):  # type: ignore[no-untyped-def]
    apps.get_model("identity", "Company").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial")]
    operations = [
        migrations.RunPython(make_cache, migrations.RunPython.noop),
        migrations.RunPython(make_company, migrations.RunPython.noop),
    ]
