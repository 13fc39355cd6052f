"""Customers whose name was typed with one mistake: a letter wrong, missing, too many, or two that changed places.

No index of its own: every beginning that lies one mistake away is looked up in the indexes that the plain search has,
and a later word by the half of it that the mistake left whole.
"""

from __future__ import annotations

import re
from string import ascii_lowercase
from typing import Final

from django.db.models import Q
from django.db.models.expressions import RawSQL

from guanxi.core.actor import Actor
from guanxi.core.names import bigrams, fold

LEAST, MOST = 4, 20
_LETTERS: Final = re.compile(r"[a-z][a-z0-9 ]*")
# Each beginning is one short walk in the index; the shortest names of a beginning come first in it.
_BEGINNINGS: Final = """
    SELECT near.id FROM unnest(%s::text[]) AS typed(low) CROSS JOIN LATERAL (
      (SELECT id FROM customers_customer WHERE pinyin ~>=~ low
         AND pinyin ~<~ (left(low, -1) || chr(ascii(right(low, 1)) + 1)) ORDER BY pinyin USING ~<~ LIMIT 50)
      UNION ALL
      (SELECT id FROM customers_customer WHERE search_name ~>=~ low
         AND search_name ~<~ (left(low, -1) || chr(ascii(right(low, 1)) + 1)) ORDER BY search_name USING ~<~ LIMIT 50)
    ) AS near"""


def similar_customers(actor: Actor, text: str) -> Q | None:
    """Return the condition for customers whose name begins, or has a word, one mistake away from ``text``.

    None for what is too short or long to be a mistake, and for anything that does not begin with a Latin letter.
    """
    folded = fold(text)
    if not LEAST <= len(folded) <= MOST or not _LETTERS.fullmatch(folded):
        return None
    typed = sorted(near(folded) | near(folded.replace(" ", "")))
    condition = Q(pk__in=RawSQL(_BEGINNINGS, [typed]))
    if " " not in folded and len(folded) > LEAST:
        middle = len(folded) // 2
        for half in (folded[:middle], folded[middle:]):
            if len(half) > 1:
                condition |= Q(bigrams__contains=bigrams(half), search_name__regex=_pattern(folded))
    return condition


def near(text: str) -> set[str]:
    """Return every text one mistake away from ``text``: letters put in, left out, replaced or swapped."""
    found = {text[:at] + text[at + 1 :] for at in range(len(text))}
    found |= {text[:at] + letter + text[at:] for at in range(len(text) + 1) for letter in ascii_lowercase}
    found |= {text[:at] + letter + text[at + 1 :] for at in range(len(text)) for letter in ascii_lowercase}
    found |= {text[:at] + text[at + 1] + text[at] + text[at + 2 :] for at in range(len(text) - 1)}
    return {each.strip() for each in found if each.strip()} - {text}


def _pattern(word: str) -> str:
    """Return the pattern of a word that begins one mistake away from ``word``."""
    ways = {word[:at] + "." + word[at + 1 :] for at in range(len(word))}
    ways |= {word[:at] + "." + word[at:] for at in range(len(word) + 1)}
    ways |= {word[:at] + word[at + 1 :] for at in range(len(word))}
    ways |= {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)}
    return rf"\m({'|'.join(sorted(ways))})"
