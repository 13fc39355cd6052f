"""Reasons: the structured explanation that travels with every score.

A reason is {code, value, adds, params}: `code` names it for translation, `value` is its number, `adds` says whether it
is a term of the score (the values of all adding reasons sum exactly to the score) or only gives context, and `params`
holds texts for the sentence. Codes are stable; sentences belong to the user interface.
"""

from collections.abc import Mapping

REASONS_TYPE = "STRUCT(code VARCHAR, value DECIMAL(38,4), adds BOOLEAN, params MAP(VARCHAR, VARCHAR))[]"


def reason(code: str, value: str, params: Mapping[str, str] | None = None, *, adds: bool = False) -> str:
    """SQL of one reason; `value` and the values of `params` are SQL expressions over the row."""
    keys = ", ".join(f"'{key}'" for key in params or {})
    texts = ", ".join(f"CAST({sql} AS VARCHAR)" for sql in (params or {}).values())
    return (
        f"struct_pack(code := '{code}', value := CAST({value} AS DECIMAL(38,4)), adds := {str(adds).upper()}, "
        f"params := CAST(map([{keys}], [{texts}]) AS MAP(VARCHAR, VARCHAR)))"
    )


def reason_list(*reasons: str) -> str:
    """SQL of a list of reasons."""
    return f"CAST([{', '.join(reasons)}] AS {REASONS_TYPE})"
