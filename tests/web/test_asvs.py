"""The table of ASVS: every requirement of its levels, and what shows each is there."""

from collections import Counter

from tools.asvs import AT_LEVEL, PAGE, STATES, missing, page, requirements


def test_every_requirement_once():
    rows = requirements()
    assert len({one.requirement for one in rows}) == len(rows)
    assert Counter(one.level for one in rows) == AT_LEVEL
    assert {one.state for one in rows} == set(STATES)
    assert all(one.words and one.how for one in rows)


def test_what_shows_it_is_there():
    for one in requirements():
        # What is met says by what; what is not, and what there is none of, need not.
        assert one.shown or one.state in ("absent", "not"), one.requirement
        assert not one.shown or not missing(one.shown), (one.requirement, one.shown)


def test_the_page_is_the_table():
    assert PAGE.read_text("utf-8") == page(), "python -m tools.asvs"
