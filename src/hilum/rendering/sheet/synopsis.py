"""A trial's synopsis as one self-contained HTML page, a Word document, PDF or JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from hilum._version import __version__
from hilum.records import found
from hilum.rendering.pages import page_template
from hilum.rendering.sheet.synopsis_page import SynopsisPage
from hilum.rendering.sheet.synopsis_why import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.language import Words
    from hilum.trials.synopsis.record import Synopsis


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write a synopsis: its code is the ending of the file."""

    code: str
    render: Callable[[Synopsis, Words], bytes]


def render_synopsis(synopsis: Synopsis, form: str, words: Words) -> bytes:
    """Render in one of :data:`FORMATS`.

    Raises
    ------
    UnknownCode
        Another format; lists the known ones.
    MissingExtra
        When DOCX or PDF is asked for and its library is not installed.
    """
    return found(FORMATS, form, "format").render(synopsis, words)


def synopsis_json(synopsis: Synopsis) -> str:
    """The data as one JSON object."""
    return json.dumps(asdict(synopsis), ensure_ascii=False, indent=2, allow_nan=False)


def _json(synopsis: Synopsis, words: Words) -> bytes:
    del words
    return (synopsis_json(synopsis) + "\n").encode()


def _html(synopsis: Synopsis, words: Words) -> bytes:
    return html(synopsis, words).encode()


def _docx(synopsis: Synopsis, words: Words) -> bytes:
    from hilum.rendering.sheet.synopsis_docx import docx

    return docx(synopsis, words)


def html(synopsis: Synopsis, words: Words) -> str:
    """Render the page."""
    folder = files("hilum.rendering.sheet") / "templates"
    name = "synopsis.html.j2"
    page = page_template("hilum.rendering.sheet", "templates", (name,)).render(
        language=words.language,
        _=words,
        css=(folder / "synopsis.css").read_text("utf-8"),
        **SynopsisPage(synopsis, words).context(),
    )
    return words.page(page)


def _pdf(synopsis: Synopsis, words: Words) -> bytes:
    from hilum.rendering.press import Running, printed

    return printed(html(synopsis, words), "synopsis", words, Running(foot=f"hilum {__version__}"))


FORMATS: Final = {
    one.code: one
    for one in (
        Format("html", _html),
        Format("docx", _docx),
        Format("pdf", _pdf),
        Format("json", _json),
    )
}
"""Formats of a synopsis by their code; a new one is a record here."""


def text(synopsis: Synopsis, words: Words) -> str:
    """The synopsis in lines for a terminal."""
    page = SynopsisPage(synopsis, words).context()
    rows = [*page["pico"], *page["design"]]
    why: dict[str, Any] = page["why"] or {
        "warnings": (),
        "missing": "",
        "compared": (),
        "despite": "",
    }
    lines = [page["title"], *(f"! {said}" for said in why["warnings"])]
    lines += [why["despite"]] if why["despite"] else []
    lines += page["unknown"]
    lines += [f"  {label}: {value}" for label, value in rows]
    if why["missing"]:
        lines += ["", f"  {why['missing']}"]
    if why["compared"]:
        lines += ["", why["compared_title"]]
        keys = [key for key in COLUMNS if key not in ("n", "certainty")]
        lines += [f"  {', '.join(str(one[key]) for key in keys if one[key])}, n {one['n']}, "
                  f"{one['certainty']}"
                  for one in why["compared"]]  # fmt: skip
    lines += ["", words("Sample size and its derivation")]
    lines += [f"  {i}. {step}" for i, step in enumerate(page["steps"], 1)]
    for one in page["alternatives"]:
        mark = "✓" if one["chosen"] else "–"
        lines.append(
            f"  {mark} {one['name']} {one['label']} n {one['n']} {one['expected']}".rstrip()
        )
    if page["looks"]:
        lines += ["", words("Analyses and stopping bounds")]
        lines += _rows(page["looks"])
    if page["operating"]:
        lines += ["", words("Operating characteristics")]
    for one in page["operating"]:
        size = f", {page['expected']} {one['expected']}" if one["expected"] else ""
        lines.append(
            f"  {one['name']} ({one['effect']}): {words('success')} {one['success']}{size}"
        )
    for table in page["tables"]:
        lines += ["", table["title"], *_rows(table), f"  {table['note']}"]
    lines += ["", words("Assumptions and their sources")]
    for one in page["assumptions"]:
        around = f" ({one['interval']})" if one["interval"] else ""
        lines.append(f"  {one['name']}: {one['value']}{around} · {one['source']}")
        lines += [f"    {study['name']}: {study['figure']}" for study in one["studies"]]
    if page["sensitivity"]:
        title = words(
            "If the figure from the evidence were at an end of its 95 % interval "
            "(the difference hoped for kept)"
        )
        lines += ["", title]
        lines += [
            f"  {one['name']} {one['value']}: {words('Patients')} {one['patients']}"
            for one in page["sensitivity"]
        ]
    return "\n".join(lines)


def _rows(table: dict[str, Any]) -> list[str]:
    """Each row of a table in a line, what is empty left out."""
    return [
        "  "
        + ", ".join(
            f"{title} {cell}" for title, cell in zip(table["columns"], row, strict=True) if cell
        )
        for row in table["rows"]
    ]
