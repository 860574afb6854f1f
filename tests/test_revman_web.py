"""RevMan Web's analysis data: one analysis of several, its columns found."""

import pytest

from hilum.analyses.tables import read_table
from hilum.errors import InputError
from hilum.synthesis.effects import MEASURES

HEAD = (
    "Analysis group,Analysis number,Analysis name,Subgroup,Study,Study year,Experimental cases,"
    "Experimental N,Control cases,Control N,Experimental mean,Experimental SD,Control mean,"
    "Control SD,GIV Mean,GIV SE"
)
ROWS = """1,1,Response,,Adams,2001,4,30,2,31,,,,,,
1,1,Response,,Brown,2005,9,44,5,40,,,,,,
1,2,Change,,Adams,2001,,30,,31,1.5,2.1,0.5,1.9,,
1,2,Change,,Brown,2005,,44,,40,2.5,2.0,0.7,2.2,,
2,1,Survival,A,Costa,2009,,,,,,,,,-0.4,0.2
2,1,Survival,B,Duval,2011,,,,,,,,,-0.6,0.25
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "CD1-data-rows.csv"
    path.write_text(f"{HEAD}\n{ROWS}", "utf-8")
    return path


@pytest.mark.parametrize(
    ("part", "measure", "first"),
    [
        ("1.1", "RR", {"ai": 4, "n1i": 30, "ci": 2, "n2i": 31}),
        ("1.2", "MD", {"m1i": 1.5, "sd1i": 2.1, "n1i": 30, "m2i": 0.5, "sd2i": 1.9, "n2i": 31}),
    ],
)
def test_an_analysis_is_read_under_its_measures_columns(file, part, measure, first):
    table = read_table(
        file.with_name(f"{file.name}#{part}"), MEASURES[measure].columns, lambda _: None
    )
    assert len(table.rows) == 2
    assert {name: table.numbers(name)[0] for name in first} == first


def test_inverse_variance_is_read_where_its_columns_are_named(file):
    named = {"yi": "GIV Mean", "sei": "GIV SE"}
    path = file.with_name(f"{file.name}#2.1")
    table = read_table(path, ("yi", "vi", "sei"), lambda _: None, named)
    assert table.numbers("yi") == [-0.4, -0.6]
    assert table.numbers("sei") == [0.2, 0.25]
    with pytest.raises(InputError, match="a column that holds yi"):
        read_table(path, ("yi", "vi"), lambda _: None).numbers("yi")


def test_several_and_none_named_lists_them(file):
    with pytest.raises(InputError, match=r"1\.1 Response \(2\); 1\.2 Change \(2\); 2\.1 Survival"):
        read_table(file)
    with pytest.raises(InputError, match=r"analysis: '7\.7'"):
        read_table(file.with_name(f"{file.name}#7.7"))


def test_studies_with_and_without_a_subgroup_are_refused(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text(f"{HEAD}\n{ROWS.splitlines()[4]}\n2,1,Survival,,Ed,2012,,,,,,,,,-0.1,0.2\n")
    with pytest.raises(InputError, match="twice"):
        read_table(path)


def test_a_part_of_another_table_is_refused(tmp_path):
    (tmp_path / "y.csv").write_text("study,yi,vi\nA,1,1\nB,2,1\n")
    with pytest.raises(InputError, match="a file of RevMan"):
        read_table(tmp_path / "y.csv#1.1")
