"""A trial's synopsis as a Word document."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

from hilum._version import __version__
from hilum.rendering.sheet.synopsis_page import SynopsisPage
from hilum.rendering.sheet.synopsis_why import COLUMNS
from hilum.rendering.sheet.word import add_picture, add_table, drawn, new_document, running

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.language import Words
    from hilum.trials.synopsis.record import Synopsis

WIDEST_MM = 150.0


def docx(synopsis: Synopsis, words: Words) -> bytes:
    """Render the document.

    Raises
    ------
    MissingExtra
        When python-docx is not installed.
    """
    page = SynopsisPage(synopsis, words).context()
    document = new_document(
        page["title"], page=(210, 297), margins=(18, 16), size=9, language=words.language
    )
    running(
        document,
        page["title"],
        words("Synopsis of a trial: neuroendocrine liver metastases"),
        words,
        f"hilum {__version__}",
    )
    document.add_heading(page["title"], 0)
    document.add_paragraph(
        words(
            "A draft for the protocol's team: research software, not advice. Every number follows "
            "from the assumptions listed below."
        )
    )
    for part in (_question, _design, _looks, _pictures, _analysis, _assumptions, _checklist):
        part(document, page, words)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _question(document: Any, page: Mapping[str, Any], words: Words) -> None:
    """What is asked, and why now."""
    document.add_heading(words("Question"), 1)
    add_table(document, None, page["pico"])
    why = page["why"]
    if why:
        document.add_heading(words("Why now"), 1)
        keys = ("treatment", "outcome", "figure", "interval", "prediction", "k", "n", "population",
                "designs")  # fmt: skip
        add_table(
            document,
            [
                words("Treatment"),
                words("Outcome"),
                words("pooled"),
                words("95 % interval"),
                words("prediction interval"),
                "k",
                "n",
                words("Population"),
                words("Study designs"),
            ],
            [[str(arm[key]) for key in keys] for arm in why["arms"]],
        )
        for said in why["warnings"]:
            document.add_paragraph().add_run(said).bold = True
        for said in (why["despite"], why["missing"], *page["unknown"]):
            if said:
                document.add_paragraph(said)
        if why["compared"]:
            document.add_heading(why["compared_title"], 2)
            rows = [[str(one[key]) for key in COLUMNS] for one in why["compared"]]
            add_table(document, why["compared_columns"], rows)
        document.add_paragraph(f"{words('Certainty of the evidence:')} {why['certainty']}")


def _design(document: Any, page: Mapping[str, Any], words: Words) -> None:
    """The design, its size step by step, and other ways."""
    document.add_heading(words("Design"), 1)
    add_table(document, None, page["design"])
    document.add_heading(words("Sample size and its derivation"), 1)
    for step in page["steps"]:
        document.add_paragraph(step, style="List Number")
    if page["alternatives"]:
        add_table(
            document,
            [words("Other ways to the same question"), "", words("Patients"),
             words("Expected, no effect")],
            [
                [f"{one['name']}{' ✓' if one['chosen'] else ''}", one["label"], one["n"],
                 one["expected"]]
                for one in page["alternatives"]
            ],
        )  # fmt: skip


def _looks(document: Any, page: Mapping[str, Any], words: Words) -> None:
    """Analyses with their bounds, and what the trial does under each truth."""
    if page["looks"]:
        document.add_heading(words("Analyses and stopping bounds"), 1)
        add_table(document, page["looks"]["columns"], page["looks"]["rows"])
        if page["looks"]["arrows"]:
            document.add_paragraph(
                words(
                    "↑ chance to stop for efficacy, ↓ for futility (at the last analysis: to end "
                    "with or without success)."
                )
            )
    if page["operating"]:
        document.add_heading(words("Operating characteristics"), 1)
        add_table(
            document,
            [words("Truth"), words("effect"), words("success"), page["expected"],
             words("stops early")],
            [
                [one[key] for key in ("name", "effect", "success", "expected", "early")]
                for one in page["operating"]
            ],
        )  # fmt: skip


def _pictures(document: Any, page: Mapping[str, Any], words: Words) -> None:
    """Further tables, and the pictures."""
    for table in page["tables"]:
        document.add_heading(table["title"], 2)
        add_table(document, table["columns"], table["rows"])
        document.add_paragraph(table["note"])
    found = drawn(document, page["pictures"], words)
    for one in page["pictures"]:
        add_picture(document, found.get(one), WIDEST_MM)


def _analysis(document: Any, page: Mapping[str, Any], words: Words) -> None:
    """How it will be analysed."""
    document.add_heading(words("Analysis plan"), 1)
    for step in page["analysis"]:
        document.add_paragraph(step, style="List Bullet")


def _assumptions(document: Any, page: Mapping[str, Any], words: Words) -> None:
    """What it rests on, where that was read, and what if it is otherwise."""
    document.add_heading(words("Assumptions and their sources"), 1)
    add_table(
        document,
        [words("Assumption"), words("value"), words("95 % interval"),
         words("prediction interval"), words("Source")],
        [
            [one[key] for key in ("name", "value", "interval", "prediction", "source")]
            for one in page["assumptions"]
        ],
    )  # fmt: skip
    for one in page["assumptions"]:
        for study in one["studies"]:
            document.add_paragraph(
                f"{one['name']}: {study['name']}, {study['figure']} · {_read(study)}",
                style="List Bullet",
            )
    if page["sensitivity"]:
        document.add_heading(
            words(
                "If the figure from the evidence were at an end of its 95 % interval "
                "(the difference hoped for kept)"
            ),
            2,
        )
        add_table(
            document,
            [words("Assumption"), words("value"), words("hoped for then"), words("Patients")],
            [
                [one[key] for key in ("name", "value", "hoped", "patients")]
                for one in page["sensitivity"]
            ],
        )


def _read(study: Mapping[str, Any]) -> str:
    """Where a study's figure was read; an address that is the source stands once."""
    link = study["link"] if study["link"] != study["source"] else ""
    return " · ".join(part for part in (study["source"], link, study["locator"]) if part)


def _checklist(document: Any, page: Mapping[str, Any], words: Words) -> None:
    """Items of SPIRIT."""
    document.add_heading(words("Protocol checklist (SPIRIT) items met here"), 1)
    add_table(
        document,
        [words("Item (2013 / 2025)"), words("Topic"), words("Status")],
        [[one["numbers"], one["topic"], one["status"]] for one in page["spirit"]],
    )
    document.add_paragraph(words("All other items belong to the team that writes the protocol."))
