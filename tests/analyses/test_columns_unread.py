"""Columns that nothing read are named, by every command that reads a table; labels never are."""

from __future__ import annotations

import json

import pytest

from hilum.analyses.columns_read import following, left_unread
from hilum.analyses.network import NetworkAsked
from hilum.analyses.network import run as network
from hilum.analyses.pool import run as pool
from hilum.analyses.pool_asked import PoolAsked
from hilum.analyses.tables import Table, read_table, unread_said

HEADS = ("study", "year", "xi", "ni", "dose", "arm", "备注")
ROWS = tuple((f"S{i}", "2001", str(i + 2), "30", str(i), "ab"[i % 2], "-") for i in range(6))
TABLE = Table("t.csv", HEADS, ROWS, tuple(range(2, 8)))


@pytest.mark.parametrize(
    ("more", "unread"),
    [
        ({}, ("dose", "arm")),
        ({"mods": "~ dose", "method": "REML"}, ("arm",)),
        ({"by": "arm"}, ("dose",)),
        ({"mods": "~ dose + C(arm)", "method": "REML"}, ()),
        ({"label": "arm"}, ("dose",)),
    ],
)
def test_what_the_pooling_did_not_read(more, unread):
    found = pool(PoolAsked(table=TABLE, measure="PLO", **more))
    assert found.unread == unread


def test_a_renamed_column_is_named_as_the_file_has_it(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("Study,Events,N,Median age\nA,3,20,60\nB,5,31,62\nC,4,28,64\n")
    found = pool(PoolAsked(table=read_table(path, ("xi", "ni"), lambda _: None), measure="PLO"))
    assert found.unread == ("Median age",)
    (said,) = unread_said(found.asked.table, found.unread)
    assert said == "t.csv: left unread, whatever stands in them: columns Median age"
    assert unread_said(found.asked.table, ()) == ()


def test_a_network_names_them():
    rows = tuple(
        (f"S{i}", a, b, str(0.1 * i), "0.2", "60")
        for i, (a, b) in enumerate([("A", "B"), ("B", "C"), ("A", "C"), ("A", "B")])
    )
    head = ("studlab", "treat1", "treat2", "TE", "seTE", "age")
    found = network(NetworkAsked(table=Table("n.csv", head, rows, (2, 3, 4, 5))))
    assert found.unread == ("age",)


def test_reading_is_followed_inside_alone():
    with following() as outer:
        TABLE.text("xi")
        with following() as inner:
            TABLE.numbers("ni")
        TABLE.text("dose")
    TABLE.text("arm")
    assert (outer, inner) == ({"xi", "ni", "dose"}, {"ni"})
    assert left_unread(TABLE, outer) == ("arm",)


def test_the_command_says_so_once_and_not_of_what_it_shows(tmp_path):
    from proofs.face import called

    path = tmp_path / "t.csv"
    path.write_text("\n".join(",".join(row) for row in (HEADS, *ROWS)), "utf-8")
    done = called("pool", str(path), "--measure", "PLO", "--json")
    assert json.loads(done.stdout)["unread"] == ["dose", "arm"]
    assert done.stderr.count("left unread") == 1
    assert "columns dose, arm" in done.stderr
    for more in (["--columns", "dose"], ["--order", "dose", "--studies"]):
        plot = str(tmp_path / "p.svg")
        done = called("pool", str(path), "--measure", "PLO", "--plot", plot, *more)
        assert done.returncode == 0, done.stderr
        assert "columns arm" in done.stderr
    done = called("sensitivity", str(path), "--measure", "PLO", "--permutations", "20")
    assert "columns dose, arm" in done.stderr
