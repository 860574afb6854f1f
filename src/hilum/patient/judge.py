"""The verdict on one treatment from its rules, with everything unknown taken at its best.

How rows combine is written in ``docs/verdict.md``: only strong sources exclude; among alternatives
the most permissive strong row decides; a decisive row advises against; an indication is needed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from hilum.patient.records import earliest, gravest, strength

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.patient.compile import Facts
    from hilum.patient.records import Rule


class Status(StrEnum):
    """The verdict on a treatment, in the order of the sheet."""

    SUPPORTED = "supported"
    POSSIBLE = "possible"
    CONDITIONAL = "conditional"
    UNDECIDED = "undecided"
    ADVISED_AGAINST = "advised_against"
    NO_INDICATION = "no_indication"
    EXCLUDED = "excluded"


OPEN = frozenset({Status.SUPPORTED, Status.POSSIBLE, Status.CONDITIONAL})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a rule says of the patient: whether it is for him (``when``), and whether it fires."""

    when: bool | None
    fires: bool | None


# Answers by the number of the rule.
Answers = Mapping[int, Answer]


@dataclass(frozen=True, slots=True, eq=False)
class Opinion:
    """One treatment's verdict and the rules behind it, strongest first.

    ``unknown`` holds the strong rows, decisive rows and indications that are not yet answered,
    ``softened`` the strict rows that an alternative lets pass.
    """

    status: Status
    reasons: tuple[Rule, ...]
    indications: tuple[Rule, ...]
    unknown: tuple[Rule, ...]
    before: tuple[Rule, ...]
    notes: tuple[Rule, ...]
    softened: tuple[Rule, ...]


def answer(rule: Rule, facts: Facts) -> Answer:
    """Whether a rule speaks: true, false, or ``None`` when a fact is missing."""
    when = rule.when_test(facts)
    if when is False:
        return NOT_FOR_HIM
    holds = rule.holds_test(facts)
    if holds is not None and (rule.role == "requires" or (rule.role == "before" and rule.tested)):
        holds = not holds
    if holds is False:
        return SAID[when, False]
    return SAID[when, None if when is None or holds is None else True]


# Every answer there is, once: two answers are alike where they are the same object.
SAID = {
    (when, fires): Answer(when, fires)
    for when in (True, False, None)
    for fires in (True, False, None)
}
NOT_FOR_HIM = SAID[False, False]


@dataclass(frozen=True, slots=True, eq=False)
class Gates:
    """The rows of one treatment that open or close it, sorted once for :func:`stays_open`.

    ``blocks`` are the strong requires and forbids, alternatives together; ``decisive`` the rows
    that advise against by themselves; ``weak`` the other requires and forbids of weak sources.
    """

    blocks: tuple[tuple[Rule, ...], ...]
    decisive: tuple[Rule, ...]
    weak: tuple[Rule, ...]
    indications: tuple[Rule, ...]

    @classmethod
    def of(cls, rules: Iterable[Rule]) -> Gates:
        """Sort the rows of one treatment."""
        blocks: dict[str, list[Rule]] = defaultdict(list)
        decisive: list[Rule] = []
        weak: list[Rule] = []
        indications: list[Rule] = []
        for rule in rules:
            strict = rule.strict
            if strict and rule.strong:
                blocks[rule.alternatives or rule.rule_id].append(rule)
            elif rule.decisive and (strict or (rule.role == "cautions" and rule.strong)):
                decisive.append(rule)
            elif strict:
                weak.append(rule)
            elif rule.role == "indicates":
                indications.append(rule)
        return cls(
            tuple(tuple(rows) for rows in blocks.values()),
            tuple(decisive),
            tuple(weak),
            tuple(indications),
        )


def stays_open(gates: Gates, answers: Answers, other: Answers, region: Any) -> bool:
    """Whether :func:`judge` would find the treatment open; ``other`` overrules ``answers``.

    The same rules, without the reasons: many patients that one patient could be are asked.
    """

    def fires(rule: Rule) -> bool | None:
        if rule.region and rule.region != region:
            return False
        return (other.get(rule.number) or answers[rule.number]).fires

    for rule in gates.decisive:
        if fires(rule):
            return False
    strong = maybe = weak = False
    for rule in gates.indications:
        said = fires(rule)
        if said is None:
            maybe = True
        elif said:
            weak = True
            strong = strong or rule.strong
    if not (weak or maybe):
        return False
    if not (strong or maybe) and any(fires(rule) for rule in gates.weak):
        return False
    for rows in gates.blocks:
        fired = False
        for rule in rows:
            if rule.region and rule.region != region:
                continue
            said = other.get(rule.number) or answers[rule.number]
            if said.fires:
                fired = True
            elif said.when is not False:
                break
        else:
            if fired:
                return False
    return True


def judge(rules: Iterable[Rule], answers: Answers, region: Any) -> Opinion:
    """The verdict on the treatment that ``rules`` are about."""
    said: dict[tuple[str, bool | None], list[Rule]] = defaultdict(list)
    notes: list[Rule] = []
    for rule in rules:
        fires = answers[rule.number].fires
        if rule.region and rule.region != region:
            if fires is not False:
                notes.append(rule)
        else:
            said[rule.role, fires].append(rule)
    notes += said["note", True]
    before = tuple(said["before", True] + said["before", None])
    excluded, softened, unknown = _strong_blocks(said, answers)
    unknown += [
        rule
        for kind in ("cautions", "requires", "forbids")
        for rule in said[kind, None]
        if rule.decisive and rule not in unknown
    ]
    weak = [
        rule for kind in ("requires", "forbids") for rule in said[kind, True] if not rule.strong
    ]
    cautions = said["cautions", True]
    if excluded:
        reasons = sorted(excluded, key=gravest) + sorted([*softened, *cautions, *weak], key=gravest)
        return Opinion(
            Status.EXCLUDED, tuple(reasons), (), (), before, tuple(notes), tuple(softened)
        )
    indications, maybe = sorted(said["indicates", True], key=earliest), said["indicates", None]
    against = [rule for rule in cautions if rule.decisive and rule.strong]
    against += [rule for rule in weak if rule.decisive]
    doubts = sorted([*softened, *cautions, *weak], key=strength)
    doubts += [rule for rule in said["before", True] if rule.tested]
    strong = any(rule.strong for rule in indications)
    if not indications and not maybe:
        status, reasons = Status.NO_INDICATION, []
    elif against or (weak and not strong and not maybe):
        status, reasons = Status.ADVISED_AGAINST, sorted(against or weak, key=gravest)
    elif doubts:
        status, reasons = Status.CONDITIONAL, doubts
    else:
        status, reasons = (Status.SUPPORTED if strong else Status.POSSIBLE), indications
    return Opinion(
        status,
        tuple(reasons),
        tuple(indications),
        tuple(unknown if indications else unknown + maybe),
        before,
        tuple(notes),
        tuple(softened),
    )


def _strong_blocks(
    said: Mapping[tuple[str, bool | None], list[Rule]], answers: Answers
) -> tuple[list[Rule], list[Rule], list[Rule]]:
    """Strong requires and forbids: those that exclude, those that are softened, those unknown."""
    groups: dict[str, list[tuple[Rule, bool | None]]] = defaultdict(list)
    for truth in (True, False, None):
        for kind in ("requires", "forbids"):
            for rule in said.get((kind, truth), ()):
                if rule.strong and answers[rule.number].when is not False:
                    groups[rule.alternatives or rule.rule_id].append((rule, truth))
    excluded: list[Rule] = []
    softened: list[Rule] = []
    unknown: list[Rule] = []
    for rows in groups.values():
        firing = [rule for rule, truth in rows if truth is True]
        if len(firing) == len(rows):
            excluded += firing
        else:
            softened += firing
            if not any(truth is False for _, truth in rows):
                unknown += [rule for rule, truth in rows if truth is None]
    return excluded, softened, unknown
