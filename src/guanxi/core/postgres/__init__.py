"""The PostgreSQL server of an installation: its own cluster from packaged binaries, or a server named by the owner.

``ensure_running`` starts what is needed and returns the connection URLs; ``urls`` returns them without starting
anything; ``lease`` keeps the server up for a block of code.
"""

from .binaries import programs_for
from .errors import DatabaseUnavailable
from .home import checkout, ensure_secret, home, make_home, read_secret, secret_path, store_secret
from .roles import grant_app_access
from .server import Status, Urls, ensure_running, is_alive, lease, status, stop, urls, with_database

__all__ = [
    "DatabaseUnavailable",
    "Status",
    "Urls",
    "checkout",
    "ensure_running",
    "ensure_secret",
    "grant_app_access",
    "home",
    "is_alive",
    "lease",
    "make_home",
    "programs_for",
    "read_secret",
    "secret_path",
    "status",
    "stop",
    "store_secret",
    "urls",
    "with_database",
]
