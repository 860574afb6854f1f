"""All cells of a patient: cold, warm, and as the record grows from 401 to 40,000 studies.

python -m benchmarks.cells
"""

import statistics
import time

from hilum.answers import index, patient_cells
from hilum.evidence import Evidence, read_evidence

WARM_MS, COLD_S = 150, 1.0
TIMES = (1, 10, 100)
PATIENTS = (("small_bowel", "G1-2"), ("pancreas", "G1-2"), ("any", "NEC"))


def multiplied(evidence: Evidence, times: int) -> Evidence:
    """The record so many times over, every copy under ids of its own."""
    studies, arms, results = [], [], []
    for i in range(times):
        mark = f"_{i}" if i else ""

        def own(row, mark=mark, **more):
            return row.model_copy(update={"study_id": row.study_id + mark} | more)

        studies += [
            own(one, cohort_of=one.cohort_of + mark if one.cohort_of else None)
            for one in evidence.studies
        ]
        arms += [own(one) for one in evidence.arms]
        results += [
            own(one, result_id=f"{one.study_id}{mark}-{one.result_id.rpartition('-')[2]}")
            for one in evidence.results
        ]
    return Evidence(tuple(studies), tuple(arms), tuple(results))


def timed(job) -> float:
    """Seconds of one run."""
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def main() -> None:
    """Print the times."""
    evidence = read_evidence()
    cold = timed(lambda: patient_cells(evidence, *PATIENTS[0]))
    warm = [timed(lambda who=who: patient_cells(evidence, *who)) for who in PATIENTS * 5]
    print(f"cold {cold:.3f} s (limit {COLD_S:g})")
    print(f"warm {1000 * statistics.median(warm):.0f} ms (limit {WARM_MS})")
    first = None
    for times in TIMES:
        many = multiplied(evidence, times)
        made = timed(lambda many=many: index(many))
        took = statistics.median(
            timed(lambda who=who, many=many: patient_cells(many, *who)) for who in PATIENTS
        )
        first = first or took + made
        print(
            f"{len(many.studies):6} studies: index {made:.2f} s, cells {took:.2f} s, "
            f"{(made + took) / first / times:.2f} of linear"
        )


if __name__ == "__main__":
    main()
