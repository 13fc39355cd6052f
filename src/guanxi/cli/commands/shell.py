"""Open Python with the records at hand, or run a piece of code with -c.

It acts with the application's rights on the database; --owner takes the owner's.
"""

from __future__ import annotations

import argparse

from guanxi.cli.django_setup import use_django, use_records
from guanxi.core.postgres import lease

EXAMPLE = "./guanxi shell -c 'from guanxi.customers.customer.models import Customer; print(Customer._meta.db_table)'"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("-c", "--code", help="code to run instead of opening a prompt")
    parser.add_argument("--owner", action="store_true", help="act as the owner of the database")


def run(arguments: argparse.Namespace) -> int:
    """Open the prompt."""
    from django.core.management import call_command

    with lease():
        if arguments.owner:
            use_django("owner")
        else:
            use_records()
        call_command("shell", *(["-c", arguments.code] if arguments.code else []), verbosity=0)
    return 0
