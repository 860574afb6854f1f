"""The verdicts of one patient as parts of the sheet: the report of the rules, and what rows need.

:func:`hilum.patient.report.report` is the contract; here the numbers of merged reasons, the scale
of the remnant, the patient's lines and the names of the sources are added.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from hilum.patient.because import because
from hilum.patient.compile import compiled
from hilum.patient.conditions import comparisons, tests
from hilum.patient.expected import Expected
from hilum.patient.report import plain, report, rests_of, rests_on
from hilum.patient.report_models import RestsOn
from hilum.patient.resting import SPARED
from hilum.patient.sources import brief, called
from hilum.patient.values import Range, span
from hilum.sheet.sheet_verdict import (
    Before,
    CheckFirst,
    Contradiction,
    CutOff,
    Derived,
    FactPart,
    Fired,
    InTheWay,
    LineFact,
    NotUsed,
    OptionVerdict,
    RemnantScale,
    ResectabilityPart,
    RuleLine,
    Short,
    Stands,
    SwitchedOff,
    Topic,
    WouldChange,
)
from hilum.sheet.treatments import treatments

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hilum.patient.case import Case
    from hilum.patient.records import Attribute, Rule
    from hilum.patient.remarks import Remark
    from hilum.patient.verdict import Verdicts
    from hilum.sheet.sheet_verdict import Value

OPEN = ("supported", "possible", "conditional")
REMNANT = ("flr_percent_slv", "flr_percent_ct")
# What a comparison asks for, and what it spares where it must not hold.
ASKED = {">": "over", ">=": "at_least", "<=": "at_most", "<": "below"}


@dataclass(frozen=True, slots=True)
class VerdictPart:
    """Everything of the sheet that rests on the rules; options in the order of the engine."""

    options: tuple[OptionVerdict, ...]
    resectability: ResectabilityPart
    patient: list[Topic]
    would_change: list[WouldChange]
    before: list[Before]
    to_check: list[CheckFirst]
    contradictions: list[Contradiction]
    not_used: list[NotUsed]
    to_confirm: list[NotUsed]
    facts: list[FactPart]
    derived: list[Derived]
    assumed: list[str]
    unread: list[str]
    switched_off: list[SwitchedOff]
    rules_folder: str | None
    nobody_open: bool


def verdict_part(case: Case, found: Verdicts) -> VerdictPart:
    """Bring the report of a judged patient into the models of the sheet."""
    said = report(case, found)
    names = {one.treatment: one for one in treatments(found.tables)}
    options = tuple(
        OptionVerdict(
            **(
                one
                | {
                    "label": names[one["treatment"]].label,
                    "label_zh": names[one["treatment"]].label_zh,
                    "family": names[one["treatment"]].family,
                    "reason": _line(one["reason"]),
                    "reasons": [[_line(rule) for rule in group] for group in one["reasons"]],
                    "fired": [Fired(**_named(hit)) for hit in one["fired"]],
                    "short": _short([row["rule_id"] for row in _first(one["reasons"])], found),
                    "stands": _stands(_first(one["reasons"])[:1], found),
                }
            )
        )
        for one in said["options"]
    )
    return VerdictPart(
        options=options,
        resectability=_resectability(said["resectability"], found),
        patient=_patient(found),
        would_change=[WouldChange(**one) for one in said["would_change"]],
        before=[Before(**_named(one)) for one in said["before"]],
        to_check=_to_check(options, said["assumed"]),
        contradictions=[
            Contradiction(
                code=one.code,
                facts=list(one.facts),
                stated=plain(one.stated),
                other=plain(one.other),
                notes=list(one.notes),
                statement=one.statement_en or None,
                statement_zh=one.statement_zh or None,
            )
            for one in found.contradictions
        ],
        not_used=[_remark(one) for one in case.not_used],
        to_confirm=[_remark(one) for one in case.to_confirm],
        facts=[FactPart(**one) for one in said["facts"]],
        derived=[Derived(**one) for one in said["derived"]],
        assumed=said["assumed"],
        unread=said["unread"],
        switched_off=[SwitchedOff(**one) for one in said["switched_off"]],
        rules_folder=said["rules_folder"],
        nobody_open=said["nobody_open"],
    )


def _remark(one: Remark) -> NotUsed:
    expected = one.expected if isinstance(one.expected, Expected) else None
    return NotUsed(
        key=one.key,
        text=one.text,
        code=one.code,
        expected=str(one.expected),
        expected_message=expected.message if expected else None,
        expected_places=dict(expected.places) if expected else {},
        nearest=one.nearest or None,
        line=one.line,
        fact=one.name or None,
    )


def _first(groups: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return groups[0] if groups else []


def _line(rule: dict[str, Any] | None) -> RuleLine | None:
    return None if rule is None else RuleLine(**_named(rule))


def _named(rule: dict[str, Any]) -> dict[str, Any]:
    return rule | {
        "brief": brief(rule["source"], rule["authority"], rule["region"]),
        "called": called(rule["source"], rule["authority"]),
    }


def _numbers(rule: Rule) -> list[tuple[str, float]] | None:
    """The facts and limits of a rule that tests numbers alone; ``None`` for any other rule."""
    found = tests(rule.holds)
    if not found or any(isinstance(cut, bool) or not isinstance(cut, float) for _, cut in found):
        return None
    return [(fact, cut) for fact, cut in found if isinstance(cut, float)]


def _needed(rules: Iterable[Rule]) -> Any:
    """How a limit is to be met; what a rule forbids is met by the opposite.

    A caution needs nothing: its source weighs, and a limit that reads *needed* would be its own.
    """
    rules = list(rules)
    if any(not rule.strict for rule in rules):
        return None
    found = {
        (ASKED if rule.role == "requires" else SPARED).get(rule.holds[1])
        if rule.holds[0] == "compare"
        else None
        for rule in rules
    }
    return found.pop() if len(found) == 1 else None


def _short(ids: Iterable[str], found: Verdicts) -> Short | None:
    """Rules that measure facts of one unit, as one sentence of numbers.

    Only where the patient lies on the same side of every limit: what is merged must be true of
    each of them.
    """
    rules = [found.tables.rule(one) for one in ids]
    numbers = [_numbers(rule) for rule in rules]
    if not rules or any(one is None for one in numbers):
        return None
    pairs = [pair for one in numbers for pair in one or ()]
    facts = list(dict.fromkeys(fact for fact, _ in pairs))
    units = {found.tables.attributes[fact].unit for fact in facts}
    values = {fact: found.patient.get(fact) for fact in facts}
    if len(units) != 1 or any(isinstance(one, bool | str | frozenset) for one in values.values()):
        return None
    ends = {fact: span(one) for fact, one in values.items() if isinstance(one, float | int | Range)}
    if len(ends) != len(facts) or (len(facts) > 1 and units != {"percent"}):
        return None
    below = all(ends[fact].high <= cut for fact, cut in pairs)
    above = all(ends[fact].low >= cut for fact, cut in pairs)
    if below == above:
        return None
    return Short(
        facts=facts,
        low=min(one.low for one in ends.values()),
        high=max(one.high for one in ends.values()),
        unit=units.pop() or None,
        cut_offs=sorted({cut for _, cut in pairs}),
        side="below" if below else "above",
        needed=_needed(rules),
        rules=[rule.rule_id for rule in rules],
        rests_on=rests_of(found, facts),
    )


def _stands(reason: list[dict[str, Any]], found: Verdicts) -> list[Stands]:
    """The patient's values that made the strongest reason true; at most two."""
    known: list[Stands] = []
    for row in reason:
        rule = found.tables.rule(row["rule_id"])
        behind = because(rule.holds, found.patient.facts)
        order = dict.fromkeys((*(name for name, _ in tests(rule.holds)), *sorted(behind)))
        known += [
            Stands(
                fact=fact,
                value=plain(found.patient.get(fact)),
                rests_on=_rests(found, fact),
                **_limit(rule, fact),
            )
            for fact in order
            if fact in behind
        ]
    return known[:2]


def _rests(found: Verdicts, fact: str) -> RestsOn | None:
    """What a derived value rests on that was not given."""
    said = rests_on(found, fact)
    return None if said is None else RestsOn(**said)


def _limit(rule: Rule, fact: str) -> dict[str, Any]:
    """The cut-off of a number that a rule tests once, and how it is to be met."""
    met = [(sign, cut) for name, sign, cut in comparisons(rule.holds) if name == fact]
    if len(met) != 1:
        return {}
    sign, cut = met[0]
    needed = (ASKED if rule.role == "requires" else SPARED)[sign] if rule.strict else None
    return {"limit": cut, "needed": needed}


def _of_formula(number: int, found: Verdicts) -> Short | None:
    """An obstacle that the formula of the answer itself measures, where no row does."""
    one = found.resectability.in_the_way[number]
    values = dict(one.facts)
    if one.limit is None or len(values) != 1:
        return None
    (fact, value), (sign, cut) = next(iter(values.items())), one.limit
    if isinstance(value, bool | str | frozenset) or sign not in SPARED:
        return None
    ends = span(value)
    needed: Any = SPARED[sign]
    return Short(
        facts=[fact],
        low=ends.low,
        high=ends.high,
        unit=found.tables.attributes[fact].unit or None,
        cut_offs=[cut],
        side="above" if sign.startswith(">") else "below",
        needed=needed,
        rules=[rule.rule_id for rule in one.rules],
        rests_on=rests_of(found, [fact]),
    )


def _resectability(said: dict[str, Any], found: Verdicts) -> ResectabilityPart:
    return ResectabilityPart(
        verdict=said["verdict"],
        stated=said["stated"],
        derived=said["derived"],
        in_the_way=[
            InTheWay(
                facts=one["facts"],
                makes=one["makes"],
                rules=[RuleLine(**_named(rule)) for rule in one["rules"]],
                short=_short(_of_question(one, found), found) or _of_formula(number, found),
                rests_on=one["rests_on"],
            )
            for number, one in enumerate(said["in_the_way"])
        ],
        decided_by=said["decided_by"],
        remnant=_remnant(found),
    )


def _of_question(obstacle: dict[str, Any], found: Verdicts) -> list[str]:
    """The rules of an obstacle that measure its facts, or the remnant where that is in the way."""
    facts = set(REMNANT) if "remnant_sufficiency" in obstacle["facts"] else set(obstacle["facts"])
    return [
        row["rule_id"]
        for row in obstacle["rules"]
        if found.tables.rule(row["rule_id"]).tested_facts <= facts
        and found.tables.rule(row["rule_id"]).role == "requires"
    ]


def _remnant(found: Verdicts) -> RemnantScale | None:
    """The remnant and every limit on file for a liver like this one."""
    values = {fact: value for fact in REMNANT if (value := _number(found, fact)) is not None}
    if not values:
        return None
    cuts = [
        CutOff(
            rule_id=rule.rule_id,
            fact=fact,
            percent=cut,
            authority=rule.authority,
            source=rule.source,
        )
        for rule in found.tables.rules_of.get("resection", ())
        if rule.role == "requires"
        and rule.tested_facts <= set(REMNANT)
        and rule.when_test(found.patient.facts) is True
        for fact, cut in _numbers(rule) or ()
        if fact in values
    ]
    ml = _number(found, "flr_volume_ml")
    needed = [ml * one.percent / values[one.fact] for one in cuts if ml and values[one.fact]]
    return RemnantScale(
        percent=values,
        cut_offs=sorted(cuts, key=lambda one: one.percent),
        ml=ml,
        ml_needed=(min(needed), max(needed)) if needed else None,
    )


def _number(found: Verdicts, fact: str) -> float | None:
    value = found.patient.get(fact)
    return float(value) if isinstance(value, float | int) and not isinstance(value, bool) else None


def _to_check(options: Iterable[OptionVerdict], assumed: Iterable[str]) -> list[CheckFirst]:
    """What to check before the options that are open or undecided, that of most of them first."""
    asked: dict[str, list[str]] = {}
    taken = set(assumed)
    for one in options:
        for fact in one.to_check:
            asked.setdefault(fact, []).append(one.treatment)
    ranked = sorted(asked, key=lambda fact: (fact not in taken, -len(asked[fact]), fact))
    return [CheckFirst(fact=fact, assumed=fact in taken, treatments=asked[fact]) for fact in ranked]


@cache
def patient_lines() -> tuple[Mapping[str, str], ...]:
    """What stands on the patient's lines, in order."""
    text = files("hilum.sheet").joinpath("patient_lines.csv").read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def _patient(found: Verdicts) -> list[Topic]:
    topics: dict[str, dict[str, list[LineFact]]] = {}
    for row in patient_lines():
        lines = topics.setdefault(row["topic"], {})
        line = lines.setdefault(row["line"], [])
        one = _line_fact(row["fact"], found)
        if one is not None and (one.state in ("given", "derived") or row["needed"]):
            line.append(one)
    return [Topic(topic=name, lines=list(lines.values())) for name, lines in topics.items()]


def _line_fact(fact: str, found: Verdicts) -> LineFact | None:
    """A fact with how it is known; nothing where it cannot apply to the patient."""
    attribute, patient = found.tables.attributes[fact], found.patient
    if compiled(attribute.applies)(patient.facts) is False and fact not in patient.given:
        return None
    value, unit = plain(patient.get(fact)), attribute.unit or None
    if value is None:
        return LineFact(fact=fact, value=None, unit=unit, state="missing")
    if fact in patient.given:
        return LineFact(fact=fact, value=value, unit=unit, state="given")
    origin = patient.origin.get(fact)
    rests = {name for name in origin.needs if patient.get(name) is not None} if origin else set()
    if fact in patient.assumed or (rests and rests <= patient.assumed):
        return LineFact(fact=fact, value=None, unit=unit, state="assumed")
    if not _tells(value, attribute):
        return LineFact(fact=fact, value=None, unit=unit, state="missing")
    return LineFact(
        fact=fact, value=value, unit=unit, state="derived", rests_on=_rests(found, fact)
    )


def _tells(value: Value, attribute: Attribute) -> bool:
    """Whether a derived value says anything: not every number, and none that cannot be.

    Ten lesions of unknown size take up 0 to 100 % of a liver; a tumour larger than its liver is a
    contradiction, which stands above the line.
    """
    if not attribute.numeric or isinstance(value, bool | str) or value is None:
        return True
    ends = [float(one) for one in (value if isinstance(value, list) else [value])]
    least, most = attribute.low, attribute.high
    return min(ends) >= least and max(ends) <= most and (min(ends), max(ends)) != (least, most)
