"""Models that rank records, by name; others are added by entry points.

An entry point of the group ``hilum.screening_models`` is a callable that takes the texts of all
records and gives an object with a method ``learn(read, relevant)``: places of the records read and
what they are, and back come scores of all records, the higher the likelier relevant.
"""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, Final, Protocol

from hilum.literature.screening.features import Weighing, rows_of
from hilum.literature.screening.learner import Machine
from hilum.records import found

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

GROUP: Final = "hilum.screening_models"
USUAL: Final = "svm"


class Learner(Protocol):
    """Ranks records by those read."""

    def learn(self, read: NDArray[Any], relevant: NDArray[Any]) -> NDArray[Any]:
        """Scores of all records after those read."""
        ...


def words_model(texts: Sequence[str]) -> Learner:
    """Words and pairs of words (TF-IDF), support vector machine, dynamic balance."""
    return Machine(rows_of(texts, Weighing(parts=None)))


def parts_model(texts: Sequence[str]) -> Learner:
    """The same with parts of words beside them."""
    return Machine(rows_of(texts, Weighing()))


MODELS: Final[dict[str, Callable[[Sequence[str]], Learner]]] = {
    "svm": words_model,
    "svm-parts": parts_model,
}
"""The models that hilum ships."""


def model_names() -> tuple[str, ...]:
    """Names of all models there are."""
    return (
        *MODELS,
        *sorted(one.name for one in entry_points(group=GROUP) if one.name not in MODELS),
    )


def learner(name: str, texts: Sequence[str]) -> Learner:
    """A model made ready for the texts.

    Raises
    ------
    UnknownCode
        No such model; the known ones are listed.
    """
    added = {one.name: one for one in entry_points(group=GROUP)}
    if name in added and name not in MODELS:
        return added[name].load()(texts)
    return found(MODELS, name, "model")(texts)
