"""How Django reaches the database: by the URLs that ``guanxi.core.postgres`` knows, through psycopg's pool."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from guanxi.core import postgres


def database_settings(role: str) -> dict[str, Any]:
    """Return Django's settings for one database role (``owner`` or ``app``).

    Without a running server the settings point nowhere, so that commands that need no database still load.
    """
    known = postgres.urls()
    url = "" if known is None else (known.owner if role == "owner" else known.app)
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    options: dict[str, Any] = {k: v for k, v in query.items() if k not in ("host", "port")}
    # No connection ahead of need: it would still be under way when a short command stops the embedded server.
    options["pool"] = {"min_size": 0, "max_size": 8, "timeout": 10} if role == "app" else False
    if role == "app":
        options["options"] = "-c statement_timeout=30000 -c lock_timeout=5000 -c jit=off"
        options["prepare_threshold"] = 5  # for records.statements; all else writes its values into the SQL
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "guanxi",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host") or parts.hostname or "",
        "PORT": query.get("port") or str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        "OPTIONS": options,
    }
