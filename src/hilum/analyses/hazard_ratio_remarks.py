"""What a reader of pooled hazard ratios must be told: where figures do not fit one another."""

from __future__ import annotations

import math
from statistics import median
from typing import TYPE_CHECKING, Final

from hilum.analyses.ratios_same import same_trials
from hilum.analyses.reported import p_values
from hilum.analyses.row_remarks import like_ratios, named_again, ratio_remarks
from hilum.errors import Phrase, phrased
from hilum.synthesis.effects.printed import off_log
from hilum.tabular import MISSING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.analyses.tables import Table
    from hilum.synthesis.survival import LogHazard

FAR: Final = 7.0
"""As for times of another unit, in hilum.analyses.survival_notes."""
SURE: Final = 3.290526731491926
"""Standard errors in half of a 99.9 % interval."""


def far_off(logs: Sequence[LogHazard]) -> tuple[str, ...]:
    """Trials whose ratio is :data:`FAR` times off the middle one of the others, and no chance.

    Chance could not do it where its own 99.9 % interval does not reach them. Of a half-normal tau
    of scale 0.5 hardly one trial in a hundred is so far off.
    """
    out: list[str] = []
    for i, one in enumerate(logs):
        others = [other.yi for n, other in enumerate(logs) if n != i]
        if len(others) > 1:
            away = abs(one.yi - median(others))
            if away > max(math.log(FAR), SURE * math.sqrt(one.vi)):
                out.append(one.label)
    return tuple(out)


def remarks_of(table: Table, printed: float, ratios: Sequence[float]) -> tuple[Phrase, ...]:
    """Rows of printed figures that do not fit one another; ``ratios`` are those pooled."""
    blank = [""] * len(table.lines)
    cells = {
        name: table.text(name) if name in table.header else blank
        for name in ("file", "hazard_ratio", "lower", "upper", "yi")
    }
    header = dict(table.renamed)
    pvals, bounds = p_values(table, "p") if "p" in table.header else ([math.nan] * len(blank), {})
    out = [
        phrased(
            "{study} stands in rows {rows}, which are pooled as trials of their own: ratios of one "
            "trial share patients (hilum pool with multilevel study takes them together)",
            study=study,
            rows=lines,
        )
        for study, lines in named_again(table.text("study"), table.lines)
    ]
    out += same_trials(table)
    every = zip(table.lines, table.text("study"), ratios, strict=True)
    for i, (line, study, ratio) in enumerate(every):
        value, low, high = (
            "" if cells[name][i].lower() in MISSING else cells[name][i]
            for name in ("hazard_ratio", "lower", "upper")
        )
        if value and not cells["file"][i]:
            place = {"row": line, "study": study}
            bound = bounds.get(line, "")
            out += ratio_remarks(place, (value, low, high), pvals[i], bound, printed)
            yi = "" if cells["yi"][i].lower() in MISSING else cells["yi"][i]
            above = float(value) > 0
            if yi and (not above or off_log(yi, value)):
                out.append(
                    phrased(
                        "row {row} ({study}): {column} is {ratio}, whose logarithm is {log}, and "
                        "{logs} is {yi}: they contradict each other; {pooled} is pooled",
                        **place,
                        column=header.get("hazard_ratio", "hazard_ratio"),
                        ratio=value,
                        log=f"{math.log(float(value)):.3g}" if above else "–",
                        logs=header.get("yi", "yi"),
                        yi=yi,
                        pooled=f"{ratio:.2f}",
                    )
                )
    if {"yi", "sei"} <= set(table.header):
        named = dict(table.renamed).get("yi", "yi")
        out += like_ratios(named, [one for one in table.numbers("yi") if one == one])
    return tuple(out)
