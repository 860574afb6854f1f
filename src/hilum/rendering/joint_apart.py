"""What kinds of evidence say apart, and what must be said before any figure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from hilum.records import found
from hilum.rendering.joint_figures import listed, ratio_of, stepped
from hilum.rendering.printed_figures import probable

if TYPE_CHECKING:
    from hilum.analyses.joint import JointAnswered
    from hilum.analyses.joint_answer import Conflicting, Figure, Spoken
    from hilum.language import Words

KINDS: Final = {
    "randomised": "randomised",
    "comparative": "not randomised",
    "single_arm": "single-arm",
}
WARNINGS: Final = {
    "gross_conflict": "warning: two kinds of evidence are {threshold} standard errors apart or "
    "more on {what}: read each alone before the joint figure",
    "no_favoured": "warning: no arm is marked favoured, so the bias of comparisons without "
    "randomisation that the prior expects acts on none of them",
    "limits_move": "warning: after {draws} draws Monte-Carlo error is still large: limits are "
    "rounded to what another seed would keep",
}


def first_lines(answer: JointAnswered, words: Words) -> list[str]:
    """Warnings, one a line, and how far kinds of evidence differ at the most."""
    gross = [one for one in answer.conflicts if one.gross]
    facts = {
        "threshold": f"{gross[0].threshold:g}" if gross else "",
        "what": words("; ").join(dict.fromkeys(_what(one, words) for one in gross)),
        "draws": answer.convergence.draws,
    }
    said = ["  " + words(found(WARNINGS, code, "warning"), **facts) for code in answer.warnings]
    return [*said, *("  " + line for line in conflict_lines(answer, words))]


def conflict_lines(answer: JointAnswered, words: Words) -> list[str]:
    """On how much two kinds of evidence speak apart, and how far they differ at the most."""
    lines: list[str] = []
    told = [(abs(one.z), one) for one in answer.conflicts if one.z is not None]
    if told:
        furthest, one = max(told, key=lambda pair: pair[0])
        lines.append(
            words(
                "conflict of kinds of evidence: {gross} gross of {count} looked at; furthest "
                "{what}, {z} standard errors apart (gross from {threshold})",
                gross=sum(one.gross for one in answer.conflicts),
                count=len(answer.conflicts),
                what=_what(one, words),
                z=f"{furthest:.1f}",
                threshold=f"{one.threshold:g}",
            )
        )
    unheard = _not_apart(answer)
    if unheard:
        names = listed(unheard, words)
        lines.append(
            words(
                "conflict of kinds of evidence: not known of {treatments}, whose kinds could not "
                "be fitted alone",
                treatments=names,
            )
        )
    if not unheard and not answer.conflicts:
        lines.append(
            words("conflict of kinds of evidence: no treatment has arms of two kinds to compare")
        )
    return lines


def _not_apart(answer: JointAnswered) -> list[str]:
    """Treatments with arms of two kinds, of which nothing is told apart."""
    told = {one.treatment for one in answer.conflicts if one.comparator is None}
    kinds: dict[str, set[str]] = {}
    for arm in answer.arms:
        if arm.comparator is None:
            kinds.setdefault(arm.treatment, set()).add(arm.design)
    return [name for name, of in kinds.items() if len(of) > 1 and name not in told]


def apart_lines(answer: JointAnswered, what: tuple[str, str | None], words: Words) -> list[str]:
    """Each kind of evidence on a comparison, or on a treatment's level, against each other."""
    return [
        _line(one, answer.kind == "binomial", words)
        for one in answer.conflicts
        if (one.treatment, one.comparator) == what
    ]


def _line(one: Conflicting, percent: bool, words: Words) -> str:
    z = "-" if one.z is None else f"{abs(one.z):.1f}"
    return words(
        "apart, {what}: {first}; {second}: {z} standard errors apart (p {p})",
        what=_what(one, words),
        first=_side(one, one.first, percent, words),
        second=_side(one, one.second, percent, words),
        z=z,
        p=probable(one.p),
    )


def _what(one: Conflicting, words: Words) -> str:
    if one.comparator is None:
        return one.treatment
    return words("{first} v. {second}", first=one.treatment, second=one.comparator)


def _side(one: Conflicting, side: Spoken, percent: bool, words: Words) -> str:
    low, high = zip(side.ci, side.ci_error, strict=True)
    ends = (low, (side.value, side.value_error), high)
    if one.comparator is not None:
        shown = [ratio_of(*end) for end in ends]
    elif percent:
        shown = [_percent(*end) for end in ends]
        shown[1] = f"{shown[1]} %"
    else:
        # The longer median is that of the lower hazard.
        shown = [_months(*end, 1.0) for end in ends[::-1]]
        shown[1] = words("{value} months", value=_months(*ends[1], 0.1))
    return words(
        "{kind} alone {value} ({low} to {high}, k={k})",
        kind=words(found(KINDS, side.kind, "kind")),
        low=shown[0],
        value=shown[1],
        high=shown[2],
        k=side.studies,
    )


def _percent(x: Figure, error: Figure) -> str:
    if x is None:
        return "-"
    share = 1 / (1 + math.exp(-x))
    return stepped(100 * share, 100 * share * (1 - share) * (error or 0.0), 1.0)


def _months(x: Figure, error: Figure, finest: float) -> str:
    if x is None:
        return "-"
    median = math.log(2) * math.exp(-x)
    return stepped(median, median * (error or 0.0), finest)


def messages() -> set[str]:
    """Ids that stand in tables."""
    return {*KINDS.values(), *WARNINGS.values()}
