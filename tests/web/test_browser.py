"""A clinician at the keyboard and the mouse, in both languages; what axe finds on every page."""

import threading
from pathlib import Path

import pytest

from hilum.store.accounts import Accounts
from hilum.store.opening import opened
from hilum.web.door import Serving
from hilum.web.running import started

AXE = Path(__file__).parents[1] / "sheet" / "axe" / "axe.min.js"
GRAVE = ("moderate", "serious", "critical")
SIZES = ((1280, 800), (820, 1100), (390, 800))
LANGUAGES = ("en", "zh-Hans")
# Long walks whose pages the quick tests look at in Chinese one by one.
QUICK_ENGLISH = ("en", pytest.param("zh-Hans", marks=pytest.mark.slow))
GOOD = "violet anchor sandwich 47"
STAFF = {"boss": "admin", "rea": "reader"}


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """The workbench as ``hilum serve`` runs it, in a thread of its own."""
    made = started(tmp_path_factory.mktemp("bench") / "data", "127.0.0.1", 0, "en")
    server = made.server()
    server.install_signal_handlers = lambda: None
    thread = threading.Thread(target=server.run, kwargs={"sockets": [made.listening]})
    thread.start()
    yield made
    server.should_exit = True
    thread.join(10)
    made.desk.cases.engine.dispose()
    assert not thread.is_alive()


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    """The same where people sign in."""
    folder = tmp_path_factory.mktemp("closed") / "data"
    accounts = Accounts(opened(folder))
    for name, role in STAFF.items():
        accounts.add(name, role, GOOD, "terminal", lasting=True)
    accounts.engine.dispose()
    made = started(folder, "127.0.0.1", 0, "en", serving=Serving(auth=True))
    server = made.server()
    server.install_signal_handlers = lambda: None
    thread = threading.Thread(target=server.run, kwargs={"sockets": [made.listening]})
    thread.start()
    yield made
    server.should_exit = True
    thread.join(10)
    made.desk.cases.engine.dispose()


@pytest.fixture(scope="module")
def browser(chromium_path):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path=chromium_path, args=["--no-sandbox", "--disable-gpu"]
        )
        yield made
        made.close()


@pytest.fixture
def tab(running, browser):
    """A page of somebody who came in; complaints of the policy and of scripts are kept."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.complaints = []
    page.on("console", lambda said: page.complaints.append(said.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(running.address)
    yield page
    home = f"http://127.0.0.1:{running.port}/"
    assert [one for one in page.asked if not one.startswith(home)] == [], "nothing from elsewhere"
    assert page.complaints == []
    context.close()


def home(running):
    return f"http://127.0.0.1:{running.port}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_case_from_first_look_to_kept(running, tab, language):
    assert "secret" not in tab.url
    if language != "en":
        tab.click(f".look button[lang={language}]")
    tab.click("form[action='/examples'] button")
    tab.wait_for_selector("#answer .group")
    case = tab.url
    tare = tab.locator("#answer li", has_text="TARE").first
    assert tare.get_attribute("class") is None
    # Only the keyboard: to the field, a number, and the verdicts are others.
    tab.keyboard.press("/")
    tab.keyboard.type("bilirubin_mg")
    tab.keyboard.press("Tab")
    tab.focus("#i-bilirubin_mg_dl")
    tab.keyboard.press("Control+A")
    tab.keyboard.type("2.4" if language == "en" else "41")
    if language != "en":
        # The unit stands as the case has it; the switch says the other one.
        tab.check("input[name='u:bilirubin_mg_dl'][value='umol/L']", force=True)
    tab.wait_for_selector("#answer .moved")
    said = tab.inner_text("#said")
    assert "4" in said
    assert "27" in said
    moved = tab.locator("#answer .moved")
    assert moved.count() == 4
    # Another language, nothing lost; and back.
    other = next(one for one in LANGUAGES if one != language)
    tab.click(f".look button[lang={other}]")
    tab.wait_for_selector(f"html[lang={other}] #answer .moved")
    tab.click(f".look button[lang={language}]")
    tab.wait_for_selector(f"html[lang={language}] #answer .moved")
    assert tab.input_value("#i-bilirubin_mg_dl") == ("2.4" if language == "en" else "41")
    # Another window finds the draft.
    second = tab.context.new_page()
    second.goto(case)
    assert second.locator("#answer .moved").count() == 4
    second.close()
    tab.click(".strip button.main")
    tab.wait_for_selector("#answer:not(:has(.strip))")
    assert tab.locator("#answer .moved").count() == 0
    tab.goto(f"{case}/states")
    assert tab.locator("tbody tr").count() == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_any_page(running, tab, language):
    if language != "en":
        tab.click(f".look button[lang={language}]")
    desk = running.desk
    tab.click("form[action='/examples'] button")
    tab.wait_for_selector("#answer .group")
    case = tab.url
    tab.fill("#i-egfr", "25") if tab.is_visible("#i-egfr") else tab.fill("#i-ki67_percent", "30")
    tab.wait_for_selector(".strip")
    desk.cases.keep(
        case.rpartition("/")[2], 1, desk.cases.last(case.rpartition("/")[2]).content, ""
    )
    tab.goto(case)
    tab.fill("#i-ki67_percent", "31")
    tab.wait_for_selector(".strip")
    pages = ["/cases", case, f"{case}/states"]
    if language == "en":
        # These differ from the others by their words alone.
        pages += [f"{case}/remove", "/audit", "/nowhere", f"{case}/compare?one=1&other=2"]
    for path in pages:
        tab.goto(path if path.startswith("http") else home(running) + path)
        for width, height in (*SIZES[1:], SIZES[0]):
            tab.set_viewport_size({"width": width, "height": height})
            beyond = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert beyond <= 0, (path, width)
        if path == case:
            # Every group of facts open: each kind of field is read once.
            tab.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        assert _axe(tab) == [], path
    if language == "en":
        tab.goto(case)
        tab.evaluate("document.documentElement.dataset.look = 'dark'")
        # Colours take an eighth of a second to change.
        tab.wait_for_timeout(400)
        assert _axe(tab, "{runOnly: ['color-contrast']}") == []
    tab.complaints = [one for one in tab.complaints if "404" not in one]


@pytest.mark.parametrize("language", QUICK_ENGLISH)
def test_signing_in_and_out_by_hand(closed, browser, language):
    """Name and password typed, wrong and right; what an administrator and a reader then see."""
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    at = f"http://127.0.0.1:{closed.port}"
    page.goto(f"{at}/boards")
    assert page.url == f"{at}/sign-in"
    if language != "en":
        page.click(f".look button[lang={language}]")
    # Right after a click on a language the next page may not be there yet. A function, as a string
    # is evaluated at each look, which the policy forbids after the first.
    page.wait_for_function("() => document.activeElement?.id === 'name'")
    page.keyboard.type("boss")
    page.keyboard.press("Tab")
    page.keyboard.type("not this one at all")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")
    assert page.get_attribute("html", "lang") == language
    assert _axe(page) == []
    if language == "en":
        for _ in range(3):
            closed.desk.throttle.tried("boss", "127.0.0.1")
        _signs_in(page, "boss")
        assert "looked at in" in page.inner_text("[role=alert]"), "the right one waits as well"
        closed.desk.throttle.succeeded("boss", "127.0.0.1")
    _signs_in(page, "boss")
    page.wait_for_url(f"{at}/cases")
    for path in ("/accounts", "/account"):
        page.goto(at + path)
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            beyond = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert beyond <= 0, (path, width)
        assert _axe(page) == [], path
    page.fill("#known", GOOD)
    page.click("form[action='/account/second'] button")
    page.wait_for_selector("#code")
    assert _axe(page, "{runOnly: ['wcag2a', 'best-practice']}") == []
    page.click("form[action='/sign-out'] button")
    page.wait_for_url(f"{at}/sign-in")
    page.goto(f"{at}/account")
    assert page.url == f"{at}/sign-in", "nothing is left of the session"
    _signs_in(page, "rea")
    page.wait_for_url(f"{at}/evidence")
    page.goto(f"{at}/synthesis")
    assert page.is_disabled("#table")
    assert page.is_disabled("#design button.main")
    assert page.locator("#main p.alert").count() == 1, "why"
    assert _axe(page, "{runOnly: ['wcag2a', 'best-practice']}") == []
    context.close()


def _signs_in(page, name):
    page.fill("#name", name)
    page.fill("#password", GOOD)
    page.press("#password", "Enter")
    page.wait_for_load_state()


def test_the_served_sheet_obeys_the_policy(running, tab):
    tab.click("form[action='/examples'] button")
    tab.wait_for_selector("#answer .group")
    tab.goto(f"{tab.url}/sheet")
    assert "Not resectable" in tab.inner_text("#resectability")
    tab.click('a[href="#c-tace-objective_response"]')
    shown = tab.locator("#c-tace-objective_response svg.forest").first
    shown.wait_for(state="visible")
    fill = "e => getComputedStyle(e.querySelector('.square, .open, .diamond')).fill"
    assert shown.evaluate(fill) != "rgb(0, 0, 0)", "drawn with its own style"
    tab.click("nav.served a >> nth=0")
    tab.wait_for_selector("#answer .group")
    # The file of an icon that the sheet does not name.
    tab.complaints = [one for one in tab.complaints if "404" not in one]


def _axe(tab, options="{resultTypes: ['violations']}"):
    """What axe finds, run in a world of its own that the page's policy does not reach."""
    session = tab.context.new_cdp_session(tab)
    tree = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
    world = session.send("Page.createIsolatedWorld", {"frameId": tree, "worldName": "axe"})
    told = {"contextId": world["executionContextId"], "returnByValue": True, "awaitPromise": True}
    session.send("Runtime.evaluate", {"expression": AXE.read_text("utf-8"), **told})
    asked = f"axe.run(document, {options})"
    found = session.send("Runtime.evaluate", {"expression": asked, **told})["result"]["value"]
    session.detach()
    assert found["passes"]
    return [
        (one["id"], one["impact"], one["nodes"][0]["html"][:160], one["nodes"][0]["failureSummary"])
        for one in found["violations"]
        if one["impact"] in GRAVE
    ]


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (820, 1100), (390, 800)])
def test_what_moved_is_in_sight_while_one_types(tab, running, width, height):
    name = "A patient with a very long name of a case " * 5
    content = {"name": name, "patient": {"bilirubin": "1 mg/dL"}}
    made = running.desk.cases.add(content, "file", "owner")
    tab.set_viewport_size({"width": width, "height": height})
    tab.goto(f"http://127.0.0.1:{running.port}/cases/{made}")
    field = tab.locator("#i-bilirubin_mg_dl")
    field.scroll_into_view_if_needed()
    field.fill("5")
    tab.get_by_text("verdicts moved").locator("visible=true").first.wait_for()
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert tab.evaluate("document.querySelector('.whose').offsetHeight") <= 44, "one line"
    inside = """() => [...document.querySelectorAll('button[formaction$="/put-back"]')].some(
      one => {
        const box = one.getBoundingClientRect();
        return box.width > 0 && box.top >= 0 && box.bottom <= innerHeight;
      })"""
    assert tab.evaluate(inside)
    tab.locator("button[formaction$='/put-back']:visible").first.click()
    tab.wait_for_load_state()
    assert running.desk.cases.draft(made) is None
