"""Models that rank records, by name; others are added by entry points.

An entry point of the group ``hilum.screening_models`` is a callable that takes the titles and the
abstracts of all records and gives an object with a method ``learn(read, relevant)``: places of the
records read and what they are, and back come scores of all records, the higher the likelier
relevant.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, Final, Protocol

from hilum.records import found
from hilum.watch import SILENT, Watch

if TYPE_CHECKING:
    from numpy.typing import NDArray

GROUP: Final = "hilum.screening_models"
USUAL: Final = "svm"


class Learner(Protocol):
    """Ranks records by those read."""

    def learn(self, read: NDArray[Any], relevant: NDArray[Any]) -> NDArray[Any]:
        """Scores of all records after those read."""
        ...


def words_model(titles: Sequence[str], abstracts: Sequence[str], watch: Watch = SILENT) -> Learner:
    """Words and pairs of words (TF-IDF), support vector machine, dynamic balance."""
    return _machine(titles, abstracts, 0.0, watch)


def parts_model(titles: Sequence[str], abstracts: Sequence[str], watch: Watch = SILENT) -> Learner:
    """The same with parts of words beside them: for texts that spell one thing in many ways."""
    return _machine(titles, abstracts, 0.15, watch)


def _machine(
    titles: Sequence[str], abstracts: Sequence[str], parts: float, watch: Watch
) -> Learner:
    from hilum.literature.screening.features import Weighing
    from hilum.literature.screening.kept_rows import kept_rows
    from hilum.literature.screening.learner import Machine

    return Machine(kept_rows(titles, abstracts, Weighing(parts=parts), watch))


MODELS: Final[dict[str, Callable[[Sequence[str], Sequence[str], Watch], Learner]]] = {
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


def learner(
    name: str, titles: Sequence[str], abstracts: Sequence[str], watch: Watch = SILENT
) -> Learner:
    """A model made ready for the records.

    Raises
    ------
    UnknownCode
        No such model; the known ones are listed.
    """
    added = {one.name: one for one in entry_points(group=GROUP)}
    if name in added and name not in MODELS:
        return added[name].load()(titles, abstracts)
    return found(MODELS, name, "model")(titles, abstracts, watch)
