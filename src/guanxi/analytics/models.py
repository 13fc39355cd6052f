"""What a model says about itself, shown beside every figure it produces."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModelCard:
    """Identity and explanation of one model.

    `name` and `version` identify it in stored scores: a change of formula is a new version.
    `question` is what the figure answers, `formula` how, `source` after whom, `unit` in what.
    """

    name: str
    version: str
    question: str
    formula: str
    source: str
    unit: str
