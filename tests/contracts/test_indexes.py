"""Indexes cost every import and every edit: none is kept that another one of the same table begins with."""

from __future__ import annotations

import pytest
from django.db import connection

_TWICE = """
SELECT a.indexrelid::regclass::text, b.indexrelid::regclass::text
FROM pg_index a JOIN pg_index b ON a.indrelid = b.indrelid AND a.indexrelid <> b.indexrelid
JOIN pg_class t ON t.oid = a.indrelid
JOIN pg_am m ON m.oid = (SELECT relam FROM pg_class WHERE oid = a.indexrelid) AND m.amname = 'btree'
WHERE t.relname ~ '^(catalog|customers|records|work)_' AND NOT a.indisunique AND a.indpred IS NULL AND b.indpred IS NULL
  AND a.indkey::text <> '0' AND a.indclass::text = split_part(b.indclass::text, ' ', 1)
  AND a.indnatts = 1 AND split_part(b.indkey::text, ' ', 1) = a.indkey::text
"""


@pytest.mark.django_db
def test_no_index_of_one_column_is_the_beginning_of_another() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_TWICE)
        assert cursor.fetchall() == []
