"""The form of an appraisal: a tool's questions and domains with what was answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hilum.evidence.appraisal import tools
from hilum.evidence.appraisal.tools import OVERALL
from hilum.records import found
from hilum.rendering.appraise import JUDGEMENTS, tool_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hilum.evidence.appraisal import Appraisal
    from hilum.language import Words


def appraisal_view(
    tool: str, design: str, rows: Iterable[Mapping[str, str]], one: Appraisal | None, words: Words
) -> dict[str, Any]:
    """Each domain with its questions; where a tool judges domains, these and the whole too.

    ``rows`` are lines as they were written or typed: question, answer, judgement, reason.
    """
    form = tools()[tool]
    told = {row["question"]: row for row in rows}
    judged = [(code, words(found(JUDGEMENTS, code, "judgement"))) for code in form.judgements]

    def line(question: str, text: str, codes: Iterable[str], judges: bool) -> dict[str, Any]:
        mine = told.get(question, {})
        return {
            "question": question,
            "text": text,
            "judges": judges,
            "options": judged if judges else [(code, words(form.answers[code])) for code in codes],
            "value": mine.get("judgement" if judges else "answer", ""),
            "reason": mine.get("reason", ""),
        }

    domains: list[dict[str, Any]] = []
    asked = form.asked_of(design)
    for domain in form.domains:
        items = [line(item.id, words(item.text), item.answers, False)
                 for item in domain.items if item in asked]  # fmt: skip
        if form.judged_by_domain:
            items.append(line(domain.id, words("Judgement of this domain"), (), True))
        if items:
            domains.append({"name": words(domain.name), "lines": items})
    domains.append(
        {"name": words("Overall"), "lines": [line(OVERALL, words("Judgement overall"), (), True)]}
    )
    return {
        "name": tool_name(form, words),
        "source": form.source,
        "licence": words(form.licence),
        "domains": domains,
        "judged": _said(one, words),
    }


def _said(one: Appraisal | None, words: Words) -> str:
    if one is None:
        return ""
    if one.judgement is not None:
        return words(found(JUDGEMENTS, one.judgement, "judgement"))
    if one.missing:
        return words("not complete: {questions}", questions=", ".join(one.missing))
    return words("not complete: domains to judge")
