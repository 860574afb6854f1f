"""What stops a designer: a question that published evidence answers, or a hope against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.analyses.designs.asked import fault
from hilum.answers.contrasts import ALONE
from hilum.errors import InputError, Phrase, UnknownCode, joined, phrased
from hilum.evidence.vocabulary import MODALITIES, OUTCOMES
from hilum.sheet.why_compared import STOPPING

if TYPE_CHECKING:
    from hilum.analyses.designs.asked import DesignAsked
    from hilum.trials.synopsis.record import Synopsis
    from hilum.trials.synopsis.why_record import ComparedNow, KnownNow

# More comparisons than these are not repeated in one sentence.
MOST = 3


def known_better(synopsis: Synopsis) -> tuple[KnownNow, float] | None:
    """The record of the treatment that excludes, on the good side, a single arm's null value."""
    why = synopsis.why
    null = next((one.effect for one in synopsis.operating if one.code == "null"), None)
    if why is None or len(synopsis.per_arm) != 1 or synopsis.scale != "proportion" or null is None:
        return None
    from hilum.sheet.named import named

    asked = named(synopsis.question.intervention)
    for one in why.arms:
        if asked is None or one.treatment != asked.treatment or one.unit != "proportion":
            continue
        if one.value is None or one.interval is None:
            continue
        low, high = one.interval
        if low > null if synopsis.better == "higher" else high < null:
            return one, null
    return None


def stop(asked: DesignAsked, synopsis: Synopsis) -> None:
    """Stop a designer who gives no reason for the trial.

    Raises
    ------
    InputError
        A comparison of the two answers the question or contradicts the hope, or the record of the
        treatment excludes the uninteresting value.
    """
    if asked.despite_evidence is not None or synopsis.why is None:
        return
    found = [_said(one) for one in synopsis.why.compared if one.verdict in STOPPING]
    better = known_better(synopsis)
    if better is not None:
        one, null = better
        figure = f"{100 * (one.value or 0):.3g} %"
        found.append(
            phrased(
                "the published results of {treatment} ({figure}) exclude the value that would be "
                "uninteresting ({value})",
                treatment=_name(one.treatment),
                figure=figure,
                value=f"{100 * null:.3g} %",
            )
        )
    if not found:
        return
    wanted = phrased(
        "a reason for the trial, which then stands in synopsis and protocol, since {found}",
        found=joined(found[:MOST]),
    )
    raise InputError(fault("despite_evidence", "", wanted))


def _said(one: ComparedNow) -> Phrase:
    ends = one.interval
    figure = f"{one.value:g}"
    if ends is not None and None not in ends:
        figure += f" ({ends[0]:g}–{ends[1]:g})"
    study = (
        one.study if one.year is None or str(one.year) in one.study else f"{one.study} {one.year}"
    )
    facts: dict[str, object] = {
        "study": study,
        "outcome": Phrase(OUTCOMES[one.outcome].label, {}),
        "favours": _name(one.favours) if one.favours else "",
        "figure": f"{'HR' if one.measure == 'hazard_ratio' else 'OR'} {figure}",
    }
    if one.verdict == "answered":
        return phrased(
            "published evidence may have answered the question: {study}, {outcome}, {favours} "
            "better, {figure}",
            **facts,
        )
    if one.verdict == "against":
        return phrased(
            "published evidence speaks against the hope: {study}, {outcome}, {favours} better, "
            "{figure}",
            **facts,
        )
    if one.verdict == "beyond":
        return phrased(
            "more is hoped for than published evidence holds: {study}, {outcome}, {figure}", **facts
        )
    if one.verdict == "inactive":
        return phrased(
            "one group would be inactive where published evidence shows a better treatment: "
            "{study}, {outcome}, {favours} better, {figure}",
            **facts,
        )
    raise UnknownCode("verdict", one.verdict, STOPPING)


def _name(code: str) -> str:
    """A treatment or modality as it is said; a combination of them by its code."""
    from hilum.sheet.treatments import treatments

    labels = {name: one.label for name, one in MODALITIES.items()}
    labels |= {one.treatment: one.label for one in treatments()}
    labels[ALONE] = "the analogue of both groups alone"
    return Phrase(labels[code], {}) if code in labels else code
