"""What the second page of the printed sheet holds, and how much of it has room.

Figures of the open treatments, what was compared, what is not known, what was derived and the
sources of the rules: what the first page rests on. What does not fit is counted, never dropped
in silence: the appendix and the HTML sheet hold all of it.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any

from hilum.evidence.vocabulary import POPULATION_LABELS
from hilum.patient.labels import word_label
from hilum.rendering.sheet.comparisons import short_comparison
from hilum.rendering.sheet.small_plots import WIDE, axis_head, axis_of, ratio_head, small_plot
from hilum.rendering.sheet.verdict_page import OPEN_ROWS
from hilum.sheet.present import OUTCOME_LABELS, cell_interval, form_line
from hilum.sheet.verdict_words import SEEN

if TYPE_CHECKING:
    from hilum.rendering.sheet.html import Page
    from hilum.sheet.sheet import Answer, Comparison, Option
    from hilum.sheet.sheet_verdict import RankedSource

Cell = dict[str, Any]
# Outcomes by how much a board asks for them; the columns of the first page are left out.
ORDER = (
    "overall_survival_rate_60m",
    "overall_survival",
    "disease_control",
    "major_complication",
    "progression_free_survival_rate_12m",
    "overall_survival_rate_36m",
    "biochemical_response",
)


@dataclass(frozen=True, slots=True)
class Room:
    """How many rows of each part are set; ``sources`` counts those named of each rank."""

    figures: int
    comparisons: int
    derived: int
    named: int
    sources: int


MOST = Room(28, 8, 10, 12, 8)
LEAST = Room(0, 2, 3, 4, 1)


def room_at(share: float) -> Room:
    """A share of the way from the least that is set to all that a page can hold."""
    return Room(
        *(
            round(low + (high - low) * share)
            for low, high in zip(astuple(LEAST), astuple(MOST), strict=True)
        )
    )


def second_page(page: Page, room: Room) -> Cell:
    """Variables of ``second.html.j2``."""
    return {
        "figure_groups": (groups := figure_groups(page, room.figures)),
        "figures_more": _all_figures(page) - sum(len(one["rows"]) for one in groups),
        **compared(page, room.comparisons),
        "not_known": not_known(page, room.named),
        "derived_rows": page.verdict.derived()[: room.derived],
        "derived_more": max(0, len(page.sheet.derived) - room.derived),
        "ranked": ranked(page, room.sources),
        "ratio_axis": ratio_head(),
    }


def _open(page: Page) -> list[Option]:
    return [one for one in page.sheet.options if one.status in OPEN_ROWS]


def _keys(page: Page) -> list[str]:
    rest = [key for key in OUTCOME_LABELS if key not in ORDER]
    return [key for key in (*ORDER, *rest) if key not in page.sheet.columns]


def _all_figures(page: Page) -> int:
    keys = _keys(page)
    return sum(bool(one.outcomes[key].k) for one in _open(page) for key in keys)


def figure_groups(page: Page, most: int) -> list[Cell]:
    """Figures of the open treatments by outcome, at most so many rows; whole outcomes first."""
    found: list[Cell] = []
    left = most
    for key in _keys(page):
        options = [one for one in _open(page) if one.outcomes[key].k]
        if not options or left <= 0:
            continue
        axis = axis_of(key, options, WIDE)
        rows = [
            _figure_row(page, one, one.outcomes[key])
            | {"plot": small_plot(one.outcomes[key], axis, page.words)}
            for one in options[:left]
        ]
        left -= len(rows)
        title = page.words(OUTCOME_LABELS[key])
        found.append({"title": title, "axis": axis_head(axis), "rows": rows})
    return found


def _figure_row(page: Page, option: Option, one: Answer) -> Cell:
    cell = page.cell(one, "", "")
    criteria = [text for text in one.criteria if text]
    whom = [str(cell["kind"]), form_line(one, page.words) if one.form == "total" else ""]
    if one.population != "netlm" and not cell["kind"]:
        whom.append(page.words(POPULATION_LABELS[one.population]))
    if criteria:
        whom.append(criteria[0] if len(criteria) == 1 else page.words("several criteria"))
    return {
        "name": page.verdict.tongue.treatment(option.treatment),
        "figure": cell["figure"],
        "interval": cell_interval(one, one.ci),
        "pooled": cell["pooled"],
        "other": cell["other"],
        "k": one.k,
        "n": cell["n"],
        "whom": " · ".join(part for part in whom if part),
    }


def compared(page: Page, most: int) -> Cell:
    """Comparisons of the open treatments, randomised and clear ones first."""
    names = {one.treatment for one in _open(page)}

    def bears(one: Comparison) -> bool:
        return bool({*one.treatment.split("+"), *one.comparator.split("+")} & names)

    shown = [one for one in page.sheet.comparisons if one.k and one.kind == "randomised"]
    shown.sort(key=lambda one: (not bears(one), not one.clear))
    return {
        "compared": [short_comparison(page, one) for one in shown[:most]],
        "compared_more": len(page.sheet.comparisons) - min(most, len(shown)),
        "never": page.tongue.joined(
            [page.tongue.treatment(name) for name in page.sheet.uncompared if name in names]
        ),
    }


def not_known(page: Page, most: int) -> list[Cell]:
    """What is not known of the patient, in four kinds."""
    sheet, words = page.sheet, page.words
    decides = [one.fact for one in sheet.would_change]
    rows = (
        (words("Decides"), decides),
        (words("Check first (taken as absent)"), [x.fact for x in sheet.to_check if x.assumed]),
        (
            words("Measured later"),
            [x.fact for x in sheet.to_check if not x.assumed and x.fact not in decides],
        ),
    )
    found = [{"name": name, "text": _cut(page, facts, most)} for name, facts in rows if facts]
    unused = [f"{one.key} = {one.text}" for one in sheet.not_used]
    if unused:
        found.append({"name": words("Not used"), "text": page.tongue.joined(unused)})
    return found


def _cut(page: Page, facts: list[str], most: int) -> str:
    text = page.tongue.facts(facts[:most])
    if len(facts) > most:
        text += page.words(" and {count} more", count=len(facts) - most)
    return text


def ranked(page: Page, most: int | None = None) -> list[Cell]:
    """Sources of the rules by rank; one read in a secondary text alone says so."""
    groups: dict[str, list[RankedSource]] = {}
    for one in page.sheet.rule_sources:
        groups.setdefault(one.called, []).append(one)
    return [
        {
            "name": word_label("authority", called, page.tongue.language),
            "sources": [
                {
                    "text": one.source,
                    "link": one.url_or_id if one.url_or_id.startswith("https://") else "",
                    "seen": page.words(SEEN[one.seen]) if one.seen != "full_text" else "",
                }
                for one in group[:most]
            ],
            "more": len(group) - most if most is not None and len(group) > most else 0,
        }
        for called, group in groups.items()
    ]
