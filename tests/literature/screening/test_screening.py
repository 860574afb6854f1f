"""Screening of a review's folder: decisions, order, blinding, check, agreement, faces."""

import csv
import json
import threading

import numpy as np
import pytest
from proofs.face import called

from hilum.analyses import analysis
from hilum.analyses.forms import from_json, to_json
from hilum.analyses.screening_decide import decided
from hilum.errors import InputError
from hilum.literature.review.folder import append
from hilum.literature.screening.agreement import agreement, kappa_and_error, wilson
from hilum.literature.screening.decisions import (
    FILE,
    Decision,
    conflicts,
    final,
    line_of,
    read_decisions,
    reasons_of,
    standing,
)
from hilum.literature.screening.review_records import records_of, terms_in
from hilum.literature.screening.session import Session
from hilum.literature.screening.stopping import still_to_read
from tests.literature.screening.test_labelled import texts
from tests.spaces import tight


@pytest.fixture
def folder(tmp_path):
    """A review of 120 records; a tenth is about carcinoid and liver."""
    made, relevant = texts()
    with (tmp_path / "records.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["record_id", "title", "abstract", "doi"])
        rows.writerows([f"r{i}", f"no {i}", text, ""] for i, text in enumerate(made))
    (tmp_path / "criteria.csv").write_text("criterion,terms\nNET,carcinoid;neuroendocrin*\n")
    return tmp_path, relevant


def said(record, reviewer="A", decision="exclude", **more):
    return Decision(record_id=record, stage="title", reviewer=reviewer, decision=decision, **more)


def test_rows_come_back_as_they_were_written(tmp_path):
    rows = [
        said("r1", reason="wrong-design", when="2026-11-28T10:00:00+00:00", seconds=2.5),
        said("r,2", 'Ä "B"', "maybe", note="two\nlines", kind="resolution", order="check"),
    ]
    for row in rows:
        append(tmp_path, row)
    first, second = read_decisions(tmp_path)
    assert first == rows[0]
    assert (second.reviewer, second.note, second.record_id) == ('Ä "B"', "two lines", "r,2")


def test_a_line_that_a_kill_cut_off_is_no_row_and_is_taken_away(tmp_path):
    append(tmp_path, said("r1"))
    whole = (tmp_path / FILE).read_bytes()
    row = line_of(said("r2"))
    for cut in range(len(row)):
        (tmp_path / FILE).write_bytes(whole + row[:cut])
        assert [one.record_id for one in read_decisions(tmp_path)] == ["r1"]
    append(tmp_path, said("r3"))
    assert [one.record_id for one in read_decisions(tmp_path)] == ["r1", "r3"]
    (tmp_path / FILE).write_bytes(b"record_id,sta")
    assert read_decisions(tmp_path) == ()
    append(tmp_path, said("r4"))
    assert [one.record_id for one in read_decisions(tmp_path)] == ["r4"]


def test_two_writers_at_once_lose_no_row(tmp_path):
    def write(reviewer):
        for i in range(15):
            append(tmp_path, said(f"r{i}", reviewer))

    threads = [threading.Thread(target=write, args=(one,)) for one in "AB"]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    rows = read_decisions(tmp_path)
    assert sorted((one.reviewer, one.record_id) for one in rows) == sorted(
        (reviewer, f"r{i}") for reviewer in "AB" for i in range(15)
    )


def test_a_row_that_nobody_can_have_written_is_told(tmp_path):
    append(tmp_path, said("r1"))
    with (tmp_path / FILE).open("a") as file:
        file.write("r2,title,A,perhaps,,,,decision,model,\n")
    with pytest.raises(InputError) as caught:
        read_decisions(tmp_path)
    assert [(one.row, one.column) for one in caught.value.faults] == [(3, "decision")]


def test_what_stands_after_undoing_and_resolving():
    rows = [
        said("a", "A", "include"), said("a", "B", "maybe"),
        said("b", "A", "include"), said("b", "B"),
        said("c", "A"), said("c", "A", kind="undo"),
        said("d", "A"), said("d", "A", "include"),
        said("e", "A"), said("e", "B"),
    ]  # fmt: skip
    stands = standing(rows, "title")
    assert set(stands.by_reviewer["A"]) == {"a", "b", "d", "e"}
    assert stands.by_reviewer["A"]["d"].decision == "include"
    # Maybe goes on as include does.
    assert conflicts(stands) == ("b",)
    assert final(stands, 2) == {"a": True, "e": False}
    assert final(stands, 1) == {"a": True, "d": True, "e": False}
    rows.append(said("b", "C", "exclude", kind="resolution"))
    assert conflicts(standing(rows, "title")) == ()
    assert final(standing(rows, "title"), 2)["b"] is False
    rows.append(said("b", "C", "exclude", kind="undo"))
    assert conflicts(standing(rows, "title")) == ("b",)


def test_kappa_of_a_published_table():
    """Fleiss 1981, Statistical Methods for Rates and Proportions, table 13.1: kappa 0.68."""
    counts = np.array([[75, 1, 4], [5, 4, 1], [0, 0, 10]], dtype=float)
    kappa, error = kappa_and_error(counts)
    assert kappa == pytest.approx(0.676, abs=5e-4)
    # The error by the delta method: kappa's slope in every cell, numerically.
    p, step = counts / 100, 1e-6

    def value(q):
        q = q / q.sum()
        chance = q.sum(axis=1) @ q.sum(axis=0)
        return (np.trace(q) - chance) / (1 - chance)

    slopes = np.zeros((3, 3))
    for cell in np.ndindex(3, 3):
        more = p.copy()
        more[cell] += step
        slopes[cell] = (value(more) - value(p)) / step
    variance = (p * slopes**2).sum() - (p * slopes).sum() ** 2
    assert error == pytest.approx(np.sqrt(variance / 100), rel=1e-4)


def test_agreement_of_two_reviewers():
    first = np.array([True] * 25 + [False] * 25)
    second = np.array([True] * 20 + [False] * 5 + [True] * 10 + [False] * 15)
    found = agreement(first, second)
    assert (found.observed, found.pabak) == (pytest.approx(0.7), pytest.approx(0.4))
    assert found.kappa == pytest.approx(0.4)  # 20, 5, 10, 15: 0.7 observed, 0.5 by chance
    low, high = wilson(35, 50)
    assert (low, high) == (pytest.approx(0.5625, abs=1e-4), pytest.approx(0.8090, abs=1e-4))
    assert found.pabak_low == pytest.approx(2 * low - 1)
    same = agreement(np.ones(5, dtype=bool), np.ones(5, dtype=bool))
    assert (same.kappa, same.pabak) == (None, 1.0)
    constant = agreement(np.array([True, False]), np.array([False, False]))
    assert (constant.kappa, constant.kappa_low) == (0.0, None)


def test_wilson_against_its_equation():
    """Its ends solve (share - p)^2 = z^2 p (1 - p) / n."""
    for end in wilson(7, 30, 0.9):
        assert (7 / 30 - end) ** 2 == pytest.approx(1.6448536**2 * end * (1 - end) / 30)


def test_terms_are_found_as_whole_words_and_by_stem():
    text = "Carcinoid tumours; carcinoids. A neuroendocrine tumour"
    found = [text[a:b] for a, b in terms_in(text, ["carcinoid", "tumour*", "tumours"])]
    assert found == ["Carcinoid", "tumours", "tumour"]


def test_the_order_begins_with_terms_and_then_learns(folder):
    path, relevant = folder
    session = Session(path, "title", "A")
    order = [one for one, _ in session.following()]
    hits = [session._hits[one] for one in order]
    assert hits == sorted(hits, reverse=True)
    yes, no = np.flatnonzero(relevant)[0], np.flatnonzero(~relevant)[0]
    session.taken(said(f"r{yes}", decision="include"))
    session.taken(said(f"r{no}"))
    for _ in range(25):
        record, score = session.following()[0]
        assert score is not None
        session.taken(said(record, decision="include" if relevant[int(record[1:])] else "exclude"))
    found = sum(one.decision == "include" for one in session.own().values())
    assert found >= 0.9 * relevant.sum()


def test_reviewers_are_blinded_to_each_other(folder):
    path, relevant = folder
    yes, no = np.flatnonzero(relevant)[0], np.flatnonzero(~relevant)[0]
    for row in (said(f"r{yes}", decision="include"), said(f"r{no}")):
        append(path, row)
    alone = Session(path, "title", "A").following()
    assert Session(path, "title", "B").following()[0][1] is None
    for i in range(30):
        append(path, said(f"r{i}", "B", "include" if i % 2 else "exclude"))
    assert Session(path, "title", "A").following() == alone


def test_the_check_is_kept_to_and_counts_its_own_order(folder):
    path, relevant = folder
    session = Session(path, "title", "A")
    for i in np.flatnonzero(relevant):
        session.taken(said(f"r{i}", decision="include"))
    before = session.stop(0.9, 0.9)
    assert (before.checking, before.may_stop) == (False, False)
    assert before.to_read == still_to_read(relevant.sum(), 0, 120 - relevant.sum(), 0, 0.9, 0.9)
    order = [one for one, _ in session.following(check=True)]
    session.taken(said(order[0], order="check"))
    # Once begun the order is kept, asked for or not; what is decided out of turn waits for it.
    assert [one for one, _ in session.following()] == order[1:]
    session.taken(said(order[5]))
    assert session.stop(0.9, 0.9).drawn == 1
    for one in order[1:5]:
        session.taken(said(one, order="check"))
    state = session.stop(0.9, 0.9)
    assert (state.drawn, state.rest, state.found) == (6, len(order), 0)
    while not session.stop(0.9, 0.9).may_stop:
        session.taken(said(session.following()[0][0], order="check"))
    assert session.stop(0.9, 0.9).drawn == before.to_read
    assert session.stop(0.9, 0.9).to_read == 0


def test_full_texts_are_those_that_went_on(folder):
    path, _ = folder
    for who in "AB":
        append(path, said("r1", who, "include"))
        append(path, said("r2", who, "exclude"))
    append(path, said("r3", "A", "include"))
    assert Session(path, "full-text", "A").candidates() == ["r1"]


def test_an_update_learns_from_the_last_round_and_does_not_read_again(folder, tmp_path):
    path, relevant = folder
    for i in range(60):
        for who in "AB":
            append(path, said(f"r{i}", who, "include" if relevant[i] else "exclude"))
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    rows = (path / "records.csv").read_text().splitlines()
    (fresh / "records.csv").write_text("\n".join([rows[0], *rows[51:]]) + "\n")
    session = Session(fresh, "title", "A", earlier=path)
    assert session.carried == tuple(f"r{i}" for i in range(50, 60))
    order = session.following()
    assert len(order) == 60
    first = [relevant[int(one[1:])] for one, _ in order[:8]]
    assert sum(first) >= 0.7 * min(8, relevant[60:].sum())
    assert order[0][1] is not None


def test_copies_are_one_record_and_likes_stand_beside_it(tmp_path):
    review = {
        "title": "x",
        "hilum": {
            "imports": [
                {"code": "i001", "file": "a.ris", "digest": "d", "format": "ris", "encodings": {},
                 "counted": 4, "records": 4, "unread": 0, "when": ""}
            ],
            "next": 2,
        },
    }  # fmt: skip
    (tmp_path / "datapackage.json").write_text(json.dumps(review))
    (tmp_path / "records").mkdir()
    (tmp_path / "records" / "i001.csv").write_text(
        "id,title,abstract\ni001:1,A,'=x\ni001:2,a.,y\ni001:3,Protocol of A,z\ni001:4,B,b\n"
    )
    (tmp_path / "merges.csv").write_text(
        "a,b,score,link,reasons,undone\ni001:2,i001:1,9,,same,\ni001:1,i001:3,5,protocol,x,\n"
    )
    records = records_of(tmp_path)
    assert [one.record_id for one in records] == ["i001:1", "i001:3", "i001:4"]
    assert records[0].abstract == "=x"
    assert Session(tmp_path, "title", "A").beside == {
        "i001:1": ("i001:3",), "i001:3": ("i001:1",),
    }  # fmt: skip


def test_decisions_are_checked_before_they_are_written(folder):
    path, _ = folder
    with pytest.raises(InputError) as caught:
        decided(path, "r1", "perhaps", " ", reason="because", stage="first", order="any")
    assert [one.column for one in caught.value.faults] == [
        "stage", "order", "decision", "reason", "reviewer",
    ]  # fmt: skip
    for record, decision, more in (
        ("r999", "include", {}),
        ("r1", "undo", {}),
        ("r1", "include", {"resolve": True}),
    ):
        with pytest.raises(InputError):
            decided(path, record, decision, "A", **more)
    assert not (path / FILE).exists()


def test_a_review_has_its_own_reasons(folder):
    path, _ = folder
    assert "wrong-population" in reasons_of(path)
    (path / "reasons.csv").write_text("code,said\nin-vitro,cells only\n")
    assert reasons_of(path) == {"in-vitro": "cells only"}
    assert decided(path, "r1", "exclude", "A", reason="in-vitro").reason == "in-vitro"
    (path / "reasons.csv").write_text("x\n1\n")
    with pytest.raises(InputError):
        reasons_of(path)


def test_the_commands(folder):
    path, _ = folder
    done = called("literature", "screen", path, "--reviewer", "A", "--next", "3", "--json")
    answer = json.loads(done.stdout)
    assert len(answer["next"]) == 3
    assert answer["stop"]["may_stop"] is False
    for who, decision in (("A", "include"), ("B", "exclude")):
        words = ("decide", path, "r7", decision, "--reviewer", who)
        assert called("literature", *words).returncode == 0
    done = called("literature", "agreement", path)
    assert tight("conflict: [r7] no 7: A include, B exclude") in tight(done.stdout)
    words = ("decide", path, "r7", "include", "--reviewer", "C", "--resolve")
    assert called("literature", *words).returncode == 0
    state = json.loads(called("literature", "agreement", path, "--json").stdout)
    assert (state["conflicts"], state["on"]) == ([], ["r7"])
    done = called("literature", "decide", path, "r7", "include", "--reviewer", "A", "--reason", "x")
    assert done.returncode == 1
    assert "--reason" in done.stderr
    done = called("literature", "screen", path, "--reviewer", "A", "--keys", "aabcd")
    assert (done.returncode, "--keys" in done.stderr) == (1, True)
    words = tight(called("literature", "screen", path, "--reviewer", "B").stdout)
    assert tight("1 of 120 read: 0 included, 0 maybe, 1 excluded") in words
    assert tight("no promise yet") in words


def test_the_loop_decides_undoes_and_leaves(folder, monkeypatch, capsys):
    from hilum.cli import literature_screen_loop as terminal
    from hilum.language import words

    path, _ = folder
    pressed = iter(["v", "?", "x", "2", "m", "z", "x", "nothing", "q"])
    monkeypatch.setattr(terminal.typer, "prompt", lambda *a, **k: next(pressed))
    asked = analysis("screening_next").Asked(folder=str(path), reviewer="A")
    keys = dict(zip("vmxzq", ("include", "maybe", "exclude", "undo", "leave"), strict=True))
    terminal.loop(asked, keys, words("en"))
    rows = read_decisions(path)
    assert [(one.decision, one.kind) for one in rows] == [
        ("include", "decision"), ("exclude", "decision"), ("maybe", "decision"),
        ("maybe", "undo"), ("exclude", "decision"),
    ]  # fmt: skip
    assert [rows[1].reason, rows[4].reason] == [[*reasons_of(path)][1], ""]
    assert all(one.when and one.reviewer == "A" for one in rows)
    # The record that was taken back comes again.
    assert rows[3].record_id == rows[2].record_id
    assert "exclude" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["screening_next", "screening_state"])
def test_the_analyses_go_through_json(folder, name):
    path, _ = folder
    for who in "AB":
        append(path, said("r1", who, "include", seconds=1.0))
        append(path, said("r2", who, reason="wrong-design"))
    record = analysis(name)
    asked = record.Asked(folder=str(path), **({"reviewer": "A"} if "next" in name else {}))
    answer = record.run(asked)
    assert from_json(record.Answered, to_json(answer)) == answer
    if name == "screening_state":
        assert (answer.on, answer.out, len(answer.open)) == (("r1",), ("r2",), 118)
        assert [(one.reason, one.records) for one in answer.excluded] == [("wrong-design", ("r2",))]
        assert answer.pairs[0].agreement.kappa == 1.0
    with pytest.raises(InputError):
        record.run(record.Asked(**{**vars(asked), "folder": str(path / "none")}))
