"""A reviewer at the keyboard: an invented review screened by keys; what axe finds in the room."""

from tests.web.test_browser import (  # noqa: F401
    SIZES,
    _axe,
    browser,
    home,
    running,
    tab,
)


def pressed(tab, key):  # noqa: F811
    record = tab.input_value("input[name=record]")
    tab.keyboard.press(key)
    # The next title has the focus, so that a reader of the screen reads it out.
    tab.wait_for_function(
        "before => document.querySelector('input[name=record]').value !== before"
        " && document.activeElement.className === 'record'",
        arg=record,
    )
    return record


def test_a_review_is_screened_by_keys(running, tab):  # noqa: F811
    tab.goto(f"{home(running)}/review")
    tab.focus("form[action='/review/example'] button")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#imports table")
    here = tab.url.partition("#")[0].partition("?")[0]
    tab.goto(f"{here}/screen")
    tab.wait_for_selector("#screen mark")
    first = pressed(tab, "v")
    tab.keyboard.press("8")
    assert tab.is_checked("input[value=not-human]")
    pressed(tab, "x")
    # A field takes letters for itself; Escape leaves it.
    tab.keyboard.press("n")
    tab.keyboard.type("vx")
    assert tab.input_value("#note") == "vx"
    tab.keyboard.press("Escape")
    third = pressed(tab, "m")
    pressed(tab, "z")
    assert "2 of " in tab.inner_text(".far")
    rows = (running.desk.reviews.place(here.rpartition("/")[2]) / "decisions.csv").read_text()
    assert [line.split(",")[0] for line in rows.splitlines()[1:4:2]] == [first, third]
    assert "vx" in rows
    for part in ("", "/screen", "/state", "/flow", "/changes"):
        tab.goto(f"{here}{part}")
        for width, height in SIZES:
            tab.set_viewport_size({"width": width, "height": height})
            beyond = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert beyond <= 0, (part, width)
        for each in tab.locator("details").all():
            each.evaluate("one => { one.open = true; }")
        assert _axe(tab) == [], part
    tab.goto(f"{home(running)}/review")
    assert _axe(tab) == []


def test_the_notice_of_a_bad_file_is_in_sight(running, tab):  # noqa: F811
    good = b"TY  - JOUR\nTI  - Invented {n}\nPY  - 2020\nER  - \n"
    sent = [
        {"name": f"{n}.ris", "mimeType": "text/plain", "buffer": good.replace(b"{n}", b"%d" % n)}
        for n in range(12)
    ]
    sent.append({"name": "bad.ris", "mimeType": "text/plain", "buffer": b"nothing of the kind"})
    for width, height in SIZES:
        tab.set_viewport_size({"width": width, "height": height})
        tab.goto(f"{home(running)}/review")
        tab.fill("input[name=title]", "Several")
        tab.set_input_files("input[type=file]", sent)
        tab.click("form:has(input[type=file]) button")
        tab.wait_for_selector("#told [role=alert]")
        box = tab.evaluate(
            "(() => { const r = document.querySelector('#told [role=alert] h2')"
            ".getBoundingClientRect(); return [r.top, r.bottom, innerHeight]; })()"
        )
        assert box[0] >= 0, (width, box)
        assert box[1] <= box[2], (width, box)
