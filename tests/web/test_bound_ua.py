"""A bound board against what PDF/UA-1 demands and a program can see; each demand can fail."""

import io

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    BooleanObject,
    ContentStream,
    NameObject,
    NumberObject,
    TextStringObject,
)

from hilum.language import words
from hilum.rendering.board_print import bound
from hilum.rendering.press import printed
from tests.pdf_ua import REQUIREMENTS, Looked

PAGE = """<!doctype html><html lang="en"><head><title>{n}</title></head><body><h1>Head {n}</h1>
<h2>Below</h2><p>See <a href="https://example.org/{n}">this</a>.</p>
<svg viewBox="0 0 9 9" role="img"><title>a line</title><path d="M0 0L9 9" stroke="#000"/></svg>
<ul><li>one</li><li>two</li></ul>
<table><thead><tr><th>of {n}</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody>
</table></body></html>"""


@pytest.fixture(scope="module")
def whole():
    parts = [printed(PAGE.format(n=n), "sheet", words("en")) for n in range(3)]
    return bound(parts[0], [("One", parts[1]), ("Two", parts[2])], "Friday", "Contents", "en")


@pytest.fixture(scope="module")
def looked(whole):
    return Looked(whole)


def test_there_is_something_to_look_at(looked):
    kinds = {looked.kind(one) for one in looked.elements}
    assert {"Part", "H1", "H2", "Link", "Figure", "L", "LI", "Table", "TH", "TD"} <= kinds


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_a_bound_board_meets(looked, name):
    assert REQUIREMENTS[name](looked) == []


def _bytes(made):
    out = io.BytesIO()
    made.write(out)
    return out.getvalue()


def _first(made, kind):
    """The first element of a kind, to be spoilt."""
    waiting = [made.root_object["/StructTreeRoot"].get_object()]
    while waiting:
        one = waiting.pop(0)
        if one.get("/S") == kind:
            return one
        kids = one.get("/K", [])
        kids = kids.get_object() if hasattr(kids, "get_object") else kids
        for kid in kids if isinstance(kids, list) else [kids]:
            each = kid.get_object()
            if isinstance(each, dict):
                waiting.append(each)
    raise AssertionError(kind)


def _painted(made):
    """Something painted that is neither tagged nor an artifact."""
    page = made.pages[0]
    content = ContentStream(page.get_contents(), made)
    content.operations.append(([], b"S"))
    page.replace_contents(content)


def _off(entry):
    return lambda made: made.root_object.pop(NameObject(entry))


def _kind(was, now):
    return lambda made: _first(made, was).update({NameObject("/S"): NameObject(now)})


def _number(made):
    page = made.pages[0]
    data = page.get_contents().get_data().replace(b"/MCID 0", b"/MCID 99")
    content = ContentStream(page.get_contents(), made)
    content.set_data(data)
    page.replace_contents(content)


def _parent(made):
    head = _first(made, "/H1")
    head[NameObject("/P")] = _first(made, "/Table").indirect_reference


def _scope(made):
    head = _first(made, "/TH")
    head.pop(NameObject("/A"), None)
    head.pop(NameObject("/ID"), None)


def _names(made):
    first, second = _first(made, "/TR"), _first(made, "/P")
    for one in (first, second):
        one[NameObject("/ID")] = TextStringObject("same")


def _font(made):
    fonts = made.pages[0]["/Resources"].get_object()["/Font"].get_object()
    next(iter(fonts.values())).get_object().pop(NameObject("/ToUnicode"))


def _title(made):
    said = made.root_object["/Metadata"].get_object()
    said.set_data(said.get_data().replace(b"<pdfuaid:part>1", b"<pdfuaid:part>9"))


def _note(made, change):
    change(made.pages[0]["/Annots"][0].get_object())


SPOILT = {
    "marked": lambda made: made.root_object["/MarkInfo"].update(
        {NameObject("/Suspects"): BooleanObject(True)}
    ),
    "all_content_is_tagged_or_artifact": _painted,
    "marked_content_and_tree_lead_to_each_other": _number,
    "every_element_hangs_below_its_parent": _parent,
    "types_are_standard_or_mapped": _kind("/P", "/Paragraph"),
    "metadata_say_pdf_ua": _title,
    "the_title_is_shown": _off("/ViewerPreferences"),
    "tables_and_lists_are_well_formed": _kind("/TD", "/P"),
    "the_language_is_known": _off("/Lang"),
    "pictures_have_words": lambda made: _first(made, "/Figure").pop(NameObject("/Alt")),
    "heads_go_down_one_by_one": _kind("/H2", "/H3"),
    "table_heads_say_what_they_head": _scope,
    "names_are_unique": _names,
    "nothing_stands_in_a_readers_way": lambda made: made.add_attachment("a.txt", b"x"),
    "links_are_tagged_and_told": lambda made: _note(
        made, lambda note: note.update({NameObject("/StructParent"): NumberObject(9999)})
    ),
    "tab_follows_the_tree": lambda made: made.pages[0].pop(NameObject("/Tabs")),
    "fonts_are_embedded_and_mean_letters": _font,
}


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_a_spoilt_one_does_not(whole, name):
    made = PdfWriter(clone_from=PdfReader(io.BytesIO(whole)))
    SPOILT[name](made)
    assert REQUIREMENTS[name](Looked(_bytes(made))) != []
