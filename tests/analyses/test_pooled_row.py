"""A printed ratio that is the pool of the rows above it is asked about.

The pools are written out by hand from the limits (inverse variance; DerSimonian and Laird 1986).
"""

import math

import pytest

from hilum.analyses.pooled_row import pooled_doubts
from hilum.analyses.tables import read_table

Z = 1.959963984540054
TRIALS = [("A", 0.60, 0.40, 0.90), ("B", 0.95, 0.60, 1.50), ("C", 0.50, 0.30, 0.83)]


def pools(rows):
    y = [math.log(r[1]) for r in rows]
    w = [(2 * Z / math.log(r[3] / r[2])) ** 2 for r in rows]
    fixed = sum(a * b for a, b in zip(w, y, strict=True)) / sum(w)
    q = sum(a * (b - fixed) ** 2 for a, b in zip(w, y, strict=True))
    tau2 = max(0.0, (q - len(y) + 1) / (sum(w) - sum(a * a for a in w) / sum(w)))
    v = [1 / (1 / a + tau2) for a in w]
    return math.exp(fixed), math.exp(sum(a * b for a, b in zip(v, y, strict=True)) / sum(v))


def asked(tmp_path, rows, header="study,hr,ci_lb,ci_ub"):
    path = tmp_path / "t.csv"
    lines = [",".join(one if isinstance(one, str) else f"{one:.2f}" for one in row) for row in rows]
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return [
        str(one)
        for one in pooled_doubts(read_table(path, ("hr", "ci_lb", "ci_ub"), say=lambda one: None))
    ]


@pytest.mark.parametrize("which", [0, 1])
def test_a_last_row_that_is_the_pool_is_named(tmp_path, which):
    value = pools(TRIALS)[which]
    (said,) = asked(tmp_path, [*TRIALS, ("Ours", value, value * 0.8, value * 1.25)])
    assert "row 5 (Ours)" in said
    assert "rows 2 to 4" in said


@pytest.mark.parametrize("off", [-0.03, 0.03])
def test_a_ratio_beside_both_pools_is_a_study(tmp_path, off):
    value = (min if off < 0 else max)(pools(TRIALS)) + off
    assert asked(tmp_path, [*TRIALS, ("Ours", value, value * 0.8, value * 1.25)]) == []


def test_a_wider_interval_than_one_of_the_studies_is_a_study(tmp_path):
    value = pools(TRIALS)[0]
    # A's limits stand 2.25-fold apart.
    assert asked(tmp_path, [*TRIALS, ("Ours", value, value / 1.51, value * 1.51)]) == []
    assert len(asked(tmp_path, [*TRIALS, ("Ours", value, value / 1.48, value * 1.48)])) == 1


def test_blocks_and_the_whole(tmp_path):
    second = [("D", 1.20, 0.80, 1.80), ("E", 0.90, 0.55, 1.47)]
    rows = list(TRIALS)
    for name, block in (("one", TRIALS), ("two", second), ("all", [*TRIALS, *second])):
        value = pools(block)[0]
        narrow = 1.1 if name == "all" else 1.3
        if name == "two":
            rows += second
        rows.append((name, value, value / narrow, value * narrow))
    said = asked(tmp_path, rows)
    assert [("(one)" in a, "(two)" in a, "(all)" in a) for a in said] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]


def test_limits_in_one_cell_and_other_names(tmp_path):
    value = pools(TRIALS)[0]
    rows = [*TRIALS, ("Ours", value, value * 0.8, value * 1.25)]
    assert len(asked(tmp_path, rows, "Study,HR,lower,upper")) == 1


def test_tables_without_ratios_or_studies_are_left_alone(tmp_path):
    value = pools(TRIALS)[0]
    rows = [*TRIALS, ("Ours", value, value * 0.8, value * 1.25)]
    assert asked(tmp_path, rows, "arm,hr,ci_lb,ci_ub") == []
    assert asked(tmp_path, rows, "study,yi,ci_lb,ci_ub") == []
