"""Appraisals in lines, and drawn: a light for each study and domain, or shares by domain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hilum.errors import Fault, InputError, phrased
from hilum.evidence import labels
from hilum.evidence.appraisal import tools
from hilum.evidence.appraisal.form import ASKS_ARM
from hilum.records import found
from hilum.rendering.joint_figures import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hilum.analyses.appraise import AppraiseAnswered, Appraised
    from hilum.evidence.appraisal import Tool
    from hilum.language import Words

JUDGEMENTS: Final = {
    "low": "low risk of bias",
    "moderate": "moderate risk of bias",
    "some_concerns": "some concerns",
    "serious": "serious risk of bias",
    "high": "high risk of bias",
    "critical": "critical risk of bias",
    "no_information": "no information",
}
LIGHTS: Final = {"some_concerns": "some", "no_information": "unknown"}
"""The light of a judgement, where it has another name."""
ANSWER_LIGHTS: Final = {
    "yes": "low",
    "no": "high",
    "unclear": "unknown",
    "na": "not_applicable",
    "2": "low",
    "1": "some",
    "0": "high",
    "": "missing",
}
Column = tuple[str, str]
Row = tuple[str, tuple[str, ...]]


def appraise_lines(answer: AppraiseAnswered, words: Words) -> list[str]:
    """What is judged and what is missing, by study."""
    lines: list[str] = []
    for one in answer.appraisals:
        named = {"study": one.study, "tool": one.tool, "judgement": judged(one, words)}
        if one.outcome:
            outcome = words(labels().get(("outcome", one.outcome), one.outcome))
            lines.append(words("{study} {tool} ({outcome}): {judgement}", outcome=outcome, **named))
        else:
            lines.append(words("{study} {tool}: {judgement}", **named))
        if one.disagreements:
            questions = ", ".join(one.disagreements)
            lines.append("  " + words("raters differ on {questions}", questions=questions))
    return [*lines, words("no fault found")]


def judged(one: Appraised, words: Words) -> str:
    """The overall judgement, or what is missing for one."""
    if one.judgement is not None:
        return words(found(JUDGEMENTS, one.judgement, "judgement"))
    if one.missing:
        return words("not complete: {questions}", questions=", ".join(one.missing))
    return words("not complete: domains to judge")


def tool_name(tool: Tool, words: Words) -> str:
    """A tool with its version."""
    return words("{tool} ({version})", tool=words(tool.name), version=words(tool.version))


def tool_lines(words: Words) -> list[str]:
    """Every tool: its source and licence, its questions in hilum's own words, its judgements."""
    lines: list[str] = []
    for key, tool in tools().items():
        lines += [f"{key}: {tool_name(tool, words)}", f"  {tool.source}",
                  f"  {words(tool.licence)}"]  # fmt: skip
        for domain in tool.domains:
            lines.append(f"  {domain.id}: {words(domain.name)}")
            lines += [
                f"    {item.id} {words(item.text)} [{', '.join(item.answers)}]"
                for item in domain.items
            ]
        judged = [words(found(JUDGEMENTS, one, "judgement")) for one in tool.judgements]
        lines.append("  " + words("judgements: {list}", list=listed(judged, words)))
    return lines


def where_lines(tool: str, words: Words) -> list[str]:
    """Whose words the questions of a form are, and where to read the tool's own."""
    form = tools()[tool]
    return [
        words("the column asks holds the questions in hilum's own words; it is not read again"),
        f"{tool_name(form, words)}: {form.source}",
        words(form.licence),
    ]


def appraise_picture(answer: AppraiseAnswered, kind: str, tool: str | None, words: Words) -> str:
    """The appraisals of one tool (SVG); the only one of the table where none is named.

    Raises
    ------
    InputError
        A fault of the table; another kind of plot; several tools and none named.
    """
    if answer.faults:
        raise InputError(*answer.faults)
    drawn = PLOT_KINDS.get(kind)
    if drawn is None:
        wanted = phrased("one of {known}", known=", ".join(PLOT_KINDS))
        raise InputError(Fault("", None, "kind", kind, wanted))
    form = _tool(answer, tool)
    rows = [one for one in answer.appraisals if one.tool == form.key]
    return drawn.draw(form, rows, words)


def _tool(answer: AppraiseAnswered, tool: str | None) -> Tool:
    present = sorted({one.tool for one in answer.appraisals})
    if not present:
        expected = "at least one line with an answer"
        raise InputError(Fault(answer.asked.table.name, None, "table", "", expected))
    chosen = present[0] if tool is None and len(present) == 1 else tool
    if chosen not in present:
        wanted = phrased("one of {known}", known=", ".join(present))
        raise InputError(Fault("", None, "tool", tool or "", wanted))
    return tools()[chosen]


def _columns(tool: Tool, words: Words) -> list[Column]:
    if tool.judged_by_domain:
        return [
            *((domain.id, words(domain.name)) for domain in tool.domains),
            (words("All"), words("overall")),
        ]
    items = [(item.id, words(item.text)) for item in tool.items.values()]
    return [*items, (words("All"), words("overall (hilum's convention)"))]


def _legend(tool: Tool, words: Words) -> list[Column]:
    if tool.judged_by_domain:
        return [
            *((_light(one), words(found(JUDGEMENTS, one, "judgement"))) for one in tool.judgements),
            ("missing", words("not judged")),
        ]
    legend = [(found(ANSWER_LIGHTS, code, "answer"), words(said))
              for code, said in tool.answers.items()]  # fmt: skip
    shown = {light for light, _ in legend}
    if "some" not in shown:
        legend.append(("some", words("some concerns (overall)")))
    if "not_applicable" not in shown:
        legend.append(("not_applicable", words("not asked of this design")))
    return [*legend, ("missing", words("not answered"))]


def _lights(tool: Tool, one: Appraised) -> tuple[str, ...]:
    if tool.judged_by_domain:
        marks = [_light(one.domains.get(domain.id)) for domain in tool.domains]
    else:
        marks = [
            found(
                ANSWER_LIGHTS,
                one.answers.get(item, "" if item in one.questions else "na"),
                "answer",
            )
            for item in tool.items
        ]
    return (*marks, _light(one.judgement))


def _light(judgement: str | None) -> str:
    return "missing" if judgement is None else LIGHTS.get(judgement, judgement)


def _title(tool: Tool, count: int, words: Words) -> str:
    return words("{tool}: {count} appraisals", tool=words(tool.name), count=count)


def _traffic(tool: Tool, appraised: Sequence[Appraised], words: Words) -> str:
    from hilum.plots import AppraisedStudy, traffic_light_svg

    rows = [AppraisedStudy(_named(one, words), _lights(tool, one)) for one in appraised]
    return traffic_light_svg(
        rows,
        _columns(tool, words),
        title=_title(tool, len(rows), words),
        legend=_legend(tool, words),
    )


def _named(one: Appraised, words: Words) -> str:
    if not one.outcome:
        return one.name
    outcome = words(labels().get(("outcome", one.outcome), one.outcome))
    return words("{study} ({outcome})", study=one.name, outcome=outcome)


def _summary(tool: Tool, appraised: Sequence[Appraised], words: Words) -> str:
    from hilum.plots import appraisal_summary_svg

    marks = [_lights(tool, one) for one in appraised]
    shares: list[tuple[str, dict[str, float]]] = []
    for place, (_, name) in enumerate(_columns(tool, words)):
        column = [row[place] for row in marks]
        shares.append((name, {light: column.count(light) / len(column) for light in set(column)}))
    if not tool.judged_by_domain:
        # The overall column speaks in other words than the answers: it keeps to the traffic plot.
        shares = shares[:-1]
    return appraisal_summary_svg(
        shares,
        title=_title(tool, len(marks), words),
        axis=words("percent of appraisals"),
        legend=_legend(tool, words),
    )


@dataclass(frozen=True, slots=True)
class AppraisalPlot:
    """One kind of plot."""

    draw: Callable[[Tool, Sequence[Appraised], Words], str]


PLOT_KINDS: Final = {"traffic": AppraisalPlot(_traffic), "summary": AppraisalPlot(_summary)}
"""Kinds of plot by code."""


def messages() -> set[str]:
    """Ids that stand in tables."""
    outcomes = {text for (kind, _), text in labels().items() if kind == "outcome"}
    out = {*JUDGEMENTS.values(), *outcomes, ASKS_ARM}
    for tool in tools().values():
        out |= {*(domain.name for domain in tool.domains), *tool.answers.values()}
        out |= {tool.name, tool.licence, *(item.text for item in tool.items.values())}
        # A year is the same in every language.
        out |= {tool.version} if not tool.version.isdigit() else set()
    return out
