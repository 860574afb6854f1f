"""An extractor at the keyboard, in both languages; what axe finds there and in a ranking."""

import pytest

from tests.web.test_browser import (  # noqa: F401
    LANGUAGES,
    SIZES,
    _axe,
    browser,
    home,
    running,
    tab,
)
from tests.web.test_extraction import ARM, PAPER, RESPONSE, STUDY, include


@pytest.fixture(scope="module")
def extracted(running):  # noqa: F811
    """A review of two extractors: one wrote the first report, the owner none yet."""
    from hilum.analyses.extraction_own import changed_row
    from hilum.literature.review.changes import imported
    from hilum.literature.review.folder import keep_files, now, written_all
    from hilum.literature.review.state import read_review

    desk = running.desk.reviews
    key = desk.make("An invented review", {"reviewers": "2", "recall": "0.95"})
    place = desk.place(key)
    path = place.parent / "two.ris"
    path.write_text("".join(
        f"TY  - JOUR\nID  - {n}\nTI  - An invented title {n}\nAU  - Example, A\nPY  - 2019\n"
        "ER  - \n\n" for n in (1, 2)
    ))  # fmt: skip
    from hilum.literature.bibliography.reading import read

    readings = [(read(path, fields=False), path.read_bytes())]
    written_all(imported(read_review(place), readings, now()), place)
    path.unlink()
    records = sorted(desk.titles(key))
    for who in ("anna", "owner"):
        for record in records:
            include(place, record, who)
    for table, cells in (
        ("studies", {**STUDY, "study_id": "anna2019", "record_id": records[0]}),
        ("arms", {**ARM, "study_id": "anna2019"}),
        ("results", {**RESPONSE, "study_id": "anna2019", "events": "19", "value": "47.5"}),
    ):
        keep_files(place, changed_row(place, "anna", table, cells))
    return key, records[0], place


def _filled(tab, cells):  # noqa: F811
    for name, value in cells.items():
        one = tab.locator(f"#row [name={name}]").first
        if one.evaluate("one => one.tagName") == "SELECT":
            one.select_option(value)
        else:
            one.fill(value)
    tab.locator("#row button.main").press("Enter")
    tab.wait_for_selector("p.band[role=status]")


def _looked_at(tab, pages):  # noqa: F811
    for address in pages:
        tab.goto(address)
        for width, height in SIZES:
            tab.set_viewport_size({"width": width, "height": height})
            beyond = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert beyond <= 0, (address, width)
        tab.set_viewport_size({"width": 1280, "height": 800})
        for each in tab.locator("details").all():
            each.evaluate("one => { one.open = true; }")
        assert _axe(tab) == [], address


def test_a_report_is_extracted_by_keys_and_every_page_is_sound(running, tab, extracted):  # noqa: F811
    key, record, place = extracted
    at = home(running)
    here = f"{at}/review/{key}/extract"
    tab.set_default_timeout(120_000)
    tab.goto(here)
    tab.keyboard.press("j")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#row")
    study = {name: STUDY[name] for name in ("study_id", "design", "population", "n_patients",
             "page", "sentence")}  # fmt: skip
    _filled(tab, study)
    _filled(tab, ARM)
    _filled(tab, RESPONSE)
    file = {"name": "paper.txt", "mimeType": "text/plain", "buffer": PAPER.encode()}
    tab.set_input_files("#file", files=[file])
    tab.locator("#text form button").press("Enter")
    tab.wait_for_selector(".proposals li")
    # From one proposal to the next by a letter; Enter fills the form, and writes nothing.
    tab.locator(".proposals a").nth(1).focus()
    tab.keyboard.press("k")
    tab.keyboard.press("j")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#row .alert")
    assert tab.input_value("#c-value") == "31.5"
    table = place / "extraction" / "owner" / "results.csv"
    assert "31.5" not in table.read_text()
    take = tab.url
    report = f"{here}/report?record={record}"
    pages = [
        here, report, take, f"{here}/differences?record={record}",
        f"{here}/appraise?record={record}", _ranked(tab, at),
    ]  # fmt: skip
    for language in LANGUAGES:
        if tab.get_attribute("html", "lang") != language:
            tab.click(f".look button[lang={language}]")
            tab.wait_for_selector(f"html[lang={language}]")
        _looked_at(tab, pages)
    tab.goto(take)
    tab.locator("#row button.main").press("Enter")
    tab.wait_for_selector("p.band[role=status]")
    assert "31.5" in table.read_text()


def _ranked(tab, at):  # noqa: F811
    """The page of a ranking, of one outcome and pooled draws."""
    tab.goto(f"{at}/trials/rank")
    tab.select_option("#d-outcome", "objective_response")
    tab.select_option("#d-population", "netlm")
    tab.select_option("#d-model", "pooled")
    tab.fill("#d-draws", "1000")
    tab.locator("#design button.main").press("Enter")
    tab.wait_for_selector("ol.steps li")
    return tab.url
