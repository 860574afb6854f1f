"""The summary of findings as HTML, CSV or JSON."""

from __future__ import annotations

import csv
from importlib.resources import files
from io import StringIO
from typing import TYPE_CHECKING, Final

from hilum.answers import treatments as answered
from hilum.answers.contrasts import ALONE
from hilum.evidence import labels
from hilum.evidence.vocabulary import POPULATION_LABELS
from hilum.records import found as record
from hilum.rendering.sheet.comparisons import ANALOGUE_ALONE
from hilum.sheet.present import (
    DESIGN_LABELS,
    OUTCOME_LABELS,
    interval,
    number,
    sign,
)
from hilum.sheet.rating import (
    NOTE,
    appraised_line,
    certainty_mark,
    certainty_reasons,
)
from hilum.sheet.treatments import treatments

if TYPE_CHECKING:
    from hilum.analyses.findings import FindingsAnswered
    from hilum.language import Words
    from hilum.sheet.findings import Finding, Findings

DOWN = ("risk_of_bias", "inconsistency", "indirectness", "imprecision", "publication_bias")
UP = ("large_effect", "dose_response", "opposing_confounding")
# An evidence profile's columns (GRADE handbook 6), with ids and numbers beside the words.
COLUMNS = (
    *("id", "treatment", "comparator", "outcome", "population", "studies", "patients", "design"),
    *DOWN,
    *("other_considerations", "effect", "ci_low", "ci_high", "prediction_low", "prediction_high"),
    *("unit", "certainty", "symbols", "reasons", "changes", "study_ids"),
)


def render_findings(found: Findings | FindingsAnswered, form: str, words: Words) -> bytes:
    """Render a summary of findings; ``form`` is one of :data:`FINDINGS_FORMATS`.

    CSV begins with a byte-order mark, so that spreadsheets read its signs as UTF-8.
    """
    return record(FINDINGS_FORMATS, form, "format")(found, words).encode()


def _json(found: Findings | FindingsAnswered, words: Words) -> str:
    from hilum.analyses.forms import to_json

    del words
    return to_json(found) + "\n"


def _marked_csv(found: Findings | FindingsAnswered, words: Words) -> str:
    return "\ufeff" + _csv(found, words)


def _csv(found: Findings | FindingsAnswered, words: Words) -> str:
    from hilum.synthesis.certainty import JUDGEMENTS

    out = StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in found.rows:
        domains = row.certainty.domains
        reasons = certainty_reasons(row.certainty, words)
        raised = [
            f"{reason['domain']}: {reason['judgement']}"
            for reason in reasons
            if reason["steps"].startswith("+")
        ]
        writer.writerow(
            {
                "id": row.id,
                "treatment": _treatment(row.treatment, words),
                "comparator": "" if row.comparator is None else _treatment(row.comparator, words),
                "outcome": _outcome(row, words),
                "population": words(POPULATION_LABELS[row.population]),
                "studies": row.k,
                "patients": "" if row.n is None else row.n,
                "design": ", ".join(words(DESIGN_LABELS[one]) for one in row.designs),
                **{name: words(JUDGEMENTS[domains[name].judgement]) for name in DOWN},
                "other_considerations": words("; ").join(raised) or words("none"),
                "effect": f"{row.value:.6g}",
                **_ends("ci", row.ci),
                **_ends("prediction", row.prediction),
                "unit": row.unit,
                "certainty": words(JUDGEMENTS[row.certainty.level]),
                "symbols": row.certainty.circles,
                "reasons": words("; ").join(
                    f"{one['domain']}: {one['judgement']}"
                    + (f" ({one['reason']})" if one["reason"] else "")
                    for one in reasons
                ),
                "changes": words("; ").join(
                    f"{one['domain']}: {one['edit']}" for one in reasons if one["edit"]
                ),
                "study_ids": " ".join(row.studies),
            }
        )
    return out.getvalue()


def _svg(found: Findings | FindingsAnswered, words: Words) -> str:
    """A light for each finding and domain."""
    from hilum.plots import certainty_svg
    from hilum.synthesis.certainty import DOMAINS, JUDGEMENTS

    rows: list[tuple[str, dict[str, str]]] = []
    for row in found.rows:
        against = "" if row.comparator is None else f" / {_treatment(row.comparator, words)}"
        parts = (
            f"{row.certainty.circles}  {_treatment(row.treatment, words)}{against}",
            _outcome(row, words),
            words(POPULATION_LABELS[row.population]),
        )
        domains = {name: one.judgement for name, one in row.certainty.domains.items()}
        rows.append((" · ".join(parts), domains))
    lights = ("not_serious", "serious", "very_serious", "extremely_serious", "not_assessed")
    shown = ("low", "some", "high", "critical", "unknown")
    return certainty_svg(
        rows,
        {name: words(label) for name, label in DOMAINS.items()},
        title=words("Summary of findings"),
        legend=[(light, words(JUDGEMENTS[one])) for light, one in zip(shown, lights, strict=True)],
    )


def _ends(name: str, ends: tuple[float, float] | None) -> dict[str, str]:
    low, high = ends or (None, None)
    return {
        f"{name}_low": "" if low is None else f"{low:.6g}",
        f"{name}_high": "" if high is None else f"{high:.6g}",
    }


def _html(found: Findings | FindingsAnswered, words: Words) -> str:
    from jinja2 import DictLoader, Environment, StrictUndefined

    text = (files("hilum.rendering.sheet") / "templates" / "findings.html.j2").read_text("utf-8")
    environment = Environment(
        loader=DictLoader({"page": text}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    notes = _Notes()
    groups = [
        {
            "title": words(title),
            "compared": kind != "single_arm",
            "rows": [_row(row, words, notes) for row in found.rows if row.kind == kind],
        }
        for kind, title in (
            ("randomised", "Randomised"),
            ("nonrandomised", "Compared, but not randomised"),
            ("single_arm", "Single arms: what was reported, compared with nothing"),
        )
    ]
    page = environment.get_template("page").render(
        _=words,
        language=words.language,
        groups=[group for group in groups if group["rows"]],
        notes=notes.found,
        note=words(NOTE),
        appraised=appraised_line(found.appraisals, words),
        version=found.hilum_version,
    )
    return words.page(page)


class _Notes:
    """Footnotes, each text once, numbered as they come."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def __call__(self, text: str) -> int:
        if text not in self.found:
            self.found.append(text)
        return self.found.index(text) + 1


def _row(row: Finding, words: Words, notes: _Notes) -> dict[str, object]:
    reasons = certainty_reasons(row.certainty, words)
    figure = f"{number(row.value, row.unit)}{sign(row.unit, words)}"
    ends = interval(row.ci, row.unit)
    marks = [
        notes(
            f"{one['domain']}: {one['judgement']}. "
            + ". ".join(part for part in (one["edit"], one["reason"]) if part)
        )
        for one in reasons
        if one["steps"] or one["edit"]
    ]
    against = "" if row.comparator is None else f" / {_treatment(row.comparator, words)}"
    return {
        "id": row.id,
        "name": _treatment(row.treatment, words) + against,
        "outcome": _outcome(row, words),
        "population": words(POPULATION_LABELS[row.population]),
        "k": row.k,
        "n": "–" if row.n is None else row.n,
        "designs": ", ".join(words(DESIGN_LABELS[one]) for one in row.designs),
        "figure": figure,
        "interval": ends,
        "prediction": interval(row.prediction, row.unit),
        "certainty": certainty_mark(row.certainty, words),
        "level": row.certainty.level,
        "marks": marks,
    }


def _treatment(name: str, words: Words) -> str:
    """A treatment of the board, a combination, a modality, or the analogue of both arms."""
    if name == ALONE:
        return words(ANALOGUE_ALONE)
    known = {key: one.label for key, one in answered().items()}
    known |= {one.treatment: one.label for one in treatments()}
    return " + ".join(
        words(known.get(part) or labels().get(("modality", part), part)) for part in name.split("+")
    )


def _outcome(row: Finding, words: Words) -> str:
    if row.kind == "single_arm":
        return words(OUTCOME_LABELS[row.outcome])
    return words(labels().get(("outcome", row.outcome), row.outcome))


FINDINGS_FORMATS: Final = {"html": _html, "csv": _marked_csv, "json": _json, "svg": _svg}
"""What writes each format."""
