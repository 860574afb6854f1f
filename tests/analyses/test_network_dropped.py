"""Studies left out of a network that would have joined its parts: named, with what keeps them."""

import csv
import io

import pytest
from openpyxl import load_workbook

from hilum.analyses.network import NetworkAsked, run
from hilum.analyses.tables import Table
from hilum.errors import InputError
from hilum.language.words import words
from hilum.rendering.network import network_lines
from hilum.rendering.network_league import league_file

APART = ("a,A,3,30", "a,B,8,31", "b,C,3,30", "b,D,8,31")
SAYS = words("en")


def network(*more, columns=("studlab", "treat", "event", "n"), **asked):
    rows = tuple(tuple(line.split(",")) for line in (*APART, *more))
    table = Table("t.csv", columns, rows, tuple(range(2, len(rows) + 2)))
    return run(NetworkAsked(table=table, draws=100, **asked))


JOINS = [
    (("c,A,0,20", "c,C,0,20"), ["c"], "an event in some arm"),
    (("c,A,20,20", "c,D,20,20"), ["c"], "a patient without event in some arm"),
    (("c,A,NA,20", "c,C,NA,20"), ["c"], "or counts"),
    # By a treatment that no other study has.
    (("c,A,0,20", "c,E,0,20", "d,E,0,9", "d,C,0,9"), ["c", "d"], "an event in some arm"),
]
JOINS_NOT = [(), ("c,A,0,20", "c,B,0,20"), ("c,A,0,20", "c,E,0,20")]


@pytest.mark.parametrize(("more", "studies", "why"), JOINS)
def test_a_study_that_would_join_the_parts_is_named(more, studies, why):
    with pytest.raises(InputError) as refused:
        network(*more)
    first, *others = refused.value.faults
    assert "2 parts" in str(first.value)
    assert [one.value for one in others] == studies
    assert all(why in one.expected for one in others)
    keeps = "or counts" not in why
    assert all(("RD keeps it" in str(one.expected)) == keeps for one in others)
    lines = "\n".join(network_lines(network(*more, separate=True), SAYS))
    assert "no comparison between them" not in lines
    assert f"what would join them is left out: {', '.join(studies)}" in lines


def test_the_measure_that_keeps_it_joins_the_parts():
    for study in (JOINS[0][0], JOINS[1][0], JOINS[3][0]):
        assert network(*study, measure="RD").connected


def test_a_difference_of_rates_keeps_a_study_without_events():
    more, columns = ("c,A,0,20", "c,C,0,20"), ("studlab", "treat", "event", "time")
    with pytest.raises(InputError, match="IRD keeps it"):
        network(*more, columns=columns)
    assert network(*more, columns=columns, measure="IRD").connected


@pytest.mark.parametrize("more", JOINS_NOT)
def test_a_study_that_joins_nothing_is_not_named(more):
    with pytest.raises(InputError) as refused:
        network(*more)
    assert len(refused.value.faults) == 1
    assert "no comparison between them" in network_lines(network(*more, separate=True), SAYS)[0]


def test_each_part_has_its_league_table():
    answer = network(separate=True)
    rows = list(csv.reader(io.StringIO(league_file(answer, ".csv", SAYS).decode())))
    assert [len(row) for row in rows] == [2, 2, 0, 2, 2]
    assert [rows[0][0], rows[1][1], rows[3][0], rows[4][1]] == ["A", "B", "C", "D"]
    assert rows[1][0].startswith("3.13 (")
    book = load_workbook(io.BytesIO(league_file(answer, ".xlsx", SAYS)))
    assert book.sheetnames == ["league 1", "comparisons 1", "league 2", "comparisons 2"]
    assert book["league 2"].cell(1, 1).value == "C"


def test_parts_that_were_not_analysed_say_what_to_do():
    answer = network(additive=True)
    with pytest.raises(InputError, match="separate for a table of each part"):
        league_file(answer, ".csv", SAYS)


def test_a_difference_below_nothing_is_a_figure_in_the_table():
    whole = network("c,A,9,30", "c,C,2,30", measure="RD")
    text = league_file(whole, ".csv", SAYS).decode()
    assert "-0." in text
    assert "'" not in text
