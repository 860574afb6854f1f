"""Requirements of PDF/UA-1 (ISO 14289-1:2014) that a program can look at, one function each.

Each gives what is at fault. The numbers are those of the failure conditions of the Matterhorn
Protocol 1.1 (PDF Association, 2021); what only a person can judge (whether an alternative text says
what a picture shows, whether the order of reading makes sense) is not here.
"""

import re
from collections import Counter

from pypdf import PdfReader
from pypdf.generic import ContentStream

NAMES = """
Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H H1 H2 H3 H4
H5 H6 L LI Lbl LBody Table TR TH TD THead TBody TFoot Span Quote Note Reference BibEntry Code
Link Annot Ruby RB RT RP Warichu WT WP Figure Formula Form
"""
STANDARD = {*NAMES.split()}
SHOWS = {b"Tj", b"TJ", b"'", b'"', b"S", b"s", b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*", b"sh",
         b"Do", b"BI", b"INLINE IMAGE"}  # fmt: skip
BELOW = {
    "Table": {"TR", "THead", "TBody", "TFoot", "Caption"}, "THead": {"TR"}, "TBody": {"TR"},
    "TFoot": {"TR"}, "TR": {"TH", "TD"}, "L": {"LI", "L", "Caption"}, "LI": {"Lbl", "LBody"},
    "TOC": {"TOC", "TOCI", "Caption"},
    "TOCI": {"TOC", "Lbl", "Reference", "NonStruct", "P", "Link"},
}  # fmt: skip


def listed(one):
    """What an entry holds, one or many."""
    found = one.get_object() if one is not None else []
    return list(found) if isinstance(found, list) else [found]


class Looked:
    """A file with the parts of it that several requirements look at."""

    def __init__(self, content: bytes) -> None:
        import io

        self.reader = PdfReader(io.BytesIO(content))
        self.catalog = self.reader.trailer["/Root"]
        self.tree = self.catalog.get("/StructTreeRoot", {})
        self.roles = {key[1:]: value[1:] for key, value in self.tree.get("/RoleMap", {}).items()}
        self.elements = []
        waiting = [one.get_object() for one in listed(self.tree.get("/K"))][::-1]
        while waiting:
            one = waiting.pop()
            self.elements.append(one)
            waiting += [kid for kid in self.kids(one) if "/S" in kid][::-1]

    def kids(self, element):
        """The elements, references and marked content below one."""
        below = [one.get_object() for one in listed(element.get("/K"))]
        return [one for one in below if isinstance(one, dict)]

    def kind(self, element):
        """The standard type of an element."""
        name, seen = element["/S"][1:], set()
        while name not in STANDARD and name in self.roles and name not in seen:
            seen.add(name)
            name = self.roles[name]
        return name

    def attributes(self, element):
        return [one.get_object() for one in listed(element.get("/A")) if one is not None]


def marked(look):
    """The catalog says that the file is tagged, and nothing of it is suspect."""
    marks = look.catalog.get("/MarkInfo", {})
    return [] if marks.get("/Marked") is not None and marks["/Marked"] and not marks.get(
        "/Suspects") else ["MarkInfo"]  # fmt: skip


def all_content_is_tagged_or_artifact(look):
    """01-005: what is painted is in the tree or an artifact; 01-003, 01-004: never both."""
    faults = []
    for number, page in enumerate(look.reader.pages, 1):
        stack = []
        for operands, operator in ContentStream(page.get_contents(), look.reader).operations:
            if operator in (b"BMC", b"BDC"):
                artifact = operands[0] == "/Artifact"
                tagged = operator == b"BDC" and isinstance(operands[1], dict) and (
                    "/MCID" in operands[1]
                )  # fmt: skip
                if (artifact and "tagged" in stack) or (tagged and "artifact" in stack):
                    faults.append(f"page {number}: one in the other")
                stack.append("artifact" if artifact else "tagged" if tagged else "")
            elif operator == b"EMC":
                stack.pop()
            elif operator in SHOWS and not {"artifact", "tagged"} & {*stack}:
                faults.append(f"page {number}: {operator!r} is neither")
        if stack:
            faults.append(f"page {number}: marked content does not end")
    return faults


def marked_content_and_tree_lead_to_each_other(look):
    """Each number of marked content is one element's, by the parent tree and by the element."""
    nums = look.tree["/ParentTree"].get_object()["/Nums"]
    parents = dict(zip(map(int, nums[::2]), nums[1::2], strict=True))
    faults = [] if list(parents) == sorted(parents) else ["the parent tree is not in order"]
    said = Counter()
    for one in look.elements:
        for kid in listed(one.get("/K")):
            each = kid.get_object() if hasattr(kid, "get_object") else kid
            if isinstance(each, dict) and "/MCID" in each:
                page = each.get("/Pg", one.get("/Pg")).get_object()
                said[page["/StructParents"], int(each["/MCID"])] += 1
            elif isinstance(each, int):
                said[one["/Pg"].get_object()["/StructParents"], int(each)] += 1
    for number, page in enumerate(look.reader.pages, 1):
        data = page.get_contents().get_data()
        found = [int(one) for one in re.findall(rb"/MCID (\d+)", data)]
        of = parents[page["/StructParents"]].get_object()
        for one in found:
            if one >= len(of) or of[one].get_object() not in look.elements:
                faults.append(f"page {number}: {one} has no element")
            if said[page["/StructParents"], one] != 1:
                faults.append(f"page {number}: {one} is said {said[page['/StructParents'], one]} x")
        if len({*found}) != len(found):
            faults.append(f"page {number}: a number twice")
    return faults


def every_element_hangs_below_its_parent(look):
    """Parents and children name each other."""
    faults = []
    for one in look.elements:
        for kid in look.kids(one):
            if "/S" in kid and kid["/P"].get_object() is not one:
                faults.append(kid["/S"])
    return faults


def types_are_standard_or_mapped(look):
    """02-001 to 02-004: no type without a standard one, no circle, no standard type mapped."""
    faults = [one["/S"] for one in look.elements if look.kind(one) not in STANDARD]
    return faults + [one for one in look.roles if one in STANDARD]


def metadata_say_pdf_ua(look):
    """06-001 to 06-004: metadata with the part of PDF/UA and a title."""
    said = look.catalog["/Metadata"].get_object().get_data().decode()
    title = re.search(r"<dc:title>.*?<rdf:li[^>]*>([^<]+)</rdf:li>", said, re.DOTALL)
    part = re.search(r"<pdfuaid:part>1</pdfuaid:part>|pdfuaid:part=\"1\"", said)
    return [] if part and title and title[1].strip() else [said[:200]]


def the_title_is_shown(look):
    """07-001, 07-002."""
    return [] if look.catalog.get("/ViewerPreferences", {}).get("/DisplayDocTitle") else ["title"]


def tables_and_lists_are_well_formed(look):
    """09-004 to 09-008: what may stand in tables, rows and lists."""
    return [
        f"{look.kind(kid)} in {look.kind(one)}"
        for one in look.elements
        for kid in look.kids(one)
        if "/S" in kid and look.kind(one) in BELOW and look.kind(kid) not in BELOW[look.kind(one)]
    ]


def the_language_is_known(look):
    """11-001 to 11-006: a language for all of it, and each that is named is one."""
    pattern = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*")
    said = [look.catalog.get("/Lang", ""), *(o["/Lang"] for o in look.elements if "/Lang" in o)]
    return [one for one in said if not pattern.fullmatch(str(one))]


def pictures_have_words(look):
    """13-004 and 17-002: figures and formulas have an alternative text."""
    return [
        look.kind(one)
        for one in look.elements
        if look.kind(one) in ("Figure", "Formula")
        and not str(one.get("/Alt", one.get("/ActualText", ""))).strip()
    ]


def heads_go_down_one_by_one(look):
    """14-002, 14-003: the first is of the first level, none is left out on the way down."""
    levels = [int(look.kind(one)[1]) for one in look.elements if re.fullmatch(r"H[1-6]",
              look.kind(one))]  # fmt: skip
    before = [0, *levels]
    return [f"H{was} H{now}" for was, now in zip(before, levels, strict=False) if now > was + 1]


def table_heads_say_what_they_head(look):
    """15-003: each head has a scope, or its cells name it."""
    named = {
        bytes(head) if isinstance(head, bytes) else str(head).encode("latin-1")
        for one in look.elements
        for each in look.attributes(one)
        for head in each.get("/Headers", ())
    }
    heads = [one for one in look.elements if look.kind(one) == "TH"]
    faults = []
    for one in heads:
        name = one.get("/ID")
        raw = name if isinstance(name, bytes) else str(name or "").encode("latin-1")
        if not any("/Scope" in each for each in look.attributes(one)) and raw not in named:
            faults.append("TH")
    return faults


def names_are_unique(look):
    """19-003 and others: no two elements of one name, and all stand in the tree of names."""
    names = [bytes(str(one["/ID"]), "latin-1") for one in look.elements if "/ID" in one]
    faults = [one for one, count in Counter(names).items() if count > 1]
    if names and "/IDTree" not in look.tree:
        faults.append("no tree of names")
    return faults


def nothing_stands_in_a_readers_way(look):
    """20, 21, 25, 26: no layers, attachments, dynamic forms or encryption."""
    form = look.catalog.get("/AcroForm", {})
    held = [one for one in ("/OCProperties", "/Collection", "/AF") if one in look.catalog]
    held += ["XFA"] if "/XFA" in form else []
    names = look.catalog.get("/Names", {})
    held += ["attachments"] if "/EmbeddedFiles" in names else []
    return held + (["encrypted"] if look.reader.is_encrypted else [])


def links_are_tagged_and_told(look):
    """28-004, 28-011, 28-012: each link has words and hangs in an element of its own kind."""
    nums = look.tree["/ParentTree"].get_object()["/Nums"]
    parents = dict(zip(map(int, nums[::2]), nums[1::2], strict=True))
    faults = []
    for number, page in enumerate(look.reader.pages, 1):
        for one in page.get("/Annots", ()):
            note = one.get_object()
            if note.get("/Subtype") == "/Popup" or int(note.get("/F", 0)) & 2:
                continue
            element = parents.get(int(note.get("/StructParent", -1)))
            if element is None or look.kind(element.get_object()) not in ("Link", "Annot", "Form"):
                faults.append(f"page {number}: no element")
            if not str(note.get("/Contents", "")).strip():
                faults.append(f"page {number}: no words")
    return faults


def tab_follows_the_tree(look):
    """28-008, 28-009: on pages with annotations."""
    return [
        number for number, page in enumerate(look.reader.pages, 1)
        if page.get("/Annots") and page.get("/Tabs") != "/S"
    ]  # fmt: skip


def fonts_are_embedded_and_mean_letters(look):
    """31-009, 31-027, 31-004: each font's outlines are in the file, and its codes are letters."""
    faults = []
    for page in look.reader.pages:
        for name, font in _fonts(page.get("/Resources", {}), set()):
            below = [one.get_object() for one in font.get("/DescendantFonts", [font])]
            for one in below:
                drawn = one.get("/FontDescriptor", {})
                if font.get("/Subtype") != "/Type3" and not any(
                    key in drawn for key in ("/FontFile", "/FontFile2", "/FontFile3")
                ):
                    faults.append(f"{name}: not embedded")
                if one.get("/Subtype") == "/CIDFontType2" and "/CIDToGIDMap" not in one:
                    faults.append(f"{name}: no map of glyphs")
            if "/ToUnicode" not in font:
                faults.append(f"{name}: codes without letters")
    return sorted({*faults})


def _fonts(resources, seen):
    held = resources.get_object() if hasattr(resources, "get_object") else resources
    if id(held) in seen:
        return
    seen.add(id(held))
    for name, font in held.get("/Font", {}).items():
        yield name, font.get_object()
    for one in held.get("/XObject", {}).values():
        each = one.get_object()
        if "/Resources" in each:
            yield from _fonts(each["/Resources"], seen)


REQUIREMENTS = {
    one.__name__: one
    for one in (
        marked, all_content_is_tagged_or_artifact, marked_content_and_tree_lead_to_each_other,
        every_element_hangs_below_its_parent, types_are_standard_or_mapped, metadata_say_pdf_ua,
        the_title_is_shown, tables_and_lists_are_well_formed, the_language_is_known,
        pictures_have_words, heads_go_down_one_by_one, table_heads_say_what_they_head,
        names_are_unique, nothing_stands_in_a_readers_way, links_are_tagged_and_told,
        tab_follows_the_tree, fonts_are_embedded_and_mean_letters,
    )
}  # fmt: skip
"""By name."""
