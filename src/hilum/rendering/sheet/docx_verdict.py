"""The verdict half of the sheet in a Word document: its first page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hilum.rendering.sheet.signs import COLOURS
from hilum.rendering.sheet.word import add_picture, drawn, repeat, set_widths, shade, whole
from hilum.rendering.sheet.word_styles import CELL, NOTE, TABLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.language import Words

THREE = 3
SCALE_MM = 75.0
WIDTH_MM, NAMES_MM, SURE_MM = 186.0, 72.0, 28.0


def add_verdict(document: Any, page: dict[str, Any], words: Words) -> None:
    """Add the answer, what would change it, the steps before and the options by verdict."""
    for one in page["alerts"]:
        _paragraph(document, f"{one['name']}: ", one["text"])
    if page["rules_folder"] or page["switched_off"]:
        _paragraph(
            document, "", " · ".join([page["rules_folder"], *page["switched_off"]]).strip(" ·")
        )
    _topics(document, page["topics"], words)
    _answer(document, page["answer"], words)
    _change(document, page, words)
    _before(document, page, words)
    if page["nobody"]:
        _paragraph(document, page["nobody"], "")
    document.add_heading(words("Which treatments are open, and what do they give?"), 1)
    document.add_paragraph(
        words("Each figure comes from other patients: rows cannot be compared with one another.")
    )
    document.add_paragraph(page["asked"])
    _options(document, page, words)


def _topics(document: Any, topics: list[dict[str, Any]], words: Words) -> None:
    table = document.add_table(rows=-(-len(topics) // THREE), cols=THREE)
    comma = words(", ")
    for place, topic in enumerate(topics):
        cell = table.cell(place // THREE, place % THREE)
        paragraph = cell.paragraphs[0]
        paragraph.add_run(topic["name"]).bold = True
        for line in topic["lines"]:
            if not line:
                continue
            paragraph.add_run("\n")
            for number, one in enumerate(line):
                if number:
                    paragraph.add_run(comma)
                run = paragraph.add_run(one["text"])
                if one["state"] == "missing":
                    run.font.highlight_color = _yellow()
                if one["state"] == "derived":
                    paragraph.add_run(f" ({words('derived')})").italic = False


def _answer(document: Any, answer: dict[str, Any], words: Words) -> None:
    heading = document.add_heading(f"{words('Can it be resected?')} ", 1)
    _coloured(heading.add_run(answer["word"]), answer["kind"])
    if answer["scale"]:
        found = drawn(document, [str(answer["scale"])], words)
        add_picture(document, found.get(str(answer["scale"])), SCALE_MM)
    for said in filter(None, (answer["said"], answer["rests"])):
        document.add_paragraph(said)
    for item in answer["reasons"]:
        text = " · ".join(part for part in (item["text"], item["brief"]) if part)
        document.add_paragraph(text, style="List Bullet")
    if answer["opens"]:
        _paragraph(document, words("Would open it:") + " ", answer["opens"])
    if answer["decided"]:
        _paragraph(document, words("Decided by:") + " ", answer["decided"])
    if not answer["reasons"] and not answer["decided"]:
        document.add_paragraph(words("Nothing on file stands in the way."))


def _change(document: Any, page: dict[str, Any], words: Words) -> None:
    document.add_heading(words("What would change the answer"), 1)
    if not page["change"]:
        document.add_paragraph(words("No missing fact would change a verdict."))
    for one in page["change"]:
        document.add_paragraph(f"{one['fact']} · {one['names']}", style="List Number")


def _before(document: Any, page: dict[str, Any], words: Words) -> None:
    document.add_heading(words("Before any procedure"), 1)
    for one in page["steps"]:
        document.add_paragraph(f"{one['text']} · {one['brief']}", style="List Bullet")
    if page["ask"]:
        text = f"{words('Ask:')} {page['ask']} · {words('taken as absent')}"
        document.add_paragraph(text, style="List Bullet")


def _options(document: Any, page: dict[str, Any], words: Words) -> None:
    head = [
        words("Treatment, strongest reason, source"),
        *page["columns"],
        words("How sure are we?"),
    ]
    table = document.add_table(rows=1, cols=len(head), style=TABLE)
    for cell, text in zip(table.rows[0].cells, head, strict=True):
        _fill(cell, [(text, True)])
    repeat(table.rows[0])
    for group in page["groups"]:
        row = table.add_row()
        whole(row)
        merged = row.cells[0].merge(row.cells[-1])
        shade(merged)
        merged.text = ""
        run = merged.paragraphs[0].add_run(group["word"])
        _coloured(run, group["status"])
        # A verdict does not stand alone at the foot of a page.
        merged.paragraphs[0].paragraph_format.keep_with_next = bool(group["rows"]) or None
        if not group["rows"]:
            merged.paragraphs[0].add_run("  ")
            for number, option in enumerate(group["options"]):
                if number:
                    merged.paragraphs[0].add_run(" · ")
                merged.paragraphs[0].add_run(option["label"]).bold = True
                rest = " ".join(part for part in (option["reason"], option["brief"]) if part)
                merged.paragraphs[0].add_run(f" {rest}" if rest else "")
            continue
        for option in group["options"]:
            row = table.add_row()
            whole(row)
            cells = row.cells
            more = words("and {count} more", count=option["more"]) if option["more"] else ""
            named = option["label"]
            if option["family"]:
                named = f"{option['family']}{page['colon']}{named}"
            _fill(
                cells[0],
                [
                    (named, True),
                    (f" · {option['brief']}" if option["brief"] else "", False),
                    ("\n" + " ".join(x for x in (capital(option["reason"]), more) if x), False),
                ],
            )
            for cell, figure in zip(cells[1:-1], page["cells"][option["treatment"]], strict=True):
                text = figure_text(figure, words)
                shown = str(figure["figure"]) if figure["pooled"] else ""
                bold = shown if shown and text.startswith(shown) else ""
                _fill(cell, [(bold, True), (text.removeprefix(bold), False)])
            sure = page["sure"][option["treatment"]]
            _fill(
                cells[-1], [(capital(sure["word"]), True), (f"\n{capital(sure['whole'])}", False)]
            )
    set_widths(table, _widths(len(head)))
    document.add_paragraph(page["key"], style=NOTE)


def capital(text: str) -> str:
    """With a capital first letter, as the page shows it."""
    return text[:1].upper() + text[1:]


def figure_text(cell: dict[str, Any], words: Words) -> str:
    """A figure as the page says it."""
    if not cell["k"]:
        if cell["left"]:
            return words("no study of such patients; {count} set aside", count=cell["left"])
        return words("no study")
    mark = " †" if cell["other"] else ""
    ends = f" ({cell['interval']})" if cell["interval"] else ""
    patients = "" if cell["n"] == "–" else f" n {cell['n']}"
    return f"{cell['figure']}{mark}{ends}\nk {cell['k']}{patients}"


def add_opened(document: Any, option: dict[str, Any], words: Words) -> None:
    """A treatment's rules by what they do, and what to check before it."""
    if option["sentence"]:
        document.add_paragraph(option["sentence"])
    for effect in option["effects"]:
        _paragraph(document, effect["name"], "")
        for rule in effect["rows"]:
            said = " · ".join(
                part
                for part in (
                    rule["statement"],
                    words("; ").join(rule["values"]),
                    rule["kind"],
                    rule["ground"],
                    rule["source"],
                    rule["authority"],
                    rule["seen"],
                    rule["region"],
                    rule["rule_id"],
                )
                if part
            )
            document.add_paragraph(said, style="List Bullet")
    for name, text in (
        (words("Decided by:"), option["decided"]),
        (words("To check before, taken as absent or normal:"), option["assumed"]),
        (words("To check before, not known:"), option["measured"]),
    ):
        if text:
            _paragraph(document, name + " ", text)


def _widths(columns: int) -> list[float]:
    figures = (WIDTH_MM - NAMES_MM - SURE_MM) / max(columns - 2, 1)
    return [NAMES_MM, *(figures for _ in range(columns - 2)), SURE_MM]


def _fill(cell: Any, parts: Iterable[tuple[str, bool]]) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.style = CELL
    for text, bold in parts:
        if text:
            paragraph.add_run(text).bold = bold


def _paragraph(document: Any, bold: str, text: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.add_run(bold).bold = True
    paragraph.add_run(text)


def _coloured(run: Any, status: str) -> None:
    from docx.shared import RGBColor

    run.bold = True
    run.font.color.rgb = RGBColor.from_string(COLOURS[status].removeprefix("#").upper())


def _yellow() -> Any:
    from docx.enum.text import WD_COLOR_INDEX

    return WD_COLOR_INDEX.YELLOW
