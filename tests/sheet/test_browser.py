"""A reader opens the sheet, opens a cell and follows it to a study."""

from itertools import product
from pathlib import Path

import pytest

import hilum

ROOT = Path(__file__).parents[2]
AXE = Path(__file__).parent / "axe" / "axe.min.js"
NAMES = ("midgut-multifocal", "pancreas-few", "sparse")
# What the first screen must hold it holds for the fullest of the examples too.
EVERY = (*NAMES, "midgut-imaging")
LANGUAGES = ("en", "zh-Hans")


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
        page.set_default_timeout(120_000)
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


@pytest.fixture(scope="module")
def pages(evidence, tmp_path_factory):
    """Every example in both languages, as a file each."""
    folder = tmp_path_factory.mktemp("pages")
    found = {}
    for name in EVERY:
        made = hilum.board(ROOT / "examples" / f"{name}.toml", evidence)
        for language in LANGUAGES:
            path = folder / f"{name}.{language}.html"
            path.write_bytes(hilum.render(made, "html", hilum.words(language)))
            found[name, language] = made, path
    return found


@pytest.fixture(scope="module")
def tab(chromium_path):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        page.set_default_timeout(120_000)
        yield page
        browser.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", EVERY)
def test_the_answer_lies_in_the_first_screen(pages, tab, name, language):
    """Resectability, every open option and the three decisive facts, within 1366 x 768."""
    sheet, path = pages[name, language]
    tab.set_viewport_size({"width": 1366, "height": 768})
    tab.goto(path.as_uri())
    rows = [
        f"#o-{one.treatment}" for one in sheet.options
        if one.status in ("supported", "possible", "conditional")
    ]  # fmt: skip
    for place in ("#resectability", "#change", "#before", *rows):
        box = tab.locator(place).bounding_box()
        assert box["y"] >= 0, place
        assert box["y"] + box["height"] <= 768, place
    facts = tab.locator("#change li").count()
    assert facts == min(3, len(sheet.would_change))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_nothing_lies_beyond_the_page_or_over_its_neighbour(pages, tab, name, language):
    tab.goto(pages[name, language][1].as_uri())
    for width in (1366, 820, 390):
        tab.set_viewport_size({"width": width, "height": 768})
        beyond = tab.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert beyond <= 0, width
        over = tab.evaluate(OVER)
        assert over == [], width
        assert tab.evaluate(UNDER) == [], width


# Every page on the screen, and the fullest of them on a tablet and a telephone too.
WIDTHS = {("midgut-multifocal", "en"): (1366, 820, 390)}
# Two thirds of the time go into contrast, and colours are those of one style sheet: it is read
# on one whole page, the one with the fewest elements, and on the first part of every page below.
CONTRASTS = ("sparse", "en", 1366)


# The fullest sheet in both languages and the emptiest; the others are made of the same parts.
QUICK = (("midgut-multifocal", "en"), ("midgut-multifocal", "zh-Hans"), ("sparse", "en"))
WHOLE = [
    pytest.param(*one, marks=() if one in QUICK else pytest.mark.slow)
    for one in product(NAMES, LANGUAGES)
]


@pytest.mark.parametrize(("name", "language"), WHOLE)
def test_axe_finds_nothing_serious(pages, tab, name, language):
    tab.goto(pages[name, language][1].as_uri())
    tab.evaluate(AXE.read_text("utf-8"))
    for width in WIDTHS.get((name, language), (1366,)):
        tab.set_viewport_size({"width": width, "height": 768})
        contrast = str((name, language, width) == CONTRASTS).lower()
        found = tab.evaluate(
            "axe.run(document, {resultTypes: ['violations'], "
            f"rules: {{'color-contrast': {{enabled: {contrast}}}}}}})"
        )
        assert len(found["passes"]) > 15
        grave = [
            (one["id"], one["nodes"][0]["html"][:120]) for one in found["violations"]
            if one["impact"] in ("serious", "critical")
        ]  # fmt: skip
        assert grave == [], width


def test_a_tablet_and_a_phone_keep_every_column(pages, tab):
    """Below 900 px each treatment is a card: its outcomes stand under their own names."""
    sheet, path = pages["midgut-multifocal", "en"]
    tab.goto(path.as_uri())
    for width in (820, 390):
        tab.set_viewport_size({"width": width, "height": 768})
        cells = tab.locator("#o-tae td.cell")
        assert cells.count() == len(sheet.columns)
        for place in range(cells.count()):
            cell = cells.nth(place)
            assert cell.is_visible()
            name = tab.evaluate(
                "one => getComputedStyle(one, '::before').content", cell.element_handle()
            )
            assert name.strip('"') == cell.get_attribute("data-name")
        assert tab.locator("#o-tae td.sure").is_visible()


def test_the_keyboard_opens_everything(pages, tab):
    """Every part that opens can be focused and opened with Enter."""
    tab.set_viewport_size({"width": 1366, "height": 768})
    tab.goto(pages["pancreas-few", "en"][1].as_uri())
    tab.locator("#o-resection a").first.focus()
    tab.keyboard.press("Enter")
    assert tab.locator("#t-resection").evaluate("one => one.open")
    summary = tab.locator("#t-ssa > summary")
    summary.focus()
    tab.keyboard.press("Enter")
    assert tab.locator("#t-ssa").evaluate("one => one.open")
    assert tab.evaluate("document.querySelectorAll('details > summary').length") == tab.evaluate(
        "document.querySelectorAll('details').length"
    )
    unsaid = tab.evaluate(
        "[...document.querySelectorAll('svg:not([aria-hidden])')].filter(one => "
        "!one.parentElement.closest('svg')).filter(one => "
        "one.getAttribute('role') !== 'img' || !one.querySelector('title')).length"
    )
    assert unsaid == 0


@pytest.mark.parametrize("name", NAMES)
def test_every_small_text_has_contrast(pages, tab, name):
    """WCAG contrast of at least 4.5:1 for every text on the page's first part."""
    tab.set_viewport_size({"width": 1366, "height": 768})
    tab.goto(pages[name, "en"][1].as_uri())
    ratios = tab.evaluate(CONTRAST)
    assert len(ratios) > 100
    low = [one for one in ratios if one[0] < 4.5]
    assert low == []


def test_a_dark_page_has_contrast_and_is_dark(pages, tab):
    """Where a reader asks for a dark page every text keeps 4.5:1, and small drawings follow."""
    tab.set_viewport_size({"width": 1366, "height": 768})
    tab.emulate_media(color_scheme="dark")
    try:
        tab.goto(pages["midgut-multifocal", "en"][1].as_uri())
        ratios = tab.evaluate(CONTRAST)
        grounds = tab.evaluate("getComputedStyle(document.body).backgroundColor")
        fills = tab.evaluate(
            "[...document.querySelectorAll('svg.small *, svg.sign *, svg.scale *')]"
            ".map(one => getComputedStyle(one).fill)"
        )
    finally:
        tab.emulate_media(color_scheme="light")
    assert grounds == "rgb(17, 22, 27)"
    assert len(ratios) > 100
    assert [one for one in ratios if one[0] < 4.5] == []
    # Accent and ink of the light page are nowhere left in them.
    assert fills
    assert not {"rgb(11, 90, 138)", "rgb(23, 32, 42)", "rgb(255, 255, 255)"} & set(fills)


# Links of the table that a mouse cannot press: something else lies over their middle.
UNDER = """() => [...document.querySelectorAll('.grid th a, .grid td a, .boxes a')].filter(one => {
  const box = one.getClientRects()[0];
  if (!box) return false;
  scrollTo(0, box.top + scrollY - 200);
  const at = one.getClientRects()[0];
  const hit = document.elementFromPoint(at.x + at.width / 2, at.y + at.height / 2);
  return !one.contains(hit);
}).map(one => one.textContent.slice(0, 40))"""
# Texts of the table that run out of their own cell.
OVER = """() => {
  const found = [];
  for (const cell of document.querySelectorAll('.grid th, .grid td')) {
    const room = cell.getBoundingClientRect();
    for (const one of cell.querySelectorAll('*')) {
      const box = one.getBoundingClientRect();
      if (one.closest('svg') && one.tagName !== 'svg') continue;
      if (box.width && (box.right > room.right + 1 || box.left < room.left - 1))
        found.push([cell.textContent.trim().slice(0, 40), one.tagName, box.right - room.right]);
    }
    const range = document.createRange();
    range.selectNodeContents(cell);
    const text = range.getBoundingClientRect();
    if (text.width && text.right > room.right + 1)
      found.push([cell.textContent.trim().slice(0, 40), 'text', text.right - room.right]);
  }
  return found;
}"""
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
  for (const one of document.querySelectorAll('main > :not(.appendix) *')) {
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
