"""Why a pair of a ranking could be randomised, and why others are left out, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.patient.labels import word_label
from hilum.patient.tables import read_tables
from hilum.sheet.treatments import treatments

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hilum.analyses.rank import RankAnswered
    from hilum.analyses.rank_answer import Comparison
    from hilum.analyses.rank_pairs import LeftOut, Randomisable
    from hilum.language import Words
    from hilum.sheet.randomisable import RuleNamed

LEFT_OUT = {
    "no_patient": "one of them has an indication in no patient of the rules",
    "advised_against": "one of them is indicated, but advised against in every patient",
    "net_nec": "one is for well differentiated tumours (NET), the other for carcinomas (NEC)",
    "aim": "one is to take every lesion, or the liver, the other is not",
    "never_both": "never both open for one patient",
    "site": "both open only with a primary of which the evidence has no arm of its own",
    "line": "for the same patients, but never in the same line",
    "symptoms": "both open only with symptoms of hormones, which the outcome does not measure",
    "no_symptoms": "the outcome measures symptoms of hormones, and who has both open has none",
}
LINES = {
    "first": "first line",
    "second": "second line",
    "later": "later line",
    "any": "any line",
    "": "",
}


def messages() -> set[str]:
    """Ids of the tables above, for the catalogue."""
    return {text for table in (LEFT_OUT, LINES) for text in table.values() if text}


def pair_name(pair: tuple[str, str], words: Words) -> str:
    """The comparison by the treatments' names."""
    labels = {one.treatment: one.label for one in treatments()}
    first, second = (words(labels[name]) for name in pair)
    return words("{first} or {second}", first=first, second=second)


def randomisable_lines(
    candidate: Comparison, words: Words, studies: Mapping[str, str]
) -> list[str]:
    """Who could be randomised by which rules, which trial did or set out to, what warns."""
    found = candidate.randomisable
    if found is None:
        return []
    lines: list[str] = []
    if found.whom is not None:
        lines.append(_whom_line(found, candidate.treatments, words))
    if found.otherwise is not None:
        why = words(LEFT_OUT[found.otherwise])
        lines.append(
            words(
                "kept because of a trial ({trials}); the rules alone would leave it out: {why}",
                trials=words("; ").join(_trials(found, words, studies)),
                why=why,
            )
        )
    return lines + _warnings(found, words)


def _whom_line(found: Randomisable, pair: tuple[str, str], words: Words) -> str:
    whom, language = found.whom, words.language
    if whom is None:
        return ""
    each = words(", ")
    return words(
        "open to the same patients by the rules: primary {sites}; {grades}; liver {livers}; line "
        "{lines} ({rules})",
        sites=each.join(word_label("primary_site", one, language) for one in whom.sites),
        grades=each.join(whom.grades),
        livers=each.join(word_label("resectability", one, language) for one in whom.resectability),
        lines=each.join(str(line) for line in whom.lines),
        rules=_rules((found.rules[name] for name in pair), words),
    )


def _trials(found: Randomisable, words: Words, studies: Mapping[str, str]) -> Iterable[str]:
    yield from (studies.get(one, one) for one in found.randomised_in)
    for one in found.registered:
        yield f"{one.source} ({words(', ').join(one.rules)})"


def _warnings(found: Randomisable, words: Words) -> list[str]:
    """What the rules say against a treatment that is open to nobody."""
    labels = {one.treatment: one.label for one in treatments()}
    rules = {one.rule_id: one for one in read_tables().rules}
    chinese = words.language.startswith("zh")
    lines: list[str] = []
    for treatment, ids in found.advised_against.items():
        said = words("; ").join(
            f"{rules[one].statement_zh if chinese else rules[one].statement_en} ({one})"
            for one in ids
        )
        lines.append(
            words(
                "warning, advised against in every patient: {treatment}: {said}",
                treatment=words(labels[treatment]),
                said=said,
            )
        )
    return lines


def _rules(each: Iterable[tuple[RuleNamed, ...]], words: Words) -> str:
    """The rules of both treatments, with the lines that they name."""
    told: list[str] = []
    for rules in each:
        by_line: dict[str, list[str]] = {}
        for rule in rules:
            by_line.setdefault(rule.line, []).append(rule.rule_id)
        parts = [
            f"{words(', ').join(ids)} {words(LINES[line])}" if line else words(", ").join(ids)
            for line, ids in by_line.items()
        ]
        if parts:
            told.append(words(", ").join(parts))
    return words("; ").join(told)


def left_out_groups(answer: RankAnswered, words: Words) -> list[tuple[str, list[str]]]:
    """Each reason with its pairs, the rules that say so, and the outcome where others keep it."""
    from hilum.rendering.rank import OUTCOMES

    kept = {frozenset(one.treatments) for each in answer.outcomes for one in each.candidates}
    groups: list[tuple[str, list[str]]] = []
    for reason, text in LEFT_OUT.items():
        found: dict[str, list[str]] = {}
        for one in answer.left_out:
            if one.reason == reason:
                outcomes = found.setdefault(_left_out_line(one, words), [])
                name = words(OUTCOMES[one.outcome])
                if frozenset(one.treatments) in kept and name not in outcomes:
                    outcomes.append(name)
        if found:
            pairs = [
                words(
                    "{pair}: left out for {outcomes} only",
                    pair=line,
                    outcomes=words(", ").join(outcomes),
                )
                if outcomes
                else line
                for line, outcomes in found.items()
            ]
            groups.append((words("Nobody would randomise ({reason}):", reason=words(text)), pairs))
    return groups


def _left_out_line(one: LeftOut, words: Words) -> str:
    line = pair_name(one.treatments, words)
    rules = _rules((one.rules[name] for name in one.treatments), words)
    if rules:
        line = f"{line} ({rules})"
    if one.added_in:
        line = words(
            "{pair}; one was added to the other in {studies}",
            pair=line,
            studies=words(", ").join(one.added_in),
        )
    return line
