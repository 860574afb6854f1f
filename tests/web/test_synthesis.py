"""The synthesis room: what was sent is what the commands answer, and all of it can be taken."""

import io
import json
import re
import subprocess
import sys
import zipfile
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import select

from hilum.analyses import analysis
from hilum.analyses.pool_asked import wanted_columns
from hilum.analyses.tables import read_table
from hilum.analyses.without_one import without_one
from hilum.store.schema import ANSWERS
from hilum.synthesis.effects import MEASURES
from hilum.web.kinds import ROOM
from hilum.web.pages.synthesis import HERE
from tests.web.conftest import ORIGIN

ONE = "study,Events,total\nA <b>1</b>,3,20\nB,7,30\nC,9,33\nD,4,41\n"
ANSWER = re.compile(r"/synthesis/([0-9a-f]{32})")


@pytest.fixture
def client(visitor, csrf, desk):
    # What is asked is waited for: the pages of long work have tests of their own.
    desk.doings.patience = 120.0
    visitor.follow_redirects, visitor.csrf = True, csrf
    visitor.headers.update(ORIGIN)
    return visitor


def sent(client, table="", file=None, **more):
    data = {"csrf": client.csrf, "table": table, "measure": "PLO", **more}
    files = {"file": ("table.csv", b"") if file is None else file}
    return client.post("/synthesis", data=data, files=files)


def table(text, tmp_path, measure="PLO"):
    path = tmp_path / "table.csv"
    path.write_text(text, "utf-8")
    return read_table(path, wanted_columns(measure), lambda _: None)


def test_what_is_pasted_is_pooled_as_the_command_does(client, tmp_path):
    page = sent(client, ONE)
    assert page.status_code == 200
    text = unescape(page.text)
    pool = analysis("pool")
    found = pool.run(pool.Asked(table=table(ONE, tmp_path), measure="PLO")).shown
    for value in (found.pred, found.ci_lb, found.ci_ub):
        assert f"{100 * value:.1f} %" in text
    assert "columns: xi = Events, ni = total" in text
    assert "<b>1</b>" not in page.text
    key = ANSWER.search(str(page.url))[1]
    drawn = client.get(f"/synthesis/{key}/forest.svg")
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert "sandbox" in drawn.headers["content-security-policy"]
    assert drawn.text.startswith("<svg")
    assert "<b>1</b>" not in drawn.text


def test_a_file_and_the_same_text_are_one_answer(client):
    pasted = sent(client, ONE)
    brought = sent(client, file=("Patients of mine.csv", ONE.encode()))
    assert pasted.url == brought.url
    assert "Patients" not in brought.text


def test_the_rows_can_be_asked_again(client, tmp_path):
    key = ANSWER.search(str(sent(client, ONE).url))[1]
    again = sent(client, of=key, method="DL", level="0.9")
    pool = analysis("pool")
    asked = pool.Asked(table=table(ONE, tmp_path), measure="PLO", method="DL", level=0.9)
    found = pool.run(asked).shown
    assert f"{100 * found.ci_ub:.1f} %" in again.text
    assert ANSWER.search(str(again.url))[1] != key


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"table": "study,events,n\nA,30,20\nB,3,9\n"}, "table.csv:2"),
        ({"table": "study,events,n\nA,3,20\nTotal,3,20\n"}, "a row of totals"),
        ({"table": "study,size\nA,3\n"}, "there are: study, size"),
        ({"table": ONE, "level": "much"}, "much"),
        ({"table": ONE, "level": "95"}, "95"),
        ({"table": ONE, "measure": "XX"}, "XX"),
        ({"table": ONE, "by": "age"}, "age"),
        ({"table": ""}, "a file, or lines pasted"),
        ({"file": ("x.xlsx", b"nothing")}, "no workbook"),
    ],
)
def test_a_fault_is_named_and_what_was_typed_stays(client, values, said):
    page = sent(client, **values)
    assert page.status_code == 422
    assert said in unescape(page.text)
    assert unescape(page.text).count(values.get("table", "").strip()) >= 1


def test_an_unknown_answer_or_plot_is_not_there(client):
    assert client.get(f"/synthesis/{'0' * 32}").status_code == 404
    key = ANSWER.search(str(sent(client, ONE).url))[1]
    assert client.get(f"/synthesis/{key}/gosh.svg").status_code == 404
    assert sent(client, of="0" * 32).status_code == 404


def assert_alike(made, kept):
    """The same answer; numbers within rounding, which hangs on where a library lays an array."""
    assert type(made) is type(kept)
    if isinstance(made, dict):
        assert made.keys() == kept.keys()
        for name in made:
            assert_alike(made[name], kept[name])
    elif isinstance(made, list):
        assert len(made) == len(kept)
        for one, other in zip(made, kept, strict=True):
            assert_alike(one, other)
    else:
        assert made == (pytest.approx(kept, rel=1e-12) if isinstance(kept, float) else kept)


def test_all_of_it_can_be_taken_and_made_again(client, tmp_path):
    key = ANSWER.search(str(sent(client, ONE, method="REML").url))[1]
    sent_back = client.get(f"/synthesis/{key}/all.zip")
    assert "attachment" in sent_back.headers["content-disposition"]
    whole = zipfile.ZipFile(io.BytesIO(sent_back.content))
    names = set(whole.namelist())
    assert {"forest.svg", "funnel.svg", "answer.json", "studies.csv", "table.csv"} <= names
    whole.extractall(tmp_path)
    answer = json.loads((tmp_path / "answer.json").read_text("utf-8"))
    assert (tmp_path / "table.csv").read_text("utf-8") == ONE
    src = str(Path(__file__).parents[2] / "src")
    done = subprocess.run(
        [sys.executable, "again.py"], cwd=tmp_path, env={"PYTHONPATH": src},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert_alike(json.loads(done.stdout), answer)
    from proofs.face import called

    command = (tmp_path / "again.sh").read_text("utf-8").splitlines()[-1].split()
    assert json.loads(called(*command[1:], cwd=tmp_path).stdout) == answer


@pytest.mark.parametrize(
    ("measure", "method", "text"),
    [
        ("PLO", None, ONE),
        ("PR", "REML", ONE),
        ("OR", "MH", "study,ai,n1i,ci,n2i\nA,3,20,6,22\nB,7,30,9,31\nC,9,33,4,30\n"),
    ],
)
def test_without_a_study_the_model_stays(measure, method, text, tmp_path):
    """Each is the answer of the table without that line, whatever pools."""
    pool = analysis("pool")
    asked = {"measure": measure, "method": method}
    whole = pool.run(pool.Asked(table=table(text, tmp_path, measure), **asked))
    found = without_one(whole)
    lines = text.splitlines()
    assert [one.row for one in found] == list(range(2, len(lines) + 1))
    for place, one in enumerate(found, 1):
        fewer = "\n".join(lines[:place] + lines[place + 1 :])
        alone = pool.run(pool.Asked(table=table(fewer, tmp_path, measure), **asked))
        for name in ("pred", "ci_lb", "ci_ub"):
            wanted = getattr(alone.shown or alone.transformed, name)
            assert getattr(one.figure, name) == pytest.approx(wanted, rel=1e-6)
        assert (one.tau2 is None) == (alone.tau2 is None)
        assert (one.tau2 or 0) == pytest.approx(alone.tau2 or 0, rel=1e-5, abs=1e-9)


def test_every_measure_has_a_name():
    assert all(one.name for one in MEASURES.values())


def test_the_invented_review_is_pooled(client):
    page = client.get("/synthesis/example").text
    text = unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.S)[1])
    assert sent(client, text, by="setting").status_code == 200


def test_the_forest_shows_all_but_one_and_nothing_moves(client):
    page = sent(client, ONE)
    key = ANSWER.search(str(page.url))[1]
    rows = re.findall(r'data-without="(\d+)"', page.text)
    assert len(rows) == 4
    drawn = [client.get(f"/synthesis/{key}/forest.svg?without={row}").text for row in ("0", *rows)]
    # Each stands on the same ground and axis, and draws its own dashed figure.
    assert len({re.search(r'viewBox="[^"]*"', one)[0] for one in drawn}) == 1
    ticks = [re.findall(r'class="tick"[^>]*>([^<]*)<', one) for one in drawn]
    assert all(one == ticks[0] for one in ticks)
    dashed = [re.findall(r'<polygon class="without" points="([^"]*)"', one) for one in drawn]
    assert dashed[0] == []
    assert all(len(one) == 1 for one in dashed[1:])
    assert len({one[0] for one in dashed[1:]}) == 4
    pooled = {re.search(r'<polygon class="diamond" points="([^"]*)"', one)[1] for one in drawn}
    assert len(pooled) == 1
    text = unescape(page.text)
    for one in without_one(_of(client, key)):
        percent = f"{100 * one.figure.pred:.1f}"
        assert any(f"{percent} (" in each for each in drawn)
        assert f"{percent} %" in text


def _of(client, key):
    from hilum.analyses.forms import from_json
    from hilum.analyses.pool import PoolAnswered

    held = zipfile.ZipFile(io.BytesIO(client.get(f"/synthesis/{key}/all.zip").content))
    return from_json(PoolAnswered, held.read("answer.json").decode())


def test_a_half_filled_form_is_kept_in_another_language(client):
    data = {"csrf": client.csrf, "table": "study,events", "level": "0.9", "language": "zh-Hans"}
    page = client.post("/synthesis/typed", data=data)
    assert 'lang="zh-Hans"' in page.text
    assert "study,events" in page.text
    assert 'value="0.9"' in page.text
    cleared = client.post("/synthesis/clear", data={"csrf": client.csrf})
    assert "study,events</textarea>" not in cleared.text


def test_a_large_table_is_a_workers(client, desk, tmp_path):
    """On and past the number of rows that are pooled at once; the figures are the same."""
    kinds = select(ANSWERS.c.kind).where(ANSWERS.c.kind == ROOM)
    for rows, left in ((HERE, 0), (HERE + 1, 1)):
        text = "study,events,n\n" + "".join(
            f"s{row},{1 + row % 9},{20 + row}\n" for row in range(rows)
        )
        page = sent(client, text, method="DL")
        pool = analysis("pool")
        asked = pool.Asked(table=table(text, tmp_path), measure="PLO", method="DL")
        found = pool.run(asked).transformed
        assert f"{100 * found.pred:.1f} %" in unescape(page.text)
        assert page.text.count("data-without=") == rows
        with desk.cases.engine.connect() as connection:
            assert len(connection.execute(kinds).all()) == left
    # What a worker cannot pool leaves everything as it was typed.
    wrong = text.replace("s3,4,23", "s3,40,23")
    page = sent(client, wrong, method="DL")
    assert page.status_code == 422
    assert "s3,40,23" in page.text


TWO = "study,events,n,setting\nA,3,20,x\nB,7,30,x\nC,9,30,y\nD,2,30,y\n"


def test_a_column_that_the_next_table_has_not_leaves_the_form(client):
    assert sent(client, TWO, by="setting").status_code == 200
    page = sent(client, ONE, by="setting")
    assert page.status_code == 422
    assert "Subgroups by column: the table has no column setting" in unescape(page.text)
    assert 'name="by" value=""' in page.text
    assert 'name="by" value=""' in client.get("/synthesis").text
    assert sent(client, ONE, by="").status_code == 200
    # One that it has stays, under the file's own name or the known one.
    assert 'name="by" value="setting"' in sent(client, TWO, by="setting").text


def test_one_tau2_can_be_asked_on_the_page(client):
    model = {"method": "REML", "test": "knha"}
    page = sent(client, TWO, by="setting", same_tau2="yes", **model)
    assert page.status_code == 200
    assert 'name="same_tau2" value="yes" checked' in page.text
    apart = sent(client, TWO, by="setting", **model)
    assert 'name="same_tau2" value="yes" checked' not in apart.text
    assert page.url != apart.url


def test_a_wrong_header_is_said_with_the_usual_name(client):
    page = sent(client, "study,size,n\nA,3,20\nB,4,30\n")
    assert page.status_code == 422
    said = unescape(page.text)
    assert "it holds the events of a group and is usually named events" in said


def test_a_script_says_what_to_do_without_hilum(client, tmp_path):
    key = sent(client, TWO).url.path
    with zipfile.ZipFile(io.BytesIO(client.get(f"{key}/all.zip").content)) as whole:
        (tmp_path / "again.sh").write_bytes(whole.read("again.sh"))
    bare = {"PATH": str(tmp_path)}
    done = subprocess.run(["/bin/sh", "again.sh"], cwd=tmp_path, env=bare, capture_output=True,
                          text=True, check=False)  # fmt: skip
    assert done.returncode == 127
    assert "activate the environment" in done.stderr
    (tmp_path / "hilum").write_text("#!/bin/sh\necho ran $1\n", "utf-8")
    (tmp_path / "hilum").chmod(0o755)
    done = subprocess.run(["/bin/sh", "again.sh"], cwd=tmp_path, env=bare, capture_output=True,
                          text=True, check=False)  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "ran pool\n", "")
