"""The review room over its routes: import, undo, copies, screening by two, conflicts, changes."""

import re
from html import unescape

import pytest

from hilum.literature.review.state import read_review
from hilum.literature.screening.decisions import read_decisions
from hilum.web.roles import held_by
from hilum.web.sessions import Session
from tests.web.conftest import ORIGIN

HTMX = {"hx-request": "true"}
RIS = "TY  - JOUR\nID  - {id}\nTI  - {title}\nAB  - {text}\nPY  - 2020\nER  - \n\n"
EVIL = "<script>alert(1)</script>{{7*7}}"


def gone_on(visitor, answer):
    """Where an answer leads, at its end."""
    while answer.status_code == 303:
        answer = visitor.get(answer.headers["location"].partition("#")[0])
    return answer


@pytest.fixture
def review(send, desk):
    """The id of the invented review."""
    answer = send("/review/example")
    assert answer.status_code == 303, answer.text
    (key,) = desk.reviews.listed()
    return key


def shown(page):
    found = re.search(r'name="record" value="([^"]+)"', page.text)
    return unescape(found[1]) if found else None


def said(send, review, decision, record="", **more):
    fields = {"decision": decision, "record": record, "stage": "title", "shown": "0", **more}
    return send(f"/review/{review}/screen", fields, headers=HTMX)


def test_the_first_visit_has_an_invented_review(visitor, send, desk):
    assert "There is no review yet" in visitor.get("/review").text
    page = gone_on(visitor, send("/review/example"))
    (key,) = desk.reviews.listed()
    found = read_review(desk.reviews.place(key))
    assert [(one.records, one.unread, one.counted) for one in found.imports] == [
        (30, 0, 30), (10, 1, 11), (12, 0, 12),
    ]  # fmt: skip
    assert "a record that begins with TY" in page.text
    assert "An invented record that lost its first line" in page.text
    assert f'href="/review/{key}"' in visitor.get("/review").text
    # The folder is the truth: one that a command made there is a review as well.
    desk.reviews.place(key).rename(desk.reviews.folder / "by-hand")
    assert visitor.get("/review/by-hand").status_code == 200
    assert visitor.get(f"/review/{key}").status_code == 404


def test_imports_of_any_format_are_kept_known_again_and_undone(visitor, send, desk):
    bib = b"@article{k1, title={An invented title}, year={2020}}\n"
    one = RIS.format(id="1", title=EVIL, text="Invented.").encode()
    answer = send("/review", {"title": f"Mine {EVIL}"}, files=[
        ("file", ("../../one<b>.ris", one)), ("file", ("two.bib", bib)),
    ])  # fmt: skip
    page = gone_on(visitor, answer)
    (key,) = desk.reviews.listed()
    place = desk.reviews.place(key)
    assert [(one.file, one.format) for one in read_review(place).imports] == [
        ("one<b>.ris", "ris"), ("two.bib", "bibtex"),
    ]  # fmt: skip
    assert not list(desk.reviews.folder.parent.glob("one*"))
    assert "<script>alert(1)" not in page.text
    assert "{{7*7}}" in unescape(page.text), "text of a study is shown and never read as a template"
    again = gone_on(visitor, send(f"/review/{key}/import", files={"file": ("again.bib", bib)}))
    assert "in the review already: i002" in again.text
    assert len(read_review(place).imports) == 2
    undone = gone_on(visitor, send(f"/review/{key}/undo", {"import": "i001"}))
    assert "i001 was undone" in undone.text
    assert [one.code for one in read_review(place).imports] == ["i002"]
    assert send(f"/review/{key}/undo", {"import": "i009"}).status_code == 422
    glued = b"TY  - JOUR\nTI  - Imagined\nER  - \n\nPMID- 31000001\nTI  - Imagined bowel\n"
    mixed = send(f"/review/{key}/import", files={"file": ("two.ris", glued)})
    assert mixed.status_code == 422
    assert "PubMed NBIB" in mixed.text
    assert "a file of its own" in mixed.text
    faulty = send(f"/review/{key}/import", files={"file": ("x.ris", b"nothing of the kind")})
    assert faulty.status_code == 422
    assert "This was not done" in faulty.text
    assert send(f"/review/{key}/import").status_code in (415, 422)


@pytest.mark.parametrize("bad", [b"nothing of the kind", b""])
def test_a_file_that_cannot_be_read_spoils_no_other_and_is_listed(visitor, send, desk, review, bad):
    place = desk.reviews.place(review)
    before = len(read_review(place).imports)
    good = RIS.format(id="7", title="Kept", text="Invented.").encode()
    known = RIS.format(id="8", title="Again", text="Invented.").encode()
    gone_on(visitor, send(f"/review/{review}/import", files={"file": ("known.ris", known)}))
    answer = send(f"/review/{review}/import", files=[
        ("file", ("bad<i>.ris", bad)), ("file", ("good.ris", good)), ("file", ("k.ris", known)),
    ])  # fmt: skip
    assert answer.status_code == 303
    # Landed on: the table of imports below would leave the notice out of sight.
    assert answer.headers["location"].endswith("#told")
    page = gone_on(visitor, answer)
    assert '<div id="told">' in page.text
    names = [one.file for one in read_review(place).imports]
    assert names[before:] == ["known.ris", "good.ris"]
    assert "Not everything that was sent could be read" in page.text
    assert "bad&lt;i&gt;.ris: nothing of it was read" in page.text
    assert "in the review already" in page.text
    # Told once, to whoever sent it; the files of the review stay.
    assert "Not everything" not in visitor.get(f"/review/{review}").text


def test_a_new_review_with_one_bad_file_keeps_the_others(visitor, send, desk):
    good = RIS.format(id="7", title="Kept", text="Invented.").encode()
    page = gone_on(visitor, send("/review", {"title": "Mixed"}, files=[
        ("file", ("good.ris", good)), ("file", ("bad.ris", b"nothing of the kind")),
    ]))  # fmt: skip
    (key,) = desk.reviews.listed()
    assert [one.file for one in read_review(desk.reviews.place(key)).imports] == ["good.ris"]
    assert "bad.ris: nothing of it was read" in page.text


@pytest.mark.parametrize("count", [49, 50, 51])
def test_so_many_files_go_in_one_upload_and_beyond_the_limit_is_told(visitor, send, desk, count):
    desk.doings.patience = 60  # what is waited for is waited for, however loaded the machine is
    sent = [
        ("file", (f"{n}.ris", RIS.format(id=n, title=f"Kept {n}", text="Invented.").encode()))
        for n in range(count)
    ]
    answer = send("/review", {"title": "Many"}, files=sent)
    if count > 50:
        assert answer.status_code == 413
        assert "at most 50 go in at once" in answer.text
        assert "send them in several uploads" in answer.text
        assert desk.reviews.listed() == []
        return
    gone_on(visitor, answer)
    (key,) = desk.reviews.listed()
    assert len(read_review(desk.reviews.place(key)).imports) == count


def test_copies_are_listed_taken_apart_and_joined(visitor, send, desk, review):
    pytest.importorskip("rapidfuzz")
    page = gone_on(visitor, send(f"/review/{review}/copies"))
    merges = read_review(desk.reviews.place(review)).merges
    copies = [one for one in merges if not one.link]
    assert len(copies) == 3
    assert page.text.count(">Take apart<") == len(merges)
    assert "title +10" in page.text
    pair = {"a": copies[0].a, "b": copies[0].b}
    page = gone_on(visitor, send(f"/review/{review}/apart", {**pair, "to": "part"}))
    assert "taken apart" in page.text
    assert sum(bool(one.undone) for one in read_review(desk.reviews.place(review)).merges) == 1
    send(f"/review/{review}/copies")
    assert sum(bool(one.undone) for one in read_review(desk.reviews.place(review)).merges) == 1
    send(f"/review/{review}/apart", {**pair, "to": "join"})
    assert set(read_review(desk.reviews.place(review)).merges) == set(merges)
    assert send(f"/review/{review}/apart", {**pair, "to": "join"}).status_code == 422


def test_a_record_is_decided_undone_and_learnt_from(visitor, send, desk, review):
    page = gone_on(visitor, visitor.get(f"/review/{review}/screen"))
    first = shown(page)
    assert "<mark>" in page.text
    assert "No promise yet." in page.text
    assert "in random order from here" in page.text
    page = said(send, review, "include", first)
    assert page.status_code == 200
    assert "<!doctype" not in page.text, "a part of the page"
    second = shown(page)
    assert second != first
    page = said(send, review, "exclude", second, reason="not-human", note="a mouse")
    rows = read_decisions(desk.reviews.place(review))
    assert [(one.record_id, one.decision, one.reason, one.note, one.reviewer) for one in rows] == [
        (first, "include", "", "", "owner"), (second, "exclude", "not-human", "a mouse", "owner"),
    ]  # fmt: skip
    assert rows[0].seconds is None, "a time that cannot be one is none"
    third = shown(page)
    text = unescape(page.text)
    assert "2 of 52 read · 50 left" in text
    page = said(send, review, "undo")
    assert shown(page) in (second, third)
    assert read_decisions(desk.reviews.place(review))[-1].kind == "undo"
    assert "1 of 52 read" in page.text
    wrong = said(send, review, "exclude", second, reason="because")
    assert "one of" in wrong.text
    assert said(send, review, "perhaps", second).text.count('role="alert"') == 1
    assert len(read_decisions(desk.reviews.place(review))) == 3
    # Any record is shown, and what was said of it.
    page = visitor.get(f"/review/{review}/screen", params={"record": first})
    assert shown(page) == first
    assert "you said: include" in page.text
    # What somebody else's program wrote meanwhile is followed.
    assert visitor.get(f"/review/{review}/screen", params={"stage": "other"}).status_code == 404


def test_the_rest_in_random_order_is_kept_to(visitor, send, desk, review):
    page = gone_on(visitor, visitor.get(f"/review/{review}/screen", params={"check": "yes"}))
    assert "Random order from your next decision on" in page.text
    said(send, review, "exclude", shown(page), check="yes")
    page = visitor.get(f"/review/{review}/screen")
    assert "Not yet safe to stop." in page.text
    assert read_decisions(desk.reviews.place(review))[0].order == "check"
    page = said(send, review, "exclude", shown(page))
    assert read_decisions(desk.reviews.place(review))[1].order == "check"


def test_a_decision_is_kept_though_the_review_changed(visitor, send, desk, review):
    page = gone_on(visitor, visitor.get(f"/review/{review}/screen"))
    record = shown(page)
    settings = {"reviewers": "2", "recall": "0.9", "confidence": "0.9", "criteria": "Cells | mice"}
    assert send(f"/review/{review}/settings", settings).status_code == 303
    answer = gone_on(visitor, said(send, review, "maybe", record))
    assert answer.status_code == 200
    assert read_decisions(desk.reviews.place(review))[0].record_id == record
    assert "90 %" in unescape(visitor.get(f"/review/{review}/screen").text)
    for wrong in ({"recall": "1.5"}, {"reviewers": "two"}, {"confidence": ""}):
        answer = send(f"/review/{review}/settings", {**settings, **wrong})
        assert answer.status_code == 422
        assert "This was not done" in answer.text


def test_two_reviewers_are_blinded_and_a_third_settles(stranger, send, desk, review):
    desk.__dict__.pop("names", None)
    people = {}
    for who, role in (("anna", "reviewer"), ("bert", "reviewer"), ("rita", "reader")):
        desk.sessions._open[who] = Session(f"csrf-{who}", held_by(role), who)

        def act(path, data=None, who=who):
            stranger.cookies.clear()
            stranger.cookies.set(desk.cookie, who)
            if data is None:
                return gone_on(stranger, stranger.get(path))
            return stranger.post(path, data={"csrf": f"csrf-{who}", **data}, headers=ORIGIN)

        people[who] = act
    here = f"/review/{review}"
    settings = {"reviewers": "2", "recall": "0.95", "confidence": "0.95", "criteria": ""}
    assert people["anna"](f"{here}/settings", settings).status_code == 303
    record = shown(people["anna"](f"{here}/screen"))
    fields = {"record": record, "stage": "title"}
    people["anna"](f"{here}/screen", {**fields, "decision": "include", "note": "a secret of anna"})
    page = people["bert"](f"{here}/screen?record={record}")
    assert "you said" not in page.text
    assert "anna" not in page.text
    assert "There is none" in people["bert"](f"{here}/state").text, "one of two has decided"
    people["bert"](f"{here}/screen", {**fields, "decision": "exclude", "reason": "not-human"})
    page = people["rita"](f"{here}/state")
    assert "anna: include" in page.text
    assert "bert: exclude (animals or cells)" in page.text
    assert "PABAK" in page.text
    assert people["rita"](f"{here}/screen").status_code == 403
    assert people["rita"](f"{here}/state", {**fields, "decision": "include"}).status_code == 403
    refused = people["anna"](f"{here}/state", {**fields, "decision": "include"})
    assert refused.status_code == 422, "one of the two does not settle it alone"
    assert "a third reviewer: anna, bert decided this record" in refused.text
    agreed = {**fields, "decision": "include", "consensus": "yes"}
    assert people["anna"](f"{here}/state", agreed).status_code == 303
    assert "settled by consensus" in people["rita"](f"{here}/state").text
    assert "There is none" in people["rita"](f"{here}/state").text
    assert "1 go on" in people["rita"](f"{here}/state").text
    again = people["anna"](f"{here}/state", {**fields, "decision": "include"})
    assert again.status_code == 422, "no conflict any more"
    full = people["anna"](f"{here}/screen?stage=full-text")
    assert shown(full) == record


def test_own_keys_are_kept_or_switched_off(visitor, send, review):
    gone_on(visitor, visitor.get(f"/review/{review}/screen"))
    keys = {"include": "j", "maybe": "k", "exclude": "l", "undo": "u", "note": "b"}
    assert send(f"/review/{review}/keys", {**keys, "stage": "title"}).status_code == 303
    assert 'data-key="j"' in visitor.get(f"/review/{review}/screen").text
    send(f"/review/{review}/keys", {**keys, "off": "yes", "stage": "title"})
    assert "data-keys" not in visitor.get(f"/review/{review}/screen").text
    for wrong in ({"maybe": "j"}, {"maybe": "1"}, {"maybe": ""}):
        assert send(f"/review/{review}/keys", {**keys, **wrong}).status_code == 422


def test_the_flow_is_the_commands_own(visitor, send, desk, review):
    from hilum.analyses.flow import FlowAsked, run
    from hilum.language import words
    from hilum.rendering.flow import verdict_line
    from hilum.rendering.flow_plot import flow_picture

    page = gone_on(visitor, visitor.get(f"/review/{review}/screen"))
    said(send, review, "exclude", shown(page), reason="not-human")
    answer = run(FlowAsked(folder=str(desk.reviews.place(review)), reviewers=1))
    page = visitor.get(f"/review/{review}/flow")
    assert verdict_line(answer, words("en")) in unescape(page.text)
    picture = visitor.get(f"/review/{review}/flow.svg")
    assert picture.text == flow_picture(answer, words("en"))
    assert "sandbox" in picture.headers["content-security-policy"]
    records = visitor.get(f"/review/{review}/flow/records")
    assert "i001:EX-" in records.text
    assert "sandbox" in records.headers["content-security-policy"]
    assert (
        visitor.get(f"/review/{review}/excluded.csv").headers["content-type"].startswith("text/csv")
    )


def test_what_changed_is_the_living_report(visitor, send, desk, review):
    from proofs.face import called

    page = visitor.get(f"/review/{review}/changes")
    assert "not kept current yet" in page.text
    done = called("literature", "report", str(desk.reviews.place(review)))
    assert done.returncode == 0, done.stderr
    page = visitor.get(f"/review/{review}/changes")
    assert f"/review/{review}/reports/1" in page.text
    kept = visitor.get(f"/review/{review}/reports/1")
    assert kept.status_code == 200
    assert "sandbox" in kept.headers["content-security-policy"]
    assert visitor.get(f"/review/{review}/reports/2").status_code == 404


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_states_that_are_empty(visitor, send, desk, language):
    visitor.cookies.set("hilum-language", language)
    send("/review", {"title": "Empty"}, files={"file": ("", b"")})
    (key,) = desk.reviews.listed()
    for part in ("", "/screen", "/state", "/flow", "/changes"):
        assert visitor.get(f"/review/{key}{part}").status_code == 200
    assert send(f"/review/{key}/copies").status_code in (422, 501)
    assert send("/review", {"title": " "}).status_code == 422


def test_no_other_folder_is_opened(visitor, desk, review):
    for path in ("%2e%2e", "a%2f..%2f..", "reviews", "-", ".git", "x" * 65):
        assert visitor.get(f"/review/{path}").status_code == 404
