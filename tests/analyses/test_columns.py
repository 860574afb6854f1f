"""A table is read whatever its columns are called, and what was taken for what is said."""

import json

import pytest
from proofs.face import called

from hilum.analyses.pool_asked import wanted_columns
from hilum.analyses.tables import read_table
from hilum.errors import InputError
from hilum.tabular import bare, renamed
from hilum.tabular.columns import synonyms

ONE = "study,xi,ni\nA,3,20\nB,7,30\nC,9,33\n"
TWO = "study,ai,n1i,ci,n2i\nA,3,20,6,22\nB,7,30,9,31\nC,9,33,4,30\n"
ARMS = "studlab,treat,event,n\nA,x,3,20\nA,y,5,21\nB,x,7,30\nB,y,8,31\n"
RATIOS = "study,hr,ci_lb,ci_ub\nA,0.8,0.6,1.1\nB,0.7,0.5,0.98\n"
SURVIVAL = "study,kind,time,value,n\nA,rate,12,0.8,40\nB,rate,24,0.6,50\nC,rate,36,0.5,60\n"


@pytest.mark.parametrize(
    ("command", "plain", "header", "more"),
    [
        ("pool", ONE, "Study,Events,Total", ["--measure", "PLO"]),
        ("pool", ONE, "study,responders,Sample size", ["--measure", "PLO"]),
        ("sensitivity", ONE, "study,event,n", ["--measure", "PLO", "--permutations", "64"]),
        ("pool", TWO, "studlab,event.e,n.e,event.c,n.c", ["--measure", "OR"]),
        (
            "pool",
            TWO,
            "Study,Experimental events,Experimental total,Control events,Control total",
            ["--measure", "RR"],
        ),
        ("pool", RATIOS, "study,HR,LCL,UCL", ["--measure", "HR"]),
        ("pool", RATIOS, "study,Hazard ratio,lower,upper", ["--measure", "HR"]),
        ("network", ARMS, "Study,Treatment,Events,Total", []),
        ("network", ARMS, "trial,treat,r,patients", []),
    ],
)
def test_another_name_gives_the_same_answer(tmp_path, command, plain, header, more):
    said = {}
    for name, text in (("own", plain), ("other", header + plain[plain.index("\n") :])):
        path = tmp_path / name / "table.csv"
        path.parent.mkdir()
        path.write_text(text, "utf-8")
        found = called(command, path, *more, "--json")
        assert found.returncode == 0, found.stderr
        said[name] = json.loads(found.stdout)
        assert ("columns:" in found.stderr) == (name == "other")
    assert said["own"]["asked"]["table"]["renamed"] == []
    for one in said.values():
        for part in (one, one.get("pool", {})):
            part.get("asked", {}).pop("table", None)
    assert said["own"] == said["other"]


def test_survival_takes_names_in_any_case(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("Trial,Type,Time,Value,N" + SURVIVAL[SURVIVAL.index("\n") :], "utf-8")
    found = called("survival", "pool", path, "--unit", "months")
    assert found.returncode == 0, found.stderr
    assert "study = Trial" in found.stderr


@pytest.mark.parametrize(
    ("header", "wanted", "expected"),
    [
        (["xi", "events", "n"], ["xi", "ni"], {"ni": "n"}),
        (["XI", "events"], ["xi"], {"xi": "XI"}),
        (["event", "n"], ["event", "n", "xi"], {}),
        (["Hazard ratio"], ["hr"], {"hr": "Hazard ratio"}),
        (["age"], ["xi"], {}),
        (["", ""], ["xi"], {}),
    ],
)
def test_the_own_name_wins_then_case_then_a_synonym(header, wanted, expected):
    assert renamed("t.csv", header, wanted) == expected


def test_two_columns_for_one_are_refused_unless_one_is_named(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("study,events,cases,n\nA,3,4,20\nB,7,8,30\n", "utf-8")
    with pytest.raises(InputError, match=r"events, cases.: expected one column that holds xi"):
        read_table(path, wanted_columns("PLO"))
    assert called("pool", path, "--measure", "PLO", "--xi", "cases").returncode == 0


def test_one_column_is_not_two(tmp_path):
    with pytest.raises(InputError, match="not of event, xi"):
        renamed("t.csv", ["cases"], ["event", "xi"])


def test_either_name_finds_a_column(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("study,Events,n\nA,3,20\nB,x,30\n", "utf-8")
    said = []
    table = read_table(path, ["xi"], said.append)
    assert table.text("xi") == table.text("Events") == ["3", "x"]
    assert [str(one) for one in said] == ["table.csv: columns: xi = Events"]
    with pytest.raises(InputError, match=r"table.csv:3: Events: 'x'"):
        table.numbers("xi")
    with pytest.raises(InputError, match="study, Events, n; nearest: 'Events'"):
        table.text("Event")


def test_synonyms_of_one_analysis_never_meet():
    """No name of the table says two columns that one measure takes."""
    from hilum.synthesis.effects import MEASURES

    for code in MEASURES:
        names = [
            name for column in wanted_columns(code)
            for name in {bare(column), *synonyms().get(column, ())}
        ]  # fmt: skip
        assert len(names) == len(set(names)), code


def test_one_column_for_two_is_named_with_both_and_no_other():
    """`event` may be either group's events here; `n` is found, and is no part of the fault."""
    header = ("study", "Event.E", "n", "time.e")
    with pytest.raises(InputError) as caught:
        renamed("t.csv", header, ("ai", "x1i", "t1i"))
    assert "not of ai, x1i: say which" in str(caught.value)
    assert "t1i" not in str(caught.value)
