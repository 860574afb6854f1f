"""The extraction over its routes: rows, proposals, a second extractor blinded, differences, ZIP."""

import csv
import io
import re
import zipfile
from html import unescape

import pytest

from hilum.analyses.extraction import ExtractionAsked, run
from hilum.analyses.screening_decide import decided
from hilum.evidence import read_evidence
from hilum.literature.extraction.columns import TABLES
from hilum.literature.extraction.rows import read_rows
from hilum.literature.review.folder import append
from hilum.store.audit import lines
from hilum.web.roles import held_by
from hilum.web.sessions import Session
from tests.web.conftest import ORIGIN

PAPER = (
    "Methods\nForty patients with liver metastases had embolisation.\n\n"
    "Results\nAn objective response was seen in 20 of 40 patients (50%). "
    "Median overall survival was 31.5 months (95% CI 24.0 to 40.2). "
    "Disease control was reached in 30 of 40 patients (90%).\f"
    "Discussion\nAn invented <script>alert(1)</script> sentence.\n"
)
STUDY = {
    "study_id": "ex2019", "design": "case_series_retrospective", "population": "netlm",
    "n_patients": "40", "page": "1", "sentence": "Forty patients.", "first_author": "Example",
    "year": "2019",
}  # fmt: skip
ARM = {"arm_id": "tae", "modality": "tae", "n": "40", "scope": "netlm", "page": "1",
       "sentence": "Forty patients."}  # fmt: skip
RESPONSE = {
    "arm_id": "tae", "outcome": "objective_response", "measure": "proportion", "events": "20",
    "n": "40", "value": "50", "page": "1", "sentence": "=twenty responded",
}  # fmt: skip


@pytest.fixture
def review(send, desk):
    """The invented review with one report let on by one reviewer, who is alone."""
    desk.doings.patience = 60  # what is waited for is waited for, however loaded the machine is
    send("/review/example")
    (key,) = desk.reviews.listed()
    return key


@pytest.fixture
def record(desk, review):
    place = desk.reviews.place(review)
    one = sorted(desk.reviews.titles(review))[0]
    include(place, one, "owner")
    return one


def include(place, record, who):
    for stage in ("title", "full-text"):
        append(place, decided(place, record, "include", who, stage=stage))


def row(send, review, record, table, cells, **more):
    return send(f"/review/{review}/extract/report",
                {"record": record, "table": table, "row": "", **cells, **more})  # fmt: skip


def told(page):
    """What a page says in its alert."""
    found = re.search(r'role="alert">(.*?)</section>', page.text, re.DOTALL)
    return unescape(re.sub("<[^>]*>", " ", found[1])) if found else ""


def filled(send, review, record):
    for table, cells in (("studies", {**STUDY, "record_id": record}), ("arms", ARM),
                         ("results", RESPONSE)):  # fmt: skip
        answer = row(send, review, record, table, cells)
        assert answer.status_code == 303, told(answer)


def field(page, name):
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.text)
    chosen = re.search(rf'name="{name}">.*?<option value="([^"]*)" selected', page.text, re.DOTALL)
    return unescape((found or chosen)[1]) if found or chosen else ""


def test_nothing_is_extracted_before_a_report_is_included(visitor, review):
    page = visitor.get(f"/review/{review}/extract")
    assert page.status_code == 200
    assert "No report is included yet." in page.text


def test_a_report_is_extracted_row_by_row(visitor, send, desk, review, record):
    here, place = f"/review/{review}/extract", desk.reviews.place(review)
    assert "nobody has extracted it" in visitor.get(here).text
    page = visitor.get(f"{here}/report", params={"record": record})
    assert field(page, "record_id") == record
    assert field(page, "table") == "studies", "what comes first is the study"
    # A fault names the column, nothing is written, what was typed stands there still.
    wrong = row(send, review, record, "studies", {**STUDY, "record_id": record, "year": "soon"})
    assert wrong.status_code == 422
    assert 'value="soon"' in wrong.text
    assert "Year: 'soon'" in told(wrong), "the field's own name, not the file's column"
    assert read_rows(place, "owner")["studies"] == []
    filled(send, review, record)
    rows = read_rows(place, "owner")
    assert [len(rows[name]) for name in TABLES] == [1, 1, 1]
    assert rows["results"][0]["sentence"] == "=twenty responded"
    assert rows["results"][0]["study_id"] == "ex2019", "the study's id goes down"
    page = visitor.get(f"{here}/report", params={"record": record})
    assert "Expected, and not found yet" in page.text
    assert "tae: Line of treatment" in page.text
    # Looked for and not in the text: said at the arm, by ticks.
    (mark,) = [TABLES["arms"].mark_of(one) for one in rows["arms"]]
    ticks = {"not_reported": ["line", "overall_survival"]}
    assert row(send, review, record, "arms", {**ARM, **ticks}, row=mark).status_code == 303
    assert read_rows(place, "owner")["arms"][0]["not_reported"] == "line overall_survival"
    looked = {one.name for one in run(ExtractionAsked(folder=str(place))).gaps if one.looked}
    assert looked == {"line", "overall_survival"}
    # A row is changed in its place, key and all.
    (mark,) = [TABLES["results"].mark_of(one) for one in rows["results"]]
    changed = {**RESPONSE, "outcome": "disease_control"}
    assert row(send, review, record, "results", changed, row=mark).status_code == 303
    assert [one["outcome"] for one in read_rows(place, "owner")["results"]] == ["disease_control"]
    again = row(send, review, record, "results", changed)
    assert again.status_code == 422, "the row is there already"
    assert row(send, review, record, "results", {"outcome": "overall_survival"}).status_code == 422
    # Taken out, and kept again as it stands in the form.
    (mark,) = [TABLES["results"].mark_of(one) for one in read_rows(place, "owner")["results"]]
    gone = send(f"{here}/remove", {"record": record, "table": "results", "row": mark})
    assert read_rows(place, "owner")["results"] == []
    page = visitor.get(gone.headers["location"].partition("#")[0])
    assert "keep it to have it back" in page.text
    assert field(page, "outcome") == "disease_control"
    in_use = next(TABLES["studies"].mark_of(one) for one in rows["studies"])
    refused = send(f"{here}/remove", {"record": record, "table": "studies", "row": in_use})
    assert refused.status_code == 422, "its arm refers to it"
    assert visitor.get(f"{here}/report", params={"record": "i009:X"}).status_code == 404
    assert visitor.get(f"{here}/report", params={"record": record, "row": "x"}).status_code == 404
    done = [one.what for one in lines(desk.cases.engine)]
    assert done.count("extract_kept") == 5
    assert done.count("extract_removed") == 1


def test_a_full_text_proposes_and_nothing_is_taken_by_itself(visitor, send, desk, review, record):
    here, place = f"/review/{review}/extract", desk.reviews.place(review)
    filled(send, review, record)
    files = {"file": ("../../evil<b>.txt", PAPER.encode())}
    answer = send(f"{here}/text", {"record": record}, files=files)
    assert answer.status_code == 303, told(answer)
    (kept,) = (place / "fulltext").iterdir()
    assert kept.read_bytes() == PAPER.encode()
    assert re.fullmatch(r"[0-9a-f]{16}\.txt", kept.name), "never by the name it was sent with"
    page = visitor.get(f"{here}/report", params={"record": record})
    text = unescape(page.text)
    assert "31.5 months" in text
    assert "<script>alert" not in page.text
    assert "Does not fit" in text, "30 of 40 is no 90 %"
    assert len(read_rows(place, "owner")["results"]) == 1, "a proposal is no row"
    (number,) = [
        one for one, what in re.findall(r'take=(\d+)#row" aria-label="([^"]*)"', page.text)
        if "Overall survival" in what or "overall survival" in what
    ]  # fmt: skip
    page = visitor.get(f"{here}/report", params={"record": record, "take": number})
    assert field(page, "value") == "31.5"
    assert field(page, "ci_low") == "24.0"
    assert len(read_rows(place, "owner")["results"]) == 1, "a look takes nothing either"
    cells = {name: field(page, name) for name in ("arm_id", "outcome", "measure", "value", "page",
             "ci_low", "ci_high", "proposal")}  # fmt: skip
    assert cells["arm_id"] == "tae", "the only arm, where the text names no group"
    cells["sentence"] = "Median overall survival was 31.5 months"
    assert row(send, review, record, "results", cells, take=number).status_code == 303
    taken = read_rows(place, "owner")["results"][-1]
    assert (taken["outcome"], taken["value"], taken["proposal"]) == (
        "overall_survival", "31.5", f"{kept.name}#{number}",
    )  # fmt: skip
    page = visitor.get(f"{here}/report", params={"record": record})
    assert page.text.count(">Take it again<") == 1
    mine = visitor.get(f"{here}/text", params={"record": record})
    assert mine.content == PAPER.encode()
    assert mine.headers["content-disposition"].startswith("attachment")
    # After a restart it is read anew.
    desk.reviews.papers.forget(lambda _: True)
    page = visitor.get(f"{here}/report", params={"record": record})
    while page.status_code == 303:
        page = visitor.get(page.headers["location"])
    assert "31.5 months" in unescape(page.text)
    assert visitor.get(f"{here}/report", params={"record": record, "take": "99"}).status_code == 404
    before = sorted(place.rglob("*"))
    for name, content in (
        ("x.exe", b"MZ"), ("x.pdf", b"no PDF"), ("x.txt", b"a\0b"), ("x.txt", b""),
        ("x.pdf", b"%PDF-1.7\nbroken"), ("x.txt", b" \n"),
    ):  # fmt: skip
        refused = send(f"{here}/text", {"record": record}, files={"file": (name, content)})
        assert refused.status_code == 422, name
        assert "This was not kept" in refused.text
    assert sorted(place.rglob("*")) == before


def test_a_path_that_leads_out_of_the_review_is_not_opened(visitor, send, desk, review, record):
    place = desk.reviews.place(review)
    secret = desk.reviews.folder / "secret.txt"
    secret.write_text("An objective response in 20 of 40 patients (50%).")
    line = f"{record},retrieved,owner,2026-01-01,../secret.txt,,\n"
    head = "record_id,state,reviewer,when,file,sha256,note\n"
    (place / "retrieval.csv").write_text(head + line)
    page = visitor.get(f"/review/{review}/extract/report", params={"record": record})
    assert page.status_code == 200
    assert "20 of 40" not in page.text
    assert visitor.get(f"/review/{review}/extract/text",
                       params={"record": record}).status_code == 404  # fmt: skip


def test_a_draft_outlives_a_change_of_language(visitor, send, review, record):
    here = f"/review/{review}/extract"
    fields = {"record": record, "table": "studies", "row": "", "take": "", "study_id": "half",
              "not_reported": ["countries", "centres"], "language": "zh-Hans"}  # fmt: skip
    answer = send(f"{here}/typed", fields)
    assert answer.status_code == 303
    page = visitor.get(answer.headers["location"])
    assert field(page, "study_id") == "half"
    assert page.text.count(" checked>") == 2
    assert 'lang="zh-Hans"' in page.text


def test_a_keystroke_that_comes_in_late_is_no_draft(visitor, send, review, record):
    here = f"/review/{review}/extract"
    filled(send, review, record)
    late = {"record": record, "table": "results", "take": "", "shown": "", **RESPONSE}
    assert send(f"{here}/typed", {**late, "row": ""}, headers={"hx-request": "true"}).content == b""
    page = visitor.get(f"{here}/report", params={"record": record})
    assert field(page, "value") == "", "what was kept is not typed again"
    send(f"{here}/typed", {**late, "row": "", "shown": field(page, "shown")})
    page = visitor.get(f"{here}/report", params={"record": record})
    assert field(page, "value") == "50", "a form shown since then has its draft"


@pytest.fixture
def people(stranger, desk, review):
    """Two extractors and a reader, where two are asked for."""
    desk.__dict__.pop("names", None)
    made = {}
    for who, role in (("anna", "reviewer"), ("bert", "reviewer"), ("rita", "reader")):
        desk.sessions._open[who] = Session(f"csrf-{who}", held_by(role), who)

        def act(path, data=None, who=who):
            stranger.cookies.clear()
            stranger.cookies.set(desk.cookie, who)
            here = f"/review/{review}/extract{path}"
            if data is None:
                return stranger.get(here)
            return stranger.post(here, data={"csrf": f"csrf-{who}", **data}, headers=ORIGIN)

        made[who] = act
    desk.reviews.say(review, {"reviewers": "2", "recall": "0.95", "confidence": "0.95"})
    return made


def test_a_second_extractor_is_blinded_and_differences_are_settled(people, desk, review):
    place = desk.reviews.place(review)
    record = sorted(desk.reviews.titles(review))[0]
    for who in ("anna", "bert"):
        include(place, record, who)

    def extract(who, ident, response, more=()):
        report = {"record": record, "row": ""}
        for table, cells in (
            ("studies", {**STUDY, "study_id": ident, "record_id": record}), ("arms", ARM),
            ("results", {**RESPONSE, **response}), *more,
        ):  # fmt: skip
            said = people[who]("/report", {**report, "table": table, **cells})
            assert said.status_code == 303, told(said)

    survival = {**RESPONSE, "outcome": "overall_survival", "measure": "median_months",
                "value": "31.5", "events": "", "n": "", "sentence": "a secret of anna"}  # fmt: skip
    extract("anna", "anna2019", {"sentence": "a secret of anna"}, [("results", survival)])
    for path in ("", f"/report?record={record}", f"/differences?record={record}"):
        page = people["bert"](path)
        assert "anna" not in page.text, path
        assert "31.5" not in page.text, path
    assert "1 of 2 have extracted it" in people["bert"]("").text
    settle = {"record": record, "key": "results/anna2019/tae/objective_response/proportion",
              "column": "events", "take": "anna"}  # fmt: skip
    assert people["bert"]("/differences", settle).status_code == 422, "not before both have"
    assert not (place / "extraction" / "resolved.csv").exists()
    extract("bert", "bert19", {"events": "19", "value": "47.5"})
    assert "extractors differ" in people["rita"]("").text
    page = unescape(people["rita"](f"/differences?record={record}").text)
    assert "Take what anna has · Events · 20" in page
    assert "Take what bert has · Value (%, months or ratio) · 47.5" in page
    assert "Rows that too few have" in page
    assert people["rita"]("/differences", settle).status_code == 403
    assert people["rita"](f"/report?record={record}").status_code == 403
    not_ready = people["rita"]("/evidence.zip")
    assert not_ready.status_code == 422
    assert "a resolution" in not_ready.text
    assert people["bert"]("/differences", {**settle, "take": "rita"}).status_code == 422
    alone = people["bert"]("/differences", settle)
    assert alone.status_code == 422
    assert "a third person" in alone.text
    assert 'name="consensus"' in people["bert"](f"/differences?record={record}").text
    settle["consensus"] = "1"
    assert people["bert"]("/differences", settle).status_code == 303
    own = {**settle, "column": "value", "take": "", "value": "50", "note": "counted again"}
    assert people["bert"]("/differences", own).status_code == 303
    alone = {"record": record, "column": "", "value": "drop", "consensus": "1",
             "key": "results/anna2019/tae/overall_survival/median_months"}  # fmt: skip
    assert people["bert"]("/differences", {**alone, "value": "perhaps"}).status_code == 422
    assert people["bert"]("/differences", alone).status_code == 303
    (standing,) = [
        one for one in run(ExtractionAsked(folder=str(place))).reports if one.record == record
    ]
    assert (standing.state, standing.open, standing.extractors) == ("resolved", 0, ("anna", "bert"))
    page = unescape(people["rita"](f"/differences?record={record}").text)
    assert "counted again" in page
    assert "left out" in page
    ready = people["rita"]("/evidence.zip")
    assert ready.status_code == 200, told(ready)
    with zipfile.ZipFile(io.BytesIO(ready.content)) as held:
        target = desk.reviews.folder.parent / "taken"
        held.extractall(target)
        places = list(csv.DictReader(io.StringIO(held.read("places.csv").decode())))
    (figure,) = read_evidence(target).results
    assert (figure.events, figure.n, figure.value) == (20, 40, 50.0)
    assert (places[0]["extractors"], places[0]["resolved"]) == ("anna; bert", "yes")


def test_a_study_is_appraised(visitor, send, desk, review, record):
    here, place = f"/review/{review}/extract", desk.reviews.place(review)
    filled(send, review, record)
    page = visitor.get(f"{here}/appraise", params={"record": record})
    assert "hilum's own" in unescape(page.text) or "paraphrased" in page.text
    base = {"record": record, "study": "ex2019", "tool": "jbi_case_series"}
    answers = {f"a-{number}": "yes" for number in range(1, 11)}
    wrong = send(f"{here}/appraise", {**base, **answers, "a-3": "perhaps", "r-4": "all of 2015"})
    assert wrong.status_code == 422
    assert 'value="all of 2015"' in wrong.text
    assert not list(place.glob("extraction/*/appraisals.csv"))
    kept = send(f"{here}/appraise", {**base, **answers, "r-4": "all of 2015"})
    assert kept.status_code == 303
    page = visitor.get(kept.headers["location"])
    assert "low risk of bias" in page.text
    assert 'value="all of 2015"' in page.text
    # Another tool of the same study stands beside it.
    other = {**base, "tool": "minors", "a-1": "2"}
    assert send(f"{here}/appraise", other).status_code == 303
    (table,) = place.glob("extraction/*/appraisals.csv")
    tools = [one["tool"] for one in csv.DictReader(io.StringIO(table.read_text()))]
    assert tools == ["jbi_case_series"] * 10 + ["minors"]
    assert send(f"{here}/appraise", {**base, "tool": "rob2"}).status_code == 422
    assert send(f"{here}/appraise", {**base, "study": "none"}).status_code == 404


def test_every_column_and_code_has_words():
    from hilum.literature.extraction.choices import choices_of, suggestions_of
    from hilum.rendering.extraction_words import COLUMNS, code_words

    for name, table in TABLES.items():
        shown = {one for one in table.head if one not in ("not_reported", "proposal", "record_id")}
        assert shown <= {*COLUMNS[name]}
        for column, codes in {**choices_of(name), **suggestions_of(name)}.items():
            assert {*codes} <= {*code_words()[column]}, column
