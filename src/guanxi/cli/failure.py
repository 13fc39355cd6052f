"""How a command ends badly."""


class CommandFailed(Exception):
    """A command could not do its work: the message says what, and what to do next. The exit code is 1."""
