"""What was noticed in an upload is shown per file, stays, and is said in both languages."""

from __future__ import annotations

from html import unescape

import pytest

from hilum.language import words
from hilum.literature.bibliography import cleaning, glued, reading, ris
from hilum.literature.bibliography.withdrawn import RETRACTED
from tests.web.test_review import gone_on

CSV = (
    "Title,Authors,Year,Verfasser\n"
    'RETRACTED: One,"Smith, Jones",2001,x\n'
    'Two,"Ek A, et al.",,x\n'
    'Three,"Ek A",2003\n'
)
RIS = "some words\nTY  - JOUR\nID  - 7\nTI  - A\nPY  - 2020\nER  - \nTY  - JOUR\nID  - 7\nTI  - B\n"
WESTERN = "Title,Authors,Year\nGr\u00f6\u00dfe der Leber,Ek A,2001\n".encode("cp1252")
BAD = b"Titel,Jahr\nx,2001\ny,2002\n"
SAID = (
    RETRACTED, glued.IN_DOUBT, cleaning.CUT, ris.NO_YEAR, reading.SAME_ID, ris.NO_END,
    "a line that belongs to no record",
)  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_what_was_noticed_is_shown_and_stays(visitor, send, desk, language):
    visitor.cookies.set("hilum-language", language)
    told = words(language)
    files = {"a.csv": CSV.encode(), "b.ris": RIS.encode(), "c.csv": WESTERN, "bad.csv": BAD}
    sent = [("file", one) for one in files.items()]
    answer = send("/review", {"title": "Noticed"}, files=sent)
    (key,) = desk.reviews.listed()
    for page in (gone_on(visitor, answer), visitor.get(f"/review/{key}")):
        text = unescape(page.text)
        for one in SAID:
            assert told(one) in text, one
        assert told("lines beyond ASCII by encoding: {listed}", listed="Windows-1252 1") in text
        assert told("as many cells as the head has") in text
        assert told("nothing of it was read") in text
        assert "bad.csv:1" in text
        assert "7~2" in text, "where it was noticed"
    fresh = gone_on(
        visitor, send(f"/review/{key}/import", files={"file": ("d.csv", b"Title\nA\n")})
    )
    assert fresh.text.count("<details open>") == 1


def test_a_file_of_which_nothing_was_read_stands_in_the_log(visitor, send, desk):
    send("/review", {"title": "Empty"}, files={"file": ("", b"")})
    (key,) = desk.reviews.listed()
    assert send(f"/review/{key}/import", files={"file": ("x.csv", b"not so")}).status_code == 422
    assert "x.csv" in visitor.get(f"/review/{key}").text


def test_columns_are_named_in_the_browser(visitor, send, desk):
    from hilum.literature.review.state import read_review

    send("/review", {"title": "Mine"}, files={"file": ("", b"")})
    (key,) = desk.reviews.listed()
    here, files = f"/review/{key}/import", {"file": ("bad.csv", BAD)}
    refused = send(here, files=files)
    assert refused.status_code == 422
    assert "Titel, Jahr" in unescape(refused.text)
    wrong = send(here, {"columns": "headline=Titel"}, files=files)
    assert wrong.status_code == 422
    assert "headline" in wrong.text
    gone_on(visitor, send(here, {"columns": "title=Titel, year=Jahr"}, files=files))
    (one,) = read_review(desk.reviews.place(key)).imports
    assert (one.records, one.columns) == (2, "title=Titel, year=Jahr")
    assert visitor.get(f"/review/{key}/flow").status_code == 200, "the file is read again"
