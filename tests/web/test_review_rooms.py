"""Rooms of a review that needed a terminal: sources, saved searches, their runs and reports."""

import pytest

from hilum.literature.review.origins import origin_of
from hilum.literature.review.state import read_review

SENT = 303
QUERY = "neuroendocrine AND liver"


@pytest.fixture
def made(send, desk):
    send("/review/example")
    (key,) = desk.reviews.listed()
    return key


def test_the_source_of_an_import_is_named_on_the_page_of_the_flow(visitor, send, desk, made):
    code = read_review(desk.reviews.place(made)).imports[0].code
    assert "hilum literature" not in visitor.get(f"/review/{made}/flow").text
    said = {"import": code, "from": "Embase", "via": "database"}
    assert send(f"/review/{made}/flow/origin", said).status_code == SENT
    first = origin_of(read_review(desk.reviews.place(made)).imports[0])
    assert (first.name, first.via, first.guessed) == ("Embase", "database", False)
    assert "Embase" in visitor.get(f"/review/{made}/flow").text
    wrong = send(f"/review/{made}/flow/origin", said | {"via": "nowhere"})
    assert wrong.status_code == 422
    assert "expected one of database, register" in wrong.text
    wrong = send(f"/review/{made}/flow/origin", said | {"from": " ", "via": ""})
    assert "the name of a source, its kind, or both" in wrong.text


def test_a_search_is_saved_and_asks_nobody(visitor, send, desk, made, monkeypatch):
    monkeypatch.setattr("hilum.rendering.search_kept.run", _never)
    page = visitor.get(f"/review/{made}/changes").text
    assert "terminal" not in page
    assert "hilum literature" not in page
    wrong = send(f"/review/{made}/changes/save", {"name": "Not a name", "pubmed": QUERY})
    assert wrong.status_code == 422
    assert QUERY in wrong.text, "what was typed stays"
    assert "small letters, digits" in wrong.text
    assert send(f"/review/{made}/changes/save", {"name": "mine"}).status_code == 422
    said = {"name": "mine", "pubmed": QUERY, "cond": "neuroendocrine"}
    assert send(f"/review/{made}/changes/save", said).status_code == SENT
    saved = (desk.reviews.place(made) / "searches" / "mine.toml").read_text("utf-8")
    assert QUERY in saved
    assert "[ctgov]" in saved
    page = visitor.get(f"/review/{made}/changes").text
    assert "PubMed, ClinicalTrials.gov" in page
    assert send(f"/review/{made}/changes/save", said).status_code == 422, "a name is taken once"


def _never(*_args):
    message = "a service was asked without a press"
    raise AssertionError(message)


def test_a_run_says_what_it_brought_or_why_not(visitor, send, made, monkeypatch):
    send(f"/review/{made}/changes/save", {"name": "mine", "pubmed": QUERY})
    asked = []

    def answered(question, _watch):
        from hilum.analyses.search import SearchAnswered

        asked.append(question)
        return SearchAnswered(
            hilum_version="0", date="2026-01-01T00:00:00+00:00", as_of="2026-01-01", complete=True,
            new=0, changed=0, searches=(), asked=question,
        )  # fmt: skip

    monkeypatch.setattr("hilum.rendering.search_kept.run", answered)
    for mode in ("run", "watch"):
        done = send(f"/review/{made}/changes/run", {"mode": mode})
        assert done.status_code == SENT
        page = visitor.get(done.headers["location"])
        assert "As of 2026-01-01" in page.text
    assert [one.mode for one in asked] == ["run", "watch"]
    assert send(f"/review/{made}/changes/run", {"mode": "other"}).status_code == 422
    visitor.cookies.set("hilum-language", "zh-Hans")
    assert visitor.get(f"/review/{made}/changes").status_code == 200


def test_a_report_is_made_and_kept(visitor, send, desk, made):
    send(f"/review/{made}/changes/save", {"name": "mine", "pubmed": QUERY})
    assert send(f"/review/{made}/changes/report").status_code == SENT
    place = desk.reviews.place(made)
    assert (place / "feed.xml").is_file()
    assert len([*(place / "reports").glob("*/report.html")]) == 1
    assert f"/review/{made}/reports/1" in visitor.get(f"/review/{made}/changes").text


def test_a_new_review_whose_file_cannot_be_read_is_told_on_its_own_page(visitor, send, desk):
    picture = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
    sent = send("/review", {"title": "Mine"}, files={"file": ("case.png", picture)})
    (key,) = desk.reviews.listed()
    assert sent.headers["location"].startswith(f"/review/{key}?failed=")
    page = visitor.get(sent.headers["location"])
    assert page.status_code == 422
    assert "a picture (PNG)" in page.text
    assert "U+0000" not in page.text


def test_a_refusal_leads_back_to_where_it_was_sent_from(send, made):
    large = b"x" * 49_000_000
    page = send(f"/review/{made}/import", files={"file": ("a.ris", large)})
    assert page.status_code == 413
    assert f'href="/review/{made}"' in page.text
