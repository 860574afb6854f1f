"""Small evidence bases made from the shipped one: rows added, split, moved."""

from hilum.evidence import Evidence
from tests.answers.reference import record


def changed(*, studies=(), arms=(), results=()):
    """The shipped evidence with rows added at its end."""
    whole = record()
    return Evidence((*whole.studies, *studies), (*whole.arms, *arms), (*whole.results, *results))


def again(study, arm, row, name, *, of_study=None, of_arm=None, of_row=None):
    """A study of one arm and one figure like an existing one, under another id."""
    whole = record()
    last = len(whole.results) + 10
    return {
        "studies": (
            study.model_copy(
                update={"study_id": name, "cohort_of": None, "cohort_basis": None, "pmid": None}
                | (of_study or {})
            ),
        ),
        "arms": (arm.model_copy(update={"study_id": name, "arm_id": "all"} | (of_arm or {})),),
        "results": (
            row.model_copy(
                update={
                    "study_id": name,
                    "arm_id": "all",
                    "result_id": f"{name}-001",
                    "row": last,
                }
                | (of_row or {})
            ),
        ),
    }
