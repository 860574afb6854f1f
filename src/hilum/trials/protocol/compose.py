"""The parts of a protocol that follow from a synopsis and the tables alone."""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING

from hilum.trials.protocol.record import (
    Assessment,
    AtBound,
    Blank,
    Censored,
    Endpoint,
    Intercurrent,
    Item,
    Statement,
)
from hilum.trials.protocol.tables import applies, by_code, kind_of, scale_of, table, variable_of
from hilum.trials.sequential.adjusted import adjusted
from hilum.trials.sequential.after_growth import after_growth
from hilum.trials.single_arm.adjusted import adjusted_rate, results

if TYPE_CHECKING:
    from collections.abc import Collection

    from hilum.trials.protocol.tables import Kind
    from hilum.trials.synopsis.record import Look, Synopsis

TIMES = ("screening", "start", "treatment", "end", "follow_up")
# A design by counts with more ends than these is shown at its last analysis alone.
MOST_STAGES = 6
# Endpoints that are judged by the size of lesions, which have to be measurable.
RESPONSES = frozenset({"objective_response", "complete_response", "disease_control"})


def judged_as(synopsis: Synopsis, endpoint: str | None) -> str:
    """The kind of variable of the primary endpoint; a harm is one whatever design judges it."""
    variable = variable_of(synopsis.kind, scale_of(synopsis.scale, synopsis.events))
    known = by_code("endpoints").get(endpoint or "")
    if known is not None and known["variable"] == "harm" and variable == "binary":
        return "harm"
    return variable


def facts_of(synopsis: Synopsis, endpoint: str | None, *, conflict: bool) -> frozenset[str]:
    """What tables ask of a trial besides its interim analyses."""
    response = endpoint in RESPONSES
    return frozenset(
        name
        for name, holds in {
            "response": response,
            "not_response": not response,
            "margin": synopsis.hypothesis != "superiority",
            "bayesian": synopsis.kind == "bayesian",
            "despite": synopsis.why is not None and synopsis.why.despite is not None,
            "conflict": conflict,
        }.items()
        if holds
    )


def interim_of(synopsis: Synopsis, kind: Kind) -> frozenset[str]:
    """What tables ask of interim analyses: whether there are any, how they are bounded."""
    if kind.allocation == "adaptive":
        return frozenset({"any", "adaptive", "unadjusted"})
    if len(synopsis.looks) <= 1 and not synopsis.interim:
        return frozenset({"none"})
    estimate = _estimate_of(synopsis)
    more = {"spending"} if synopsis.method.startswith("as") and kind.estimate else set[str]()
    if kind.estimate == "growing" and not estimate:
        more.add("growing_early")
    return frozenset({"any", estimate or "unadjusted"} | more)


def _estimate_of(synopsis: Synopsis) -> str:
    """How the estimate is adjusted; of a second stage that grows only where nothing ends before."""
    estimate = kind_of(synopsis.kind).estimate
    if estimate == "growing" and synopsis.looks[0].efficacy_z is not None:
        return ""
    return estimate


def intercurrent_of(variable: str, endpoint: str | None, groups: str) -> tuple[Intercurrent, ...]:
    """Events after the start, each with the strategy proposed."""
    return tuple(
        Intercurrent(row["code"], row["strategy"], row["source"])
        for row in table("intercurrent")
        if applies(row, "variables", variable)
        and applies(row, "outcomes", endpoint or "")
        and applies(row, "groups", groups)
    )


def endpoints_of(
    primary: str | None, months: float | None, classes: Collection[str]
) -> tuple[Endpoint, ...]:
    """The primary endpoint, the usual secondary ones, and harms; procedures have their own."""
    rows = by_code("endpoints")
    source = "" if primary is None or primary not in rows else rows[primary]["source"]
    found = [Endpoint("primary", primary if primary in rows else None, source, months)]
    for code, row in rows.items():
        fits = not row["classes"] or bool(set(row["classes"].split()) & set(classes))
        for role in ("secondary", "harm"):
            if row[role] == "yes" and code != primary and fits:
                found.append(Endpoint(role, code, row["source"]))
    return tuple(found)


def censored_of(endpoints: tuple[Endpoint, ...]) -> tuple[Censored, ...]:
    """What is an event and what is censored, of each time to an event."""
    return tuple(
        Censored(one.code, row["code"], row["counted"], row["source"])
        for one in endpoints
        if one.code is not None
        for row in table("censoring")
        if one.code in row["endpoints"].split()
    )


def populations_of(groups: str, hypothesis: str) -> tuple[str, ...]:
    """Codes of the analysis populations."""
    return tuple(
        row["code"]
        for row in table("populations")
        if applies(row, "groups", groups) and applies(row, "hypotheses", hypothesis)
    )


def schedule_of(groups: str) -> tuple[Assessment, ...]:
    """The rows of the schedule; randomisation where there is one."""
    return tuple(
        Assessment(row["code"], tuple(row[one] for one in TIMES))
        for row in table("assessments")
        if row["code"] != "allocation" or groups != "one"
    )


def statements_of(
    kind: str, groups: str, variable: str, interim: Collection[str]
) -> tuple[Statement, ...]:
    """The sentences that hold for such a trial."""
    return tuple(
        Statement(row["code"], row["section"], row["source"])
        for row in table("statements")
        if applies(row, "groups", groups)
        and applies(row, "variables", variable)
        and kind not in row["not_kinds"].split()
        and (not row["interim"] or row["interim"] in interim)
    )


def blanks_of(groups: str, variable: str, interim: Collection[str]) -> tuple[Blank, ...]:
    """What the team has to decide."""
    return tuple(
        Blank(row["code"], row["section"])
        for row in table("blanks")
        if applies(row, "groups", groups)
        and applies(row, "variables", variable)
        and (not row["interim"] or row["interim"] in interim)
    )


def items_of(
    groups: str, *, why: bool, interim: bool, blanks: tuple[Blank, ...]
) -> tuple[Item, ...]:
    """Items of SPIRIT 2025 and CONSORT 2025, and how far this document meets each.

    What is here while its section has something to be decided is here in part.
    """
    undecided = {one.section for one in blanks}
    randomised = groups != "one"
    states = {
        "why": "partly" if why else "blank",
        "randomised": "blank" if randomised else "none",
        "randomised_covered": "covered" if randomised else "none",
        "interim": "partly" if interim else "covered",
    }
    found: list[Item] = []
    for row in table("items"):
        state = states.get(row["state"], row["state"])
        if state == "covered" and row["section"] in undecided:
            state = "partly"
        found.append(Item(row["guideline"], row["number"], row["section"], state))
    return tuple(found)


def at_bounds(synopsis: Synopsis) -> tuple[AtBound, ...]:
    """What would be reported at each bound; none where no adjusted estimate is computed."""
    estimate = _estimate_of(synopsis)
    looks = synopsis.looks
    if estimate == "bounds":
        return _at_efficacy(synopsis, looks)
    if estimate == "growing":
        return _at_growth(synopsis, looks)
    if estimate == "counts" and looks and all(one.n is not None for one in looks):
        return _at_counts(synopsis, looks)
    return ()


def _at_efficacy(synopsis: Synopsis, looks: tuple[Look, ...]) -> tuple[AtBound, ...]:
    rates = [one.information or 0.0 for one in looks]
    # An analysis without a bound cannot stop the trial.
    efficacy = [float("inf") if one.efficacy_z is None else one.efficacy_z for one in looks]
    level = _confidence(synopsis)
    found: list[AtBound] = []
    futility = _obeyed(synopsis, looks)
    for k, one in enumerate(looks):
        if one.efficacy_z is None or one.efficacy_effect is None:
            continue
        made = adjusted(rates, efficacy, k + 1, one.efficacy_z, futility=futility, level=level)
        naive = one.efficacy_effect
        a_drift = (log(naive) if synopsis.scale == "ratio" else naive) / made.naive

        def effect(drift: float, unit: float = a_drift) -> float:
            return exp(drift * unit) if synopsis.scale == "ratio" else drift * unit

        low, high = sorted(effect(x) for x in made.interval)
        first, last = sorted(effect(x) for x in made.repeated)
        found.append(
            AtBound(
                k + 1, None, naive, effect(made.median_unbiased), (low, high), (first, last),
                made.p_value, level,
            )
        )  # fmt: skip
    return tuple(found)


def _at_growth(synopsis: Synopsis, looks: tuple[Look, ...]) -> tuple[AtBound, ...]:
    """After each interim result of the table, the second stage just as good as it has to be."""
    last, shown = looks[-1], [one for one in synopsis.interim if one.shown]
    if last.efficacy_z is None or last.efficacy_effect is None or not shown:
        return ()
    share, planned = looks[0].information or 0.5, min(one.size for one in synopsis.interim)
    null, ratio = synopsis.operating[0].effect, synopsis.scale == "ratio"
    far = log(last.efficacy_effect / null) if ratio else last.efficacy_effect - null
    unit = far * planned**0.5 / last.efficacy_z
    level = _confidence(synopsis)

    def effect(drift: float) -> float:
        return null * exp(drift * unit) if ratio else null + drift * unit

    found: list[AtBound] = []
    for one in shown:
        n1 = share * planned
        made = after_growth(one.z, one.needed, n1, one.size - n1, share, level=level)
        low, high = sorted(effect(x) for x in made.interval)
        found.append(
            AtBound(
                len(looks), None, effect(made.naive), effect(made.median_unbiased), (low, high),
                None, synopsis.alpha, level, one.z, one.size,
            )
        )  # fmt: skip
    return tuple(found)


def _confidence(synopsis: Synopsis) -> float:
    """The interval that excludes the null value where the test rejects it: both ends at alpha."""
    return 1 - (synopsis.alpha or 0.025) * (2 if synopsis.sided == 1 else 1)


def _obeyed(synopsis: Synopsis, looks: tuple[Look, ...]) -> list[float] | None:
    """Lower bounds that stop a trial for certain: binding futility, or the other side."""
    if synopsis.sided == 2:
        return [-(one.efficacy_z or float("inf")) for one in looks]
    if any(step.code == "binding_futility" for step in synopsis.analysis):
        return [-float("inf") if one.futility_z is None else one.futility_z for one in looks]
    return None


def _at_counts(synopsis: Synopsis, looks: tuple[Look, ...]) -> tuple[AtBound, ...]:
    n = [round(one.n or 0) for one in looks]
    low = [-1 if one.futility_count is None else one.futility_count for one in looks]
    high = [
        size + 1 if one.efficacy_count is None else one.efficacy_count
        for one, size in zip(looks, n, strict=True)
    ]
    ends = {(one.stage, one.responders) for one in results(n, low, high)}
    shown = range(len(looks)) if len(looks) <= MOST_STAGES else [len(looks) - 1]
    level = _confidence(synopsis)
    found: list[AtBound] = []
    for k in shown:
        for responders in (low[k], high[k]):
            if (k + 1, responders) not in ends:
                continue
            made = adjusted_rate(n, low, high, k + 1, responders, level=level)
            found.append(
                AtBound(
                    k + 1, responders, made.naive, made.unbiased, made.interval, None, None, level
                )
            )
    return tuple(found)
