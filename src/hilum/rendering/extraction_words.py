"""Columns of an extraction and the codes in them, in words."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from hilum.answers.words import labels as answer_labels
from hilum.evidence import labels
from hilum.evidence.vocabulary import POPULATION_LABELS
from hilum.rendering.study import GRADES, MEASURES, NUCLIDES, READ_FROM, REFERENCE, SITES
from hilum.sheet.present import DESIGN_LABELS

if TYPE_CHECKING:
    from hilum.language import Words

PLACES: Final = {"page": "Page", "sentence": "Sentence or cell, as printed"}
COLUMNS: Final[dict[str, dict[str, str]]] = {
    "studies": {
        "study_id": "Id of the study",
        "first_author": "First author",
        "year": "Year",
        "title": "Title",
        "journal": "Journal",
        "pmid": "PMID",
        "pmcid": "PMCID",
        "doi": "DOI",
        "design": "Design",
        "countries": "Countries",
        "centres": "Centres",
        "enrol_start": "First year of enrolment",
        "enrol_end": "Last year of enrolment",
        "n_patients": "Patients",
        "population": "Population",
        "read_from": "Read from",
        "source": "Source",
        "cohort_of": "Shares patients with (id of a study)",
        "verify": "To be checked in the paper",
        "notes": "Notes",
        "cohort_basis": "How the shared patients are known",
        "record_id": "Reports of the study (ids, semicolons between)",
        **PLACES,
    },
    "arms": {
        "study_id": "Study",
        "arm_id": "Id of the arm",
        "modality": "Treatment (codes; a plus between partners)",
        "description": "Description",
        "n": "Patients",
        "age_median": "Median age",
        "pct_male": "Men (%)",
        "pct_pancreatic": "Primary in the pancreas (%)",
        "pct_small_bowel": "Primary in the small bowel (%)",
        "pct_functioning": "Functioning tumours (%)",
        "pct_grade1": "Grade 1 (%)",
        "pct_grade2": "Grade 2 (%)",
        "pct_grade3": "Grade 3 (%)",
        "pct_extrahepatic": "Disease outside the liver (%)",
        "pct_burden_over_50": "More than half of the liver replaced (%)",
        "pct_prior_liver_therapy": "Treatment of the liver before (%)",
        "notes": "Notes",
        "line": "Line of treatment",
        "background": "Given to both arms",
        "nuclide": "Nuclide",
        "scope": "Extent of disease",
        "site": "Primary site",
        "grade_scope": "Tumour grade",
        "reference_arm": "Control arm",
        "selection": "How its patients were chosen",
        "part_of": "Part of another arm (its id)",
        "codes_known": "Codes that the text states (line, site, grade_scope)",
        **PLACES,
    },
    "results": {
        "study_id": "Study",
        "arm_id": "Arm",
        "comparator_arm_id": "Compared with arm",
        "subgroup": "Subgroup",
        "outcome": "Outcome",
        "criteria": "Criteria, as printed",
        "measure": "Measure",
        "figure_kind": "Whose figure it is",
        "time_months": "At month",
        "events": "Events",
        "n": "Of so many",
        "value": "Value (%, months or ratio)",
        "ci_low": "95 % interval, from",
        "ci_high": "95 % interval, to",
        "p_value": "p",
        "locator": "Place, where page and sentence do not say it",
        "source": "Source",
        "derived": "Computed from",
        "notes": "Notes",
        "criteria_class": "Kind of criteria",
        "unit_of_n": "What is counted",
        "n_from": "Where the number of patients stands",
        "from": "Survival counted from",
        "severity": "Severity",
        **PLACES,
    },
}
ANALOGUE: Final = {"ssa": "somatostatin analogue"}
BASES: Final = {"printed": "said in print", "inferred": "inferred", "known": "known"}
FIGURES: Final = {
    "estimate": "an estimate of the arm",
    "pooled": "pools patients of other studies",
    "range_min": "lowest of a range",
    "range_max": "highest of a range",
    "alternative": "another analysis of the same patients",
}
UNITS: Final = {"patients": "patients", "procedures": "procedures", "cycles": "cycles",
                "lesions": "lesions"}  # fmt: skip
NUMBERS: Final = {"row": "beside the figure", "arm": "at the arm", "study": "at the study",
                  "none": "nowhere"}  # fmt: skip
ORIGINS: Final = {
    "treatment_start": "start of treatment",
    "diagnosis": "diagnosis",
    "liver_metastases": "diagnosis of the liver metastases",
    "randomisation": "randomisation",
    "not_stated": "not stated",
}
SEVERITIES: Final = {"grade3plus": "grade 3 or more", "any": "any severity",
                     "specific": "one kind of harm"}  # fmt: skip
OWN: Final = (ANALOGUE, BASES, FIGURES, UNITS, NUMBERS, ORIGINS, SEVERITIES)


def messages() -> set[str]:
    """Ids that stand in tables."""
    columns = {text for one in COLUMNS.values() for text in one.values()}
    return columns | {text for one in OWN for text in one.values()}


@cache
def code_words() -> dict[str, dict[str, str]]:
    """By column, the words (ids) of its codes."""
    told = answer_labels()

    def kind(name: str) -> dict[str, str]:
        return {code: text for (of, code), text in told.items() if of == name}

    def own(name: str) -> dict[str, str]:
        return {code: text for (of, code), text in labels().items() if of == name}

    return {
        "design": DESIGN_LABELS,
        "population": POPULATION_LABELS,
        "read_from": READ_FROM,
        "cohort_basis": BASES,
        "modality": own("modality"),
        "line": kind("line"),
        "background": ANALOGUE,
        "nuclide": {**NUCLIDES, "not_stated": "not stated"},
        "scope": kind("scope"),
        "site": SITES,
        "grade_scope": GRADES,
        "reference_arm": REFERENCE,
        "selection": kind("selection"),
        "outcome": own("outcome"),
        "measure": MEASURES,
        "figure_kind": FIGURES,
        "criteria_class": kind("criteria"),
        "unit_of_n": UNITS,
        "n_from": NUMBERS,
        "from": ORIGINS,
        "severity": SEVERITIES,
    }


def column_words(table: str, column: str, words: Words) -> str:
    """What a column is called."""
    known = COLUMNS[table].get(column)
    return words(known) if known else column


def value_words(column: str, value: str, words: Words) -> str:
    """A cell in words: a code by its label, anything else as it is."""
    known = code_words().get(column, {}).get(value)
    return words(known) if known else value
