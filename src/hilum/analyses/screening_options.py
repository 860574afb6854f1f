"""What every analysis of a screening is asked: the model, and how sure one wants to be."""

from __future__ import annotations

from typing import Annotated

from hilum.analyses.asked import Option


def models() -> tuple[str, ...]:
    """Codes of what ranks records."""
    from hilum.literature.screening.models import model_names

    return model_names()


Model = Annotated[str, Option("What ranks the records.", choices=models)]
Recall = Annotated[float, Option("Share of the relevant records to be found.", above=0, below=1)]
Confidence = Annotated[
    float, Option("Confidence that they are, when the rule stops.", above=0, below=1)
]
