"""Which records are the same person or organization: a Fellegi-Sunter model, trained without labels, and what it finds.

``train`` learns a :class:`Trained` model from records of one :class:`Kind`; ``score`` gives the pairs of records with
their probability; ``clusters`` joins pairs; ``measures`` compares what was found with the truth.
"""

from guanxi.analytics.entities.clusters import best_of_both, closure, clusters
from guanxi.analytics.entities.kinds import PERSON, Kind
from guanxi.analytics.entities.matching import Pair, Trained, score, train
from guanxi.analytics.entities.measures import Agreement, agreement, pair_completeness, reduction_ratio

__all__ = [
    "PERSON", "Agreement", "Kind", "Pair", "Trained", "agreement", "best_of_both", "closure", "clusters",
    "pair_completeness", "reduction_ratio", "score", "train",
]  # fmt: skip
