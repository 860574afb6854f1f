"""Names of treatments and answers, as a living review tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.answers import outcomes, treatments
from hilum.answers.contrasts import ALONE
from hilum.answers.words import label
from hilum.evidence import labels as evidence_labels
from hilum.records import found

if TYPE_CHECKING:
    from hilum.analyses.living_resting import RestingAnswer
    from hilum.analyses.living_units import AnswerMove
    from hilum.language import Words

KINDS: Final = {
    "randomised": "randomised",
    "nonrandomised": "not randomised",
    "review": "somebody's pooling",
}
SSA_ALONE: Final = "a somatostatin analogue alone"
WHOM: Final = ("site", "grade", "asked")


def treatment_name(name: str, words: Words) -> str:
    """A treatment, a combination, a modality, or the analogue of both arms."""
    known, modalities = treatments(), evidence_labels()
    return " + ".join(
        words(SSA_ALONE)
        if part == ALONE
        else words(known[part].label if part in known else modalities.get(("modality", part), part))
        for part in name.split("+")
    )


def answer_name(one: AnswerMove | RestingAnswer, words: Words) -> str:
    """Which answer, of whom."""
    known = {} if one.comparator else outcomes()
    named_outcome = evidence_labels().get(("outcome", one.outcome), one.outcome)
    text = known[one.outcome].label if one.outcome in known else named_outcome
    whom = ", ".join(
        label(kind, code, words)
        for kind, code in zip(WHOM, (one.site, one.grade, one.line), strict=True)
    )
    named = {"treatment": treatment_name(one.treatment, words), "outcome": words(text)}
    if one.comparator is None:
        return words("{treatment}, {outcome} ({whom})", whom=whom, **named)
    return words(
        "{treatment} against {comparator}, {outcome}, {kind} ({whom})",
        comparator=treatment_name(one.comparator, words),
        kind=words(found(KINDS, one.evidence_kind or "", "kind")),
        whom=whom,
        **named,
    )
