"""Ranking comparisons by what the best trial that can be recruited would be worth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING, Annotated, Final

from hilum.analyses.asked import Option, check
from hilum.analyses.designs.asked import fault, fields_named
from hilum.analyses.rank_answer import OutcomeRanked, outcome_ranked
from hilum.analyses.rank_beside import Beside
from hilum.analyses.rank_fits import ranked_fits
from hilum.analyses.rank_pairs import LeftOut, Pair, Randomisable, Sorted, sorted_pairs
from hilum.errors import Fault, NotEstimable, joined, phrased
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from hilum.evidence import Evidence
    from hilum.sheet.comparable import Group
    from hilum.sheet.worth import Drawn, Fitting, Model
    from hilum.trials.worth import Candidate, Costs, Reach, Recruitment
    from hilum.trials.worth.rank import Decision
    from hilum.watch import Watch


BEST_SIZE: Final = (
    "this size is worth most when the answer is followed whatever its p value; it is smaller than "
    "the size that convinces: design that one with the usual error rates"
)


def outcomes() -> tuple[str, ...]:
    """Outcomes of the sheet that have a gain."""
    from hilum.sheet.comparable import GAINS

    return tuple(GAINS)


def populations() -> tuple[str, ...]:
    """Populations, which are never mixed."""
    from hilum.evidence import Population

    return tuple(one.value for one in Population)


def models() -> tuple[str, ...]:
    """Where draws come from."""
    return ("joint", "pooled")


def decisions() -> tuple[str, ...]:
    """What patients may have after the trial."""
    return ("pair", "all")


@dataclass(frozen=True, kw_only=True)
class RankAsked:
    """Which comparisons, whom an answer reaches, what a trial could recruit, money if wanted."""

    outcome: Annotated[
        str | None, Option("One outcome of the sheet; all if omitted.", outcomes)
    ] = None
    population: Annotated[
        str | None, Option("One population; each apart if omitted.", populations)
    ] = None
    treatment: Annotated[
        tuple[str, ...],
        Option("Only comparisons of this treatment; twice: of these two."),
    ] = ()
    every_pair: Annotated[
        bool, Option("Also pairs that no patient would be randomised between.")
    ] = False
    model: Annotated[
        str,
        Option(
            "Draws from the joint model where it can be fitted, else pooled; or pooled.", models
        ),
    ] = "joint"
    decision: Annotated[
        str, Option("Patients may have the pair compared, or all treatments.", decisions)
    ] = "pair"
    patients_per_year: Annotated[
        float, Option("New patients a year who face the choice.", above=0)
    ] = 100.0
    recruit_per_year: Annotated[
        float, Option("Patients a year that a trial could recruit.", above=0)
    ] = 30.0
    max_years: Annotated[float, Option("Longest recruitment, years.", above=0, unit="years")] = 5.0
    follow_up_months: Annotated[
        float,
        Option(
            "Months from the last patient to the result.",
            at_least=0,
            unit="months",
            flag="follow_up",
        ),
    ] = 12.0
    horizon_years: Annotated[
        float,
        Option("Years for which the answer matters.", above=0, unit="years", flag="horizon"),
    ] = 20.0
    discount: Annotated[float, Option("Yearly rate.", at_least=0, at_most=1)] = 0.03
    restricted_months: Annotated[
        float, Option("Survival counts up to so many months.", above=0, below=1e6, unit="months")
    ] = 60.0
    bias_sd: Annotated[
        float,
        Option(
            "Pooled draws only: what series may hide, sd of log odds or log time.",
            at_least=0,
            below=10,
        ),
    ] = 0.35
    per_unit: Annotated[
        float | None,
        Option("Money one unit of the outcome is worth (with --outcome).", above=0),
    ] = None
    fixed_cost: Annotated[float, Option("Cost of a trial.", at_least=0)] = 0.0
    cost_per_patient: Annotated[float, Option("Cost of a patient in a trial.", at_least=0)] = 0.0
    draws: Annotated[int, Option("Draws of each posterior.", at_least=1000, at_most=1_000_000)] = (
        10_000
    )
    seed: Annotated[int, Option("Seed.", at_least=0)] = 1
    evidence: str | None = None

    def __post_init__(self) -> None:
        """Refuse what does not go together, all at once."""
        from hilum.sheet.treatments import treatments

        faults: list[Fault] = []
        money = self.fixed_cost or self.cost_per_patient
        if (self.per_unit is not None or money) and self.outcome is None:
            faults.append(fault("outcome", "none", "one outcome, with money"))
        if self.per_unit is None and money:
            faults.append(fault("per_unit", "none", "a worth, with costs"))
        known = [one.treatment for one in treatments()]
        wanted = phrased("one of {known}", known=", ".join(known))
        faults += [fault("treatment", name, wanted) for name in self.treatment if name not in known]
        check(self, *faults)
        self.reach()
        self.costs()
        self.recruitment(0.0)

    def reach(self) -> Reach:
        """Whom the answer reaches."""
        from hilum.trials.worth import Reach

        with fields_named():
            return Reach(self.patients_per_year, self.horizon_years, self.discount)

    def costs(self) -> Costs | None:
        """Money; None where none is wanted."""
        from hilum.trials.worth import Costs

        if self.per_unit is None:
            return None
        with fields_named():
            return Costs(self.per_unit, self.fixed_cost, self.cost_per_patient)

    def recruitment(self, at_least_months: float) -> Recruitment:
        """What a trial could recruit, where its outcome takes so long."""
        from hilum.trials.worth import Recruitment

        wait = max(self.follow_up_months, at_least_months)
        with fields_named():
            return Recruitment(self.recruit_per_year, self.max_years, wait)


@dataclass(frozen=True, kw_only=True)
class RankAnswered:
    """What was asked, each outcome's ranking, why others could not be ranked, pairs left out.

    ``best_size`` says what the size of a best trial is, and is not.
    """

    asked: RankAsked
    outcomes: tuple[OutcomeRanked, ...]
    not_ranked: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    best_size: str = BEST_SIZE


def run(asked: RankAsked, watch: Watch = SILENT) -> RankAnswered:
    """Rank every comparison that can be.

    Raises
    ------
    InputError
        Values that cannot be.
    NotEstimable
        Nothing that could be ranked.
    Stopped
        When the watch says so.
    """
    from hilum.evidence import read_evidence
    from hilum.sheet.comparable import comparable

    watch.stage("evidence", 1)
    record = read_evidence(asked.evidence)
    watch.done()
    names = (asked.outcome,) if asked.outcome else outcomes()
    whom = (asked.population,) if asked.population else populations()
    watch.stage("cells", len(names))
    found = comparable(record, names, whom, watch)
    there = {name for group in found for name in group.treatments}
    for name in asked.treatment:
        if name not in there:
            message = phrased("{name}: no study gives a figure that could be ranked", name=name)
            raise NotEstimable(message)
    ranked: list[OutcomeRanked] = []
    failed: list[str] = []
    pairs: dict[str, Sorted] = {}
    for group in found:
        names = _treatments(group, asked.model)
        pairs[group.name] = _sorted(record, group, _pairs(names, asked), asked, watch)
    wanted = [group for group in found if pairs[group.name].kept]

    def one(group: Group, fitting: Fitting, beside: Watch) -> OutcomeRanked | None:
        drawn, rng = _drawn(group, asked, fitting, beside)
        if drawn.model != asked.model:
            # The fallback holds other treatments than were looked at before.
            names = drawn.posterior.treatments
            pairs[group.name] = _sorted(record, group, _pairs(names, asked), asked, beside)
        kept = pairs[group.name].kept
        return _ranked(drawn, asked, kept, rng, beside) if kept else None

    trials = sum(
        len(pairs[group.name].kept) * len(asked.recruitment(group.time_months).sizes())
        for group in wanted
    )
    with Beside[OutcomeRanked | None](watch, "ranking", trials) as beside:

        def start(group: Group, fitting: Fitting) -> None:
            beside.start(group.name, partial(one, group, fitting))

        ranked_fits(wanted, asked.model, asked.seed, beside.main, start)
        jobs = beside.results()
    for group in wanted:
        try:
            answer = jobs[group.name].result()
        except NotEstimable as error:
            failed += error.phrases
        else:
            ranked += [answer] if answer is not None else []
    left_out = tuple(one for each in pairs.values() for one in each.left_out.values())
    if not ranked:
        message = (
            "nobody would be randomised between these treatments: no patient of the rules has both "
            "open for the same purpose in the same line"
            if left_out
            else "no outcome has two treatments with a figure in one population"
        )
        raise NotEstimable(joined(failed or [message]))
    return RankAnswered(
        asked=asked, outcomes=tuple(ranked), not_ranked=tuple(failed), left_out=left_out
    )


def _sorted(
    record: Evidence, group: Group, pairs: Sequence[Pair], asked: RankAsked, watch: Watch
) -> Sorted:
    """Pairs that somebody would randomise, and why others would not be; with every pair none."""
    if asked.every_pair:
        kept: dict[Pair, Randomisable | None] = dict.fromkeys(pairs)
        return Sorted(kept, {})
    return sorted_pairs(record, group, pairs, watch)


def _treatments(group: Group, model: str) -> list[str]:
    """Treatments that the model would rank, before it is known whether it can be fitted."""
    bodies = group.joint if model == "joint" and len(group.joint) > 1 else group.pooled
    return [body.treatment for body in bodies]


def _pairs(names: Sequence[str], asked: RankAsked) -> list[Pair]:
    """Comparisons of what is wanted: all, those of one treatment, or the one of two."""
    wanted = set(asked.treatment)
    return [
        pair
        for pair in combinations(names, 2)
        if not wanted or (wanted <= set(pair) if len(wanted) > 1 else wanted & set(pair))
    ]


def _drawn(
    group: Group, asked: RankAsked, fitting: Fitting, watch: Watch
) -> tuple[Drawn, np.random.Generator]:
    """Draws of an outcome, and the generator that goes on from them."""
    import numpy as np

    from hilum.sheet.worth import worth_draws

    # A seed of its own for each outcome: asking for one gives the figures of asking for all.
    place = sum(ord(letter) << (i % 24) for i, letter in enumerate(group.name))
    rng = np.random.default_rng([asked.seed, place])
    model: Model = "joint" if asked.model == "joint" else "pooled"
    drawn = worth_draws(
        group,
        asked.draws,
        rng,
        model=model,
        bias_sd=asked.bias_sd,
        restricted=asked.restricted_months,
        seed=asked.seed,
        fitting=fitting,
        watch=watch,
    )
    return drawn, rng


def _ranked(
    drawn: Drawn,
    asked: RankAsked,
    kept: Mapping[Pair, Randomisable | None],
    rng: np.random.Generator,
    watch: Watch,
) -> OutcomeRanked:
    from hilum.sheet.worth import carried, worth_knowing

    decision: Decision = "pair" if asked.decision == "pair" else "all"
    candidates = _candidates(drawn, list(kept), asked, decision, rng, watch)
    behind = carried(drawn, [one.treatments for one in candidates])
    watch.done(0)
    knowing = worth_knowing(drawn, candidates[0].treatments, decision)
    watch.done(0)
    return outcome_ranked(drawn, candidates, behind, knowing, kept)


def _candidates(
    drawn: Drawn,
    pairs: list[tuple[str, str]],
    asked: RankAsked,
    decision: Decision,
    rng: np.random.Generator,
    watch: Watch,
) -> tuple[Candidate, ...]:
    from hilum.trials.worth import BinaryStudy, SurvivalStudy, rank_comparisons

    group = drawn.group
    recruitment = asked.recruitment(group.time_months)
    wait = recruitment.follow_up_months
    return rank_comparisons(
        drawn.posterior,
        SurvivalStudy(asked.recruit_per_year / 24, wait) if group.months else BinaryStudy(),
        recruitment,
        asked.reach(),
        rng,
        costs=asked.costs(),
        decision=decision,
        pairs=pairs,
        watch=watch,
    )
