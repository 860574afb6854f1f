"""One outcome of every treatment, laid out for the joint model: arms and who their patients were.

The joint model answers what a cell cannot: where primary site, grade, line and extent differ
within a cell's studies, it moves the figure to one patient. It reads the cells' own figures, of
every site and line, grade 1-2 and grade 3 together; carcinomas are another disease and stay out.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from hilum.answers.candidates import Index, index
from hilum.answers.joint_select import chosen_arms
from hilum.answers.tables import outcomes
from hilum.evidence.codes import GradeScope, Line, Scope, Site
from hilum.evidence.vocabulary import Design

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.answers.study import Reported
    from hilum.evidence import Arm, Evidence

VERSION: Final = 1
JOINT_OUTCOMES: Final = tuple(
    one.key for one in sorted(outcomes().values(), key=lambda one: one.joint) if one.joint
)
"""Outcomes with a posterior for patients like one; the others have too few studies."""
COVARIATES: Final = ("pct_pancreatic", "pct_grade3", "pct_later_line", "pct_liver")
NAN: Final = float("nan")


@dataclass(frozen=True, slots=True)
class JointRow:
    """One treatment in one study.

    ``y`` of ``n``: events of patients, or a log hazard with its standard error. ``x`` are the
    :data:`COVARIATES` in percent of patients, NaN where no text says them.
    """

    study: str
    treatment: str
    design: str
    y: float
    n: float
    x: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class JointRows:
    """The rows of one outcome, by study and treatment; ``months`` where they are log hazards."""

    outcome: str
    months: bool
    rows: tuple[JointRow, ...]

    @property
    def content(self) -> str:
        """Hash of what a fit depends on."""
        text = json.dumps([VERSION, self.outcome, *(_plain(row) for row in self.rows)])
        return hashlib.sha256(text.encode()).hexdigest()[:24]


def joint_rows(evidence: Evidence | Index, outcome: str) -> JointRows:
    """Lay out one outcome of the record.

    Parameters
    ----------
    outcome : str
        One of :data:`JOINT_OUTCOMES`.
    """
    found = evidence if isinstance(evidence, Index) else index(evidence)
    asked = outcomes()[outcome]
    chosen = chosen_arms(found, outcome).arms
    together: dict[str, int] = {}
    for study, _ in chosen:
        together[study] = together.get(study, 0) + 1
    rows: list[JointRow] = []
    for (study, name), one in chosen.items():
        design = one.first.study.design
        kind = (
            "single_arm" if together[study] == 1
            else "randomised" if design is Design.RCT else "comparative"
        )  # fmt: skip
        if asked.months:
            # An exponential's log hazard: log(log 2 / median).
            y, n = math.log(math.log(2)) - (one.y or 0.0), math.sqrt(one.v or 0.0)
        else:
            y, n = float(one.events or 0), float(one.size or 0)
        rows.append(JointRow(study, name, kind, y, n, _covariates(one)))
    return JointRows(outcome, asked.months, tuple(rows))


def _covariates(one: Reported) -> tuple[float, ...]:
    """Mean of the arms that say it, by their patients."""
    out: list[float] = []
    for name in COVARIATES:
        read = READ[name]
        known = [
            (value, item.n or 1) for item in one.items if (value := read(item.arm)) is not None
        ]
        total = sum(n for _, n in known)
        out.append(sum(value * n for value, n in known) / total if known else NAN)
    return tuple(out)


def _pancreatic(arm: Arm) -> float | None:
    if arm.pct_pancreatic is not None:
        return float(arm.pct_pancreatic)
    if arm.site is Site.PANCREAS:
        return 100.0
    return 0.0 if arm.site in (Site.SMALL_BOWEL, Site.GIT, Site.LUNG) else None


def _grade3(arm: Arm) -> float | None:
    if arm.pct_grade3 is not None:
        return float(arm.pct_grade3)
    return {GradeScope.G1_2: 0.0, GradeScope.G3_NET: 100.0}.get(arm.grade_scope)


def _later(arm: Arm) -> float | None:
    """Patients of several lines say nothing of how many were of each."""
    return {Line.FIRST: 0.0, Line.LATER: 100.0}.get(arm.line)


def _liver(arm: Arm) -> float | None:
    """Whether the patients were chosen for their liver metastases, or for metastases anywhere."""
    if arm.scope is None:
        return None
    return {Scope.NETLM: 100.0, Scope.LIVER_DOMINANT: 100.0, Scope.METASTATIC: 0.0}.get(arm.scope)


READ: Final[dict[str, Callable[[Arm], float | None]]] = {
    "pct_pancreatic": _pancreatic,
    "pct_grade3": _grade3,
    "pct_later_line": _later,
    "pct_liver": _liver,
}
"""Percent of an arm's patients by name: as printed, else by the arm's site, grade, line, scope."""


def _plain(row: JointRow) -> list[object]:
    found = asdict(row)
    found["x"] = [None if value != value else round(value, 6) for value in row.x]
    found["y"], found["n"] = round(row.y, 9), round(row.n, 9)
    return list(found.values())
