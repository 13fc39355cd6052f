"""What can go wrong with the database server, in sentences that say what to do next."""


class DatabaseUnavailable(RuntimeError):
    """The PostgreSQL server cannot be used; the message says why and what to do."""
