"""One way through each room with the store on PostgreSQL; HILUM_TEST_STORE runs all of it there."""

import re

import pytest

from hilum.web.desk import Desk
from hilum.web.liver_desk import LiverDesk
from hilum.web.work import Works
from tests.liver.phantoms import phantom, save
from tests.web.test_synthesis import ONE


@pytest.fixture
def store():
    return "postgresql"


@pytest.fixture
def maps(tmp_path):
    segments, lesions, affine = phantom()
    return {
        name: (f"{name}.nii.gz", save(tmp_path / f"{name}.nii.gz", array, affine).read_bytes())
        for name, array in (("labels", segments), ("lesions", lesions))
    }


def test_a_case_is_typed_kept_undone_and_removed(visitor, send, desk, case):
    assert desk.cases.engine.dialect.name == "postgresql"
    tried = {"f:bilirubin_mg_dl": "2.4", "u:bilirubin_mg_dl": "mg/dL"}
    assert send(f"{case}/typed", tried, headers={"hx-request": "true"}).status_code == 200
    assert "2.4" in visitor.get(case).text
    assert send(f"{case}/kept", {"base": "1"}).status_code == 303
    assert send(f"{case}/undo").status_code == 303
    assert visitor.get(f"{case}/states").text.count("<tr") >= 3
    assert visitor.get(f"{case}/sheet").status_code == 200
    assert visitor.get("/audit.csv").text.count("\n") > 5
    assert send(f"{case}/remove").status_code == 303
    assert visitor.get(case).status_code == 404


def test_a_liver_is_brought_planned_and_searched(visitor, send, desk, case, maps):
    desk.__dict__["livers"] = LiverDesk(desk.livers.livers, Works(immediate=True))
    sent = send(f"{case}/liver", {"preset": "couinaud"}, files=maps).headers["location"]
    assert send(f"{sent}/tried", {"s": ["5", "6"]}).status_code == 303
    assert send(f"{sent}/search", {"margin": "5"}).status_code == 303
    page = visitor.get(f"{sent}/plans").text
    assert re.search(r"/plans/0", page)
    # The answer is the store's: whoever asks the same again has it at once.
    kept = desk.livers.livers.of(case.removeprefix("/cases/"))[0]
    found = desk.livers.searched(kept).result
    again = Desk(desk.cases, desk.port, folder=desk.folder)
    from hilum.web.kinds import PLANS, PlansAsked

    asked = PlansAsked(case_id=kept.case_id, liver_id=kept.liver_id, margin_mm=5.0,
                       case=desk.cases.last(kept.case_id).content)  # fmt: skip
    stored = again.queue.kept(again.queue.key(PLANS, asked))
    assert stored.search == found.search
    assert stored.verdicts == found.verdicts


def test_evidence_synthesis_and_trials(visitor, send, desk):
    assert visitor.get("/evidence").status_code == 200
    table = {"table": ONE, "measure": "PLO"}
    pooled = send("/synthesis", table).headers["location"]
    trial = send("/trials/simon", {"p0": "0.1", "p1": "0.3"}).headers["location"]
    # Another start of the program over the same database answers the same addresses.
    before = {one: visitor.get(one).text for one in (pooled, trial)}
    desk.__dict__.pop("pooled")
    own = re.compile(r'name="csrf" value="[^"]*"|nonce="[^"]*"')
    for one, text in before.items():
        assert own.sub("", visitor.get(one).text) == own.sub("", text)
