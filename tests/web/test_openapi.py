"""The description of every route, and what random questions get for an answer."""

import json

import jsonschema_rs
import pytest
from proofs.openapi import Nobody, attack

from hilum.analyses import ANALYSES
from hilum.analyses.forms import from_json, schema
from hilum.web.kinds import Bench
from hilum.web.offered import CLOSED, LEFT_OUT, OFFERED, asked_schema
from hilum.web.schemas import PLACE, openapi
from hilum.web.table import PAGES
from hilum.web.worker import Worker

SIMON = {"p0": 0.1, "p1": 0.3}


@pytest.fixture
def api(visitor, csrf):
    """A program with the session's token."""

    def asks(name, question, **more):
        headers = {"x-csrf-token": csrf, "content-type": "application/json", **more}
        body = question if isinstance(question, bytes) else json.dumps(question).encode()
        return visitor.post(f"/api/{name}", content=body, headers=headers)

    return asks


def test_random_questions_are_answered_as_the_description_says():
    count, faults = attack(1)
    assert faults == []
    assert count > 150


def test_every_route_is_described():
    whole = openapi()
    said = {(method.upper(), path) for path, of in whole["paths"].items() for method in of}
    table = {(one.method, PLACE.sub(lambda m: f"{{{m[1]}}}", one.path)) for one in PAGES}
    apis = {("POST", f"/api/{name}") for name in OFFERED}
    assert said == (table - {("POST", "/api/{analysis}")}) | apis
    for path, of in whole["paths"].items():
        for method, one in of.items():
            assert one["x-role"], (method, path)
            named = {each["name"] for each in one["parameters"] if each["in"] == "path"}
            assert named == set(PLACE.findall(path) and [m[0] for m in PLACE.findall(path)])
            assert {"200", "403", "404", "422"} <= set(one["responses"])
            assert bool(one.get("security")) is (one["x-role"] != "anybody")


def test_its_parts_are_schemas_and_no_reference_leads_nowhere():
    whole = openapi()
    parts = whole["components"]["schemas"]
    for one in parts.values():
        jsonschema_rs.meta.validate(one)

    def references(value):
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                yield value["$ref"]
            for one in value.values():
                yield from references(one)
        elif isinstance(value, list):
            for one in value:
                yield from references(one)

    for said in set(references(whole)):
        assert said.removeprefix("#/components/schemas/") in parts, said


def test_every_analysis_is_offered_or_closed_for_a_reason():
    assert set(OFFERED) | set(CLOSED) == set(ANALYSES)
    assert not set(OFFERED) & set(CLOSED)
    assert set(LEFT_OUT) <= set(OFFERED)


@pytest.mark.parametrize("name", OFFERED)
def test_nothing_that_is_offered_names_a_file(name):
    """A path of this machine, wherever in the question: by its type, or by its name."""
    made = asked_schema(name)
    text = json.dumps(made)
    assert '"format": "path"' not in text
    assert "file-path" not in text
    assert not {"evidence", "appraisals", "rules", "settings", "scheduler"} & set(
        made["properties"]
    )
    assert set(made["required"]) <= set(made["properties"])
    whole = schema(ANALYSES[name].Asked)
    assert not set(whole.get("required", ())) - set(made["required"]), "it can be asked"


def test_an_answer_is_the_analysis_own(api, visitor):
    answer = api("design-simon", SIMON)
    assert answer.status_code == 200
    record = ANALYSES["design-simon"]
    expected = record.run(record.Asked(**SIMON))
    assert from_json(record.Answered, answer.text) == expected
    # It is kept, and answered by its key.
    again = visitor.get(answer.headers["location"])
    assert again.text == answer.text
    assert visitor.get(f"/api/answers/{'0' * 64}").status_code == 404


def test_what_takes_long_is_told_as_work(api, visitor, desk, csrf):
    desk.crew = Nobody()
    answer = api("design-simon?wait=0", SIMON)
    assert answer.status_code == 202
    where = answer.headers["location"]
    told = answer.json()
    assert (told["state"], told["kind"], told["answer"]) == ("waiting", "design-simon", None)
    assert visitor.get(where).json() == told
    Worker(desk.jobs, Bench(desk.livers)).work(idle=0)
    told = visitor.get(where).json()
    assert told["state"] == "done"
    assert visitor.get(told["answer"]).json()["asked"]["p1"] == 0.3
    assert api("design-simon?wait=0", SIMON).status_code == 200
    other = api("design-simon?wait=0", {**SIMON, "p1": 0.4}).json()
    stop = f"/api/jobs/{other['key']}/stop"
    assert visitor.post(stop).status_code == 403, "without the token"
    assert visitor.post(stop, headers={"x-csrf-token": csrf}).json()["state"] == "stopped"


def test_an_error_of_the_work_is_told_in_the_readers_language(api, visitor, desk):
    desk.crew = Nobody()
    wrong = {"p0": 0.3, "p1": 0.3000001}
    key = api("design-simon?wait=0", wrong).json()["key"]
    Worker(desk.jobs, Bench(desk.livers)).work(idle=0)
    told = visitor.get(f"/api/jobs/{key}").json()
    assert told["state"] == "failed"
    visitor.cookies.set("hilum-language", "zh-Hans")
    assert visitor.get(f"/api/jobs/{key}").json()["error"] != told["error"]


@pytest.mark.parametrize(
    ("name", "question", "status"),
    [
        ("design-simon", b"{", 422),
        ("design-simon", b"[]", 422),
        ("design-simon", {"p0": 0.1}, 422),
        ("design-simon", {**SIMON, "evidence": "/etc"}, 422),
        ("simulate", {"file": {"name": "x", "text": ""}, "scheduler": "tcp://10.0.0.1:1"}, 422),
        ("board", {"case": "/etc/passwd"}, 422),
        ("board", {"case": {"patient": {}, "imaging": {"labels": "/etc/passwd"}}}, 422),
        ("to_fhir", {"case": {"patient": {}, "imaging": {}}}, 422),
        ("liver_measure", {"labels": ["/etc/passwd"]}, 404),
        ("no-such", {}, 404),
        ("cell?wait=31", {}, 422),
    ],
)
def test_what_is_refused_and_that_it_says_why(api, name, question, status):
    answer = api(name, question)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    assert set(answer.json()) == {"title", "error"}
    assert "passwd" not in answer.text


def test_only_json_with_the_token_from_ones_own(api, visitor, csrf):
    assert api("design-simon", SIMON, **{"content-type": "text/plain"}).status_code == 415
    assert api("design-simon", SIMON, **{"x-csrf-token": csrf[:-1]}).status_code == 403
    assert api("design-simon", SIMON, origin="http://evil.example").status_code == 403
    assert visitor.post("/api/design-simon", data={"csrf": csrf}).status_code == 403
    assert api("design-simon", b" " * 8_000_001).status_code == 413
    said = visitor.get("/api/session").json()
    assert said["csrf"] == csrf
    assert "clinician" in said["roles"]


def test_a_patient_of_a_program_is_answered_and_not_kept(api, desk):
    from hilum.store.schema import ANSWERS, JOBS

    answer = api("to_fhir", {"case": {"name": "A. Secret", "patient": {"age": 61}}})
    assert answer.status_code == 200
    assert "location" not in answer.headers
    with desk.cases.engine.connect() as connection:
        assert connection.execute(ANSWERS.select()).all() == []
        assert connection.execute(JOBS.select()).all() == []


def test_another_method_is_said_to_be_none(visitor):
    for one in PAGES:
        if "{" in one.path:
            continue
        answer = visitor.request("PATCH", one.path)
        assert answer.status_code == 405, one.path
        assert answer.headers["allow"]
