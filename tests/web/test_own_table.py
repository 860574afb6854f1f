"""A network and survival of one's own table: what the commands answer, and what cannot be."""

import io
import json
import re
import subprocess
import sys
import zipfile
from html import unescape
from importlib.resources import files
from types import SimpleNamespace

import openpyxl
import pytest
from proofs.face import called

from hilum.analyses import analysis
from hilum.analyses.evidence_map import MapAsked
from hilum.analyses.evidence_map_cells import made_map
from hilum.analyses.evidence_rows import rows_of
from hilum.analyses.joint_table import OWN as JOINT_COLUMNS
from hilum.analyses.joint_table import read_studies
from hilum.analyses.pool_asked import wanted_columns
from hilum.analyses.survival_table import COLUMNS
from hilum.analyses.tables import table_of
from hilum.errors import MissingExtra, NotEstimable
from hilum.language import words
from hilum.rendering.joint_plots import dial_picture
from hilum.rendering.own_table import OWN
from hilum.tabular import sheet_of
from hilum.watch import SILENT
from hilum.web.desk import evidence
from tests.web.test_synthesis import client  # noqa: F401

EXAMPLES = files("hilum.web") / "examples"
ASKED = {
    "network": {"reference": "control", "small_values": "undesirable", "draws": "2000"},
    "survival": {"family": "weibull", "times": "12 36"},
}


# The joint model takes a minute to compile: its answers are tests/analyses' and tests/cli's.
QUICK = tuple(ASKED)


def example(code):
    return (EXAMPLES / OWN[code].example).read_text("utf-8")


def sent(client, code, table, **more):  # noqa: F811
    files = {"file": ("table.csv", b"")}
    data = {"csrf": client.csrf, "table": table, **more}
    return client.post(f"/synthesis/{code}", data=data, files=files)


@pytest.mark.parametrize("code", QUICK)
def test_a_table_is_answered_as_the_command_does(client, code, tmp_path):  # noqa: F811
    file = tmp_path / "table.csv"
    file.write_text(example(code), "utf-8")
    texts = ASKED[code]
    options = [
        part for name, value in texts.items()
        for part in (f"--{name.replace('_', '-')}", value.replace(" ", ","))
    ]  # fmt: skip
    done = called(*OWN[code].command, str(file), *options, "--json")
    assert done.returncode == 0, done.stderr
    page = sent(client, code, example(code), **texts)
    assert page.url.path.startswith(f"/synthesis/{code}/"), page.text
    taken = zipfile.ZipFile(io.BytesIO(client.get(f"{page.url.path}/all.zip").content))
    answer, expected = json.loads(taken.read("answer.json")), json.loads(done.stdout)
    for one in (answer, expected):
        one["asked"]["table"].pop("file")
        one["asked"].pop("patients", None)
    assert answer == expected
    # Secrets of a form are drawn by chance, and are nobody's words.
    assert "--" not in unescape(page.text.replace(client.csrf, "")).replace("<!--", "")
    # The command that is taken along says the same options.
    for part in options[::2]:
        assert part in taken.read("again.sh").decode()
    # And Python, of the table that is taken along, gives the same answer.
    for name in taken.namelist():
        (tmp_path / name).write_bytes(taken.read(name))
    again = subprocess.run(
        [sys.executable, "again.py"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    repeated = json.loads(again.stdout)
    repeated["asked"]["table"].pop("file")
    repeated["asked"].pop("patients", None)
    assert repeated == expected
    assert ("netmeta(" in taken.read("again.R").decode()) == (code == "network")
    book = openpyxl.load_workbook(io.BytesIO(taken.read("tables.xlsx")))
    rows = list(book["table"].iter_rows(values_only=True))
    assert [str(one or "") for one in rows[0]] == example(code).splitlines()[0].split(",")
    assert len(rows) == len(example(code).splitlines())
    for name in taken.namelist():
        if name.endswith(".svg"):
            picture = taken.read(name.replace(".svg", ".png"))
            assert picture.startswith(b"\x89PNG"), name
    assert "numpy" in taken.read("versions.txt").decode()


@pytest.mark.parametrize("code", QUICK)
def test_every_plot_is_drawn_or_says_why_not(client, code):  # noqa: F811
    page = sent(client, code, example(code), **ASKED[code])
    for kind in OWN[code].plots:
        drawn = client.get(f"{page.url.path}/{kind}.svg")
        assert drawn.text.startswith("<svg"), kind
        assert "sandbox" in drawn.headers["content-security-policy"]
    # Studies that never meet are two networks: most plots cannot be.
    if code == "network":
        apart = "studlab,treat,event,n\n1,a,3,10\n1,b,4,10\n2,c,2,10\n2,d,5,10\n"
        page = sent(client, code, apart)
        assert page.status_code == 422 or "a connected network" in page.text


@pytest.mark.parametrize("code", QUICK)
def test_a_fault_keeps_what_was_typed(client, code):  # noqa: F811
    page = sent(client, code, "study,nothing\nx,1\n", level="much")
    assert page.status_code == 422
    assert "This was not analysed" in page.text
    assert "x,1" in page.text
    assert 'value="much"' in page.text
    assert "x,1" in client.get(f"/synthesis/{code}").text, "a draft"
    empty = sent(client, code, "")
    assert "lines pasted" in empty.text
    cleared = client.post(f"/synthesis/{code}/clear", data={"csrf": client.csrf})
    assert "x,1" not in cleared.text


def test_files_of_patients_are_never_opened(client, tmp_path):  # noqa: F811
    held = tmp_path / "held.csv"
    held.write_text("time,status\n1,1\n2,0\n")
    table = f"study,arm,kind,time,value,lower,upper,n,file\nA,a,curve,,,,,,{held}\n"
    page = sent(client, "survival", table)
    assert page.status_code == 422
    assert "<svg" not in client.get(f"{page.url.path}/curve.svg").text


def test_a_sheet_is_read_and_a_formula_in_it_is_a_text(client):  # noqa: F811
    table = example("network").replace("Invented 1", "=1+1")
    page = sent(client, "network", table, draws="1000")
    taken = zipfile.ZipFile(io.BytesIO(client.get(f"{page.url.path}/all.zip").content))
    book = openpyxl.load_workbook(io.BytesIO(taken.read("tables.xlsx")))
    assert book["table"]["A2"].value == "=1+1"
    assert book["table"]["A2"].data_type == "s"


def test_languages_and_drafts(client):  # noqa: F811
    data = {"csrf": client.csrf, "table": "half,", "language": "zh-Hans"}
    page = client.post("/synthesis/survival/typed", data=data)
    assert page.url.path == "/synthesis/survival"
    assert 'lang="zh-Hans"' in page.text
    assert "half," in page.text
    assert client.get("/synthesis/nothing").status_code == 404


# Cells of the shipped evidence whose every study prints counts and is weighed.
WHOLE = (("ssa", "disease_control"), ("sunitinib", "objective_response"),
         ("chemo_platinum", "objective_response"))  # fmt: skip


@pytest.fixture(scope="module")
def cells():
    return made_map(evidence(), MapAsked(treatment=tuple({one for one, _ in WHOLE})), SILENT)


@pytest.mark.parametrize(("treatment", "outcome"), WHOLE)
def test_the_rows_of_a_cell_pool_to_its_own_figure(cells, treatment, outcome):
    """The map's figure and the analysis of the table are two ways to one number.

    Their climbs to the highest likelihood end within 1e-8 of each other.
    """
    cell = cells.at(treatment, outcome).answer
    rows = rows_of(cell)
    assert (rows.studies, rows.without) == (cell.k, 0)
    pool = analysis("pool")
    table = table_of(sheet_of(rows.text.encode(), "t.csv"), wanted_columns("PLO"), lambda _: None)
    found = pool.run(pool.Asked(table=table, measure="PLO")).transformed
    assert (found.pred, found.ci_lb, found.ci_ub) == pytest.approx((cell.value, *cell.ci), abs=1e-8)


def test_every_row_of_a_cell_is_a_row_of_the_record(cells):
    for cell in cells.cells:
        rows = rows_of(cell.answer)
        body = rows.text.splitlines()[1:]
        assert len(body) == rows.studies
        assert rows.studies + rows.without == len(cell.answer.studies)
        if rows.analysis == "survival" and body:
            table_of(sheet_of(rows.text.encode(), "t.csv"), COLUMNS, lambda _: None)


def test_published_studies_are_taken_and_pooled(client):  # noqa: F811
    asked = {"treatment": "ssa", "outcome": "objective_response"}
    page = client.get("/synthesis/evidence", params=asked)
    text = unescape(page.text)
    assert "Somatostatin analogues" in text
    assert "study,events,n,design,year,source" in text
    assert "could not go in: 1" in text
    assert '<option value="ssa" selected>' in text
    assert "study,events,n,design" not in client.get("/synthesis").text, "only looked at"
    survival = {"treatment": "ssa", "outcome": "overall_survival"}
    page = client.get("/synthesis/evidence", params=survival)
    assert page.url.path == "/synthesis/survival"
    assert ",median,," in page.text
    none = {"treatment": "ssa", "outcome": "recurrence"}
    assert client.get("/synthesis/evidence", params=none).status_code == 422
    assert client.get("/synthesis/evidence", params={"treatment": "x"}).status_code in (404, 422)
    cell = client.get("/evidence/cell/ssa/objective_response?site=pancreas")
    assert "/synthesis/evidence?treatment=ssa&amp;outcome=objective_response&amp;site=pancreas" in (
        cell.text
    )


def test_the_dial_where_its_model_is_and_is_not(client, monkeypatch):  # noqa: F811
    page = client.get("/synthesis/joint?example=yes").text
    assert 'name="dial" value="yes" checked' in page
    assert '<option value="single" selected>' in page
    assert "Invented 4,drug B,single_arm,22,52" in unescape(page)
    # The example is what the model takes.
    table = table_of(
        sheet_of(example("joint").encode(), "table.csv"), JOINT_COLUMNS, lambda _: None
    )
    studies = read_studies(table, "objective_response", ())
    assert [int((studies.design == n).sum()) for n in range(3)] == [2, 1, 3]

    def absent(*_, **__):
        raise MissingExtra("the joint model needs the 'joint' extra: pip install 'hilum[joint]'")

    monkeypatch.setattr("hilum.synthesis.joint.dial", absent)
    said = sent(client, "joint", example("joint"), dial="yes", on="single")
    assert said.status_code == 422
    assert "hilum[joint]" in said.text
    assert "Invented 4" in said.text, "what was typed is still there"


def test_an_answer_of_one_weight_has_no_dial():
    with pytest.raises(NotEstimable, match="of one weight"):
        dial_picture(SimpleNamespace(dial=None), words("en"))


def test_the_dial_turns_on_the_shipped_evidence_where_no_table_is_sent(client, monkeypatch):  # noqa: F811
    asked = []

    def answered(self, kind, question, watch, *, who=""):
        asked.append((kind, question))
        raise NotEstimable("too few arms")

    monkeypatch.setattr("hilum.web.queue.Queue.answered", answered)
    page = client.get("/synthesis/joint").text
    assert '<option value="progression_free_survival">progression-free survival</option>' in page
    chosen = {"outcome": "disease_control", "population": "netlm", "dial": "yes", "on": "single"}
    said = sent(client, "joint", "", **chosen)
    assert "too few arms" in said.text
    ((kind, question),) = asked
    assert (kind, question.table, question.evidence) == ("joint", None, None)
    assert (question.outcome, question.population, question.dial) == (
        "disease_control",
        "netlm",
        True,
    )
    # A file that cannot be read is no empty table, and another analysis needs one.
    broken = {"file": ("table.xlsx", b"no workbook")}
    data = {"csrf": client.csrf, "table": "", **chosen}
    assert "This was not analysed" in client.post("/synthesis/joint", data=data, files=broken).text
    assert "a table" in sent(client, "network", "").text
    assert len(asked) == 1


def test_a_pooled_cell_keeps_saying_of_what_it_is(client):  # noqa: F811
    query = "treatment=tace&outcome=objective_response&site=any&grade=G1-2&line=any"
    form = client.get(f"/synthesis/evidence?{query}").text
    table = unescape(re.search(r"<textarea id=\"table\"[^>]*>(.*?)</textarea>", form, re.S)[1])
    source = unescape(re.search(r'name="from" value="([^"]*)"', form)[1])
    assert "(TACE) · " in unescape(form)
    data = {"csrf": client.csrf, "table": table, "measure": "PLO", "from": source}
    page = client.post("/synthesis", data=data, files={"file": ("t.csv", b"")})
    text = unescape(page.text)
    assert "The map does not average" in text
    assert "(TACE) · Objective response: proportion" in text
    assert "Patients: any primary site" in text
    # The draft, too, still says so.
    assert "(TACE) · " in unescape(client.get("/synthesis").text)
    key = page.url.path
    for drawn in (f"{key}/forest.svg", f"{key}/forest.svg?without=0", f"{key}/funnel.svg"):
        assert "(TACE) · " in client.get(drawn).text, drawn
    assert "The map does not average" in client.get(f"{key}/forest.svg").text
    taken = zipfile.ZipFile(io.BytesIO(client.get(f"{key}/all.zip").content))
    for name in ("answer.txt", "again.sh", "again.py", "again.R", "forest.svg"):
        assert "(TACE) · " in taken.read(name).decode(), name
    # Another table, though sent with the same form, is not said to be of the cell.
    other = client.post(
        "/synthesis", data={**data, "table": "study,events,n\nA,3,20\nB,7,30\n"},
        files={"file": ("t.csv", b"")},
    )  # fmt: skip
    assert "TACE" not in other.text.partition("<main")[2]
    # An address that is none of hilum's is no origin.
    odd = client.post("/synthesis", data={**data, "from": "treatment=<b>"},
                      files={"file": ("t.csv", b"")})  # fmt: skip
    assert odd.status_code == 200
    assert "<b>" not in odd.text


def test_survival_of_a_cell_keeps_saying_of_what_it_is(client):  # noqa: F811
    query = "treatment=tace&outcome=overall_survival&site=any&grade=G1-2&line=any"
    form = client.get(f"/synthesis/evidence?{query}").text
    table = unescape(re.search(r"<textarea id=\"table\"[^>]*>(.*?)</textarea>", form, re.S)[1])
    source = unescape(re.search(r'name="from" value="([^"]*)"', form)[1])
    page = sent(client, "survival", table, **{"from": source, "family": "exponential"})
    assert "(TACE) · " in unescape(page.text), page.text[-3000:]
    assert "(TACE) · " in client.get(f"{page.url.path}/curve.svg").text
    taken = zipfile.ZipFile(io.BytesIO(client.get(f"{page.url.path}/all.zip").content))
    for name in ("answer.txt", "again.sh", "again.py", "again.R", "curve.svg"):
        assert "(TACE) · " in taken.read(name).decode(), name


def test_a_margin_in_points_is_refused_before_a_fit(client, monkeypatch):  # noqa: F811
    def fits(*_, **__):
        raise AssertionError("a fit was begun")

    monkeypatch.setattr("hilum.synthesis.joint.joint", fits)
    said = sent(client, "joint", example("joint"), margin="10").text
    assert "from 0 to 1: 0.1 is 10 %" in said
