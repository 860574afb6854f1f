"""Tags of PDFs that are bound into one: what a screen reader follows stays whole (PDF/UA-1).

Each part brings a tree of tagged elements, a table that leads from marked content back to it, and
names of table heads. In one file they hang below one document, under numbers and names of their
own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    ByteStringObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pypdf import PdfReader, PdfWriter

XMP: Final = """<?xpacket begin="\N{ZERO WIDTH NO-BREAK SPACE}" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF \
xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" \
xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">\
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>\
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>\
<pdfuaid:part>1</pdfuaid:part></rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


class Tags:
    """The tags of a file that is being bound."""

    def __init__(self, made: PdfWriter) -> None:
        self._made, self._next = made, 0
        # pypdf adds an object of one's own by this method alone.
        self._put: Any = made._add_object  # pyright: ignore[reportPrivateUsage]
        self._kids = ArrayObject()
        self._root = DictionaryObject({NameObject("/Type"): NameObject("/StructTreeRoot")})
        self._whole = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/StructElem"),
                NameObject("/S"): NameObject("/Document"),
                NameObject("/K"): self._kids,
            }
        )
        self._roles, self._numbers = DictionaryObject(), ArrayObject()
        self._names: list[tuple[ByteStringObject, Any]] = []
        self._at = self._put(self._root)
        self._below = self._put(self._whole)
        self._whole[NameObject("/P")] = self._at
        self._tagged = True

    def add(self, part: PdfReader, first: int) -> None:
        """Take the tags of a part whose pages are in the file already, from ``first`` on."""
        catalog: Any = part.trailer["/Root"].get_object()
        found: Any = catalog.get("/StructTreeRoot")
        if found is None:
            self._tagged = False
            return
        tree: Any = found.get_object()
        for page, was in zip(self._made.pages[first:], part.pages, strict=True):
            self._renumbered(page, was)
        kids = [one.get_object().clone(self._made) for one in tree["/K"]]
        numbers: Any = tree["/ParentTree"].get_object()["/Nums"]
        for key, kept in zip(numbers[::2], numbers[1::2], strict=True):
            self._numbers.append(NumberObject(int(key) + self._next))
            self._numbers.append(kept.get_object().clone(self._made).indirect_reference)
        prefix = f"{first}-"
        for kid in kids:
            if kid.get("/S") == "/Document":
                kid[NameObject("/S")] = NameObject("/Part")
            kid[NameObject("/P")] = self._below
            self._kids.append(kid.indirect_reference)
            for one in _elements(kid):
                self._named(one, prefix)
        self._roles.update(tree.get("/RoleMap", {}))
        self._next += int(tree["/ParentTreeNextKey"])

    def end(self, title: str, language: str) -> None:
        """Write what the whole file says of itself; nothing where a part had no tags."""
        if not self._tagged:
            return
        catalog: Any = self._made.root_object
        sorted_names = sorted(self._names, key=lambda one: one[0])
        names = [each for one in sorted_names for each in one]
        self._root[NameObject("/K")] = ArrayObject([self._below])
        self._root[NameObject("/RoleMap")] = self._roles
        tree = DictionaryObject({NameObject("/Nums"): self._numbers})
        self._root[NameObject("/ParentTree")] = tree
        self._root[NameObject("/ParentTreeNextKey")] = NumberObject(self._next)
        if names:
            ids = DictionaryObject({NameObject("/Names"): ArrayObject(names)})
            self._root[NameObject("/IDTree")] = ids
        catalog[NameObject("/StructTreeRoot")] = self._at
        catalog[NameObject("/MarkInfo")] = DictionaryObject(
            {NameObject("/Marked"): BooleanObject(True)}
        )
        catalog[NameObject("/Lang")] = TextStringObject(language)
        catalog[NameObject("/ViewerPreferences")] = DictionaryObject(
            {NameObject("/DisplayDocTitle"): BooleanObject(True)}
        )
        said = StreamObject()
        said.set_data(XMP.format(title=escape(title), language=escape(language)).encode())
        said[NameObject("/Type")] = NameObject("/Metadata")
        said[NameObject("/Subtype")] = NameObject("/XML")
        catalog[NameObject("/Metadata")] = self._put(said)

    def _renumbered(self, page: Any, was: Any) -> None:
        # A page that is copied has lost its number.
        if "/StructParents" in was:
            number = NumberObject(was["/StructParents"] + self._next)
            page[NameObject("/StructParents")] = number
        for one in page.get("/Annots", ()):
            note = one.get_object()
            if "/StructParent" in note:
                number = NumberObject(note["/StructParent"] + self._next)
                note[NameObject("/StructParent")] = number

    def _named(self, element: Any, prefix: str) -> None:
        """Give an element's name, and the names that it speaks of, their part's own beginning."""
        if "/ID" in element:
            name = _prefixed(element["/ID"], prefix)
            element[NameObject("/ID")] = name
            self._names.append((name, element.indirect_reference))
        attributes = element.get("/A")
        for one in attributes if isinstance(attributes, list) else [attributes]:
            each: Any = one.get_object() if one is not None else None
            if isinstance(each, dict) and "/Headers" in each:
                heads = ArrayObject(_prefixed(head, prefix) for head in each["/Headers"])
                each[NameObject("/Headers")] = heads


def _prefixed(name: Any, prefix: str) -> ByteStringObject:
    raw = name.original_bytes if hasattr(name, "original_bytes") else bytes(name)
    return ByteStringObject(prefix.encode() + raw)


def _elements(element: Any) -> Iterator[Any]:
    """An element and all below it."""
    open_ones = [element]
    while open_ones:
        one = open_ones.pop()
        yield one
        kids = one.get("/K", ())
        for kid in kids if isinstance(kids, list) else [kids]:
            each = kid.get_object() if hasattr(kid, "get_object") else kid
            if isinstance(each, dict) and each.get("/Type", "/StructElem") == "/StructElem":
                open_ones.append(each)
