"""A ranking in lines for the terminal, with the assumptions it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hilum.cli.rank_evidence import Group
    from hilum.trials.worth import Candidate

POPULATIONS = {
    "netlm": "NETLM",
    "mixed_net": "mixed NET",
    "mixed_liver_metastases": "mixed liver metastases",
}
ASSUMED = """\
Assumptions: each treatment's figures come from its own series, so they are not a comparison: \
draws are of a new setting (between-study spread, half-normal 0.5 prior), widened by a hidden \
distortion with standard deviation {bias_sd:g} on the log scale, independent between treatments; \
a rate at a time is read as survivors among the patients. The trial is randomised 1:1 in the \
patients who will be treated on its answer, and is followed whatever its p value. {choice} \
{patients_per_year:g} patients a year face the choice for {horizon_years:g} years, discounted at \
{percent:g} %; the trial recruits {recruit_per_year:g} a year for {max_years:g} years at most, its \
result comes {follow_up_months:g} months later (later where the outcome takes longer). Survival \
is taken as exponential and counted up to {restricted_months:g} months. Comparisons within \
studies, where there are any, are named but not used. Outcomes are ranked apart: their units \
differ."""
CHOICE = {
    "pair": "The choice is between the two treatments compared.",
    "all": "The choice is among all treatments with a figure.",
}


def title_of(group: Group) -> str:
    """The outcome and whom it was measured in."""
    words = group.outcome.replace("_", " ")
    return f"{words[0].upper()}{words[1:]}, {POPULATIONS[group.population]}"


def label_of(group: Group, candidate: Candidate) -> str:
    """The comparison by the treatments' names."""
    names = {body.treatment: body.label for body in group.bodies}
    first, second = (names[name] for name in candidate.treatments)
    return f"{first} or {second}"


def describe(
    ranked: list[tuple[Group, tuple[Candidate, ...]]], asked: dict[str, Any], top: int
) -> str:
    """The first comparisons of each outcome."""
    lines: list[str] = []
    for group, candidates in ranked:
        lines.append(f"{title_of(group)}: {group.gain}")
        for place, one in enumerate(candidates[:top], start=1):
            lines += _comparison(group, place, one)
        if len(candidates) > top:
            lines.append(f"  and {len(candidates) - top} more comparisons (--top, --json)")
        lines.append("")
    choice = CHOICE[asked["decision"]]
    lines.append(ASSUMED.format(**asked, choice=choice, percent=100 * asked["discount"]))
    return "\n".join(lines)


def _comparison(group: Group, place: int, one: Candidate) -> list[str]:
    bodies = {body.treatment: body.answer for body in group.bodies}
    best = one.best

    def each(value: float) -> str:
        return f"{value:.1f} months" if group.months else f"{100 * abs(value):.0f} of 100"

    gained = f"{best.evsi.value:.2f} months a patient"
    if not group.months:
        gained = f"{100 * best.evsi.value:.1f} per 100 patients"
    behind = ", ".join(
        f"{bodies[name].k} series" + (f" of {bodies[name].n}" if bodies[name].n else "")
        for name in one.treatments
    )
    together = group.together(*one.treatments)
    direct = "; ".join(f"{kind} in {', '.join(ids)}" for kind, ids in together.items() if ids)
    money = "" if best.net is None else f", net benefit {best.net:,.0f}"
    return [
        f"  {place}. {label_of(group, one)}",
        f"     expected {each(one.expected[0])} and {each(one.expected[1])}; the second is better "
        f"with probability {one.better:.2f}",
        f"     best trial: {best.patients} patients, result after {best.years:.1f} years, worth "
        f"{gained}, {best.total:,.0f} in all{money} (knowing for certain: {one.total_evpi:,.0f}); "
        f"it changes the choice with probability {best.evsi.changes:.2f}",
        f"     evidence: {behind}; compared within studies: {direct or 'never'}",
    ]
