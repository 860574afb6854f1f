"""What every design command shares: the question, the evidence behind it, where output goes."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from hilum.cli.tongue import HELP, language_of, words_of
from hilum.errors import Fault, InputError, NotEstimable, phrased

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.evidence import Evidence
    from hilum.sheet.sheet import Answer
    from hilum.trials.borrowing.map_prior import MapPrior
    from hilum.trials.borrowing.mixture import BetaMixture
    from hilum.trials.fixed.course import Course
    from hilum.trials.synopsis.record import Assumption, Basis, Pico, Synopsis, WhyNow

OPTIONS: tuple[tuple[str, Any, Any], ...] = (
    ("treatment", str | None, typer.Option(
        help="Treatment under study: an id of the board, or words.")),
    ("control", str | None, typer.Option(help="Comparator: an id of the board, or words.")),
    ("outcome", str | None, typer.Option(help="Primary outcome: objective_response, "
                                              "progression_free_survival, ...; or words.")),
    ("population", str | None, typer.Option(help="Patients, in words.")),
    ("title", str | None, typer.Option(help="Title of the trial.")),
    ("control_from_evidence", str | None, typer.Option(
        metavar="TREATMENT", help="Take the control's rate or median from the published record "
                                  "(needs --outcome).")),
    ("evidence", Path | None, typer.Option(
        help="Folder of evidence tables instead of the shipped ones.")),
    ("language", str | None, typer.Option(help=HELP)),
    ("out", Path | None, typer.Option(help="Write the synopsis: .html, .docx, .pdf or .json.")),
    ("json", bool, typer.Option("--json", help="Print one JSON object.")),
)  # fmt: skip
COURSE: tuple[tuple[str, Any, Any], ...] = (
    ("accrual", float, typer.Option(help="Months of accrual.")),
    ("follow_up", float, typer.Option(help="Months of follow-up after the last patient.")),
    ("drop_out", float, typer.Option(help="Share lost by --drop-out-time, from 0 to 1.")),
    ("drop_out_time", float, typer.Option(help="Months by which that share is lost.")),
)
COURSE_DEFAULTS = {"drop_out": 0.0, "drop_out_time": 12.0}
DEFAULTS: dict[str, Any] = {"json": False}
FORMS = ("html", "docx", "pdf", "json")


@dataclass
class Question:
    """The shared options of one call; reads the evidence once, when it is needed."""

    treatment: str | None
    control: str | None
    outcome: str | None
    population: str | None
    title: str | None
    control_from_evidence: str | None
    evidence: Path | None
    language: str | None
    out: Path | None
    json: bool
    _instead: float | None = None
    _found: Assumption | None = None
    _answer: Answer | None = None
    _record: Evidence | None = None

    def check(self) -> None:
        """Refuse what is wrong whatever the design, before anything is computed."""
        faults: list[Fault] = []
        try:
            language_of(self.language)
        except InputError as error:
            faults += error.faults
        if self.out is not None and self.out.suffix[1:].lower() not in FORMS:
            expected = phrased("a file name that ends in .{forms}", forms=", .".join(FORMS))
            faults.append(Fault("--out", None, "out", self.out.name, expected))
        if self.control_from_evidence and not self.outcome:
            faults.append(
                Fault("--outcome", None, "outcome", "", "the outcome to take from the evidence")
            )
        if faults:
            raise InputError(*faults)

    def record(self) -> Evidence:
        """The published record."""
        from hilum.evidence import read_evidence

        if self._record is None:
            self._record = read_evidence(self.evidence)
        return self._record

    def answer(self) -> Answer:
        """What the record says of the control's outcome."""
        from hilum.sheet.assumptions import answer_for

        if self._answer is None:
            self._answer = answer_for(
                self.record(), self.control_from_evidence or "", self.outcome or ""
            )
        return self._answer

    def control_value(
        self, option: str, value: float | None, unit: str
    ) -> tuple[float, tuple[Assumption, ...]]:
        """The control's figure as given, or as pooled, with the assumption it makes.

        Raises
        ------
        InputError
            Neither or both were asked for, or the outcome has another unit.
        """
        from hilum.sheet.assumptions import assumption

        name = f"--{option.replace('_', '-')}"
        if self.control_from_evidence is None:
            if value is None:
                raise InputError(
                    Fault(name, None, option, "", "a value, or --control-from-evidence TREATMENT")
                )
            return value, ()
        if value is not None:
            expected = "no value beside --control-from-evidence"
            raise InputError(Fault(name, None, option, f"{value:g}", expected))
        found = self.answer()
        if found.unit != unit:
            expected = phrased("an outcome measured as {unit} for this design", unit=unit)
            raise InputError(Fault("--outcome", None, "outcome", self.outcome or "", expected))
        one = self._found or assumption(found, option, self.control_from_evidence)
        self._found = one
        return (one.value if self._instead is None else self._instead), (one,)

    def basis(self, found: tuple[Assumption, ...] = (), *, single: bool) -> Basis:
        """What the synopsis says besides the design."""
        from hilum.trials.synopsis.record import Basis

        return Basis(self.pico(single=single), found, self.why())

    def with_control(
        self, option: str, value: float | None, unit: str, *, single: bool
    ) -> tuple[float, Basis]:
        """The control's figure (:meth:`control_value`) and what the synopsis says beside it."""
        figure, found = self.control_value(option, value, unit)
        return figure, self.basis(found, single=single)

    def control_prior(self) -> BetaMixture | None:
        """Prior of the control rate from its studies; None where the rate was given.

        Also None while the size at an end of the rate's interval is asked for, and where the
        studies have no counts to make a prior of.
        """
        from hilum.sheet.assumptions import predictive_prior
        from hilum.trials.borrowing.em import fit_mixture

        if self.control_from_evidence is None or self._instead is not None:
            return None
        try:
            made = predictive_prior(self.answer())
        except NotEstimable:
            return None
        return fit_mixture(made.rates, made.mass).mixture

    def historical(self, share: float) -> tuple[BetaMixture, float, tuple[Assumption, ...]]:
        """Power prior of the control rate, the rate it starts from, and the assumption it makes."""
        from hilum.sheet.assumptions import assumption, events_of_figure
        from hilum.sheet.cells_part import of_its_time
        from hilum.trials.borrowing.trial import power_prior

        counted = [one for one in of_its_time(self.answer()) if one.value is not None and one.n]
        if not counted or self.answer().unit != "proportion":
            message = phrased(
                "{outcome}: a power prior needs studies with events and patients",
                outcome=self.outcome,
            )
            raise NotEstimable(message)
        prior = power_prior(
            [events_of_figure(one) for one in counted], [one.n or 1 for one in counted], share
        )
        one = assumption(self.answer(), "p2", self.control_from_evidence or "", prior=prior)
        return prior, one.value, (one,)

    def prior(
        self, tau_scale: float, robust: float
    ) -> tuple[BetaMixture, MapPrior, tuple[Assumption, ...]]:
        """Robust MAP prior of the control rate, and the assumption it makes."""
        from hilum.sheet.assumptions import assumption, predictive_prior
        from hilum.trials.borrowing.em import fit_mixture

        made = predictive_prior(self.answer(), tau_scale=tau_scale)
        mixture = fit_mixture(made.rates, made.mass).mixture.robust(robust)
        one = assumption(self.answer(), "p2", self.control_from_evidence or "", prior=mixture)
        return (
            mixture,
            made,
            (replace(one, value=made.mean, interval=None, prediction=made.interval, method="MAP"),),
        )

    def pico(self, *, single: bool) -> Pico:
        """Patients, intervention, comparator and outcome; codes stand for what was not said."""
        from hilum.trials.synopsis.record import Pico

        comparator = self.control or self.control_from_evidence
        if single:
            comparator = "fixed_rate"
        return Pico(
            self.population or "netlm",
            self.treatment or "under_study",
            comparator or "standard",
            self.outcome or "primary",
            self.title,
            self.control_from_evidence if single else None,
        )

    def why(self) -> WhyNow | None:
        """What the record says of both arms; None where neither is a treatment of the board."""
        from hilum.sheet.assumptions import certainty_levels, why_now

        comparator = self.control_from_evidence or self.control
        if not self.outcome or not (self.treatment or comparator):
            return None
        names = [name for name in (self.treatment, comparator) if name]
        levels = certainty_levels(self.record(), names, self.outcome)
        return why_now(self.record(), self.treatment, comparator, self.outcome, certainty=levels)

    def with_sensitivity(
        self, synopsis: Synopsis, command: Callable[..., Synopsis], given: dict[str, Any]
    ) -> Synopsis:
        """The same with the sizes at both ends of the interval of what the evidence gave.

        The difference hoped for stays (a hazard ratio does so by itself).
        """
        from hilum.trials.synopsis.record import Sensitivity

        one = self._found
        if one is None or one.interval is None:
            return synopsis
        hope = next((name for name in ("p1", "s1") if given.get(name) is not None), None)
        found: list[Sensitivity] = []
        for value in one.interval:
            changed = dict(given)
            hoped = None
            if hope is not None:
                hoped = changed[hope] = given[hope] + value - one.value
            self._instead = value
            try:
                patients = command(self, **changed).patients
            except (InputError, NotEstimable):
                patients = None
            found.append(Sensitivity(one.parameter, value, hoped, patients))
        self._instead = None
        return replace(synopsis, sensitivity=tuple(found))

    def finish(self, synopsis: Synopsis) -> None:
        """Print or write what was made."""
        from hilum.cli.writing import write
        from hilum.rendering.sheet.synopsis import render_synopsis, synopsis_json

        tongue = words_of(self.language)
        if self.out is not None:
            form = self.out.suffix[1:].lower()
            write(render_synopsis(synopsis, form, tongue), self.out)
        if self.json:
            typer.echo(synopsis_json(synopsis))
            return
        from hilum.rendering.sheet.synopsis import text

        typer.echo(text(synopsis, tongue))
        if self.out is not None:
            typer.echo(f"{tongue('Written:')} {self.out}")


def with_question(command: Callable[..., Synopsis]) -> Callable[..., None]:
    """Add the shared options to a command that takes ``question`` and returns a synopsis.

    A command that takes ``course`` as well gets accrual, follow-up and drop-out as options;
    where the course may be None they may be left out.
    Faults of the design's functions are renamed to the options that caused them.
    """
    # What it returns and the course are imported for the type checker only.
    command.__annotations__.pop("return", None)
    course = str(command.__annotations__.pop("course", ""))
    hints = get_type_hints(command, include_extras=True)
    signature = inspect.signature(command)
    own = [
        parameter.replace(annotation=hints[name], kind=inspect.Parameter.KEYWORD_ONLY)
        for name, parameter in signature.parameters.items()
        if name not in ("question", "course")
    ]
    if course:
        own += _course_options(optional="None" in course)
    extra = [_option(one, DEFAULTS.get(one[0])) for one in OPTIONS]

    @wraps(command)
    def wrapper(**given: Any) -> None:
        question = Question(**{name: given.pop(name) for name, _, _ in OPTIONS})
        question.check()
        if course:
            given["course"] = _course(*(given.pop(name) for name, _, _ in COURSE))
        try:
            synopsis = command(question, **given)
        except InputError as error:
            raise InputError(*(_renamed(fault) for fault in error.faults)) from None
        question.finish(question.with_sensitivity(synopsis, command, given))

    changed: Any = wrapper
    changed.__signature__ = signature.replace(parameters=[*own, *extra], return_annotation=None)
    changed.__annotations__ = {p.name: p.annotation for p in [*own, *extra]} | {"return": None}
    del changed.__wrapped__
    return wrapper


def _option(one: tuple[str, Any, Any], default: Any) -> inspect.Parameter:
    name, kind, option = one
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, option]
    )


def _course_options(*, optional: bool) -> list[inspect.Parameter]:
    """Accrual, follow-up and drop-out; where the outcome may be another, none has to be given."""
    needed = None if optional else inspect.Parameter.empty
    found: list[inspect.Parameter] = []
    for name, kind, option in COURSE:
        default = COURSE_DEFAULTS.get(name, needed)
        found.append(_option((name, kind if default is not None else kind | None, option), default))
    return found


def _course(
    accrual: float | None, follow_up: float | None, drop_out: float, drop_out_time: float
) -> Course | None:
    """Accrual and follow-up as the designs take them; None where neither was given."""
    from hilum.trials.fixed.course import Course

    if accrual is None and follow_up is None:
        return None
    for name, one in (("accrual", accrual), ("follow-up", follow_up)):
        if one is None:
            raise InputError(Fault(f"--{name}", None, name, "", "months, for survival"))
    return Course(accrual or 0.0, follow_up or 0.0, drop_out, drop_out_time)


def survival_course(course: Course | None) -> Course:
    """The course of a design that turned out to be of survival.

    Raises
    ------
    InputError
        Neither accrual nor follow-up was given.
    """
    if course is None:
        raise InputError(Fault("--accrual", None, "accrual", "", "months, for survival"))
    return course


def _renamed(fault: Fault) -> Fault:
    """``<design>: follow_up`` is ``--follow-up`` to whoever typed it."""
    if fault.file != "<design>" or " " in fault.column:
        return fault
    return replace(fault, file=f"--{fault.column.replace('_', '-')}")


def numbers(option: str, value: str | None) -> list[float] | None:
    """Numbers separated by blanks or commas.

    Raises
    ------
    InputError
        Something that is no number.
    """
    if value is None:
        return None
    parts = value.replace(",", " ").split()
    try:
        return [float(part) for part in parts]
    except ValueError:
        expected = "numbers separated by blanks"
        raise InputError(Fault(f"--{option}", None, option, value, expected)) from None
