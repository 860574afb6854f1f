"""A reader opens the sheet, opens a cell and follows it to a study."""

import pytest

import hilum


@pytest.mark.parametrize(
    ("language", "verdict"), [("en", "Not resectable"), ("zh-Hans", "不可切除")]
)
def test_from_cell_to_study(sheet, language, verdict, tmp_path, chromium_path):
    from playwright.sync_api import sync_playwright

    path = tmp_path / "sheet.html"
    path.write_bytes(hilum.render(sheet, "html", hilum.words(language)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page()
        requests = []
        page.on("request", lambda request: requests.append(request.url))
        page.goto(path.as_uri())
        assert verdict in page.inner_text("#resectability")
        detail = page.locator("#c-tace-objective_response")
        assert not detail.locator("svg").first.is_visible()
        page.click('a[href="#c-tace-objective_response"]')
        assert detail.locator("svg.forest").first.is_visible()
        study = detail.locator("a.study").first
        assert study.is_visible()
        assert study.get_attribute("href").startswith("https://")
        width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert width <= 0
        assert requests == [path.as_uri()], "the page asks nothing of the network"
        browser.close()
