"""``hilum joint``: randomised, comparative and single-arm evidence in one answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hilum.errors import Fault, InputError, phrased
from hilum.records import nearest

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.evidence import Outcome, Population
    from hilum.sheet.joint_evidence import JointEvidence
    from hilum.synthesis.joint import Dial, JointFit, Priors, Studies
    from hilum.synthesis.joint.posterior import Target

KINDS = ("forest", "dial")


def joint(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="CSV or XLSX, one row an arm: study, treatment, design, event, n; or yi, sei "
            "(and comparator) for log hazards. The shipped evidence without it."
        ),
    ] = None,
    outcome: Annotated[
        str, typer.Option(help="Outcome of the shipped evidence, or of a column outcome.")
    ] = "objective_response",
    population: Annotated[
        str, typer.Option(help="netlm, mixed_net or mixed_liver_metastases; never mixed.")
    ] = "netlm",
    evidence: Annotated[
        Path | None, typer.Option(help="Folder of evidence tables instead of the shipped ones.")
    ] = None,
    treatment: Annotated[str | None, typer.Option(help="Compare this treatment ...")] = None,
    versus: Annotated[
        str | None, typer.Option(help="... with this one (most studied by default).")
    ] = None,
    covariates: Annotated[
        str | None, typer.Option(help="Columns of effect modifiers, comma-separated; or all.")
    ] = None,
    at: Annotated[
        str | None, typer.Option(help='Target population, such as "pct_pancreatic=100".')
    ] = None,
    case: Annotated[
        Path | None, typer.Option(help="Case file: the target is patients like this one.")
    ] = None,
    anchor: Annotated[
        str | None,
        typer.Option(help='A known outcome in the target, such as "placebo=0.02".'),
    ] = None,
    margin: Annotated[
        float | None,
        typer.Option(help="Difference a board would call relevant: 0.1 (10 points), or 3 months."),
    ] = None,
    turn: Annotated[
        bool, typer.Option("--dial", help="Along weights 0 to 1 of the weaker evidence.")
    ] = False,
    on: Annotated[str, typer.Option(help="Dial on single, comparative or both.")] = "both",
    weight_single: Annotated[float, typer.Option(help="Weight of single-arm evidence.")] = 1.0,
    weight_comparative: Annotated[
        float, typer.Option(help="Weight of non-randomised comparisons.")
    ] = 1.0,
    priors: Annotated[
        Path | None, typer.Option(help="Priors (TOML); docs/joint.md names them.")
    ] = None,
    without_derived: Annotated[
        bool, typer.Option(help="Leave out events computed from a printed percentage.")
    ] = False,
    chains: Annotated[int, typer.Option(help="Chains.")] = 4,
    draws: Annotated[
        int | None, typer.Option(help="Draws a chain: 1000; 500 at each weight of the dial.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    plot: Annotated[
        Path | None, typer.Option(help="Write a plot (SVG): forest, or the dial's curve.")
    ] = None,
    arviz: Annotated[
        Path | None, typer.Option(help="Write the posterior for ArviZ (NetCDF).")
    ] = None,
) -> None:
    """Joint model of one outcome: absolute outcomes, differences, what carries them."""
    from hilum.cli.joint_words import as_object, describe
    from hilum.synthesis.joint import dial
    from hilum.synthesis.joint import joint as fit_joint

    chosen = _priors(priors, survival=False) if priors else None
    loaded = _load(file, evidence, outcome, population, covariates, case, without_derived)
    data, studies = loaded if isinstance(loaded, tuple) else (loaded, loaded.studies)
    if chosen is not None and studies.kind == "normal":
        chosen = _priors(priors, survival=True)
    target = _target(studies, at, case, anchor)
    _known(studies, treatment, versus)
    size: dict[str, Any] = {"chains": chains, "seed": seed}
    if draws is not None:
        size["draws"] = draws
    if margin is None:
        margin = 0.1 if studies.kind == "binomial" else 3.0
    turned: Dial | None = None
    if turn:
        with _progress(as_json) as step:
            turned = dial(studies, chosen, on=on, progress=step, **size)
        fit = turned.fits[-1]
        if isinstance(fit, Exception):
            raise fit
    else:
        weights = weight_single, weight_comparative
        with _progress(as_json) as step:
            fit = fit_joint(studies, chosen, weights=weights, progress=step, **size)
    out = as_object(fit, data, target, treatment, versus, margin, turned)
    if plot is not None:
        _plot(plot, fit, target, out)
    if arviz is not None:
        _export(arviz, fit)
    if as_json:
        typer.echo(json.dumps(out, ensure_ascii=False, indent=2))
        return
    typer.echo(describe(out))
    for path in (plot, arviz):
        if path is not None:
            typer.echo(f"wrote {path}")


def _load(
    file: Path | None,
    folder: Path | None,
    outcome: str,
    population: str,
    covariates: str | None,
    case: Path | None,
    without_derived: bool,
) -> JointEvidence | tuple[None, Studies]:
    names = [name.strip() for name in covariates.split(",")] if covariates else []
    if file is not None:
        from hilum.cli.joint_table import read_studies

        return None, read_studies(file, outcome, names)
    from hilum.evidence import read_evidence
    from hilum.sheet.joint_evidence import joint_evidence

    which = None if names == ["all"] or (case is not None and not names) else names
    return joint_evidence(
        read_evidence(folder),
        *_words(outcome, population),
        covariates=which,
        include_derived=not without_derived,
    )


def _words(outcome: str, population: str) -> tuple[Outcome, Population]:

    from hilum.evidence import Outcome, Population

    faults: list[Fault] = []
    for name, value, known in (
        ("outcome", outcome, [str(one) for one in Outcome]),
        ("population", population, [str(one) for one in Population]),
    ):
        if value not in known:
            hint = nearest(value, known, 1)
            faults.append(
                Fault(
                    f"--{name}",
                    None,
                    name,
                    value,
                    phrased("one of {known}{hint}", known=", ".join(known), hint=hint),
                )
            )
    if faults:
        raise InputError(*faults)
    return Outcome(outcome), Population(population)


def _priors(path: Path | None, *, survival: bool) -> Priors:
    import tomllib

    from hilum.synthesis.joint import Priors

    base = Priors.log_hazard() if survival else Priors()
    if path is None:
        return base
    try:
        given = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise InputError(Fault(path.name, None, "file", str(path), "an existing file")) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        wanted = phrased("readable TOML ({error})", error=error)
        raise InputError(Fault(path.name, None, "file", path.name, wanted)) from None
    return Priors.from_mapping(given, file=path.name, base=base)


def _target(studies: Studies, at: str | None, case: Path | None, anchor: str | None) -> Target:
    from hilum.synthesis.joint.posterior import Target

    values: dict[str, float] = {}
    if case is not None:
        from hilum.patient import read_case
        from hilum.sheet.joint import patient_target

        values = dict(patient_target(read_case(case), studies).values)
    for name, value in _pairs("--at", at):
        if name not in studies.covariates:
            known = ", ".join(studies.covariates) or "none (see --covariates)"
            raise InputError(
                Fault(
                    "--at", None, name, f"{value:g}", phrased("a covariate: {known}", known=known)
                )
            )
        values[name] = value
    known_outcome = _pairs("--anchor", anchor)
    if len(known_outcome) > 1:
        raise InputError(Fault("--anchor", None, "anchor", str(anchor), "one treatment=value"))
    for name, _ in known_outcome:
        _known(studies, name, None)
    return Target(tuple(values.items()), known_outcome[0] if known_outcome else None)


def _pairs(option: str, text: str | None) -> list[tuple[str, float]]:
    out: list[tuple[str, float]] = []
    for part in (text or "").split(","):
        if not part.strip():
            continue
        name, _, value = part.partition("=")
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not name.strip() or number != number or abs(number) == float("inf"):
            wanted = "name=number, separated by commas"
            raise InputError(Fault(option, None, name.strip(), part.strip(), wanted))
        out.append((name.strip(), number))
    return out


def _known(studies: Studies, treatment: str | None, versus: str | None) -> None:

    faults: list[Fault] = []
    for option, name in (("--treatment", treatment), ("--versus", versus)):
        if name is not None and name not in studies.treatments:
            hint = nearest(name, studies.treatments, 1)
            wanted = phrased(
                "a treatment of the studies: {treatments}{hint}",
                treatments=", ".join(studies.treatments),
                hint=hint,
            )
            faults.append(Fault(option, None, "treatment", name, wanted))
    if treatment is not None and treatment == versus:
        faults.append(Fault("--versus", None, "treatment", treatment, "another treatment"))
    if faults:
        raise InputError(*faults)


class _progress:  # noqa: N801
    """A bar on standard error, for terminals."""

    def __init__(self, quiet: bool) -> None:
        self.quiet = quiet

    def __enter__(self) -> Callable[[int, int], None]:
        from rich.console import Console
        from rich.progress import Progress

        console = Console(stderr=True)
        self.bar = Progress(console=console, transient=True, disable=self.quiet)
        self.bar.start()
        task = self.bar.add_task("compiling, then sampling", total=None)

        def step(done: int, total: int) -> None:
            self.bar.update(task, completed=done, total=total, description="sampling")

        return step

    def __exit__(self, *_: object) -> None:
        self.bar.stop()


def _plot(path: Path, fit: JointFit, target: Target, out: dict[str, Any]) -> None:
    from hilum.cli.joint_words import draw
    from hilum.cli.writing import write

    del fit, target
    write(draw(out), path)


def _export(path: Path, fit: JointFit) -> None:
    from hilum.cli.writing import replacing
    from hilum.synthesis.joint.export import to_arviz

    data = to_arviz(fit)
    with replacing(path) as temporary:
        data.to_netcdf(temporary)
