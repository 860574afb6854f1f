"""A person's changes to a draft: each with who, when, from, to and why, and never lost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, phrased
from hilum.records import nearest
from hilum.synthesis.certainty.certainty import LEVELS, Certainty, Edit, Judgement
from hilum.synthesis.certainty.cinema import CONCERNS, network_total
from hilum.synthesis.certainty.grade import DOWN, total

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WHOLE = "level"
UP = ("none", "upgrade", "strong_upgrade")
RAISING = ("large_effect", "dose_response", "opposing_confounding")


@dataclass(frozen=True, slots=True)
class Override:
    """One change by a person.

    Parameters
    ----------
    subject : str
        What is judged: the id of a figure or a comparison.
    domain : str
        A domain, ``start``, or ``level`` for the certainty itself.
    before, after : str
        The judgement drafted, and the one that replaces it. ``before`` must be what the draft
        says now, so that a change made for another state of the evidence is not applied unseen.
    reason, who : str
        Why, and by whom.
    when : str
        ISO date.
    file, row : str, int or None
        Where it was read, for messages.
    """

    subject: str
    domain: str
    before: str
    after: str
    reason: str
    who: str
    when: str
    file: str = "<overrides>"
    row: int | None = None


def apply_overrides(
    drafts: Mapping[str, Certainty], overrides: Sequence[Override]
) -> dict[str, Certainty]:
    """The drafts with a person's changes in them, in order; drafts not named stay as they are.

    Raises
    ------
    InputError
        With every fault of every override: an unknown subject or domain, a judgement off the
        domain's scale, a ``before`` that is not what the draft says, no reason, no name, no
        date, or two changes of the same judgement.
    """
    faults: list[Fault] = []
    seen: set[tuple[str, str]] = set()
    for one in overrides:
        faults += [Fault(one.file, one.row, *fault) for fault in _faults(one, drafts)]
        if (one.subject, one.domain) in seen:
            expected = phrased(
                "one change of {domain} for {subject}", domain=one.domain, subject=one.subject
            )
            faults.append(Fault(one.file, one.row, "domain", one.domain, expected))
        seen.add((one.subject, one.domain))
    if faults:
        raise InputError(*faults)
    out = dict(drafts)
    # The level last: it stands against the sum of whatever domains were changed.
    for one in sorted(overrides, key=lambda one: one.domain == WHOLE):
        out[one.subject] = _changed(out[one.subject], one)
    return out


def scale(framework: str, domain: str) -> tuple[str, ...]:
    """The judgements a domain may take."""
    if domain in (WHOLE, "start"):
        return LEVELS
    if framework == "cinema":
        return (*CONCERNS, "not_assessed")
    return UP if domain in RAISING else (*DOWN, "not_assessed")


def _faults(one: Override, drafts: Mapping[str, Certainty]) -> list[tuple[str, str, str]]:
    faults: list[tuple[str, str, str]] = []
    for name, what in (("reason", "why the judgement is changed"), ("who", "who changed it")):
        if not getattr(one, name).strip():
            faults.append((name, getattr(one, name), phrased(what)))
    try:
        date.fromisoformat(one.when)
    except ValueError:
        faults.append(("when", one.when, phrased("a date such as 2026-01-31")))
    draft = drafts.get(one.subject)
    if draft is None:
        faults.append(("subject", one.subject, _near(one.subject, drafts, "a figure rated here")))
        return faults
    if one.domain not in (*draft.domains, WHOLE):
        known = (*draft.domains, WHOLE)
        faults.append(("domain", one.domain, _near(one.domain, known, _list(known))))
        return faults
    allowed = scale(draft.framework, one.domain)
    if one.after not in allowed:
        faults.append(("to", one.after, _list(allowed)))
    if one.domain != WHOLE:
        now = draft.domains[one.domain].judgement
        if one.before != now:
            faults.append(
                ("from", one.before, phrased("{now!r}, which is what the draft says now", now=now))
            )
    elif one.before not in LEVELS:
        faults.append(("from", one.before, _list(LEVELS)))
    if one.after == one.before:
        faults.append(("to", one.after, phrased("another judgement than from")))
    return faults


def _changed(draft: Certainty, one: Override) -> Certainty:
    edit = Edit(one.who, one.when, one.before, one.after, one.reason)
    if one.domain == WHOLE:
        if one.before != draft.level:
            expected = phrased("{level!r}, which is what the domains give now", level=draft.level)
            raise InputError(Fault(one.file, one.row, "from", one.before, expected))
        return replace(draft, level=one.after, edit=edit)
    old = draft.domains[one.domain]
    steps = 0 if one.domain == "start" else _steps(one.after)
    new = Judgement(one.after, steps, old.code, old.facts, old.source, edit)
    domains = {**draft.domains, one.domain: new}
    level = network_total(domains) if draft.framework == "cinema" else total(domains)
    return replace(draft, domains=domains, level=level)


def _steps(judgement: str) -> int:
    if judgement in UP:
        return UP.index(judgement)
    for words in (DOWN, CONCERNS):
        if judgement in words:
            return -words.index(judgement)
    return 0  # not assessed


def _list(words: Sequence[str]) -> str:
    return phrased("one of {known}", known=", ".join(words))


def _near(value: str, known: Mapping[str, object] | Sequence[str], said: str) -> str:
    return phrased("{expected}{hint}", expected=said, hint=nearest(value, known))
