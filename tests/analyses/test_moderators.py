"""Moderators of a regression: cells that are no number, factors, and columns that say nothing."""

from __future__ import annotations

import pytest

from hilum.analyses.pool import run
from hilum.analyses.pool_asked import PoolAsked
from hilum.analyses.pool_rows import complete_rows
from hilum.analyses.row_remarks import remarks
from hilum.analyses.subgroups import Between
from hilum.analyses.tables import Table
from hilum.errors import InputError, NotEstimable


def _table(mod: list[str], **more: list[str]) -> Table:
    k = len(mod)
    columns = {
        "study": [f"S{i}" for i in range(k)],
        "yi": [f"{0.1 * (i % 5):.1f}" for i in range(k)],
    }
    columns |= {"vi": ["0.1"] * k, "x": mod} | more
    rows = [list(row) for row in zip(*columns.values(), strict=True)]
    return Table(
        "t.csv",
        tuple(columns),
        tuple(tuple(row) for row in rows),
        tuple(range(2, k + 2)),
    )


NUMBERS = ["1", "2", "3", "4", "5", "7"]


@pytest.mark.parametrize("cell", ["NR", "nr", "-", "?", "not reported", "Unknown"])
def test_a_cell_that_says_unknown_is_missing_and_named(cell: str) -> None:
    asked = PoolAsked(table=_table([*NUMBERS, cell]), mods="~ x")
    rows = complete_rows(asked, weighted=True)
    assert rows.names == ("intrcpt", "x")
    assert [one.row for one in rows.left_out] == [asked.table.lines[-1]]
    assert f"x: '{cell}' in rows {asked.table.lines[-1]} are taken as missing" in remarks(
        asked, rows
    )


@pytest.mark.parametrize(
    ("cells", "refused"),
    [
        (["1", "2", "a", "b", "a", "b", "b"], False),
        (["1", "2", "3", "b", "a", "b"], True),
        (["1", "2", "3", "4", "5", "7,5"], True),
        (["1,2", "2,5", "3,5", "4,5", "a", "b"], True),
    ],
)
def test_half_of_the_cells_numbers_is_no_factor(cells: list[str], refused: bool) -> None:
    asked = PoolAsked(table=_table(cells), mods="~ x")
    if not refused:
        assert "x[T.a]" in complete_rows(asked, weighted=True).names
        return
    with pytest.raises(InputError, match=r"C\(x\) if a factor is meant"):
        complete_rows(asked, weighted=True)
    factor = PoolAsked(table=_table(cells), mods="~ C(x)")
    assert len(complete_rows(factor, weighted=True).names) == len(set(cells))


def test_a_factor_of_numbers_has_its_levels_alone() -> None:
    asked = PoolAsked(table=_table(["1", "2", "1", "2", "3", "3"]), mods="~ C(x)", at=("x=2.5",))
    assert complete_rows(asked, weighted=True).names == ("intrcpt", "C(x)[T.2]", "C(x)[T.3]")
    with pytest.raises(InputError, match="one of 1, 2, 3"):
        run(asked)


def test_case_and_blanks_make_no_level() -> None:
    asked = PoolAsked(table=_table(["High", "high ", "Low", "low", "HIGH", "Low"]), mods="~ x")
    rows = complete_rows(asked, weighted=True)
    assert rows.names == ("intrcpt", "x[T.Low]")
    assert any("are taken as High" in one for one in rows.said)


def test_a_logarithm_of_nothing_names_the_row() -> None:
    asked = PoolAsked(table=_table(["0", *NUMBERS]), mods="~ log(x)")
    with pytest.raises(InputError, match=r"t\.csv:2: x: 'x 0.0'"):
        complete_rows(asked, weighted=True)


def test_a_redundant_column_is_named() -> None:
    same = _table(NUMBERS, same=["1"] * 6, twice=["2", "4", "6", "8", "10", "14"])
    with pytest.raises(NotEstimable, match="same is 1 in all rows"):
        run(PoolAsked(table=same, mods="~ x + same"))
    with pytest.raises(NotEstimable, match="x follows from twice"):
        run(PoolAsked(table=same, mods="~ twice + x"))
    cells = _table(["a", "a", "a", "b", "b", "b"], z=["c", "d", "c", "c", "c", "c"])
    with pytest.raises(NotEstimable, match=r"no study has x\[T.b\]:z\[T.d\]"):
        run(PoolAsked(table=cells, mods="~ x * z"))


def test_one_study_at_one_value_of_a_moderator_is_named() -> None:
    again = ["A", "A", "B", "C", "D", "E"]
    own = _table(["1", "1", "3", "4", "5", "7"], study=again)
    asked = PoolAsked(table=own, mods="~ x")
    said = remarks(asked, complete_rows(asked, weighted=True))
    assert any("A stands in rows 2, 3" in one for one in said)
    asked = PoolAsked(table=_table(NUMBERS, study=again), mods="~ x")
    assert not any(
        "stands in" in one for one in remarks(asked, complete_rows(asked, weighted=True))
    )


def test_one_study_in_two_subgroups_is_said_of_their_test() -> None:
    table = _table(NUMBERS, study=["A", "A", "B", "B", "C", "D"], g=["u", "v", "u", "u", "v", "v"])
    asked = PoolAsked(table=table, by="g")
    said = remarks(asked, complete_rows(asked, weighted=True))
    assert any("A: effects in several subgroups" in one for one in said)
    assert any("B stands in rows 4, 5" in one for one in said)


@pytest.mark.parametrize("test", [None, "z", "knha"])
def test_groups_without_intercept_are_tested_alike(test: str | None) -> None:
    """The same hypothesis and figures as the test of the same groups with an intercept."""
    table = _table(["a", "a", "b", "b", "c", "c", "a"])
    seen, wanted = (
        run(PoolAsked(table=table, mods=mods, test=test)).moderators for mods in ("~ 0 + x", "~ x")
    )
    assert seen is not None
    assert wanted is not None
    assert (seen.kind, seen.df, seen.intercept) == (wanted.kind, 2, True)
    assert seen.pval == pytest.approx(wanted.pval, rel=1e-9)
    assert seen.statistic == pytest.approx(wanted.statistic, rel=1e-9)


@pytest.mark.parametrize("same_tau2", [False, True])
def test_a_subgroup_that_says_nothing_leaves_the_test_of_the_others(same_tau2: bool) -> None:
    """The test between the others is that of the table without its rows."""
    lines = ["A,3,40,6,41,u", "B,5,50,6,49,u", "C,2,30,9,31,u", "D,8,60,7,61,v", "E,4,44,3,40,v"]
    lines += ["F,9,70,6,71,v", "G,0,20,0,21,w", "H,0,25,0,24,w"]
    header = ("study", "ai", "n1i", "ci", "n2i", "g")

    def between(kept: list[str]) -> Between | None:
        rows = tuple(tuple(line.split(",")) for line in kept)
        table = Table("t.csv", header, rows, tuple(range(2, len(rows) + 2)))
        asked = PoolAsked(table=table, measure="OR", method="GLMM", by="g", same_tau2=same_tau2)
        return run(asked).between

    whole, part = between(lines), between(lines[:6])
    assert whole is not None
    assert part is not None
    assert (whole.without, part.without) == (("w",), ())
    assert (whole.df, whole.QM) == (part.df, pytest.approx(part.QM, rel=1e-6))
