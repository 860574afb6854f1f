"""What every design command shares: the question, the evidence behind it, where output goes."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from hilum.errors import Fault, InputError, NotEstimable

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.board.sheet import Answer
    from hilum.evidence import Evidence
    from hilum.trials.borrowing.map_prior import MapPrior
    from hilum.trials.borrowing.mixture import BetaMixture
    from hilum.trials.synopsis.record import Assumption, Pico, Synopsis, WhyNow

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
    ("language", str, typer.Option(help="en or zh-Hans.")),
    ("out", Path | None, typer.Option(help="Write the synopsis: .html, .docx, .pdf or .json.")),
    ("json", bool, typer.Option("--json", help="Print one JSON object.")),
)  # fmt: skip
DEFAULTS: dict[str, Any] = {"language": "en", "json": False}
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
    language: str
    out: Path | None
    json: bool
    _instead: float | None = None
    _found: Assumption | None = None
    _answer: Answer | None = None
    _record: Evidence | None = None

    def check(self) -> None:
        """Refuse what is wrong whatever the design, before anything is computed."""
        from hilum.language import LANGUAGES

        faults: list[Fault] = []
        if self.language not in LANGUAGES:
            expected = f"one of {', '.join(LANGUAGES)}"
            faults.append(Fault("--language", None, "language", self.language, expected))
        if self.out is not None and self.out.suffix[1:].lower() not in FORMS:
            expected = f"a file name that ends in .{', .'.join(FORMS)}"
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
        from hilum.board.assumptions import answer_for

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
        from hilum.board.assumptions import assumption

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
            expected = f"an outcome measured as {unit} for this design"
            raise InputError(Fault("--outcome", None, "outcome", self.outcome or "", expected))
        one = self._found or assumption(found, option, self.control_from_evidence)
        self._found = one
        return (one.value if self._instead is None else self._instead), (one,)

    def prior(
        self, tau_scale: float, robust: float
    ) -> tuple[BetaMixture, MapPrior, tuple[Assumption, ...]]:
        """Robust MAP prior of the control rate, and the assumption it makes."""
        from hilum.board.assumptions import assumption, predictive_prior
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
        from hilum.board.assumptions import certainty_levels, why_now

        comparator = self.control_from_evidence or self.control
        if not self.outcome or not (self.treatment or comparator):
            return None
        names = [name for name in (self.treatment, comparator) if name]
        levels = certainty_levels(self.record(), names, self.outcome, self.evidence)
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
        from hilum.board.render.synopsis import render_synopsis, synopsis_json
        from hilum.cli.writing import write
        from hilum.language import words

        tongue = words(self.language)
        if self.out is not None:
            form = self.out.suffix[1:].lower()
            write(render_synopsis(synopsis, form, tongue), self.out)
        if self.json:
            typer.echo(synopsis_json(synopsis))
            return
        from hilum.board.render.synopsis import text

        typer.echo(text(synopsis, tongue))
        if self.out is not None:
            typer.echo(f"{tongue('Written:')} {self.out}")


def with_question(command: Callable[..., Synopsis]) -> Callable[..., None]:
    """Add the shared options to a command that takes ``question`` and returns a synopsis.

    Faults of the design's functions are renamed to the options that caused them.
    """
    # What it returns is imported for the type checker only.
    command.__annotations__.pop("return", None)
    hints = get_type_hints(command, include_extras=True)
    signature = inspect.signature(command)
    own = [
        parameter.replace(annotation=hints[name], kind=inspect.Parameter.KEYWORD_ONLY)
        for name, parameter in signature.parameters.items()
        if name != "question"
    ]
    extra = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=DEFAULTS.get(name),
            annotation=Annotated[kind, option],
        )
        for name, kind, option in OPTIONS
    ]

    @wraps(command)
    def wrapper(**given: Any) -> None:
        question = Question(**{name: given.pop(name) for name, _, _ in OPTIONS})
        question.check()
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
