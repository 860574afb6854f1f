"""A reader opens the sheet, opens a cell and follows it to a study."""

from pathlib import Path

import pytest

import hilum

ROOT = Path(__file__).parents[2]


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


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_the_answer_lies_in_the_first_screen(sheet, language, tmp_path, chromium_path):
    from playwright.sync_api import sync_playwright

    path = tmp_path / "sheet.html"
    path.write_bytes(hilum.render(sheet, "html", hilum.words(language)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.goto(path.as_uri())
        lowest = page.evaluate(
            "[...document.querySelectorAll('#resectability, #change, #before, "
            ".g-supported, .g-possible, .g-conditional')]"
            ".map(one => one.getBoundingClientRect().bottom)"
        )
        assert len(lowest) == 5
        assert max(lowest) <= 768
        for width in (1366, 820, 390):
            page.set_viewport_size({"width": width, "height": 768})
            beyond = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert beyond <= 0, width
        browser.close()


@pytest.mark.parametrize("name", ["sparse", "midgut-imaging", "pancreas-few"])
def test_nothing_lies_beyond_the_page(evidence, name, tmp_path, chromium_path):
    from playwright.sync_api import sync_playwright

    found = hilum.board(ROOT / "examples" / f"{name}.toml", evidence)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        for language in ("en", "zh-Hans"):
            path = tmp_path / f"{language}.html"
            path.write_bytes(hilum.render(found, "html", hilum.words(language)))
            page.goto(path.as_uri())
            for width in (1366, 820, 390):
                page.set_viewport_size({"width": width, "height": 768})
                beyond = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
                assert beyond <= 0, (language, width)
        browser.close()


def test_every_small_text_has_contrast(sheet, tmp_path, chromium_path):
    """WCAG contrast of at least 4.5:1 for every text on the page's first part."""
    from playwright.sync_api import sync_playwright

    path = tmp_path / "sheet.html"
    path.write_bytes(hilum.render(sheet, "html", hilum.words("en")))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.goto(path.as_uri())
        ratios = page.evaluate(CONTRAST)
        browser.close()
    assert len(ratios) > 100
    low = [one for one in ratios if one[0] < 4.5]
    assert low == []


CONTRAST = """() => {
  const numbers = text => text.match(/[\\d.]+/g).map(Number);
  const part = one => one / 255 <= .04045 ? one / 3294.6 : ((one / 255 + .055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => {
    return .2126 * part(r) + .7152 * part(g) + .0722 * part(b);
  };
  const ground = one => {
    for (let at = one; at; at = at.parentElement) {
      const found = numbers(getComputedStyle(at).backgroundColor);
      if (found.length < 4 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const one of document.querySelectorAll('body > :not(.appendix) *')) {
    const said = [...one.childNodes].some(x => x.nodeType === 3 && x.data.trim());
    if (one.closest('.appendix, svg') || !said) continue;
    const style = getComputedStyle(one);
    if (style.display === 'none') continue;
    const [a, b] = [light(numbers(style.color)), light(ground(one))].sort((x, y) => y - x);
    const ratio = Math.round((a + .05) / (b + .05) * 100) / 100;
    found.push([ratio, one.className, one.textContent.slice(0, 40)]);
  }
  return found;
}"""
