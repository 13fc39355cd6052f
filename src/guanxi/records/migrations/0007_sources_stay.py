"""Refuses to delete source systems, to which external keys point without a check. Locks that small table for a moment."""

from django.db import migrations

CREATE = """
CREATE FUNCTION records_source_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Source system % is never deleted: external keys name it.', OLD.id USING ERRCODE = '23001';
END $$;
CREATE TRIGGER records_source_stays BEFORE DELETE ON records_sourcesystem
    FOR EACH ROW EXECUTE FUNCTION records_source_stays();
"""
DROP = "DROP TRIGGER records_source_stays ON records_sourcesystem; DROP FUNCTION records_source_stays();"


class Migration(migrations.Migration):
    dependencies = [("records", "0006_external_keys_unchecked")]
    operations = [migrations.RunSQL(CREATE, DROP)]
