"""Hazard ratios pooled over trials, from what each printed or from its patients."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Final

from hilum.analyses.asked import Option, check
from hilum.analyses.forms import number
from hilum.analyses.hazard_ratio_remarks import far_off, remarks_of
from hilum.analyses.pooled import TauPrior
from hilum.analyses.printed_level import PrintedLevel, level_of
from hilum.analyses.reported import p_values
from hilum.analyses.shown import MOST_PRIOR, PRIOR, SCALE, SOURCE
from hilum.analyses.tables import Table, read_table
from hilum.errors import Fault, InputError, NotEstimable, Parameter, Phrase, joined, phrased
from hilum.watch import SILENT

if TYPE_CHECKING:
    from pathlib import Path

    from hilum.analyses.tables import Say
    from hilum.synthesis.survival import LogHazard, TwoArms
    from hilum.watch import Watch

PRINTED: Final = (
    "hazard_ratio", "lower", "upper", "observed_minus_expected", "variance", "p", "events",
    "comparator_events", "yi", "sei",
)  # fmt: skip
"""Columns of numbers: of a trial that prints its hazard ratio, or what it follows from."""
ENOUGH: Final = (
    "hazard_ratio with lower and upper, with p, or with events and comparator_events; or "
    "observed_minus_expected with variance; or yi, the log hazard ratio, with sei; or a file of "
    "patients (p and events alone do not say which arm did better)"
)
COLUMNS: Final = ("study", "file", *PRINTED)
FEWEST_NEW: Final = 4
"""Trials from which on an interval of a new one is shown, as in hilum.synthesis.few."""
PATIENTS: Final = ("time", "status", "arm")
# Arms named by 1 and 0 need no word on which is the comparator.
COMPARATOR: Final = "0"
Ends = tuple[float | None, float | None]
Figure = tuple[float, float, float]
"""An estimate and its limits."""


@dataclass(frozen=True, kw_only=True)
class HazardRatiosAsked:
    """A table of trials, the files of patients it names, and which arm is compared with."""

    table: Table
    patients: dict[str, Table] = field(default_factory=dict)
    reference: Annotated[
        str, Option("Code of the comparator in the column arm of patients' files.")
    ] = COMPARATOR
    horizon: Annotated[
        float | None,
        Option(
            "Of restricted means of patients; the shorter arm's last time otherwise.",
            above=0,
            below=float("inf"),
        ),
    ] = None
    level: Annotated[
        float, Option("Coverage of the intervals that are made.", above=0, below=1)
    ] = 0.95
    printed_level: PrintedLevel = None

    def __post_init__(self) -> None:
        """Refuse values outside their range, all at once."""
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioRow:
    """One trial's hazard ratio, how it follows from its row, and what its patients add.

    ``proportional`` is None where the patients are not known; False where the Grambsch-Therneau
    test says that one ratio does not describe the arms. ``rmst_difference`` is of restricted means
    to ``horizon``, first arm less comparator.
    """

    study: str
    hazard_ratio: float
    ci: Ends
    derived_from: str
    n: int | None = None
    events: int | None = None
    zph_p: float | None = None
    proportional: bool | None = None
    horizon: float | None = None
    rmst_difference: float | None = None
    rmst_ci: Ends | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardRatiosAnswered:
    """The pooled hazard ratio (below 1: fewer deaths in the arm named first).

    ``way`` as in :class:`hilum.analyses.pooled.Shown`: ``prior`` for two to four trials (``prior``,
    ``tau`` with its interval, and beside it the ``common`` effect and the modified Hartung-Knapp
    interval ``adhoc``), ``hybrid`` for more, ``study`` for one. ``tau2``, ``I2``, ``Q`` and ``Qp``
    are REML's. A new trial's interval from four trials on. ``notes`` are codes: ``one_study``,
    ``few`` (no interval of a new trial), ``not_proportional``, ``own_unit`` (restricted means are
    in the files' own unit of time), ``far`` (a trial far off the others, named in ``far``).
    ``remarks`` are sentences on rows whose figures do not fit one another.
    """

    asked: HazardRatiosAsked
    file: str
    level: float
    k: int
    hazard_ratio: float
    ci: Ends
    way: str
    prior: TauPrior | None
    tau: Figure | None
    common: Figure | None
    adhoc: Figure | None
    prediction: Ends | None
    tau2: float | None
    I2: float | None
    Q: float | None
    Qp: float | None
    studies: tuple[RatioRow, ...]
    notes: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    far: tuple[str, ...] = ()


def read_ratio_patients(path: Path, table: Table, say: Say | None = None) -> dict[str, Table]:
    """The files of patients that a table names in its column ``file``, beside the table.

    Raises
    ------
    InputError
        Every file that cannot be read.
    """
    found: dict[str, Table] = {}
    faults: list[Fault] = []
    named = table.text("file") if "file" in table.header else []
    for name in dict.fromkeys(one for one in named if one):
        try:
            found[name] = read_table(path.parent / name, PATIENTS, say)
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(*faults)
    return found


def run(asked: HazardRatiosAsked, watch: Watch = SILENT) -> HazardRatiosAnswered:
    """Pool hazard ratios as :mod:`hilum.analyses.shown` shows ratios: with an interval that holds.

    Raises
    ------
    InputError
        Every fault of the table and of the files of patients.
    NotEstimable, NotConverged
        From the models.
    Stopped
        When the watch says so.
    """
    watch.stage("studies", len(asked.table.rows))
    said: list[Phrase] = []
    printed = level_of(asked.table, asked.printed_level, said)
    logs, rows = _studies(asked, printed, watch)
    one = len(logs) == 1
    told = {
        "one_study": one,
        "few": 1 < len(logs) < FEWEST_NEW,
        "not_proportional": any(row.proportional is False for row in rows),
        "own_unit": any(row.rmst_difference is not None for row in rows),
        "far": bool(far_off(logs)),
    }
    return HazardRatiosAnswered(
        asked=asked,
        file=asked.table.file,
        level=asked.level,
        k=len(logs),
        **_pooled(logs, asked.level),
        studies=tuple(rows),
        notes=tuple(code for code, holds in told.items() if holds),
        remarks=(*said, *remarks_of(asked.table, printed, [one.hazard_ratio for one in rows])),
        far=far_off(logs),
    )


def _pooled(logs: list[LogHazard], level: float) -> dict[str, Any]:
    """The fields of an answer that are of all trials together."""
    import numpy as np

    from hilum.synthesis.bayes import bayes
    from hilum.synthesis.few import half_width, new_study_ends
    from hilum.synthesis.two_stage import fit as fitted

    yi, vi = (np.array([getattr(one, name) for one in logs]) for name in ("yi", "vi"))
    if not len(yi):
        raise NotEstimable("no hazard ratio to pool")
    fit = fitted(yi, vi, method="REML", test="knha", level=level)
    few = fit.k <= MOST_PRIOR
    found: dict[str, Any] = dict.fromkeys(("prior", "tau", "common", "adhoc", "prediction"))
    found |= {
        "tau2": number(fit.tau2),
        "I2": number(fit.I2),
        "Q": number(fit.QE),
        "Qp": number(fit.QEp),
    }
    if fit.k == 1:
        one = fitted(yi, vi, method="EE", test="z", level=level)
        value, low, high = _ratios(one.beta[0], one.ci_lb[0], one.ci_ub[0])
        none = dict.fromkeys(("tau2", "I2", "Q", "Qp"))
        return {**found, **none, "way": "study", "hazard_ratio": value, "ci": (low, high)}
    if few:
        made = bayes(yi, vi, prior=PRIOR, scale=SCALE, level=level)
        value, low, high = _ratios(made.mu.median, *made.mu.ci)
        new = made.prediction.ci
        equal = fitted(yi, vi, method="EE", test="z", level=level)
        modified = fitted(yi, vi, method="REML", test="adhoc", level=level)
        found |= {
            "way": "prior",
            "prior": TauPrior(kind=PRIOR, scale=SCALE, source=SOURCE),
            "tau": (made.tau.median, *made.tau.ci),
            "common": _ratios(equal.beta[0], equal.ci_lb[0], equal.ci_ub[0]),
            "adhoc": _ratios(modified.beta[0], modified.ci_lb[0], modified.ci_ub[0]),
        }
    else:
        se = 1 / np.sqrt((1 / (vi + fit.tau2)).sum())
        half = float(half_width(se, np.asarray(fit.scale), fit.k, level))
        value, low, high = _ratios(fit.beta[0], fit.beta[0] - half, fit.beta[0] + half)
        new = new_study_ends(fit)
        found["way"] = "hybrid"
    if fit.k >= FEWEST_NEW:
        found["prediction"] = _ends((math.exp(new[0]), math.exp(new[1])))
    return {**found, "hazard_ratio": value, "ci": _ends((low, high))}


def _ratios(value: Any, low: Any, high: Any) -> Figure:
    return math.exp(float(value)), math.exp(float(low)), math.exp(float(high))


def _studies(
    asked: HazardRatiosAsked, printed: float, watch: Watch
) -> tuple[list[LogHazard], list[RatioRow]]:
    """Each row's log hazard ratio; every fault of every row at once."""
    from hilum.synthesis.survival import Reported, log_hazard

    table = asked.table
    names = table.text("study")
    files = table.text("file") if "file" in table.header else [""] * len(names)
    columns = {
        name: p_values(table, name)[0] if name == "p" else table.numbers(name)
        for name in PRINTED
        if name in table.header
    }
    faults: list[Fault] = []
    logs: list[LogHazard] = []
    rows: list[RatioRow] = []
    for i, (line, name, file) in enumerate(zip(table.lines, names, files, strict=True)):
        watch.done()
        given: dict[str, Any] = {one: _known(v[i]) for one, v in columns.items()}
        try:
            if file:
                made, row = _of_patients(asked, name, file)
            else:
                made = log_hazard(Reported(name, level=printed, **given))
                row = _of_print(made, asked.level)
        except InputError as error:
            faults += error.faults
        except NotEstimable as error:
            wanted = joined(error.phrases)
            one = Fault(table.file, line, "study", name, wanted)
            faults.append(one if file else _fault(table, line, name, given))
        else:
            logs.append(made)
            rows.append(row)
    if faults:
        # That no file has the comparator is said once, not of each file.
        raise InputError(*dict.fromkeys(faults))
    return logs, rows


def _fault(table: Table, line: int, name: str, given: dict[str, Any]) -> Fault:
    """A row that tells of no hazard ratio: its numbers and what they must be, or what it lacks."""
    # In the order in which they are used.
    for way, wanted in (
        (("hazard_ratio", "lower", "upper"), "0 < lower <= hazard_ratio <= upper"),
        (("observed_minus_expected", "variance"), "a variance above 0"),
        (("yi", "sei"), "a standard error above 0"),
        (("hazard_ratio", "p"), "a ratio above 0 other than 1 and 0 < p < 1"),
        (("hazard_ratio", "events", "comparator_events"), "numbers above 0"),
    ):
        values = [given.get(one) for one in way]
        if all(value is not None for value in values):
            told = ", ".join(f"{value:g}" for value in values)
            return Fault(table.file, line, ", ".join(way), told, wanted)
    return Fault(table.file, line, "study", name, ENOUGH)


def _of_print(made: LogHazard, level: float) -> RatioRow:
    import numpy as np
    from scipy import special

    half = float(special.ndtri(0.5 + level / 2)) * made.vi**0.5
    low, value, high = (float(np.exp(made.yi + by)) for by in (-half, 0.0, half))
    return RatioRow(
        study=made.label, hazard_ratio=value, ci=(low, high), derived_from=made.derived_from
    )


def _of_patients(asked: HazardRatiosAsked, study: str, file: str) -> tuple[LogHazard, RatioRow]:
    from hilum.synthesis.survival import two_arms

    if file not in asked.patients:
        raise InputError(Fault(asked.table.file, 1, "file", file, "a file of patients"))
    table = asked.patients[file]
    first, second = _arms(table, asked.reference)
    both = two_arms(study, first, second, horizon=asked.horizon, level=asked.level)
    return both.log_hazard, _row(study, both, first, second)


def _row(
    study: str,
    both: TwoArms,
    first: tuple[list[float], list[float]],
    second: tuple[list[float], list[float]],
) -> RatioRow:
    return RatioRow(
        study=study,
        hazard_ratio=both.hazard_ratio.value,
        ci=_ends(both.hazard_ratio.ci),
        derived_from=both.log_hazard.derived_from,
        n=len(first[0]) + len(second[0]),
        events=round(sum(first[1]) + sum(second[1])),
        zph_p=number(both.zph_p),
        proportional=both.proportional,
        horizon=both.horizon,
        rmst_difference=number(both.rmst_difference.value),
        rmst_ci=_ends(both.rmst_difference.ci),
    )


def _arms(
    table: Table, reference: str
) -> tuple[tuple[list[float], list[float]], tuple[list[float], list[float]]]:
    """Times and statuses of the arm compared and of the comparator; faults by their line."""
    time, status, arm = table.numbers("time"), table.numbers("status"), table.text("arm")
    faults: list[Fault] = []
    for line, t, d, name in zip(table.lines, time, status, arm, strict=True):
        if not t >= 0:
            faults.append(Fault(table.file, line, "time", "", "a time of 0 or more"))
        if d not in (0.0, 1.0):
            faults.append(Fault(table.file, line, "status", "", "0 (censored) or 1 (event)"))
        if not name:
            faults.append(Fault(table.file, line, "arm", "", "the patient's arm"))
    names = sorted({name for name in arm if name})
    if not faults and len(names) != 2:
        wanted = phrased("two arms; there are: {names}", names=", ".join(names))
        faults.append(Fault(table.file, 1, "arm", "", wanted))
    elif not faults and reference not in names:
        wanted = phrased(
            "the comparator, which is {first} or {second} here: type {option} {first}, or {option} "
            "{second}",
            first=names[0],
            second=names[1],
            option=Parameter("reference"),
        )
        faults.append(Fault("", None, "reference", reference, wanted))
    if faults:
        raise InputError(*faults)
    rows = list(zip(time, status, arm, strict=True))
    first, second = (
        [(t, d) for t, d, name in rows if (name == reference) is same] for same in (False, True)
    )
    return _columns(first), _columns(second)


def _columns(rows: list[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [t for t, _ in rows], [d for _, d in rows]


def _known(x: float) -> float | None:
    return None if x != x else x


def _ends(pair: tuple[float | None, float | None]) -> Ends:
    return number(pair[0]), number(pair[1])
