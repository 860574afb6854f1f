"""Which pairs of a ranking somebody would randomise: by the rules of the board, or by a trial."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from hilum.sheet.comparable import together
from hilum.sheet.randomisable import (
    Reason,
    Registered,
    RuleNamed,
    Whom,
    advised_against,
    ask_patients,
    judged,
    purpose_of,
    registered,
)
from hilum.sheet.treatments import treatments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.evidence import Evidence
    from hilum.sheet.comparable import Group
    from hilum.watch import Watch

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A pair that nobody would randomise for an outcome, and why.

    ``reason`` is ``no_patient`` (one of them is indicated for nobody), ``advised_against`` (one is
    indicated, but advised against in everybody), ``net_nec`` (one is for NET, the other for NEC),
    ``aim`` (one takes every lesion, or the liver, the other does not), ``never_both`` (open for the
    same patients never), ``site`` (open for the same patients only with a primary of which the
    evidence has no arm), ``line`` (never in the same line), ``symptoms`` (one only for symptoms of
    hormones, which the outcome does not measure) or ``no_symptoms`` (the outcome measures symptoms,
    and who has both open has none). ``rules`` are those that say so, by treatment, with the line
    that they name; ``added_in`` studies that randomised one as an addition to the other.
    """

    outcome: str
    population: str
    treatments: Pair
    reason: Reason
    rules: dict[str, tuple[RuleNamed, ...]]
    added_in: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Randomisable:
    """Why somebody would randomise a pair.

    ``by`` is ``rules`` (both are open for the patients ``whom``, by ``rules``), ``randomised`` (a
    study of the evidence did, ``randomised_in``) or ``registered`` (a trial that the rules cite set
    out to); of the latter two ``otherwise`` is why the rules would have left the pair out.
    ``advised_against`` are rules for which a treatment is open to nobody, by treatment.
    """

    by: Literal["rules", "randomised", "registered"]
    whom: Whom | None
    rules: dict[str, tuple[RuleNamed, ...]]
    randomised_in: tuple[str, ...]
    registered: tuple[Registered, ...]
    otherwise: Reason | None
    advised_against: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Sorted:
    """The pairs of one outcome that are kept (with why, where it was asked), and those left out."""

    kept: dict[Pair, Randomisable | None]
    left_out: dict[Pair, LeftOut]


def sorted_pairs(record: Evidence, group: Group, pairs: Sequence[Pair], watch: Watch) -> Sorted:
    """Sort the pairs of an outcome.

    Raises
    ------
    Stopped
        When the watch says so.
    """
    ask_patients(watch)
    bodies = {body.treatment: body for body in (*group.pooled, *group.joint)}
    sites = frozenset(str(arm.site) for arm in record.arms)
    found = Sorted({}, {})
    for pair in pairs:
        one = judged(*sorted(pair), purpose_of(group.outcome), sites)
        rules = dict(zip(sorted(pair), one.rules, strict=True))
        rules = {name: rules[name] for name in pair}
        studies = together(*(bodies[name] for name in pair))["randomised"]
        added = tuple(study for study in studies if _added(record, study, pair))
        between = tuple(study for study in studies if study not in added)
        cited = registered(*pair)
        if one.reason is not None and not between and not cited:
            found.left_out[pair] = LeftOut(
                outcome=group.outcome,
                population=str(group.population),
                treatments=pair,
                reason=one.reason,
                rules=rules,
                added_in=added,
            )
            continue
        found.kept[pair] = Randomisable(
            by="rules" if one.reason is None else "randomised" if between else "registered",
            whom=one.whom,
            rules=rules if one.reason is None else {},
            randomised_in=between,
            registered=cited,
            otherwise=one.reason,
            advised_against={name: ids for name in pair if (ids := advised_against(name))},
        )
    return found


def _added(record: Evidence, study: str, pair: Pair) -> bool:
    """Whether a study gave one of the two in every arm that had the other."""
    modalities = {one.treatment: set(one.modalities) for one in treatments()}
    arms = [set(arm.modality.split("+")) for arm in record.arms if arm.study_id == study]
    first, second = ([arm for arm in arms if arm & modalities[name]] for name in pair)
    return all(arm in second for arm in first) or all(arm in first for arm in second)
