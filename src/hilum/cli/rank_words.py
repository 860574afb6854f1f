"""A ranking in lines for the terminal, with the assumptions it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from hilum.language.telling import sentence
from hilum.sheet.comparable import GAINS, together
from hilum.sheet.present import OUTCOME_LABELS, POPULATION_LABELS

if TYPE_CHECKING:
    from hilum.language import Words
    from hilum.sheet.comparable import Body, Group
    from hilum.sheet.worth import Drawn
    from hilum.synthesis.joint.identification import Identification
    from hilum.trials.worth import Candidate, Worth

OUTCOMES = OUTCOME_LABELS | {
    "overall_survival": "Overall survival",
    "progression_free_survival": "Progression-free survival",
}
REASONS = {
    "asked": "pooled draws were asked for",
    "extra": "the extra joint is not installed",
    "studies": "too few studies for it",
    "treatments": "it holds fewer than two treatments of the board",
    "not_converged": "its fit failed its checks",
}
CARRIED = {
    "randomised": "randomised",
    "comparative": "compared, not randomised",
    "single_arm": "series",
    "baselines": "baselines of comparative studies",
    "prior": "prior",
}
KNOWN = {
    "difference": "their difference in a typical setting",
    "own": "how this setting departs from it",
    "baseline": "how patients do in this setting under either",
    "bias_single": "the mean bias of series",
    "bias_comparative": "the mean bias of comparisons without randomisation",
    "spread": "how far settings differ",
}


class Ranked(NamedTuple):
    """One outcome's comparisons, what carries each, and what is most worth knowing."""

    drawn: Drawn
    candidates: tuple[Candidate, ...]
    carried: list[Identification | None]
    knowing: dict[str, Worth]

    @property
    def group(self) -> Group:
        """The outcome and population."""
        return self.drawn.group

    @property
    def bodies(self) -> dict[str, Body]:
        """The evidence on each treatment."""
        return {body.treatment: body for body in self.drawn.bodies}


def messages() -> set[str]:
    """Ids of the tables above, for the catalogue."""
    tables = (OUTCOMES, REASONS, CARRIED, KNOWN)
    return {text for table in tables for text in table.values()} | {
        gain for gain, _ in GAINS.values()
    }


def title_of(group: Group, words: Words) -> str:
    """The outcome and whom it was measured in."""
    outcome, population = OUTCOMES[group.outcome], POPULATION_LABELS[group.population]
    return words("{outcome}, {population}", outcome=words(outcome), population=words(population))


def label_of(one: Ranked, candidate: Candidate, words: Words) -> str:
    """The comparison by the treatments' names."""
    first, second = (words(one.bodies[name].label) for name in candidate.treatments)
    return words("{first} or {second}", first=first, second=second)


def describe(ranked: list[Ranked], asked: dict[str, Any], top: int, words: Words) -> str:
    """The first comparisons of each outcome."""
    lines: list[str] = []
    for one in ranked:
        lines += [
            words("{title}: {gain}", title=title_of(one.group, words), gain=words(one.group.gain)),
            f"  {_model(one, words)}",
        ]
        for place, candidate in enumerate(one.candidates[:top], start=1):
            lines += _comparison(one, place, candidate, words)
        if one.knowing:
            lines.append(f"  {_knowing(one, words)}")
        more = len(one.candidates) - top
        if more > 0:
            lines.append(f"  {words('and {count} more comparisons (--top, --json)', count=more)}")
        lines.append("")
    models = {one.drawn.model for one in ranked}
    return "\n".join([*lines, *_assumed(models, asked, words)])


def _model(one: Ranked, words: Words) -> str:
    drawn = one.drawn
    if drawn.fit is None:
        why = words(REASONS[drawn.reason or "asked"])
        detail = f" ({sentence(drawn.detail, words)})" if drawn.detail else ""
        return words(
            "draws: each treatment's own series, pooled; the joint model was not used: {why}",
            why=f"{why}{detail}",
        )
    text = words("draws: joint model of {count} studies", count=drawn.fit.studies.count)
    if drawn.beside:
        names = ", ".join(drawn.beside)
        text += words("; in the model but not on the board: {names}", names=names)
    return text


def _amount(group: Group, value: float, words: Words) -> str:
    if group.months:
        return words("{value} months a patient", value=f"{value:.2f}")
    return words("{value} per 100 patients", value=f"{100 * value:.1f}")


def _comparison(one: Ranked, place: int, candidate: Candidate, words: Words) -> list[str]:
    group, best = one.group, candidate.best

    def each(value: float) -> str:
        if group.months:
            return words("{value} months", value=f"{value:.1f}")
        return words("{count} of 100", count=f"{100 * abs(value):.0f}")

    money = ""
    if best.net is not None:
        money = words(", net benefit {money}", money=f"{best.net:,.0f}")
    first, second = (each(value) for value in candidate.expected)
    return [
        f"  {place}. {label_of(one, candidate, words)}",
        "     "
        + words(
            "expected {first} and {second}; the second is better with probability {better}",
            first=first,
            second=second,
            better=f"{candidate.better:.2f}",
        ),
        "     "
        + words(
            "best trial: {patients} patients, result after {years} years, worth {gained}, "
            "{total} in all{money} (knowing for certain: {certain}); it changes the choice with "
            "probability {changes}",
            patients=best.patients,
            years=f"{best.years:.1f}",
            gained=_amount(group, best.evsi.value, words),
            total=f"{best.total:,.0f}",
            money=money,
            certain=f"{candidate.total_evpi:,.0f}",
            changes=f"{best.evsi.changes:.2f}",
        ),
        f"     {_evidence(one, place, candidate, words)}",
    ]


def _evidence(one: Ranked, place: int, candidate: Candidate, words: Words) -> str:
    bodies = [one.bodies[name] for name in candidate.treatments]
    behind = ", ".join(
        words("{count} ({patients} patients)", count=body.k, patients=body.n)
        if body.n
        else str(body.k)
        for body in bodies
    )
    kinds = {"randomised": words("randomised in"), "nonrandomised": words("not randomised in")}
    direct = "; ".join(
        f"{kinds[kind]} {', '.join(ids)}" for kind, ids in together(*bodies).items() if ids
    )
    text = words(
        "studies: {behind}; compared within studies: {direct}",
        behind=behind,
        direct=direct or words("never"),
    )
    carried = one.carried[place - 1]
    if carried is None:
        return text
    shares = ", ".join(
        f"{words(CARRIED[name])} {percent:.0f} %"
        for name, percent in carried.percent.items()
        if percent >= 0.5
    )
    text += words("; information on the difference: {shares}", shares=shares)
    if carried.percent["prior"] > 50:
        text += f" ({words('the prior carries most of the information')})"
    return text


def _knowing(one: Ranked, words: Words) -> str:
    order = sorted(one.knowing.items(), key=lambda item: -item[1].value)
    parts = ", ".join(
        f"{words(KNOWN[name])} {_amount(one.group, worth.value, words)}" for name, worth in order
    )
    return words(
        "what is worth knowing, for comparison 1 (the parts overlap): {parts}", parts=parts
    )


def _assumed(models: set[str], asked: dict[str, Any], words: Words) -> list[str]:
    lines = [words("Assumptions:")]
    if "joint" in models:
        lines.append(
            words(
                "Joint draws are of all treatments in one new setting: one baseline, the "
                "heterogeneity of each treatment, no bias of any design. Studies that compare are "
                "used; series are linked by exchangeable baselines and carry a modelled bias "
                "(docs/joint.md)."
            )
        )
    if "pooled" in models:
        lines.append(
            words(
                "Pooled draws come from each treatment's own series, so they are not a "
                "comparison: draws of a new setting (between-study spread, half-normal 0.5 "
                "prior), widened by a hidden distortion with standard deviation {bias_sd} on the "
                "log scale, independent between treatments. Comparisons within studies are named "
                "but not used.",
                bias_sd=f"{asked['bias_sd']:g}",
            )
        )
    lines.append(
        words(
            "A rate at a time is read as survivors among the patients. The trial is randomised "
            "1:1 in the patients who will be treated on its answer, and is followed whatever its "
            "p value."
        )
    )
    if asked["decision"] == "pair":
        lines.append(words("The choice is between the two treatments compared."))
    else:
        lines.append(words("The choice is among all treatments with a figure."))
    given = {
        name: f"{asked[name]:g}"
        for name in (
            "patients_per_year", "horizon_years", "recruit_per_year", "max_years",
            "follow_up_months", "restricted_months",
        )
    }  # fmt: skip
    lines += [
        words(
            "{patients_per_year} patients a year face the choice for {horizon_years} years, "
            "discounted at {percent} %; the trial recruits {recruit_per_year} a year for "
            "{max_years} years at most, its result comes {follow_up_months} months later (later "
            "where the outcome takes longer).",
            percent=f"{100 * asked['discount']:g}",
            **given,
        ),
        words(
            "Survival is taken as exponential and counted up to {restricted_months} months. "
            "Outcomes are ranked apart: their units differ.",
            **given,
        ),
    ]
    return lines
