"""A board that is bound into one PDF is read aloud as each of its parts: tags, names, languages."""

import io
import re

from pypdf import PdfReader

from hilum.language import words
from hilum.rendering.board_print import bound
from hilum.rendering.press import printed

PAGE = """<!doctype html><html lang="en"><head><title>{n}</title></head><body><h1>Head {n}</h1>
<p>See <a href="https://example.org/{n}">this</a>.</p>
<table><thead><tr><th>of {n}</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>
</body></html>"""


def part(n):
    return printed(PAGE.format(n=n), "sheet", words("en"))


def leads_to(element, number, page):
    """Whether marked content of a page is that of an element."""
    kids = element["/K"]
    for one in kids if isinstance(kids, list) else [kids]:
        kid = one.get_object()
        at = kid.get("/Pg", element.get("/Pg")) if isinstance(kid, dict) else element.get("/Pg")
        found = kid.get("/MCID") if isinstance(kid, dict) else kid
        if found == number and at.get_object() == page.get_object():
            return True
    return False


def test_every_marked_content_leads_to_its_element():
    same = part(1)
    whole = PdfReader(io.BytesIO(
        bound(part(0), [("One", same), ("Two", same)], "Friday <b>", "Contents", "zh-Hans")
    ))  # fmt: skip
    catalog = whole.trailer["/Root"]
    root = catalog["/StructTreeRoot"]
    numbers = root["/ParentTree"]["/Nums"]
    tree = dict(zip(map(int, numbers[::2]), numbers[1::2], strict=True))
    assert list(tree) == sorted(tree)
    seen = 0
    for page in whole.pages:
        elements = tree[page["/StructParents"]].get_object()
        content = page.get_contents().get_data()
        for number in map(int, re.findall(rb"/MCID (\d+)", content)):
            assert leads_to(elements[number].get_object(), number, page)
            seen += 1
        for note in page["/Annots"]:
            assert tree[note.get_object()["/StructParent"]].get_object()["/S"] == "/Link"
    assert seen == 18
    (document,) = root["/K"]
    assert [one.get_object()["/S"] for one in document["/K"]] == ["/Part"] * 3
    names = [bytes(one, "latin-1") if isinstance(one, str) else bytes(one)
             for one in root["/IDTree"]["/Names"][::2]]  # fmt: skip
    assert len(set(names)) == 3, "table heads of two parts have two names"
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "zh-Hans"
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    said = catalog["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in said
    assert "Friday &lt;b&gt;" in said
    assert "pdfaid" not in said, "an archive is not promised"
