"""Two people with accounts of their own, from sign-in to the evidence: blinded, then settled."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from html import unescape

import pytest
from starlette.testclient import TestClient

from hilum.evidence import read_evidence
from hilum.store.accounts import Accounts
from hilum.store.cases import Cases
from hilum.store.opening import NAME, opened
from hilum.web.app import application
from hilum.web.desk import Desk
from hilum.web.sessions import signed_in
from tests.web.conftest import HOME, ORIGIN, PORT
from tests.web.test_extraction import ARM, RESPONSE, STUDY

PASSWORD = "violet anchor sandwich 47"
RIS = "".join(
    f"TY  - JOUR\nID  - R{n}\nTI  - An imagined cohort number {n}\nPY  - 2020\nER  - \n"
    for n in range(1, 6)
)
REASON = "other disease or patients"  # of wrong-population
# By record, what each says of its title: both alike of 1, 3 and 4.
ANNA = ("include", "include", "exclude", "exclude", "exclude")
BERT = ("include", "exclude", "exclude", "exclude", "include")


class Person:
    """A browser of its own, signed in."""

    def __init__(self, desk, name):
        self.name = name
        self.client = TestClient(application(desk), base_url=HOME, follow_redirects=False)
        data = {"name": name, "password": PASSWORD}
        assert self.client.post("/sign-in", data=data, headers=ORIGIN).status_code == 303
        self.csrf = desk.sessions.of(self.client.cookies[desk.cookie]).csrf

    def see(self, path):
        page = self.client.get(path)
        while page.status_code == 303:
            page = self.client.get(page.headers["location"].partition("#")[0])
        return page

    def read(self, path):
        return unescape(self.see(path).text)

    def send(self, path, data=None, files=None):
        data = {"csrf": self.csrf, **(data or {})}
        return self.client.post(path, data=data, files=files, headers=ORIGIN)

    def decide(self, here, record, decision, stage="title", **more):
        self.see(f"{here}/screen?stage={stage}&record={record}")
        reason = more.pop("reason", "wrong-population") if decision == "exclude" else ""
        fields = {"record": record, "stage": stage, "decision": decision, "reason": reason}
        answer = self.send(f"{here}/screen", {**fields, **more})
        assert answer.status_code == 303, answer.text


@pytest.fixture
def desk(tmp_path, empty_store):
    (tmp_path / NAME).write_bytes(empty_store)
    engine = opened(tmp_path)
    people = Accounts(engine)
    for name in ("anna", "bert", "carl"):
        people.add(name, "reviewer", PASSWORD, "terminal", lasting=True)
    made = Desk(Cases(engine), PORT, sessions=signed_in(), accounts=people, folder=tmp_path)
    made.doings.patience = 60
    yield made
    made.close()
    engine.dispose()


def pages(here):
    """Every page of a review that a reviewer may open."""
    parts = ("", "/screen", "/screen?stage=full-text", "/state", "/state?stage=full-text", "/flow",
             "/flow/records", "/flow.svg", "/excluded.csv", "/changes", "/extract")  # fmt: skip
    return [f"{here}{part}" for part in parts]


def test_two_reviewers_from_sign_in_to_the_evidence(desk):
    anna, bert, carl = (Person(desk, name) for name in ("anna", "bert", "carl"))
    sent = anna.send("/review", {"title": "Two of us"}, {"file": ("r.ris", RIS.encode())})
    assert sent.status_code == 303
    (key,) = desk.reviews.listed()
    here = f"/review/{key}"
    records = [f"i001:R{n}" for n in range(1, 6)]
    assert 'name="reviewers" inputmode="numeric" value="2"' in anna.see(here).text

    # Blinded: of what anna said bert sees nothing, on no page, before he has decided.
    for record, decision in zip(records, ANNA, strict=True):
        anna.decide(here, record, decision, note="a secret of anna")
    for path in pages(here):
        text = bert.read(path)
        assert "a secret of anna" not in text, path
        assert f"{REASON}: " not in text, path
        assert f"({REASON})" not in text, path
    state = bert.read(f"{here}/state")
    row = re.search(r'scope="row">anna</th>(.*?)</tr>', state, re.DOTALL)
    assert row is not None
    assert re.findall(r"<td[^>]*>([^<]*)</td>", row[1]) == ["5", "–", "–", "–"]
    own = anna.read(f"{here}/state")
    row = re.search(r'scope="row">anna</th>(.*?)</tr>', own, re.DOTALL)
    assert re.findall(r"<td[^>]*>([^<]*)</td>", row[1]) == ["5", "2", "0", "3"]

    # Conflicts, and agreement by hand: po 3/5, pe .4 * .4 + .6 * .6 = .52 (Cohen 1960), 2 po - 1.
    for record, decision in zip(records, BERT, strict=True):
        bert.decide(here, record, decision)
    state = carl.read(f"{here}/state")
    assert state.count("By consensus of those who disagreed") == 2
    assert "60% of 5 records alike" in state.replace("\u00a0", "").replace("60 %", "60%")
    assert f"kappa {(0.6 - 0.52) / 0.48:.2f}" in state
    assert "PABAK 0.20" in state
    assert "anna: include" in state
    assert f"bert: exclude ({REASON})" in state

    # Settled: by a third reviewer, and by consensus; never by one of the two alone.
    fields = {"stage": "title", "record": records[1], "decision": "include"}
    assert bert.send(f"{here}/state", fields).status_code == 422
    assert carl.send(f"{here}/state", fields).status_code == 303
    agreed = {"stage": "title", "record": records[4], "decision": "exclude",
              "reason": "wrong-population", "consensus": "yes"}  # fmt: skip
    assert anna.send(f"{here}/state", agreed).status_code == 303
    assert "There is none" in bert.read(f"{here}/state")

    # Full texts: one goes in, of the other the reasons differ and are settled.
    first, second = records[:2]
    for who in (anna, bert):
        who.decide(here, first, "include", "full-text")
    anna.decide(here, second, "exclude", "full-text", reason="too-few-patients", note="anna's own")
    for path in pages(here):
        assert "anna's own" not in bert.read(path), path
        assert "too few patients (n" not in bert.read(path), path
    bert.decide(here, second, "exclude", "full-text", reason="wrong-population")
    assert "different reasons" in anna.read(f"{here}/flow")
    settle = {"stage": "full-text", "record": second, "decision": "exclude",
              "reason": "too-few-patients"}  # fmt: skip
    assert carl.send(f"{here}/state", settle).status_code == 303
    flow = anna.read(f"{here}/flow")
    assert "The counts add up" in flow
    assert "too few patients (n = 1)" in flow
    excluded = list(csv.reader(io.StringIO(bert.see(f"{here}/excluded.csv").text)))
    assert [row for row in excluded if second in row]

    extracted(desk, key, first, (anna, bert))


def extracted(desk, key, record, people):
    """Both extract, blinded; one cell differs and is settled by consensus; the evidence is read."""
    anna, bert = people
    here = f"/review/{key}/extract"
    rows = (("studies", {**STUDY, "record_id": record}), ("arms", ARM), ("results", RESPONSE))
    secret, other = {"sentence": "a secret of anna"}, {"events": "19", "value": "47.5"}
    for who, more in ((anna, secret), (bert, other)):
        for table, cells in rows:
            given = {"record": record, "table": table, "row": "", **cells,
                     **(more if table == "results" else {})}  # fmt: skip
            answer = who.send(f"{here}/report", given)
            assert answer.status_code == 303, answer.text
        if who is anna:
            for path in ("", f"/report?record={record}", f"/differences?record={record}"):
                assert "a secret of anna" not in bert.read(f"{here}{path}"), path
    assert anna.send(f"{here}/differences").status_code in (404, 422)
    differ = anna.read(f"{here}/differences?record={record}")
    assert "Take what bert has" in differ
    for column, take in (("events", "anna"), ("value", "anna"), ("sentence", "anna")):
        fields = {"record": record, "key": "results/ex2019/tae/objective_response/proportion",
                  "column": column, "take": take, "consensus": "1"}  # fmt: skip
        answer = bert.send(f"{here}/differences", fields)
        assert answer.status_code == 303 or column == "sentence", answer.text
    ready = bert.see(f"{here}/evidence.zip")
    assert ready.status_code == 200, ready.text
    with zipfile.ZipFile(io.BytesIO(ready.content)) as held:
        target = desk.reviews.folder.parent / "taken"
        held.extractall(target)
    (figure,) = read_evidence(target).results
    assert (figure.events, figure.n, figure.value) == (20, 40, 50.0)
