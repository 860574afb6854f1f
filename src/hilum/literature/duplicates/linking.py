"""Reports of one study that are no copies: versions, translations, abstracts, errata, protocols."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.literature.duplicates.weights import EXCLUDED

if TYPE_CHECKING:
    from hilum.literature.duplicates.side import Side
    from hilum.literature.duplicates.weights import Weighed

VERSIONS: Final = ("version", "translation")
"""Links of one work in two forms: read once, both kept."""
LINKS: Final = {
    "version": "another version of the same review",
    "review": "of the same Cochrane review, under another title",
    "translation": "the same report in another language",
    "erratum": "an erratum of the other",
    "retraction": "a retraction of the other",
    "reply": "a reply to the other",
    "comment": "a comment on the other",
    "about": "an erratum of the other, or a letter about it",
    "protocol": "the protocol of the other",
    "registration": "of the same registered study",
    "report": "another report under the same title by the same authors",
    "study": "another report of the same study, says a person",
    "possible": "the same report, perhaps: to be looked at",
    "similar": "a report under much the same title by the same authors: are its patients the same?",
}
"""Links by their code, with what they say."""
POSSIBLE_COPY: Final = "possible"
"""A pair that may be copies, until a person says so or the contrary."""
OF_ONE_STUDY: Final = "study"
"""A pair that a person says are two reports of one study."""
OPEN: Final = (POSSIBLE_COPY, "similar")
"""Links that a person is asked about: they join nothing."""


def link_of(a: Side, b: Side, found: Weighed) -> str:
    """How two records that are no copies belong together; empty where they do not."""
    shared = bool(a.families and b.families) and (
        not set(a.families).isdisjoint(b.names) or not set(b.families).isdisjoint(a.names)
    )
    near = found.likeness >= 0.9 or _holds(a, b)
    if found.apart == "version":
        if (
            found.likeness >= 0.88
            or a.squeezed.startswith(b.squeezed)
            or b.squeezed.startswith(a.squeezed)
        ):
            return "version"
        return "review" if found.likeness >= 0.5 or shared else ""
    if found.apart and near:
        return found.apart
    if a.number and a.number == b.number:
        return "registration"
    near = found.likeness >= (0.88 if any(name == EXCLUDED for name, _ in found.reasons) else 0.95)
    if min(a.told, b.told) >= 4 and near and shared:
        if a.foreign != b.foreign:
            return "translation"
        return "report" if a.squeezed == b.squeezed else "similar"
    return ""


def _holds(a: Side, b: Side) -> bool:
    """Whether one title stands whole in the other ("Erratum: ...")."""
    short, long = sorted((a.squeezed, b.squeezed), key=len)
    return len(short) >= 22 and short in long
