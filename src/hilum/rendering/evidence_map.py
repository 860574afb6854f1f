"""The evidence map in lines and as a table: what is printed, on whom, and why a cell is empty."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING, Final

from hilum.answers import reason_label, treatments
from hilum.answers.words import label, labels
from hilum.records import found
from hilum.rendering.joint_figures import listed
from hilum.sheet.asked import UNKNOWN
from hilum.sheet.present import OUTCOME_LABELS, cell_interval, headline, largest, patients_known
from hilum.sheet.rating import certainty_mark
from hilum.synthesis.certainty import JUDGEMENTS

if TYPE_CHECKING:
    from hilum.analyses.evidence_map import MapAnswered, MapCell, StudyTally
    from hilum.language import Words
    from hilum.sheet.sheet_cells import AskedPart

KINDS: Final = {
    "randomised": "with a randomised trial",
    "compared": "compared without randomisation",
    "series": "series only",
}
"""The strongest kind of evidence of a cell."""
COUNTED: Final = {
    "randomised": "randomised trials: {count}",
    "compared": "comparisons without randomisation: {count}",
    "series": "series and registries: {count}",
}
"""How many studies of each kind."""
FILTERS: Final = {
    "site": "primary site",
    "grade": "tumour grade",
    "line": "line of treatment",
    "design": "design",
    "years": "years",
    "burden": "liver burden",
}
"""What a tally speaks of."""
UNITS: Final = {"proportion": "percent", "months": "months", "ratio": "ratio"}
WHOM: Final = ("site", "grade", "asked", "unknown", "reason", "selection", "criteria")
MOST_REASONS = 3
"""Reasons named in a line; the table and the cell itself have all."""
COLUMNS: Final = (
    *("treatment_id", "treatment", "outcome_id", "outcome", "form", "figure", "unit", "value"),
    *("ci_low", "ci_high", "prediction_low", "prediction_high", "range_low", "range_high"),
    *("studies", "studies_with_n", "patients", "kind", "randomised", "compared", "series"),
    *("certainty", "certainty_of_comparisons", "comparisons", "searched", "reported_not_used"),
    *("outside_filter", "filter_undecided", "left_out", "study_ids"),
)


def map_title(answer: MapAnswered, words: Words) -> str:
    """What it is, of how many studies: where patients are chosen, of those in a cell shown."""
    if answer.newest is None:
        return words("What has been published: no study fits")
    one = answer.patient
    if any(getattr(one, name) != usual for name, usual in UNKNOWN.items()):
        inside = {
            figure.study_id: figure.year for cell in answer.cells for figure in cell.answer.studies
        }
        if not inside:
            return words("What has been published for these patients: no study fits")
        named = {
            "studies": len(inside),
            "all": answer.of_studies,
            "year": max((year for year in inside.values() if year is not None), default="–"),
        }
        if answer.studies == answer.of_studies:
            return words(
                "What has been published for these patients: {studies} of {all} studies, the "
                "newest of {year}",
                **named,
            )
        return words(
            "What has been published for these patients: {fit} of {all} studies fit, {studies} of "
            "them are in a cell, the newest of {year}",
            fit=answer.studies,
            **named,
        )
    return words(
        "What has been published: {studies} of {all} studies, the newest of {year}",
        studies=answer.studies,
        all=answer.of_studies,
        year=answer.newest,
    )


def whom_of(one: AskedPart, words: Words) -> str:
    """Primary site, grade and line of the patients that are asked for."""
    asked = [
        label("site", one.site, words),
        label("grade", one.grade, words),
        label("asked", one.line, words),
        *(label("unknown", part, words) for part in one.not_known),
    ]
    return listed(asked, words)


def map_whom(answer: MapAnswered, words: Words) -> str:
    """Whose evidence, and that cells cannot be compared."""
    return words(
        "Patients: {whom}. Amounts of evidence, not effects: each figure comes from other "
        "patients, so that cells cannot be compared.",
        whom=whom_of(answer.patient, words),
    )


def map_lines(answer: MapAnswered, words: Words) -> list[str]:
    """The whole map: by treatment a line an outcome, and one of what nobody printed."""
    lines = [map_title(answer, words), map_whom(answer, words)]
    lines += [tally_line(one, words) for one in answer.tallies]
    for treatment in answer.treatments:
        cells = [answer.at(treatment, key) for key in answer.outcomes]
        lines += ["", _head(cells, words)]
        if not cells[0].searched:
            continue
        lines += [f"  {cell_line(one, words)}" for one in cells if one.answer.form != "none"]
        lines += [f"  {cell_line(one, words)}" for one in cells if one.answer.form == "none"]
    return lines


def _head(cells: list[MapCell], words: Words) -> str:
    first = cells[0]
    return words(
        "{treatment} (studies looked at: {count})",
        treatment=words(treatments()[first.treatment].label),
        count=first.searched,
    )


def tally_line(one: StudyTally, words: Words) -> str:
    """What a filter let through, kept out, and could not decide."""
    named = {
        "filter": words(found(FILTERS, one.filter, "filter")),
        "fits": one.fits,
        "outside": one.outside,
        "unknown": one.not_reported,
    }
    if one.filter in ("site", "grade", "line"):
        return words(
            "{filter}, studies: stated {fits}, several kinds together {mixed}, not stated "
            "{unknown}, another kind that the rules let in {other}, left out for it {outside}",
            mixed=one.mixed,
            other=one.other,
            **named,
        )
    if one.kept:
        return words(
            "{filter}, studies: fit {fits}, do not fit {outside}, not reported and in the map "
            "{unknown}",
            **named,
        )
    return words(
        "{filter}, studies: fit {fits}, do not fit {outside}, not reported and not in the map "
        "{unknown}",
        **named,
    )


def outcome_name(key: str, words: Words) -> str:
    """An outcome in words."""
    return words(OUTCOME_LABELS[key])


def figure_text(one: MapCell, words: Words) -> str:
    """The figure as the cell prints it, with its interval or its largest study."""
    text = headline(one.answer, words)
    if one.answer.form == "range" and one.answer.largest is not None:
        return words("{figure}, largest {study}", figure=text, study=largest(one.answer, words))
    if one.answer.ci is not None:
        return f"{text} ({cell_interval(one.answer, one.answer.ci)})"
    return text


def counts_text(one: MapCell, words: Words) -> str:
    """Studies and patients; how many studies are in the range only."""
    k, n = one.answer.k, one.patients
    if not n:
        known = patients_known(one.answer)
        if known:
            return words("k = {k}, n = {n}, too few a study to be weighed", k=k, n=f"{known}")
        return words("k = {k}, patients not printed", k=k)
    silent = k - one.answer.k_with_n
    if silent:
        return words("k = {k}, n = {n} ({silent} in the range only)", k=k, n=f"{n}", silent=silent)
    return words("k = {k}, n = {n}", k=k, n=f"{n}")


def kind_text(one: MapCell, words: Words) -> str:
    """The strongest kind of evidence."""
    return "" if one.kind is None else words(found(KINDS, one.kind, "kind"))


def certainty_text(one: MapCell, words: Words) -> str:
    """How certain the figure is, and the best comparison, if any."""
    mark = certainty_mark(one.answer.certainty, words) or words("not averaged, so not rated")
    if one.compared_level is None:
        return mark
    return words(
        "{figure}; its difference in a trial: {level}",
        figure=mark,
        level=words(JUDGEMENTS[one.compared_level]),
    )


def empty_text(one: MapCell, words: Words) -> str:
    """Why there is no figure: what was looked at, what is printed and not used."""
    if not one.searched:
        told = words("no study of this treatment looked at")
    elif not one.left_out:
        told = words("studies looked at: {count}, none prints it", count=one.searched)
    else:
        told = words(
            "studies looked at: {all}, {count} print it, not usable here: {reasons}",
            count=one.reported,
            all=one.searched,
            reasons=reasons_text(one, words),
        )
    return f"{told}{_filter_text(one, words)}"


def reasons_text(one: MapCell, words: Words, most: int = MOST_REASONS) -> str:
    """Reasons of figures left out with how many each, the commonest first."""
    named = [
        words("{count} {what}", count=count, what=reason_label(coded, words))
        for coded, count in [*one.left_out.items()][:most]
    ]
    more = sum([*one.left_out.values()][most:])
    if more:
        named.append(words("{count} for other reasons", count=more))
    return listed(named, words)


def _filter_text(one: MapCell, words: Words) -> str:
    """Studies that print it and that a filter keeps out or apart."""
    if not one.outside and not one.undecided:
        return ""
    return words(
        "; of those that print it the filters leave out {outside} and cannot decide {unknown}",
        outside=one.outside,
        unknown=one.undecided,
    )


def cell_line(one: MapCell, words: Words) -> str:
    """One cell as a sentence."""
    outcome = outcome_name(one.outcome, words)
    if one.answer.form == "none":
        return words("{outcome}: none; {why}", outcome=outcome, why=empty_text(one, words))
    told = words(
        "{outcome}: {figure}; {counts}; {kind}; {certainty}",
        outcome=outcome,
        figure=figure_text(one, words),
        counts=counts_text(one, words),
        kind=kind_text(one, words),
        certainty=certainty_text(one, words),
    )
    return f"{told}{_filter_text(one, words)}"


def map_csv(answer: MapAnswered, words: Words) -> str:
    """One row a cell; begins with a byte-order mark, so that spreadsheets read it as UTF-8."""
    out = StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for one in answer.cells:
        writer.writerow(_row(one, words))
    return "\ufeff" + out.getvalue()


def _row(one: MapCell, words: Words) -> dict[str, object]:
    cell = one.answer
    scale = 100.0 if cell.unit == "proportion" else 1.0

    def ends(name: str, pair: tuple[float, float] | None) -> dict[str, str]:
        low, high = ("", "") if pair is None else (f"{scale * end:.6g}" for end in pair)
        return {f"{name}_low": low, f"{name}_high": high}

    return {
        "treatment_id": one.treatment,
        "treatment": words(treatments()[one.treatment].label),
        "outcome_id": one.outcome,
        "outcome": outcome_name(one.outcome, words),
        "form": cell.form,
        "figure": headline(cell, words) if cell.form != "none" else empty_text(one, words),
        "unit": UNITS[cell.unit],
        "value": "" if cell.value is None else f"{scale * cell.value:.6g}",
        **ends("ci", cell.ci),
        **ends("prediction", cell.prediction),
        **ends("range", cell.range),
        "studies": cell.k,
        "studies_with_n": cell.k_with_n,
        "patients": "" if cell.n is None else cell.n,
        "kind": one.kind or "",
        **{name: one.kinds.get(name, 0) for name in KINDS},
        "certainty": one.level or "",
        "certainty_of_comparisons": one.compared_level or "",
        "comparisons": " ".join(one.comparisons),
        "searched": one.searched,
        "reported_not_used": one.reported,
        "outside_filter": one.outside,
        "filter_undecided": one.undecided,
        "left_out": "; ".join(f"{code} {count}" for code, count in one.left_out.items()),
        "study_ids": " ".join(figure.study_id for figure in cell.studies),
    }


def messages() -> set[str]:
    """Ids that stand in tables."""
    return {
        *KINDS.values(),
        *COUNTED.values(),
        *FILTERS.values(),
        *OUTCOME_LABELS.values(),
        *(one.label for one in treatments().values()),
        *(JUDGEMENTS[one] for one in ("very_low", "low", "moderate", "high")),
        *(said for (kind, _), said in labels().items() if kind in WHOM),
    }
