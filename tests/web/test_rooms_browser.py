"""Reviewer and trialist at the keyboard, in both languages; what axe finds on their pages."""

import re

import pytest

from hilum.web.guide import STEPS
from hilum.web.table import PAGES
from tests.web.test_browser import (  # noqa: F401
    LANGUAGES,
    QUICK_ENGLISH,
    SIZES,
    _axe,
    browser,
    home,
    running,
    tab,
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_table_is_pooled_and_a_trial_sized(running, tab, language):  # noqa: F811
    if language != "en":
        tab.click(f".look button[lang={language}]")
    pages = {"form": f"{home(running)}/synthesis/example"}
    tab.goto(pages["form"])
    tab.fill("#by", "setting")
    tab.focus("#level")
    tab.keyboard.press("Enter")
    tab.wait_for_selector(".plot img")
    tab.wait_for_function("() => document.querySelector('.plot img').naturalWidth > 300")
    assert tab.get_attribute("html", "lang") == language, "Enter pools, and changes no language"
    assert tab.locator("tbody tr").count() == 8
    assert "34.7 %" in tab.inner_text(".band")
    pages["answer"] = tab.url
    tab.goto(f"{home(running)}/trials")
    pages["designs"] = tab.url
    tab.click('a[href="/trials/simon"]')
    tab.fill("#d-p1", "0.3")
    tab.fill("#d-p0", "0.1")
    tab.click("button.main")
    tab.wait_for_selector(".steps")
    # Simon 1989, table 1: 0.1 against 0.3 at 5 and 20 %: 1/10, 5/29.
    assert "29" in tab.inner_text("section table")
    pages["trial"] = tab.url
    for name, path in pages.items():
        tab.goto(path)
        for width, height in SIZES:
            tab.set_viewport_size({"width": width, "height": height})
            beyond = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert beyond <= 0, (name, width)
        for each in tab.locator("details").all():
            each.evaluate("one => { one.open = true; }")
        assert _axe(tab) == [], name


SCENARIO = """kind = "survival"
trials = 100
seed = 3
[scenario]
patients = 60
accrual_rate = 5
control_median = 16
hazard_ratio = 0.7
events = [30]
efficacy = [1.96]
"""
HALF_FILLED = {
    "/synthesis": "#table",
    "/synthesis/survival": "#table",
    "/trials/means": "#d-difference",
    "/trials/simulate": "#scenario",
}
# Contrast is read by the other tests: the same style draws all of these.
NAMES_AND_ROLES = "{runOnly: ['wcag2a', 'best-practice']}"


@pytest.mark.parametrize("language", QUICK_ENGLISH)
def test_a_walk_through_the_rooms(running, tab, language):  # noqa: F811
    """As somebody who sees hilum for the first time: guided, then a board, a table, a trial."""
    at = home(running)
    if language != "en":
        tab.click(f".look button[lang={language}]")
    seen = [_guided(tab)]
    seen += _a_board(tab, at)
    seen += _studies_again(tab, at)
    seen += _a_simulation(tab, at, language)
    other = next(one for one in LANGUAGES if one != language)
    # Another language loses nothing that is half filled, in any room.
    for room, field in HALF_FILLED.items():
        tab.goto(at + room)
        tab.fill(field, f"half, {room}")
        tab.click(f".look button[lang={other}]")
        tab.wait_for_selector(f"html[lang={other}]")
        assert tab.input_value(field) == f"half, {room}"
        tab.click(f".look button[lang={language}]")
        tab.wait_for_selector(f"html[lang={language}]")
        assert tab.input_value(field) == f"half, {room}"
    for one in seen:
        tab.goto(one)
        tab.set_viewport_size({"width": 390, "height": 800})
        beyond = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert beyond <= 0, one
        tab.set_viewport_size({"width": 1280, "height": 800})
        assert tab.get_attribute("html", "lang") == language
        if language == "en":
            assert _axe(tab, NAMES_AND_ROLES) == [], one


def _guided(tab):  # noqa: F811
    tab.click(".foot button")
    tab.wait_for_selector(".guide")
    case = tab.url
    for step in range(2, len(STEPS) + 1):
        tab.click(".guide button.main")
        tab.wait_for_selector(f".guide button[value='{step - 1}']")
        if step == 2:
            tab.fill("#i-bilirubin_mg_dl", "2.4")
            tab.wait_for_selector("#answer .moved")
            tab.click(".strip button:not(.main)[form=facts]")
            tab.wait_for_selector("#answer:not(:has(.strip))")
    tab.click(".guide button.main")
    tab.wait_for_selector("html:not(:has(.guide))")
    return case


def _a_board(tab, at):  # noqa: F811
    tab.goto(f"{at}/boards")
    empty = tab.url
    tab.fill("#title", "Friday")
    tab.press("#title", "Enter")
    tab.wait_for_url("**/boards/*")
    board = tab.url
    for name in ("midgut-multifocal", "pancreas-few"):
        tab.goto(board)
        tab.select_option("#example", name)
        tab.click("form[action='/examples'] button")
        tab.wait_for_selector("#answer .group")
    tab.goto(board)
    rows = "[data-row] th a"
    first, second = tab.locator(rows).all_inner_texts()
    # Only keys: to the second, up, down again, and undone.
    tab.keyboard.press("j")
    tab.keyboard.press("j")
    tab.keyboard.press("Alt+ArrowUp")
    first_is = "([rows, name]) => document.querySelector(rows)?.innerText === name"
    tab.wait_for_function(first_is, arg=[rows, second])
    assert tab.evaluate("document.activeElement.innerText") == second
    assert tab.inner_text("#order [role=status]").startswith(second)
    tab.keyboard.press("z")
    tab.wait_for_function(first_is, arg=[rows, first])
    return [empty, board]


def _studies_again(tab, at):  # noqa: F811
    tab.goto(f"{at}/evidence/cell/ssa/objective_response")
    cell = tab.url
    tab.click("a[href^='/synthesis/evidence']")
    tab.wait_for_selector("#table")
    room = tab.url
    tab.select_option("#method", "REML")
    tab.select_option("#measure", "PLO")
    tab.click("#design button.main")
    tab.wait_for_url(re.compile("/synthesis/[0-9a-f]{32}"))
    answer = tab.url
    tab.focus("tr[data-without] a >> nth=1")
    tab.wait_for_function("() => document.getElementById('forest').src.includes('without=3')")
    tab.goto(f"{at}/synthesis/network?example=yes")
    tab.click("#design button.main")
    tab.wait_for_url("**/synthesis/network/*", timeout=60_000)
    tab.wait_for_function("() => document.querySelector('.plot img').naturalWidth > 100")
    return [cell, room, answer, tab.url, f"{at}/synthesis/survival", f"{at}/evidence/study/jia2017"]


def _a_simulation(tab, at, language):  # noqa: F811
    tab.goto(f"{at}/trials/simulate")
    tab.fill("#scenario", SCENARIO)
    tab.fill("#trials", "100")
    tab.click("#design button.main")
    tab.wait_for_url(re.compile("/trials/simulate/[0-9a-f]{32}"), timeout=60_000)
    assert tab.locator("tbody tr").count() > 8
    simulated = tab.url
    pages = [simulated, f"{at}/trials/rank"]
    if language == "en":
        pages.append(_stopped(tab, at))
    return pages


def _stopped(tab, at):  # noqa: F811
    """A grid that takes its time: how far it is, and stopped."""
    tab.goto(f"{at}/trials/simulate")
    grid = (
        SCENARIO.replace("hazard_ratio = 0.7", "")
        + "[grid]\nhazard_ratio = ["
        + (", ".join(f"0.{number}" for number in range(500, 900)) + "]\n")
    )
    tab.fill("#scenario", grid)
    tab.fill("#trials", "20000")
    tab.asked.clear()
    with tab.expect_response("**/doing/*/told") as told:
        tab.click("#design button.main")
    # With the page itself: htmx knew its extensions when it began.
    begun = [one.rpartition("/")[2] for one in tab.asked if "/doing/" in one]
    assert begun[1] == "told"
    assert told.value.headers["content-type"].startswith("text/event-stream")
    tab.wait_for_selector("progress")
    tab.click("#stop-doing")
    tab.wait_for_selector("#doing.stopped", timeout=10_000)
    _asks_nothing(tab)
    return tab.url


def _asks_nothing(tab):  # noqa: F811
    """What lacks the page's nonce asks nothing, and no script writes HTML."""
    assert tab.complaints == []
    tab.evaluate("""() => {
      const one = document.createElement("div");
      one.id = "alien";
      one.setAttribute("hx-get", "/cases");
      one.setAttribute("hx-trigger", "load");
      document.body.append(one);
      htmx.process(one);
    }""")
    assert tab.evaluate("document.getElementById('alien').outerHTML") == '<div id="alien"></div>'
    closed = "() => { try { document.body.innerHTML = ''; } catch (error) { return error.name; } }"
    assert tab.evaluate(closed) == "TypeError"
    while len(tab.complaints) < 2:
        tab.evaluate("1")
    assert [one.partition(" ")[0] for one in tab.complaints] == ["htmx:", "This"]
    tab.complaints.clear()


# Pages that are files, parts of a page, or lead on to another one.
NO_PAGE = re.compile(
    r"[.](svg|csv|json|zip|png|pdf|gz)$|[.][{]form|/enter$|/static/|^/$|/reading$|/plans$|/told$|"
    r"/synthesis/(example|evidence)$"
)


def test_every_page_of_the_table_is_looked_at():
    """A page that is added is read by axe, or named here with the test that does it."""
    looked_at = {
        "/cases", "/cases/{case}", "/cases/{case}/brought", "/cases/{case}/states",
        "/cases/{case}/remove", "/audit",
        "/cases/{case}/compare", "/account", "/accounts", "/sign-in",
        "/boards", "/boards/{board}", "/doing/{key}", "/synthesis", "/synthesis/{answer}",
        "/synthesis/{own:own}", "/synthesis/{own:own}/{answer}", "/trials", "/trials/{design}",
        "/trials/{design}/{answer}", "/trials/simulate", "/trials/simulate/{answer}",
        "/trials/rank", "/evidence/cell/{treatment}/{outcome}", "/evidence/study/{study}",
    }  # fmt: skip
    elsewhere = {
        # tests/web/test_evidence_map.py, tests/web/test_liver_browser.py
        "/evidence", "/cases/{case}/liver", "/cases/{case}/liver/{liver}",
        # What is asked before label maps go: as of a case (tests/web/test_liver.py).
        "/cases/{case}/liver/{liver}/remove", "/cases/{case}/liver/{liver}/ct/remove",
        # tests/web/test_review_browser.py
        "/review", "/review/{review}", "/review/{review}/screen", "/review/{review}/state",
        "/review/{review}/changes", "/review/{review}/flow", "/review/{review}/flow/records",
        "/review/{review}/reports/{number:count}",
        # The sheet has tests of its own (tests/sheet/axe); a synopsis is a document.
        "/cases/{case}/sheet", "/trials/{design}/{answer}/synopsis",
        # tests/web/test_extraction_browser.py; the text of a report is a file.
        "/review/{review}/extract", "/review/{review}/extract/report",
        "/review/{review}/extract/differences", "/review/{review}/extract/appraise",
        "/review/{review}/extract/text", "/trials/rank/{answer}",
    }  # fmt: skip
    pages = {one.path for one in PAGES if one.method == "GET" and not one.machine
             and not NO_PAGE.search(one.path)}  # fmt: skip
    assert pages == looked_at | elsewhere
