"""How files name customers besides by id and name: an e-mail address, a phone number, a number they are called by."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.utils.translation import gettext_lazy as _

from guanxi.core.actor import Actor
from guanxi.customers.contact_point.models import ContactPoint
from guanxi.customers.contact_point.rules import canonical_email, canonical_phone
from guanxi.customers.identifier.models import Identifier
from guanxi.customers.identifier.rules import digest_of
from guanxi.records.importing.surroundings import company_habits
from guanxi.records.importing.ways import Way, find_by

_LEAST_DIGITS = 5


def by_email(words: list[str]) -> Iterator[tuple[str, int]]:
    """Yield word and customer for each e-mail address that a customer has."""
    return _by_contact("email", words, _email_form)


def by_phone(words: list[str]) -> Iterator[tuple[str, int]]:
    """Yield word and customer for each phone number that a customer has; the company's country is assumed."""
    region = company_habits().region

    def form(word: str) -> str:
        digits = sum(character.isdigit() for character in word)
        if digits < _LEAST_DIGITS or any(character.isalpha() for character in word):
            return ""
        try:
            return canonical_phone(word, region)
        except ValueError:
            return ""

    return _by_contact("phone", words, form)


def by_identifier(words: list[str]) -> Iterator[tuple[str, int]]:
    """Yield word and customer for each identifier that a customer has."""
    by_digest: dict[str, list[str]] = {}
    for word in words:
        if any(character.isdigit() for character in word):
            by_digest.setdefault(digest_of(word), []).append(word)
    found = Identifier._default_manager.filter(digest__in=by_digest, deleted_at=None)  # access: ids are narrowed later
    for number, digest in found.values_list("customer_id", "digest"):
        for word in by_digest[digest]:
            yield word, number


def _email_form(word: str) -> str:
    return canonical_email(word) if "@" in word else ""


def _by_contact(kind: str, words: list[str], form: Callable[[str], str]) -> Iterator[tuple[str, int]]:
    by_form: dict[str, list[str]] = {}
    for word in words:
        if canonical := form(word):
            by_form.setdefault(canonical, []).append(word)
    if not by_form:
        return
    found = ContactPoint._default_manager.filter(  # access: ids are narrowed later
        kind=kind, normalized__in=by_form, deleted_at=None
    )
    for number, canonical in found.values_list("customer_id", "normalized"):
        for word in by_form[canonical]:
            yield word, number


def _sees(name: str) -> Callable[[Actor], bool]:
    return lambda actor: actor.may("view", "contact_point") and actor.sees_field("customer", name)


def _sees_identifiers(actor: Actor) -> bool:
    return actor.may("view", "identifier") and actor.sees_field("identifier", "value")


find_by(
    "customer",
    Way(_("an e-mail address"), by_email, _sees("email")),
    Way(_("a phone number"), by_phone, _sees("phone")),
    Way(_("the number of an identifier"), by_identifier, _sees_identifiers),
)
