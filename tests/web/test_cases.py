"""The list: new cases, invented ones, files of every kind, order, removal."""

import json
from pathlib import Path

import pytest

from hilum.web.pages.cases import EXAMPLES
from tests.web.conftest import ORIGIN

ROOT = Path(__file__).parents[2]
BUNDLE = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {"resource": {"resourceType": "Patient", "id": "p", "gender": "female",
                      "birthDate": "1968-03-01"}},
    ],
}  # fmt: skip


def sent(send, name, content):
    return send("/files", files={"file": (name, content)})


def test_an_empty_list_says_how_to_begin(visitor):
    text = visitor.get("/cases").text
    assert "No case is kept here yet." in text
    assert "Try it" in text


@pytest.mark.parametrize("name", EXAMPLES)
def test_invented_patients_are_those_of_the_examples(name, visitor, send):
    shipped = ROOT / "src" / "hilum" / "web" / "examples" / f"{name}.toml"
    assert shipped.read_bytes() == (ROOT / "examples" / f"{name}.toml").read_bytes()
    answer = send("/examples", {"name": name})
    assert visitor.get(answer.headers["location"]).status_code == 200


def test_an_example_that_is_none(send, desk):
    assert send("/examples", {"name": "../../etc/passwd"}).status_code == 404
    assert desk.cases.listed() == []


def test_a_new_case_knows_nothing(visitor, send):
    answer = send("/cases")
    assert visitor.get(answer.headers["location"]).status_code == 200
    assert "no name given" in visitor.get("/cases").text or "case" in visitor.get("/cases").text


def test_the_list_shows_what_a_board_asks(visitor, case):
    text = visitor.get("/cases").text
    assert "Midgut NET with many bilobar liver metastases" in text
    assert "Not resectable" in text
    assert "58 years, female" in text


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.toml", b'name = "B"\n[patient]\nage = 61\n'),
        ("a.json", b'{"name": "B", "patient": {"age": 61}}'),
        ("A.JSON", b'\xef\xbb\xbf{"name": "B", "age": 61}'),
        ("noending", b'name = "B"\nage = 61\n'),
    ],
)
def test_case_files(name, content, send, desk):
    answer = sent(send, name, content)
    assert answer.status_code == 303, answer.text
    (state,) = desk.cases.listed()
    assert state.content == {"name": "B", "patient": {"age": 61}}
    assert state.why == "file"


def test_a_date_of_toml_is_kept(send, desk, visitor):
    sent(send, "a.toml", b"date = 2026-11-28\n[patient]\nage = 61\n")
    (state,) = desk.cases.listed()
    assert state.content["date"] == "2026-11-28"


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.toml", b'[patient]\nage = 1\n[imaging]\nlabels = "/etc/passwd"\n', "label maps"),
        ("a.json", b'{"imaging": {"labels": "x"}, "patient": {}}', "label maps"),
        ("a.toml", b"not toml at all", "valid TOML"),
        ("a.json", b"[" * 100_000, "valid JSON"),
        ("a.json", b'{"patient": {"age": 1, "age": 2}}', "every key once"),
        ("a.json", b'{"a": 1}', "a table [patient]"),
        ("a.toml", b"\xff\xfe\x00", "UTF-8"),
        ("a.toml", b"", "Choose a file first."),
        ("a.json", b'{"resourceType": 5}', "a FHIR resource"),
    ],
)
def test_files_that_are_refused(name, content, why, send, desk):
    answer = sent(send, name, content)
    assert answer.status_code == 422
    assert why in answer.text
    assert desk.cases.listed() == []
    assert "Traceback" not in answer.text


def test_the_name_of_a_file_is_nothing(send, desk):
    for name in ("../../../../tmp/evil.toml", "<script>alert(1)</script>.toml", "a\x00b.toml"):
        answer = sent(send, name, b"oops")
        assert answer.status_code in (400, 422)
        assert "evil" not in answer.text
        assert "<script>alert" not in answer.text


def test_fhir_is_read_and_everything_in_it_is_accounted_for(send, desk, visitor):
    answer = sent(send, "bundle.json", json.dumps(BUNDLE).encode())
    assert answer.status_code == 303, answer.text
    (state,) = desk.cases.listed()
    assert answer.headers["location"] == f"/cases/{state.case_id}/brought"
    answer = visitor.get(answer.headers["location"])
    assert state.content["patient"]["sex"] == "female"
    assert state.why == "fhir"
    assert f"/cases/{state.case_id}" in answer.text
    assert "<li>" in answer.text
    # Another language is of the same report; once it is forgotten the page leads on to the case.
    assert f'id="back" value="/cases/{state.case_id}/brought"' in answer.text
    desk.brought.forget(lambda key: True)
    gone = visitor.get(f"/cases/{state.case_id}/brought", follow_redirects=False)
    assert gone.headers["location"] == f"/cases/{state.case_id}"


def test_two_files_at_once_are_refused(visitor, csrf, desk):
    files = [("file", ("a.toml", b"age=1")), ("file", ("b.toml", b"age=2"))]
    answer = visitor.post("/files", data={"csrf": csrf}, files=files, headers=ORIGIN)
    assert answer.status_code == 413
    assert "at most 1 " in answer.text
    assert desk.cases.listed() == []


def test_script_in_a_name_is_text(send, visitor):
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    name = json.dumps({"name": evil, "question": evil, "patient": {"age": evil, evil: 1}})
    answer = sent(send, "a.json", name.encode())
    case = answer.headers["location"]
    for path in ("/cases", case, f"{case}/remove", f"{case}/states"):
        text = visitor.get(path).text
        assert "<script>alert" not in text
        assert "<img" not in text
    assert "&lt;script&gt;" in visitor.get(case).text


def test_order(send, visitor, desk):
    first, second = (send("/cases").headers["location"] for _ in range(2))
    moved = {"case": second.rpartition("/")[2], "to": "up"}
    assert send("/boards/list/place", moved).status_code == 303
    assert [f"/cases/{one.case_id}" for one in desk.cases.listed()] == [second, first]


def test_removing_asks_first(visitor, send, case, desk):
    assert "cannot be brought back" in visitor.get(f"{case}/remove").text
    assert len(desk.cases.listed()) == 1
    assert send(f"{case}/remove").status_code == 303
    assert visitor.get(case).status_code == 404
    assert desk.cases.listed() == []


def test_the_log_names_views_and_changes(visitor, send, case):
    visitor.get(case)
    text = visitor.get("/audit").text
    assert "took an invented example" in text
    assert "looked at the case" in text
    table = visitor.get("/audit.csv")
    lines = table.text.splitlines()
    assert lines[0] == "at,who,what,case,state,about,number,hash"
    assert any(",owner,seen," in line for line in lines)
    assert "Midgut" not in table.text
