"""What the published record gives a design: its control group, the prior of it, why now."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from hilum.analyses.designs.asked import EVIDENCE, fault, fields_named
from hilum.errors import InputError, NotEstimable, phrased
from hilum.trials.synopsis.record import Basis, Pico
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.analyses.designs.asked import DesignAsked
    from hilum.evidence import Evidence
    from hilum.sheet.sheet import Answer
    from hilum.trials.borrowing.map_prior import MapPrior
    from hilum.trials.borrowing.mixture import BetaMixture
    from hilum.trials.synopsis.record import Assumption
    from hilum.trials.synopsis.why_record import Hoped, WhyNow
    from hilum.watch import Watch


@dataclass
class Published:
    """The record, read when it is first needed."""

    asked: DesignAsked

    @cached_property
    def record(self) -> Evidence:
        """The evidence tables."""
        from hilum.evidence import read_evidence

        return read_evidence(self.asked.evidence)

    @cached_property
    def answer(self) -> Answer:
        """What the record says of the control's outcome."""
        return self.of(self.asked.outcome or "")

    def of(self, outcome: str, name: str = "outcome") -> Answer:
        """What it says of an outcome of the control, asked for in the field ``name``."""
        from hilum.sheet.assumptions import answer_for

        with fields_named(treatment="control_from_evidence", outcome=name):
            return answer_for(self.record, self.asked.control_from_evidence or "", outcome)


@dataclass
class Source:
    """Everything a design is made of besides its own options.

    ``instead`` is a figure of the control in place of the record's: an end of its interval.
    ``used`` is the assumption that the control's figure came from, once it was asked for.
    """

    asked: DesignAsked
    published: Published
    watch: Watch = SILENT
    instead: float | None = None
    used: Assumption | None = field(default=None, init=False)

    def control_value(
        self, name: str, value: float | None, unit: str
    ) -> tuple[float, tuple[Assumption, ...]]:
        """The control's figure as given, or as pooled, with the assumption it makes.

        Raises
        ------
        InputError
            Neither or both were asked for, or the outcome has another unit.
        """
        from hilum.sheet.assumptions import assumption

        treatment = self.asked.control_from_evidence
        if treatment is None:
            if value is None:
                wanted = phrased("a value, or {evidence} TREATMENT", evidence=EVIDENCE)
                raise InputError(fault(name, "", wanted))
            return value, ()
        if value is not None:
            wanted = phrased("no value beside {evidence}", evidence=EVIDENCE)
            raise InputError(fault(name, f"{value:g}", wanted))
        found = self.published.answer
        if found.unit != unit:
            wanted = phrased("an outcome measured as {unit} for this design", unit=unit)
            raise InputError(fault("outcome", self.asked.outcome or "", wanted))
        one = self.used = assumption(found, name, treatment)
        return (one.value if self.instead is None else self.instead), (one,)

    def basis(self, found: tuple[Assumption, ...] = (), *, single: bool) -> Basis:
        """What the synopsis says besides the design."""
        return Basis(self.pico(single=single), found, self.why())

    def with_control(
        self, name: str, value: float | None, unit: str, *, single: bool
    ) -> tuple[float, Basis]:
        """The control's figure (:meth:`control_value`) and what the synopsis says beside it."""
        figure, found = self.control_value(name, value, unit)
        return figure, self.basis(found, single=single)

    def control_prior(self) -> BetaMixture | None:
        """Prior of the control rate from its studies; None where the rate was given.

        Also None while the size at an end of the rate's interval is asked for, and where the
        studies have no counts to make a prior of.
        """
        from hilum.sheet.assumptions import predictive_prior
        from hilum.trials.borrowing.em import fit_mixture

        if self.asked.control_from_evidence is None or self.instead is not None:
            return None
        try:
            made = predictive_prior(self.published.answer)
        except NotEstimable:
            return None
        return fit_mixture(made.rates, made.mass).mixture

    def historical(self, share: float) -> tuple[BetaMixture, float, tuple[Assumption, ...]]:
        """Power prior of the control rate, the rate it starts from, and the assumption it makes.

        Raises
        ------
        NotEstimable
            No study has events and patients.
        """
        from hilum.sheet.assumptions import assumption, behind, events_of_figure
        from hilum.trials.borrowing.trial import power_prior

        answer = self.published.answer
        counted = [one for one in behind(answer) if one.value is not None and one.n]
        if not counted or answer.unit != "proportion":
            message = phrased(
                "{outcome}: a power prior needs studies with events and patients",
                outcome=self.asked.outcome,
            )
            raise NotEstimable(message)
        prior = power_prior(
            [events_of_figure(one) for one in counted], [one.n or 1 for one in counted], share
        )
        one = assumption(answer, "p2", self.asked.control_from_evidence or "", prior=prior)
        return prior, one.value, (one,)

    def plausible(self) -> tuple[float, float] | None:
        """Where the control rate of a new study would lie, 95 %; None without counts."""
        from hilum.sheet.assumptions import predictive_prior

        try:
            return predictive_prior(self.published.answer).interval
        except NotEstimable:
            return None

    def prior(
        self, tau_scale: float, robust: float
    ) -> tuple[BetaMixture, MapPrior, tuple[Assumption, ...]]:
        """Robust MAP prior of the control rate, and the assumption it makes."""
        from hilum.sheet.assumptions import assumption, predictive_prior
        from hilum.trials.borrowing.em import fit_mixture

        answer = self.published.answer
        made = predictive_prior(answer, tau_scale=tau_scale)
        mixture = fit_mixture(made.rates, made.mass).mixture.robust(robust)
        one = assumption(answer, "p2", self.asked.control_from_evidence or "", prior=mixture)
        return (
            mixture,
            made,
            (replace(one, value=made.mean, interval=None, prediction=made.interval, method="MAP"),),
        )

    def pico(self, *, single: bool) -> Pico:
        """Patients, intervention, comparator and outcome; codes stand for what was not said."""
        asked = self.asked
        comparator = asked.control or asked.control_from_evidence
        if single:
            comparator = "fixed_rate"
        return Pico(
            asked.population or "netlm",
            asked.treatment or "under_study",
            comparator or "standard",
            asked.outcome or "primary",
            asked.title,
            asked.control_from_evidence if single else None,
        )

    def why(self) -> WhyNow | None:
        """What the record says of both arms; None where neither is in it.

        The arms are those of the question, whichever treatment gave the control's figure.
        """
        from hilum.analyses.designs.off_record import off_record
        from hilum.sheet.assumptions import certainty_levels, why_now
        from hilum.sheet.named import named, outcome_named

        asked = self.asked
        comparator = asked.control or asked.control_from_evidence
        names = [name for name in (asked.treatment, comparator) if name]
        # A size at an end of an interval is kept without what stands around it.
        if not asked.outcome or not names or self.instead is not None:
            return None
        record = self.published.record
        known = [one for name in names if (one := named(name, record)) is not None]
        levels = certainty_levels(
            record, [one.treatment for one in known if one.treatment],
            outcome_named(asked.outcome) or asked.outcome,
        )  # fmt: skip
        found = why_now(
            record, asked.treatment, comparator, asked.outcome, certainty=levels, hoped=self.hoped()
        )
        if found is None:
            return None
        despite = (asked.despite_evidence or "").strip() or None
        return replace(found, off_record=off_record(asked, record, found.outcome), despite=despite)

    def hoped(self) -> Hoped | None:
        """The hazard or odds ratio that the design hopes for; None where it hopes for neither."""
        from hilum.trials.synopsis.why_record import Hoped

        for name in ("hazard_ratio", "odds_ratio"):
            found = getattr(self.asked, name, None)
            if isinstance(found, float | int):
                return Hoped(name, float(found))
        hope, control = getattr(self.asked, "p1", None), getattr(self.asked, "p2", None)
        if control is None and self.asked.control_from_evidence:
            answer = self.published.answer
            control = answer.value if answer.unit == "proportion" else None
        if hope is None or control is None or not (0 < hope < 1 and 0 < control < 1):
            return None
        return Hoped("odds_ratio", hope / (1 - hope) * (1 - control) / control)
