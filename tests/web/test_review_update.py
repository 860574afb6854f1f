"""An update in the browser: what the last version left open is shown, counted and decided there."""

from urllib.parse import unquote

from hilum.analyses.flow import FlowAsked, run
from hilum.rendering.flow import FATES
from tests.literature.reviews import both, decide, ris
from tests.web.test_review import gone_on, said, shown

SETTINGS = {"reviewers": "1", "recall": "0.95", "confidence": "0.95", "criteria": ""}


def made(send, desk, title, numbers):
    before = set(desk.reviews.listed())
    files = [("file", (f"{title}.ris", ris(numbers, "Embase").encode()))]
    assert send("/review", {"title": title}, files=files).status_code in (200, 303)
    (key,) = set(desk.reviews.listed()) - before
    return key


def test_an_update_goes_on_with_what_was_left_open(visitor, send, desk):
    old, new = made(send, desk, "Old", range(5)), made(send, desk, "New", range(2, 8))
    place = desk.reviews.place(old)
    decide(place, both(["i001:R0", "i001:R2", "i001:R3"], "title", "include"))
    decide(place, both(["i001:R1", "i001:R4"], "title", "exclude", "wrong-population"))
    decide(place, both(["i001:R3"], "full-text", "include"))
    page = visitor.get(f"/review/{new}")
    assert f'<option value="{old}">Old</option>' in page.text
    wrong = send(f"/review/{new}/settings", {**SETTINGS, "earlier": "nobody"})
    assert wrong.status_code == 422
    assert send(f"/review/{new}/settings", {**SETTINGS, "earlier": old}).status_code == 303
    assert desk.reviews.earlier(new) == place
    assert f'<option value="{old}" selected>' in visitor.get(f"/review/{new}").text
    # By hand: R2 is here too and R0 is not; both were let on, and their full text was never had.
    answer = run(FlowAsked(folder=str(desk.reviews.place(new)), earlier=str(place), reviewers=1))
    (box,) = (one for one in answer.boxes if one.code == "reopened")
    assert set(box.records) == {"i001:R2", "earlier/i001:R0"}
    flow = visitor.get(f"/review/{new}/flow").text
    assert f"{FATES['reopened']} (n = 2)" in flow
    assert "earlier/i001:R0" in visitor.get(f"/review/{new}/flow/records").text
    chinese = visitor.get(f"/review/{new}/flow?language=zh-Hans").text
    assert "earlier/i001:R0" in chinese
    read = gone_on(visitor, visitor.get(f"/review/{new}/screen?stage=full-text"))
    assert shown(read) in box.records
    for one in box.records:
        done = said(send, new, "include", one, stage="full-text")
        assert done.status_code == 200, done.text
    answer = run(FlowAsked(folder=str(desk.reviews.place(new)), earlier=str(place), reviewers=1))
    numbers = {one.code: one.n for one in answer.boxes}
    assert (numbers["included_reports"], numbers["total_reports"]) == (2, 3)
    assert answer.adds_up
    # Extraction knows them; what is no record here has to be imported for it.
    listed = visitor.get(f"/review/{new}/extract").text
    assert "i001:R2" in listed
    assert "earlier/i001:R0" in unquote(listed)
    refused = visitor.get(f"/review/{new}/extract/report?record=earlier/i001:R0")
    assert refused.status_code in (404, 422)
    assert send(f"/review/{new}/settings", {**SETTINGS, "earlier": ""}).status_code == 303
    assert desk.reviews.earlier(new) is None
