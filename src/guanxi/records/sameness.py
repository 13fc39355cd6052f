"""When two values of a unique field are the same: one rule, in SQL, for indexes, checks and imports alike.

Texts are compared without case, full-width forms and spaces around them; of phone numbers only what is dialled counts;
of web addresses the host without case, and a slash at the end doesn't count.
"""

from __future__ import annotations

SQL_TYPES = {"text": "text", "email": "text", "phone": "text", "url": "text", "decimal": "numeric", "date": "date"}
# What an index can hold of one row: a text that grows when its forms are brought together is cut there.
_MOST = 600
_HOST = "^[a-zA-Z]+://[^/?#]*"


def key_of(kind: str, value: str) -> str:
    """Return the SQL that gives the same for two values of a field of ``kind`` exactly where they count as the same.

    ``value`` is SQL, without parameters: it stands in the result more than once. Every function in it is immutable.
    """
    if SQL_TYPES[kind] != "text":
        return value
    if kind == "phone":
        key = f"regexp_replace(lower(normalize({value}, NFKC)), '[^0-9a-z+*#]', '', 'g')"
    elif kind == "url":
        rest = f"rtrim(substring({value} from '{_HOST}(.*)$'), '/')"
        key = f"coalesce(lower(substring({value} from '{_HOST}')) || {rest}, btrim({value}))"
    else:
        key = f"lower(btrim(normalize({value}, NFKC)))"
    return f"left({key}, {_MOST})"


def is_filled(kind: str, value: str) -> str:
    """Return the SQL that says whether a value says anything: empty ones are never the same."""
    return f"{key_of(kind, value)} <> ''" if SQL_TYPES[kind] == "text" else f"{value} IS NOT NULL"


def same_living(kind: str, column: str, value: str) -> str:
    """Return the SQL that a living row ``t`` holds ``value`` in ``column`` (quoted): what the unique index answers."""
    own = f"t.{column}"
    return f"{key_of(kind, own)} = {key_of(kind, value)} AND t.deleted_at IS NULL AND {is_filled(kind, own)}"
