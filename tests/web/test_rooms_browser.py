"""Reviewer and trialist at the keyboard, in both languages; what axe finds on their pages."""

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


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_table_is_pooled_and_a_trial_sized(running, tab, language):  # noqa: F811
    if language != "en":
        tab.click(f".look button[lang={language}]")
    pages = {"form": f"{home(running)}/synthesis/example"}
    tab.goto(pages["form"])
    tab.fill("#by", "setting")
    tab.focus("#level")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/synthesis/*")
    tab.wait_for_function("document.querySelector('.plot img').naturalWidth > 300")
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
