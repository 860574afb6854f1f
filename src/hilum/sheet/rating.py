"""Certainty as the sheet holds it: level, judgement by domain, reasons and a person's edits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from hilum.synthesis.certainty import REASONS, circles, silent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.language import Words
    from hilum.synthesis.certainty import Certainty, Edit, Judgement

LEVEL_LABELS = {
    "very_low": "very low certainty",
    "low": "low certainty",
    "moderate": "moderate certainty",
    "high": "high certainty",
}
RISK_LABELS = {
    "low": "low",
    "moderate": "moderate",
    "some_concerns": "some concerns",
    "serious": "serious",
    "high": "high",
    "critical": "critical",
    "no_information": "no information",
}
DOTS: dict[str, Literal["low", "some", "high"]] = {
    "low": "low",
    "moderate": "some",
    "some_concerns": "some",
    "no_information": "some",
    "serious": "high",
    "high": "high",
    "critical": "high",
}
CHANGED = "changed by {who} on {when} from “{before}”: {reason}"
NOTE = (
    "Certainty is a draft by stated rules (GRADE); a person may change any judgement, and says why."
)
# Reasons that the table has room for.
MOST_REASONS = 2
# Domains without a step are said only when they tell a reader something.
QUIET = ("none",)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EditPart(_Part):
    """What a person changed: who, when, from what to what, and why."""

    who: str
    when: str
    before: str
    after: str
    reason: str


class JudgementPart(_Part):
    """One domain's judgement, the levels it moves the certainty by, and why.

    ``code`` and ``facts`` are the rule's reason for the draft; ``reason`` says the same in
    English, or is the person's own reason where ``edit`` is given. ``source`` names the rule.
    """

    judgement: str
    steps: int
    code: str
    facts: dict[str, str | int | float]
    reason: str
    source: str
    edit: EditPart | None


class CertaintyPart(_Part):
    """Certainty of one figure. ``id`` is what an override names as its subject.

    ``held_down``: the domains would give more than low, but nobody assessed the risk of bias.
    """

    id: str
    framework: str
    level: str
    circles: str
    domains: dict[str, JudgementPart]
    held_down: bool
    edit: EditPart | None


@dataclass(frozen=True, slots=True)
class Sureness:
    """How sure we are of a treatment's figures, in words: the best level and what lowers it.

    ``level`` is empty where nothing was rated; ``whole`` names every reason, ``short`` what a
    narrow column has room for.
    """

    level: str
    word: str
    short: str
    whole: str


class FigureAppraisal(_Part):
    """Overall risk of bias of the study behind a figure, and the tool it was judged with."""

    tool: str
    judgement: str


class AppraisalSummary(_Part):
    """How many of the sheet's studies were appraised, and with which tool."""

    studies: int
    appraised: int
    by_tool: dict[str, int]


def certainty_part(name: str, found: Certainty) -> CertaintyPart:
    """A certainty as the sheet's data."""
    return CertaintyPart(
        id=name,
        framework=found.framework,
        level=found.level,
        circles=circles(found.level),
        domains={domain: _judgement(one) for domain, one in found.domains.items()},
        held_down=found.framework == "grade" and silent(found.domains),
        edit=_edit(found.edit),
    )


def _judgement(one: Judgement) -> JudgementPart:
    return JudgementPart(
        judgement=one.judgement,
        steps=one.steps,
        code=one.code,
        facts=dict(one.facts),
        reason=one.reason,
        source=one.source,
        edit=_edit(one.edit),
    )


def _edit(one: Edit | None) -> EditPart | None:
    if one is None:
        return None
    return EditPart(
        who=one.who, when=one.when, before=one.before, after=one.after, reason=one.reason
    )


def certainty_line(found: CertaintyPart | None, words: Words) -> str:
    """The signs and the level, for a cell; empty where nothing was rated."""
    if found is None:
        return ""
    return f"{found.circles} {words(LEVEL_LABELS[found.level])}"


def certainty_mark(found: CertaintyPart | None, words: Words) -> str:
    """The signs and the bare level, for a narrow cell; empty where nothing was rated."""
    from hilum.synthesis.certainty import JUDGEMENTS

    return f"{found.circles} {words(JUDGEMENTS[found.level])}" if found else ""


def sureness(found: Mapping[str, CertaintyPart | None], studied: bool, words: Words) -> Sureness:
    """The best certainty among a treatment's figures, by the name of each outcome.

    Where figures part, the outcomes of that level are named; ``studied`` says whether there is
    any figure of such patients.
    """
    from hilum.synthesis.certainty import DOMAINS, JUDGEMENTS

    rated = {name: one for name, one in found.items() if one is not None}
    if not rated:
        why = words("no averaged figure") if studied else words("no study")
        return Sureness("", words("Not rated"), why, why)
    level = max((one.level for one in rated.values()), key=tuple(LEVEL_LABELS).index)
    best = {name: one for name, one in rated.items() if one.level == level}
    lowered = dict.fromkeys(
        domain
        for one in best.values()
        for domain, judged in one.domains.items()
        if judged.steps < 0 and domain != "start"
    )
    reasons = [words(DOMAINS[domain]) for domain in lowered]
    comma = words(", ")
    whole = comma.join(reasons) or words("Lowered by nothing.")
    short = whole
    if len(reasons) > MOST_REASONS:
        rest = words("and {count} more", count=len(reasons) - 1)
        short = f"{reasons[0]} {rest}"
    if not reasons:
        whole = short = words("study design")
    if len(best) < len(rated):
        names = comma.join(best)
        whole, short = f"{names}: {whole}", names
    return Sureness(level, words(JUDGEMENTS[level]), short, whole)


def certainty_reasons(found: CertaintyPart | None, words: Words) -> list[dict[str, str]]:
    """Each domain in words: name, judgement, reason, source and the edit; for a reader."""
    from hilum.synthesis.certainty import DOMAINS, JUDGEMENTS

    if found is None:
        return []
    rows = [
        {
            "domain": words(DOMAINS[domain]),
            "judgement": words(JUDGEMENTS[one.judgement]),
            "steps": f"{one.steps:+d}".replace("-", "−") if one.steps else "",
            "reason": _why(one, words),
            "source": one.source,
            "edit": _said(one.edit, words),
        }
        for domain, one in found.domains.items()
        if one.judgement not in QUIET or one.edit is not None or one.code.startswith("up_large")
    ]
    if found.edit is not None:
        rows.append(
            {
                "domain": words(DOMAINS["level"]),
                "judgement": words(JUDGEMENTS[found.level]),
                "steps": "",
                "reason": "",
                "source": "",
                "edit": _said(found.edit, words),
            }
        )
    return rows


def certainty_sentence(found: CertaintyPart | None, words: Words) -> str:
    """What lowers a figure's certainty, what raises it, and what nobody assessed, from codes."""
    from hilum.synthesis.certainty import DOMAINS, JUDGEMENTS

    if found is None:
        return ""
    domains = {name: one for name, one in found.domains.items() if name != "start"}

    def named(chosen: list[str]) -> str:
        return words(", ").join(
            f"{words(DOMAINS[name])} ({words(JUDGEMENTS[domains[name].judgement])})"
            for name in chosen
        )

    parts: list[str] = []
    if "start" in found.domains:
        start = found.domains["start"]
        parts.append(words("Starts at: {level}.", level=words(JUDGEMENTS[start.judgement])))
    lowered = [name for name, one in domains.items() if one.steps < 0]
    raised = [name for name, one in domains.items() if one.steps > 0]
    silent = [name for name, one in domains.items() if one.judgement == "not_assessed"]
    parts.append(
        words("Lowered by: {domains}.", domains=named(lowered))
        if lowered
        else words("Lowered by nothing.")
    )
    if raised:
        parts.append(words("Raised by: {domains}.", domains=named(raised)))
    if silent:
        shown = words(", ").join(words(DOMAINS[name]) for name in silent)
        parts.append(words("Not assessed: {domains}.", domains=shown))
    if found.held_down and found.edit is None:
        parts.append(words("Nobody assessed the risk of bias, so no level above low is given."))
    return " ".join(parts)


def _why(one: JudgementPart, words: Words) -> str:
    """The rule's reason in one language; facts that are words are translated, too."""
    facts = {
        name: words(RISK_LABELS[str(fact)]) if name == "level" else fact
        for name, fact in one.facts.items()
    }
    return words(REASONS[one.code], **facts)


def _said(edit: EditPart | None, words: Words) -> str:
    from hilum.synthesis.certainty import JUDGEMENTS

    if edit is None:
        return ""
    before = words(JUDGEMENTS[edit.before])
    return words(CHANGED, who=edit.who, when=edit.when, before=before, reason=edit.reason)


def risk_dot(found: FigureAppraisal | None) -> Literal["low", "some", "high"] | None:
    """The mark of a study in a forest: the three kinds that the forest draws."""
    return None if found is None else DOTS[found.judgement]


def risk_text(found: FigureAppraisal | None, words: Words) -> str:
    """A study's risk of bias in words, with the tool; empty where it was not appraised."""
    from hilum.evidence.appraisal import tools

    if found is None:
        return ""
    return f"{words(RISK_LABELS[found.judgement])} ({tools()[found.tool].name})"


def appraised_line(found: AppraisalSummary, words: Words) -> str:
    """How many studies were appraised, so that nobody takes silence for low risk."""
    if not found.appraised:
        return words(
            "None of the {studies} studies behind these figures has been appraised.",
            studies=found.studies,
        )
    return words(
        "Appraised: {appraised} of the {studies} studies behind these figures.",
        appraised=found.appraised, studies=found.studies,
    )  # fmt: skip


def messages() -> set[str]:
    """Every message id that certainty may show, for the catalogue's extraction."""
    from hilum.synthesis.certainty import DOMAINS, JUDGEMENTS

    tables = (LEVEL_LABELS, RISK_LABELS, DOMAINS, JUDGEMENTS, REASONS)
    return {text for table in tables for text in table.values()} | {CHANGED, NOTE}
