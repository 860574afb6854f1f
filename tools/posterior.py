"""Fit what is too slow for a sheet and keep it beside the evidence: ``make posterior``.

The joint model's figures for patients like one (JAX; some minutes), the survival curves and the
pooled figures of every kind of patient. The first two are kept by the hash of their rows and
refused where a fit does not converge; what has not changed is not fitted again. Pooled figures are
kept by their numbers.
"""

from __future__ import annotations

import itertools
import json
import sys
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hilum.answers import GRADES, LINES, SITES, Index, index, treatments
from hilum.answers.joint_fit import apart_of, fit_outcome
from hilum.answers.joint_rows import JOINT_OUTCOMES, joint_rows
from hilum.answers.kept_pools import FILE as POOLS
from hilum.answers.kept_pools import collecting
from hilum.answers.kept_pools import written as written_pools
from hilum.answers.patient import treatment_cells
from hilum.answers.posterior import FILE, kept, written
from hilum.answers.survival_fit import FittedCurve, content_hash, fit_curve
from hilum.answers.survival_kept import FILE as CURVES
from hilum.answers.survival_kept import written as written_curves
from hilum.answers.survival_rows import curve_rows
from hilum.cli.writing import write
from hilum.evidence import read_evidence
from hilum.patient.tables import read_tables
from hilum.sheet.figures_part import figures_of
from hilum.sheet.present import figure_unit, study_interval
from hilum.sheet.sheet_cells import AskedPart
from hilum.sheet.treatments import treatments as sheet_treatments

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hilum.answers.posterior import OutcomePosterior
    from hilum.evidence import Evidence
    from hilum.sheet.sheet_cells import Answer


def curves(found: Index) -> dict[str, FittedCurve | None]:
    """Every survival curve of every kind of patient, each once."""
    out: dict[str, FittedCurve | None] = {}
    for site, grade, line in itertools.product(SITES, GRADES, LINES):
        for name in treatments():
            for rows in curve_rows(found, name, site, grade, line):
                key = content_hash(rows.reports)
                if rows.reports and key not in out:
                    out[key] = fit_curve(rows.reports)
    return out


def pools(record: Evidence) -> dict[str, dict[str, Any]]:
    """Every pooled figure of every kind of patient and every interval of a study, each once."""
    covers = sheet_treatments(read_tables())
    with collecting() as out:
        for site, grade, line in itertools.product(SITES, GRADES, LINES):
            asked = AskedPart(site=site, grade=grade, line=line, not_known=[])
            found = figures_of(record, covers, asked, "any")
            for name in treatments().keys() - found.outcomes.keys():
                treatment_cells(record, name, site, grade, line)
            answers = (one for row in found.outcomes.values() for one in row.values())
            for one in (*answers, *found.frame):
                _ask(one)
    return out


def _ask(one: Answer) -> None:
    for figure in one.studies:
        if figure_unit(figure, one.unit) == one.unit:
            study_interval(figure, one.unit)
    for other in one.other_populations:
        _ask(other)


def keep(
    folder: Path,
    fitted: Mapping[str, FittedCurve | None],
    posteriors: Iterable[OutcomePosterior],
    pooled: Mapping[str, Mapping[str, Any]],
) -> None:
    """Each file whole or as it was: what a killed run leaves is still a record."""
    write(written_pools(pooled).encode(), folder / POOLS)
    write(written_curves(fitted).encode(), folder / CURVES)
    lines = (json.dumps(written(one), separators=(",", ":")) for one in posteriors)
    write(("[\n" + ",\n".join(lines) + "\n]\n").encode(), folder / FILE)


def main() -> None:
    """Write the posteriors and the curves of the shipped evidence."""
    found = index(read_evidence())
    folder = Path(str(files("hilum.answers")))
    fitted = curves(found)
    held, out = kept(), []
    for outcome in JOINT_OUTCOMES:
        rows = joint_rows(found, outcome)
        one = held.get(outcome)
        if one is None or one.content != rows.content:
            print(f"{outcome}: fitting {len(rows.rows)} rows", file=sys.stderr)
            one = fit_outcome(rows)
        elif one.apart is None:
            print(f"{outcome}: kinds of evidence apart", file=sys.stderr)
            one = replace(one, apart=apart_of(rows))
        print(
            f"{outcome}: R-hat {one.r_hat:.3f}, effective draws {one.ess:.0f}, "
            f"{one.divergences} divergences",
            file=sys.stderr,
        )
        out.append(one)
    keep(folder, fitted, out, pools(read_evidence()))


if __name__ == "__main__":
    main()
