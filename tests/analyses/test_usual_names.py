"""The usual name of a column that is said to be missing is one that is understood."""

import pytest

from hilum.analyses.column_words import HOLDS, USUAL
from hilum.analyses.joint_table import read_studies
from hilum.analyses.tables import Table
from hilum.errors import InputError
from hilum.tabular.columns import renamed


def test_every_column_has_one():
    assert set(USUAL) == set(HOLDS)


@pytest.mark.parametrize(("code", "usual"), USUAL.items())
def test_it_is_understood(code, usual):
    assert renamed("t.csv", [usual], [code]) == {code: usual}


@pytest.mark.parametrize("wrong", [1, 3])
def test_the_words_of_designs_are_listed_once(wrong):
    rows = tuple(("s", f"t{i}", "guess", "3", "20") for i in range(wrong))
    table = Table("t.csv", ("study", "treatment", "design", "event", "n"), rows,
                  tuple(range(2, wrong + 2)))  # fmt: skip
    with pytest.raises(InputError) as refused:
        read_studies(table, "", ())
    said = [str(one.expected) for one in refused.value.faults]
    assert len(said) == wrong
    assert all(one.startswith("one of randomised") for one in said)
    assert ["case series" in one for one in said] == [True] + [False] * (wrong - 1)
