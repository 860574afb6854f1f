"""The press: a page is data and no program; what cannot be printed is said; nothing is lost."""

from io import BytesIO

import pytest
from pypdf import PdfReader

import hilum
from hilum.errors import MissingExtra
from hilum.rendering.press import Press, Running, press
from hilum.rendering.press.drawings import Drawings
from hilum.rendering.press.tree import read
from hilum.rendering.sheet.pdf import Look, fitted
from hilum.rendering.sheet.print_page import PrintPage
from tests.spaces import tight

WORDS = hilum.words("en")
HOSTILE = (
    '#read("/etc/passwd")', "*x* _y_ = z", "#import \"@preview/cetz:0.3.0\"", "$ x $ `raw` <label>",
    "\\u{41} \\#", '"); panic("', "@ref // comment /* */", "]#[", "#sys.inputs.page",
)  # fmt: skip


def page_of(body, title="A page"):
    return f'<html lang="en"><head><title>{title}</title></head><body>{body}</body></html>'


def escaped(text):
    for one, code in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&#34;")):
        text = text.replace(one, code)
    return text


def printed(body, style="patient", words=WORDS, running=None):
    with Press(style, words, running, "2026-11-28") as one:
        made = one.pdf(page_of(body))
        assert one.warnings == []
    return PdfReader(BytesIO(made))


def text_of(reader):
    return tight(" ".join(page.extract_text() for page in reader.pages))


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_case_holds_is_printed_and_not_run(text):
    body = (
        f"<h1>{escaped(text)}</h1><table><tbody><tr><td>{escaped(text)}</td></tr></tbody></table>"
    )
    reader = printed(body, "sheet", running=Running(left=text, foot=text))
    assert text_of(reader).count(tight(text)) == 4


def test_a_drawing_cannot_reach_a_file():
    drawing = (
        '<svg viewBox="0 0 9 9" role="img"><title>a</title>'
        '<image href="/etc/passwd" width="9" height="9"/><text x="1" y="8">#read</text></svg>'
    )
    typst = pytest.importorskip("typst")
    with pytest.raises(typst.TypstError, match="not allowed"):
        printed(f"<h1>x</h1><figure>{drawing}</figure>")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("bell \x07 nul \x00 end", "end"),
        ("half \ud800 end", "half\N{REPLACEMENT CHARACTER}end"),
        ("private \ue000 end", "private\N{REPLACEMENT CHARACTER}end"),
        ("unassigned \u0378 end", "unassigned[U+0378]end"),
        ("non \ufdd0 end", "non[U+FDD0]end"),
        ("pilot \U00102345 end", "pilot[U+102345]end"),
        ("李 明", "李明"),
        ("soft\u00adhyphen", "hyphen"),
    ],
)
def test_odd_characters_are_said(text, shown):
    reader = printed(f"<h1>{text}</h1>", "sheet", running=Running(left=text))
    assert tight(shown) in text_of(reader)


def test_names_from_right_to_left_are_there():
    reader = printed("<h1>דוד כהן and فاطمة</h1><p>after</p>")
    said = text_of(reader)
    assert "after" in said
    assert any(one in said for one in ("דוד", "דוד"[::-1]))


def test_a_machine_without_the_characters_says_so(monkeypatch):
    typst = pytest.importorskip("typst")
    bare = typst.Fonts(include_system_fonts=False)
    monkeypatch.setattr(press, "fonts", lambda: bare)
    text = "".join(chr(0x4E00 + number) for number in range(press.MOST_UNKNOWN + 5))
    with pytest.raises(MissingExtra, match="no font here"):
        printed(f"<h1>{text}</h1>")
    assert "[U+7532]" in text_of(printed("<h1>\u7532 a</h1>"))


def test_without_the_library_it_says_so(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(MissingExtra, match="documents"):
        printed("<h1>x</h1>")


def test_spaces_stand_as_in_a_browser():
    title, body = read(
        page_of("<p>\n a <b>b</b>\n c\n<br> d </p> <ul> <li>e </li> </ul>", "A\n title"), Drawings()
    )
    assert title == "A title"
    paragraph, items = body.holds
    assert [one if isinstance(one, str) else one.text() for one in paragraph.holds] == [
        "a ", "b", " c", "", "d",
    ]  # fmt: skip
    assert [one.tag for one in items.holds] == ["li"]
    assert items.text() == "e"


def test_links_to_what_is_not_there_are_words():
    _, body = read(
        page_of('<p id="here"><a href="#here">a</a><a href="#gone">b</a>'
                '<a href="https://x.org">c</a></p>'), Drawings(),
    )  # fmt: skip
    (paragraph,) = body.holds
    assert [one.attributes.get("href") for one in paragraph.holds] == [
        "#here",
        None,
        "https://x.org",
    ]


def test_every_drawing_is_taken_once_and_whole():
    drawings = Drawings()
    inner = '<svg x="1"><path d="M0 0"/></svg>'
    one = f'<svg class="a b" viewBox="0 0 4 2"><title>t &amp; u</title>{inner}</svg>'
    hidden = '<svg viewBox="0 0 1 1" aria-hidden="true"><title>no</title></svg>'
    page = drawings.taken_from(f"x{one}y{one}z{hidden}")
    assert page == (
        'x<svg class="a b" drawing="0"></svg>y<svg class="a b" drawing="0"></svg>'
        'z<svg class="" drawing="1"></svg>'
    )
    assert [each["said"] for each in drawings.data] == ["t & u", None]
    assert inner in drawings.data[0]["svg"]
    assert drawings.data[0]["width"], drawings.data[0]["height"] == (4.0, 2.0)


@pytest.mark.parametrize("room", [0.3, 0.6, 0.8, 0.97, 1.0, 3.0])
def test_the_second_page_takes_what_has_room(room):
    """Rows go on to page 2 as often as telling it moves another; then page 2 is filled."""
    tries = []

    def look(share, moved):
        tries.append((share, moved))
        # The parts grow by a quarter of a page to one and a half.
        end = 2 - room + 0.25 + 1.25 * round(28 * share) / 28
        return Look(2 if end <= 2 else 3, min(moved + 1, 4) if moved else 3, end)

    share, moved = fitted(look)
    assert moved == 4
    found = look(share, moved)
    if room == 3.0:
        assert share == 1.0
    else:
        assert found.pages == 2
        assert found.end > 1.75
    assert len(tries) <= 8


def test_what_two_pages_cannot_hold_takes_a_third():
    assert fitted(lambda share, moved: Look(4, 0, 3.5)) == (0.0, 0)


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_nothing_of_the_sheet_is_left_out_in_silence(sheet, language):
    """A warning of the typesetter would be a part that it dropped."""
    words = hilum.words(language)
    with Press("sheet", words, Running(left="x"), "2026-11-28") as one:
        made = one.pdf(PrintPage(sheet, words).html(0.3, 2, full=True))
        assert one.warnings == []
    assert len(PdfReader(BytesIO(made)).pages) > 40
