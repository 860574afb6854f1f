"""The printed appendix: what repeats stands once as a note, and nothing of the page is lost."""

import re
from html import unescape

import pytest

import hilum
from hilum.rendering.sheet.appendix import WORTH, Notes
from hilum.rendering.sheet.html import Page
from hilum.rendering.sheet.print_page import PrintPage

LONG = "x" * (WORTH + 1)


def bare(text):
    return re.sub(r"\s+", "", text)


def test_what_repeats_becomes_a_note_and_the_rest_stays():
    notes = Notes.of(["once, " + LONG, LONG, "short", LONG, "short"])
    assert notes.numbers == {LONG: 1}
    assert notes.said(["short", LONG]) == {"own": "short", "notes": "1"}
    assert notes.said([]) == {"own": "", "notes": ""}


def test_a_note_saves_more_than_it_costs():
    assert not Notes.of([LONG[:WORTH]] * 2).numbers
    assert Notes.of([LONG] * 2).numbers == {LONG: 1}


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_the_appendix_says_all_that_the_opened_page_says(sheet, language):
    """Every rule, figure, study, reason and source: in the HTML before it is paper."""
    words = hilum.words(language)
    page = PrintPage(sheet, words).html(1.0, 0, full=True)
    page = page[page.index('<div class="appendix">') :]
    said = bare(unescape(re.sub(r"<[^>]+>", " ", page)))
    context = Page(sheet, words, forests=False).context()
    pieces = []
    for option in context["options"]:
        pieces += [option["label"], option["word"], option["sentence"], option["decided"]]
        pieces += [option["assumed"], option["measured"], *option["combinations"]]
        for rule in (rule for effect in option["effects"] for rule in effect["rows"]):
            pieces += [rule["statement"], rule["source"], rule["rule_id"], *rule["values"]]
    first = [one["survival"] for one in context["options"] if one["survival"]]
    cells = [*first, *(cell for one in context["options"] for cell in one["details"])]
    for cell in (*cells, *context["frame"]):
        pieces += [cell["title"], cell["figure"], cell["population"]]
        for part in cell["parts"]:
            pieces += [*part["told"], *part["beside"], *part["randomised"], part["largest"]]
            pieces += [part["criteria"], part["joint"], part["caveat"], part["refused"]]
            pieces += [part["prediction"], part["range"], part["rated"]["sentence"]]
            pieces += [row[key] for row in part["rated"]["reasons"]
                       for key in ("domain", "reason", "edit")]  # fmt: skip
            for row in part["rows"]:
                pieces += [row["name"], row["figure"], row["reason"]]
                if not row["reason"] and "compact" not in part:
                    pieces += [row["arm"], row["locator"], row["derived"], f"#{row['row']}"]
    pieces += [one.name for one in context["sources"]]
    pieces += [one.title for one in context["sources"] if one.title]
    missing = {one for one in pieces if one and bare(unescape(str(one))) not in said}
    assert not missing


def test_a_note_that_is_cited_is_there(sheet):
    page = PrintPage(sheet, hilum.words("en")).html(1.0, 0, full=True)
    text = page[page.index('<section id="details">') : page.index('<section id="notes">')]
    cited = {int(n) for found in re.findall(r" \[([\d ]+)\]", text) for n in found.split()}
    noted = {int(n) for n in re.findall(r"<b>\[(\d+)\]</b>", page)}
    assert cited
    assert cited <= noted == set(range(1, len(noted) + 1))
