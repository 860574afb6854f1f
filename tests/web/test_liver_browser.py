"""A surgeon in the room of the liver, in Chromium without WebGL2: the stills say it all."""

import pytest

from tests.liver.phantoms import phantom, save
from tests.web.test_browser import _axe, browser, running, tab  # noqa: F401


@pytest.fixture(scope="module")
def maps(tmp_path_factory):
    folder = tmp_path_factory.mktemp("maps")
    segments, lesions, affine = phantom()
    return tuple(
        save(folder / f"{name}.nii.gz", array, affine)
        for name, array in (("segments", segments), ("lesions", lesions))
    )


def test_from_upload_to_the_case_by_keyboard(tab, maps):  # noqa: F811
    tab.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    tab.click("form[action='/examples'] button")
    tab.wait_for_selector("#answer .group")
    case = tab.url
    tab.click("text=Liver >> nth=-1")
    tab.set_input_files("#labels", maps[0])
    tab.set_input_files("#lesions", maps[1])
    tab.select_option("#preset", "couinaud")
    tab.click("form.bring button.main")
    # What is read leads on by itself.
    tab.wait_for_selector("#plan")
    assert tab.is_visible(".still-front svg")
    assert "WebGL2" in tab.inner_text("#viewer-said")
    assert tab.is_hidden("#turn")
    tab.focus(".segs input[value='5']")
    for key in ("5", "6", "7", "8"):
        was = tab.locator(".big").all_inner_texts()
        with tab.expect_response(lambda one: one.url.endswith("/tried")):
            tab.keyboard.press(key)
        # The answer is there once the figure is another.
        tab.wait_for_function(
            "was => document.querySelector('.big') && document.querySelector('.big').innerText "
            "!== was",
            arg=was[0] if was else "",
        )
    tab.wait_for_selector(".chances li")
    assert tab.locator(".pair g.region.gone").count() >= 4
    before = tab.inner_text(".big")
    # A press on the picture is a press on the list.
    with tab.expect_response(lambda one: one.url.endswith("/tried")):
        tab.locator(".still-front g[data-segment='5']").dispatch_event("click")
    assert not tab.is_checked(".segs input[value='5']")
    tab.wait_for_function("was => document.querySelector('.big').innerText !== was", arg=before)
    tab.focus(".segs input[value='1']")
    tab.keyboard.press("z")
    tab.wait_for_selector(".segs input[value='5']:checked", state="attached")
    tab.wait_for_function("was => document.querySelector('.big').innerText === was", arg=before)
    assert tab.inner_text(".big") == before
    assert _axe(tab) == []
    tab.click("text=Use in the case")
    tab.wait_for_url(case)
    tab.goto(f"{case}/states")
    assert "label maps" in tab.inner_text("main")
