"""What is not lost: the query of a page, a form that is half filled, work after a new start."""

import re

import pytest

from hilum.web.doing import Doings
from hilum.web.pages.doing import WHY_ENDED
from tests.web.test_case import TRIED

CELL = "/evidence/cell/tace/objective_response?site=pancreas&grade=G1-2"


def back_of(text):
    return re.search(r'id="back" value="([^"]*)"', text)[1].replace("&amp;", "&")


@pytest.mark.parametrize("page", [CELL, "/evidence/study/gaur2011", "/cases?at=1", "/boards"])
@pytest.mark.parametrize("chosen", [{"language": "zh-Hans"}, {"look": "dark"}])
def test_language_and_look_come_back_to_the_same_page(visitor, send, page, chosen):
    """A filter that got lost would show figures of other patients under the same heading."""
    back = back_of(visitor.get(page).text)
    assert back == page
    answer = send("/look", {**chosen, "back": back})
    assert answer.headers["location"] == page
    assert back_of(visitor.get(page).text) == page


def test_a_page_that_is_kept_for_all_keeps_the_address_of_each(visitor):
    """The same cell under two addresses that mean the same is one page, with two ways back."""
    other = CELL.replace("site=pancreas&grade=G1-2", "grade=G1-2&site=pancreas")
    assert back_of(visitor.get(CELL).text) == CELL
    assert back_of(visitor.get(other).text) == other


def test_two_states_side_by_side_stay_those_two(visitor, send, case):
    send(f"{case}/kept", TRIED | {"base": "1"})
    page = f"{case}/compare?one=1&other=2"
    assert visitor.get(page).status_code == 200
    assert back_of(visitor.get(page).text) == page


def test_what_was_sent_comes_back_to_a_page_that_can_be_read(send):
    wrong = send("/boards", {"title": "", "day": "2026-12-01"})
    assert wrong.status_code == 422
    assert back_of(wrong.text) == "/"


@pytest.mark.parametrize(
    ("page", "texts"),
    [("/boards", {"title": "Thursday", "day": "2026-12-03"}), ("/review", {"title": "Beads?"})],
)
def test_a_new_board_and_a_new_review_are_drafts(visitor, send, page, texts):
    assert send(f"{page}/typed", texts, headers={"hx-request": "true"}).status_code == 204
    again = visitor.get(page).text
    assert all(f'value="{text}"' in again for text in texts.values())
    made = send(page, texts)
    assert made.status_code == 303
    assert f'value="{texts["title"]}"' not in visitor.get(page).text


def test_work_that_a_new_start_ended_leads_back_to_where_it_was_asked(visitor, send, desk):
    asked = {"alpha": "0.05", "power": "0.8", "p0": "0.1", "p1": "0.3"}
    answer = send("/trials/simon", asked)
    key = answer.headers["location"].rpartition("/")[2]
    # A new start knows nothing of what went on.
    desk.__dict__["doings"].close()
    desk.__dict__["doings"] = Doings()
    gone = visitor.get(f"/doing/{key}")
    assert gone.status_code == 410
    assert WHY_ENDED[:30] in gone.text
    assert 'class="button" href="/trials/simon"' in gone.text
    assert visitor.get("/doing/0000").status_code == 404


def test_a_document_leads_back(visitor, send):
    answer = send("/trials/simon", {"alpha": "0.05", "power": "0.8", "p0": "0.1", "p1": "0.3"})
    design = answer.headers["location"]
    page = visitor.get(f"{design}/synopsis")
    assert f'<a href="{design}">' in page.text
    assert '<a href="/trials">' in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "allow-scripts" not in policy
