"""What records of a kind are compared by, which of them are compared at all, and what a model of them learns from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from splink.comparison_library import CustomComparison

from guanxi.analytics.entities.comparisons import code, words

Columns = tuple[str, ...]
Compare = Callable[[], CustomComparison]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of entity.

    ``comparisons`` has one comparison for each column, in the order of the evidence. Two records are compared where all
    columns of one rule of ``blocking`` are equal. ``training`` are the blocks in which the model learns how the other
    columns agree among matches; ``certain`` rules are right nearly always and find ``recall`` of all matches: from them
    the share of matches among all pairs is reckoned. What names columns that no record fills is left out.
    """

    name: str
    comparisons: Mapping[str, Compare]
    blocking: tuple[Columns, ...]
    training: tuple[Columns, ...]
    certain: tuple[Columns, ...]
    recall: float = field(default=0.8)

    @property
    def columns(self) -> Columns:
        """The columns that records of this kind may fill."""
        return tuple(self.comparisons)


PERSON = Kind(
    name="person",
    comparisons={
        "given": lambda: words("given", swapped_with="family"),
        "family": lambda: words("family", swapped_with="given"),
        "birth": lambda: code("birth"),
        "identifier": lambda: code("identifier"),
        "email": lambda: words("email"),
        "phone": lambda: code("phone"),
        "house": lambda: code("house", most_errors=1),
        "street": lambda: words("street", swapped_with="place"),
        "place": lambda: words("place", swapped_with="street"),
        "city": lambda: words("city"),
        "postcode": lambda: code("postcode"),
        "region": lambda: code("region", most_errors=1),
    },
    blocking=(
        ("identifier",), ("email",), ("phone",), ("birth",), ("given", "family"), ("family", "postcode"),
        ("given", "postcode"), ("given", "city"), ("family", "city"), ("street", "house"),
        ("street", "postcode"), ("street", "given"), ("street", "family"), ("place", "given"), ("place", "family"),
    ),
    training=(
        ("identifier",), ("birth",), ("given", "family"), ("email",), ("phone",), ("postcode", "street"),
    ),
    certain=(("identifier",), ("email",), ("phone",), ("given", "family", "birth")),
)  # fmt: skip
