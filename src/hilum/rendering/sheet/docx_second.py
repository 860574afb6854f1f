"""What the first page rests on, in a Word document: the second page of the printed sheet, whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hilum.rendering.sheet.word import add_table
from hilum.rendering.sheet.word_styles import NOTE

if TYPE_CHECKING:
    from hilum.language import Words

TWO_MM = (34.0, 152.0)


def add_second(document: Any, page: dict[str, Any], words: Words) -> None:
    """Add the figures, the comparisons, what is not known, what was derived, the sources."""
    _figures(document, page, words)
    _comparisons(document, page, words)
    if page["not_known"]:
        document.add_heading(words("Not known of this patient"), 1)
        add_table(document, None, ([row["name"], row["text"]] for row in page["not_known"]), TWO_MM)
    if page["derived_rows"]:
        document.add_heading(words("Derived from stated facts"), 1)
        add_table(
            document,
            [words("Fact"), words("Value"), words("From")],
            (
                [row["label"], row["value"], f"{row['from']} · {row['kind']}"]
                for row in page["derived_rows"]
            ),
            (56, 40, 90),
        )
    document.add_heading(words("Sources of the rules, strongest first"), 1)
    add_table(
        document,
        None,
        (
            [
                rank["name"],
                " · ".join(
                    one["text"] + (f" ({one['seen']})" if one["seen"] else "")
                    for one in rank["sources"]
                ),
            ]
            for rank in page["ranked"]
        ),
        TWO_MM,
    )
    document.add_paragraph(f"{page['certainty_note']} {page['appraised']}", style=NOTE)


def _figures(document: Any, page: dict[str, Any], words: Words) -> None:
    if not page["figure_groups"]:
        return
    document.add_heading(words("Figures of the open treatments"), 1)
    document.add_paragraph(
        words("Single-arm series of other patients: not a comparison."), style=NOTE
    )
    head = [words("Treatment"), words("Figure"), "k, n", words("Whom it comes from")]
    rows: list[list[str]] = []
    for group in page["figure_groups"]:
        rows.append([group["title"]])
        rows += [
            [
                row["name"],
                f"{row['figure']}{' †' if row['other'] else ''}"
                + (f" ({row['interval']})" if row["interval"] else ""),
                f"k {row['k']}" + ("" if row["n"] == "–" else f" n {row['n']}"),
                row["whom"],
            ]
            for row in group["rows"]
        ]
    add_table(document, head, rows, (38, 40, 28, 80))


def _comparisons(document: Any, page: dict[str, Any], words: Words) -> None:
    document.add_heading(words("What has been compared"), 1)
    for group in page["comparisons"]:
        document.add_heading(group["title"], 2)
        if not group["rows"]:
            document.add_paragraph(words("none in the tables"))
            continue
        add_table(
            document,
            [
                words("Comparison"),
                words("Outcome"),
                words("Ratio (95 % interval)"),
                "k",
                words("Population"),
                words("Certainty"),
                words("Studies as printed"),
            ],
            (
                [
                    f"{row['said']}\n{row['name']}",
                    row["outcome"],
                    row["figure"] + (f" ({row['interval']})" if row["interval"] else ""),
                    str(row["k"]),
                    row["population"],
                    row["rated"]["line"],
                    "\n".join(
                        [
                            *(
                                f"{trial['name']}: {trial['text']}"
                                + (f" ({trial['reason']})" if trial["reason"] else "")
                                for trial in row["trials"]
                            ),
                            *row["notes"],
                        ]
                    ),
                ]
                for row in group["rows"]
            ),
            (44, 26, 27, 8, 22, 19, 40),
        )
    uncompared = words(", ").join(page["uncompared"]) or words("none")
    document.add_paragraph(f"{words('Not compared with anything by a ratio')}: {uncompared}")
