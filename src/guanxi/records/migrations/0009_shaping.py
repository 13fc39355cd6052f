"""Makes the tables of what administrators shape, and the function that draws numbers of a series. Locks nothing."""

from django.db import migrations, models

NUMBERS = """
CREATE FUNCTION records_next_number(series text, prefix text, digits integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE number text := nextval(quote_ident(series)::regclass)::text;
BEGIN
    RETURN prefix || lpad(number, greatest(digits, length(number)), '0');
END $$;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
INSERT INTO records_configuration (id, version) VALUES (1, 0);
"""
UNDO = "DROP FUNCTION records_next_number(text, text, integer);"


class Migration(migrations.Migration):

    dependencies = [("records", "0008_changes_of_one")]

    operations = [
        migrations.CreateModel(
            name="CustomType",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=48, unique=True)),
                ("path", models.CharField(max_length=48, unique=True)),
                ("labels", models.JSONField(default=dict)),
                ("plurals", models.JSONField(default=dict)),
                ("icon", models.CharField(default="box", max_length=40)),
                ("state", models.CharField(choices=[("planned", "being set up"), ("live", "in use"), ("removed", "deleted")], default="planned", max_length=8)),
                ("problem", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("removed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Layout",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record_type", models.CharField(max_length=48, unique=True)),
                ("plan", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="Configuration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.BigIntegerField(default=0)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("pk", 1)), name="configuration_is_one")],
            },
        ),
        migrations.CreateModel(
            name="CustomField",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record_type", models.CharField(max_length=48)),
                ("name", models.CharField(max_length=48)),
                ("kind", models.CharField(max_length=16)),
                ("labels", models.JSONField(default=dict)),
                ("helps", models.JSONField(default=dict)),
                ("options", models.JSONField(default=dict)),
                ("position", models.IntegerField(default=0)),
                ("state", models.CharField(choices=[("planned", "being set up"), ("live", "in use"), ("removed", "deleted")], default="planned", max_length=8)),
                ("problem", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("removed_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("record_type", "name"), name="custom_field_once")],
            },
        ),
        migrations.CreateModel(
            name="ValidationRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("record_type", models.CharField(max_length=48)),
                ("name", models.CharField(max_length=80)),
                ("condition", models.TextField()),
                ("field", models.CharField(blank=True, max_length=48)),
                ("sentences", models.JSONField(default=dict)),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("record_type", "name"), name="validation_rule_once")],
            },
        ),
        migrations.RunSQL(NUMBERS, UNDO),
    ]
