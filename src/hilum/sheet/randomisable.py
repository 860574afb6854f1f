"""Which treatments one patient could be randomised between, by the rules of the board."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Literal

from hilum.patient.tables import read_tables
from hilum.patient.verdict import AtBest, at_best
from hilum.sheet.made_patients import made_patients

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from hilum.patient.records import Rule
    from hilum.sheet.made_patients import Made
    from hilum.watch import Watch

Reason = Literal[
    "no_patient", "advised_against", "net_nec", "aim", "never_both", "site", "line", "symptoms",
    "no_symptoms",
]  # fmt: skip
Purpose = Literal["tumour", "symptoms", "either"]

# What an outcome is measured for: an indication for the symptoms of hormones alone is none for it.
PURPOSES: Final[dict[str, Purpose]] = {
    "symptom_response": "symptoms",
    "biochemical_response": "either",
    "mortality_30d": "either",
    "major_complication": "either",
}
# Sites of the evidence that a made patient's primary is one of.
SITES_OF: Final = {
    "pancreas": frozenset({"pancreas"}),
    "small_bowel": frozenset({"small_bowel", "git"}),
    "lung": frozenset({"lung"}),
}
# A second line and a later one are both open to who has had a first.
LATER: Final = frozenset({"second", "later"})
ANY: Final = "any"
CLEAR: Final = "clear"
NO_AIM: Final[tuple[str, tuple[str, ...]]] = ("", ())
RESECTABLE: Final = "resectable"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleNamed:
    """A rule that says so, and for which line it indicates; empty where it is no indication."""

    rule_id: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """The made patients to whom both are open, by codes of the board's facts."""

    patients: int
    sites: tuple[str, ...]
    grades: tuple[str, ...]
    resectability: tuple[str, ...]
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the rules say of a pair.

    Attributes
    ----------
    reason : str or None
        Why nobody would be randomised; None where somebody would.
    rules : (tuple of RuleNamed, tuple of RuleNamed)
        Of each treatment: what says so, or what indicates it in the patients who have both open.
    whom : Whom or None
        Who has both open.
    """

    reason: Reason | None
    rules: tuple[tuple[RuleNamed, ...], tuple[RuleNamed, ...]]
    whom: Whom | None = None


def purpose_of(outcome: str) -> Purpose:
    """What an outcome is measured for."""
    return PURPOSES.get(outcome, "tumour")


@cache
def _options(place: int) -> Mapping[str, AtBest]:
    """What is open to one of the patients, or may be, or is advised against."""
    return at_best(made_patients()[place].facts, read_tables())


def ask_patients(watch: Watch) -> None:
    """Ask the rules about each patient once, so that :func:`judged` answers at once.

    Takes a second of a processor the first time; ``watch`` is looked at after each patient.

    Raises
    ------
    Stopped
        When the watch says so.
    """
    for place in range(len(made_patients())):
        _options(place)
        watch.done(0)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A patient, and the verdicts on both treatments; None where there is no indication."""

    made: Made
    both: tuple[AtBest | None, AtBest | None]
    open: tuple[bool, bool]


@cache
def judged(first: str, second: str, purpose: Purpose, sites: frozenset[str]) -> Judged:
    """Whether somebody would be randomised between two treatments of the board, or why not.

    Parameters
    ----------
    first, second : str
    purpose : {"tumour", "symptoms", "either"}
        What is measured, see :func:`purpose_of`.
    sites : frozenset of str
        Sites of which the evidence has an arm; where none is of one primary alone, all count.

    An option counts as open where it is supported, possible or possible with conditions, or would
    be if the facts left out turned out well; in a resectable liver only what takes every lesion
    does, for surgery is the standard there (rule ALL-01).
    """
    seen = [_seen(place, (first, second)) for place in range(len(made_patients()))]
    ever = [any(one.open[place] for one in seen) for place in (0, 1)]
    if not all(ever):
        return _never_open(seen, ever)
    kinds = [{one.made.differentiation for one in seen if one.open[i]} for i in (0, 1)]
    if not kinds[0] & kinds[1]:
        return Judged(reason="net_nec", rules=_indications(seen))
    (aim, ours), (other, theirs) = (_aims().get(name, NO_AIM) for name in (first, second))
    if aim != other:
        said = _indications(seen)
        rules = _named(ours) if ours else said[0], _named(theirs) if theirs else said[1]
        return Judged(reason="aim", rules=rules)
    both = [one for one in seen if all(one.open)]
    if not both:
        apart = [{one.made.apart for one in seen if one.open[place]} for place in (0, 1)]
        reason: Reason = "line" if apart[0] & apart[1] else "never_both"
        return Judged(reason=reason, rules=_indications(seen))
    alone = sites & frozenset[str]().union(*SITES_OF.values())
    tests: tuple[tuple[Reason, Callable[[_Seen], bool]], ...] = (
        ("site", lambda one: not alone or bool(SITES_OF[one.made.site] & alone)),
        ("line", _same_line),
        ("symptoms", lambda one: purpose != "tumour" or not one.made.syndrome),
        ("no_symptoms", lambda one: purpose != "symptoms" or one.made.syndrome),
    )
    for reason, test in tests:
        left = [one for one in both if test(one)]
        if not left:
            return Judged(reason=reason, rules=_indications(both))
        both = left
    return Judged(reason=None, rules=_indications(both), whom=_whom(both))


def _seen(place: int, pair: tuple[str, str]) -> _Seen:
    made, options = made_patients()[place], _options(place)
    both = options.get(pair[0]), options.get(pair[1])
    before = made.resectability == RESECTABLE

    def is_open(name: str, one: AtBest | None) -> bool:
        return (
            one is not None and one.open and (not before or _aims().get(name, NO_AIM)[0] == CLEAR)
        )

    return _Seen(made, both, (is_open(pair[0], both[0]), is_open(pair[1], both[1])))


def _never_open(seen: Iterable[_Seen], ever: Sequence[bool]) -> Judged:
    """One of them is open to nobody: nothing indicates it, or it is advised against."""
    against: list[tuple[RuleNamed, ...]] = []
    advised = True
    for place, found in enumerate(ever):
        rules = {
            rule.number: rule
            for one in seen
            if not found and (option := one.both[place])
            for rule in option.against
        }
        advised = advised and (found or bool(rules))
        against.append(tuple(_rule(rules[number]) for number in sorted(rules)))
    reason: Reason = "advised_against" if advised else "no_patient"
    return Judged(reason=reason, rules=(against[0], against[1]))


def _same_line(one: _Seen) -> bool:
    """Whether an indication of each is for the same line of treatment."""
    lines = [{rule.line for rule in option.indications} for option in one.both if option]
    return any(ANY in (a, b) or a == b or {a, b} <= LATER for a in lines[0] for b in lines[-1])


def _indications(
    seen: Iterable[_Seen],
) -> tuple[tuple[RuleNamed, ...], tuple[RuleNamed, ...]]:
    """Of each treatment: the rules that indicate it in some of the patients, as in the table."""
    found: list[tuple[RuleNamed, ...]] = []
    for place in (0, 1):
        rules = {
            rule.number: rule
            for one in seen
            if one.open[place] and (option := one.both[place])
            for rule in option.indications
        }
        found.append(tuple(_rule(rules[number]) for number in sorted(rules)))
    return found[0], found[1]


def _rule(rule: Rule) -> RuleNamed:
    return RuleNamed(rule_id=rule.rule_id, line=rule.line)


def _named(ids: Iterable[str]) -> tuple[RuleNamed, ...]:
    lines = {rule.rule_id: rule.line for rule in read_tables().rules}
    return tuple(RuleNamed(rule_id=name, line=lines[name]) for name in ids)


def _whom(both: Sequence[_Seen]) -> Whom:
    patients = [one.made for one in both]
    return Whom(
        patients=len(patients),
        sites=tuple(dict.fromkeys(one.site for one in patients)),
        grades=tuple(dict.fromkeys(one.grade for one in patients)),
        resectability=tuple(dict.fromkeys(one.resectability for one in patients)),
        lines=tuple(sorted({one.line for one in patients})),
    )


@cache
def _aims() -> Mapping[str, tuple[str, tuple[str, ...]]]:
    """Aim of a treatment that takes every lesion or the liver, and the rules that say so."""
    text = files("hilum.sheet").joinpath("aims.csv").read_text("utf-8")
    return {
        row["treatment"]: (row["aim"], tuple(row["rules"].split()))
        for row in csv.DictReader(text.splitlines())
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A trial that set out to randomise a pair, as the rules cite it, and the rules."""

    source: str
    rules: tuple[str, ...]


@cache
def registered(first: str, second: str) -> tuple[Registered, ...]:
    """Trials whose arms hold both treatments: indications of authority ``trial`` that cite them."""
    tables = read_tables()
    cited: dict[str, list[Rule]] = {}
    for rule in tables.rules:
        if rule.role == "indicates" and rule.authority == "trial":
            cited.setdefault(rule.url_or_id, []).append(rule)
    found: list[Registered] = []
    for rules in cited.values():
        ours = [
            rule for rule in rules if any(rule in tables.rules_of[name] for name in (first, second))
        ]
        if all(any(rule in tables.rules_of[name] for rule in ours) for name in (first, second)):
            found.append(
                Registered(source=rules[0].source, rules=tuple(rule.rule_id for rule in ours))
            )
    return tuple(found)


@cache
def advised_against(treatment: str) -> tuple[str, ...]:
    """Rules for which a treatment is open to none of the patients, though it is indicated.

    With them the cautions that hold for everybody.
    """
    options = [_options(place).get(treatment) for place in range(len(made_patients()))]
    if any(one is not None and one.open for one in options):
        return ()
    closing = {rule.number: rule for one in options if one for rule in one.against}
    closing |= {
        rule.number: rule
        for rule in read_tables().rules_of[treatment]
        if closing and rule.role == "cautions" and not (rule.when_text or rule.holds_text)
    }
    return tuple(closing[number].rule_id for number in sorted(closing))
