"""Hazard, odds and risk ratios of a sentence, each with its outcome, and how sure that is."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from hilum.literature.fulltext.beside import beside, made
from hilum.literature.fulltext.clause import LIST
from hilum.literature.fulltext.doubts import Clause, held, hidden
from hilum.literature.fulltext.grade import GRADED
from hilum.literature.fulltext.links import modified, unknown
from hilum.literature.fulltext.mentions import mentions, plainly

if TYPE_CHECKING:
    from hilum.literature.fulltext.mentions import Mention
    from hilum.literature.fulltext.proposal import Proposal
    from hilum.literature.fulltext.sentences import Sentence
    from hilum.literature.fulltext.tokens import Token

_RATIO: Final = re.compile(
    r"(?i:(?:hazards?|odds|risk|rate) ratios?|relative risks?)(?: ?\([A-Za-z]{2,3}\))?"
    r"|\ba?(?:HR|OR|RR)s?\b(?! ?%)"
)
_RATIOS: Final = {"h": "hazard_ratio", "o": "odds_ratio", "r": "risk_ratio"}
# Between the name of a ratio and its value.
_TO_VALUE: Final = re.compile(
    r"[\s,:;=(\[]*(?:\(?(?:with )?(?:a )?\d\d ?% ?(?:CI|confidence interval)\)?[\s,:;=]*)?"
    r"(?:(?:for|of) [^.;\d]{2,60}? )?(?:was|were|is|of|=|estimated at|:)?[\s(\[]*",
    re.IGNORECASE,
)
# Words about ratios that leave them the outcome's.
_OF_RISK: Final = re.compile(
    r"\b(?:predict\w*|independently|adjusted|unadjusted|stratified|crude|pooled|risk|hazard|odds"
    r"|longer|shorter|lower|higher)\s+$"
)
# A name, and its ratio in brackets behind: "grade 3 (HR 2.1", "bilirubin above 2 (adjusted HR".
_COVARIATE: Final = re.compile(
    r"(?:^|[,;:]|\b(?:and|or|were|was|are|only|while|whereas|but|not|by|of|that|with|analysis|model)\b)"
    r"\s*(?P<name>[^,;:()]{2,60}?)\s*[(\[](?:adjusted |multivaria\w+ |univaria\w+ )?$",
    re.IGNORECASE,
)
_MODEL: Final = re.compile(
    r"\b(?:multivaria\w+|univaria\w+|cox|regression|independent(?:ly)?|predict\w*|prognostic"
    r"|risk factors?|(?:final|adjusted) model|(?:was|were|remained) (?:\w+ly )?(?:associated with"
    r"|linked (?:to|with)))\b",
    re.IGNORECASE,
)
_NOT_MODEL: Final = re.compile(
    r"\b(?:meta-?analy\w+|pooled|respectively|weighted|matched|propensity)\b",
    re.IGNORECASE,
)
_FOR: Final = re.compile(r"\bfor\b")
# Odds of a death by some day, which the sentence does not say, are not those of survival.
_BARE_DEATH: Final = re.compile(r"(?:deaths?|mortality|dying|died)", re.IGNORECASE)
# "Age above 60 was associated with shorter survival (HR": the factor stands before its verb.
_TIED: Final = re.compile(
    r"(?:^|[,;:)]|(?<!\d)\.)\s*(?:(?:and|but|while|whereas|that|only) )*"
    r"(?P<name>[^,;:()]{2,80}?)\s+"
    r"(?:(?:was|were|is|are|be|remained|had|has|have|showed|also|been|an?|the|independent|only"
    r"|strongest|significant|\w+ly|strong) )*"
    r"(?:associat\w+|link\w+|correlat\w+|relat\w+|tied|predict\w*|prognostic|risk factors?"
    r"|worsened|shortened|impaired|increased|reduced|decreased|improved|prolonged)\b"
    r"[^,;:()]*[(\[](?:adjusted |multivaria\w+ |univaria\w+ )?$",
    re.IGNORECASE,
)
_ASSOCIATED: Final = re.compile(r"\b(?:associated|linked|correlated) with\b[^,;:()]*\($")
# "In multivariable analysis" before a factor.
_IN_MODEL: Final = re.compile(
    r"(?:[IO]n|By) (?:an?|the|our)? ?(?:\w+ )?(?:multi|uni)\w+ (?:\w+ )?(?:analys[ie]s|models?"
    r"|regression) ",
    re.IGNORECASE,
)
_BEFORE_FACTOR: Final = re.compile(
    r"^(?:(?:and|but|whereas|while|although|only|also|both|so|that)\s+)+", re.IGNORECASE
)
_AFTER_FACTOR: Final = re.compile(
    r"(?:^|\s+)(?:was|were|is|are|did|does|do|had|has|have|remained|be|been)(?:\s+(?:not|no longer"
    r"|also|\w+ly))*$",
    re.IGNORECASE,
)
# "Independent predictors of survival were grade 3 (HR": the factor stands behind the verb.
_WERE: Final = re.compile(r".*\b(?:were|was|are|is|included?|being)\s+", re.IGNORECASE)
_OF_RATIOS: Final = re.compile(
    r"\b(?:improv|reduc|prolong|increas|decreas|adjust|stratif|unadjust|univaria|multivaria"
    r"|propensity|regress"
    r"|favou?r)\w*|\b(?:Cox|models?|analys[ie]s|linked|associated|once|scores? (?:was"
    r"|were)? ?applied|nearly|doubled)\b",
    re.IGNORECASE,
)


def ratios(
    sentence: Sentence, found: list[Token], named: list[Mention], known: frozenset[int]
) -> tuple[list[Proposal], set[int]]:
    """The ratios of a sentence, and where the tokens that they took begin."""
    out: list[Proposal] = []
    spent: set[int] = set()
    text = sentence.plain
    for name in _RATIO.finditer(text):
        value = next((t for t in found if t.start >= name.end()), None)
        if value is not None and value.kind == "interval" and "kind" in value.texts:
            value = None
        if value is None or value.kind != "number" or "unit" in value.texts:
            continue
        between = text[name.end() : value.start]
        if not _TO_VALUE.fullmatch(between) or text[value.end : value.end + 1] == "%":
            continue
        interval, p = beside(text, value, found)
        if interval is None and not p:
            continue
        spent.add(value.start)
        code = _RATIOS[name[0].lstrip("a").lower()[0]]
        covariate = _covariate(text[: name.start()])
        of_model = _of_model(text, code) if covariate is not None else None
        mention = of_model or _outcome_of_ratio(text, name.start(), named, code)
        outcome = mention.outcome if mention else ""
        one = made(sentence, value, code, outcome, interval, p, value.texts["value"])
        clause = Clause(text, found, named, (), known, {})
        why = "" if of_model else _doubt(clause, name.span(), value, mention)
        if mention and code == "odds_ratio" and _BARE_DEATH.fullmatch(mention.text):
            why = "named"
        if of_model and covariate is not None:
            one = replace(one, group=covariate)
            # No factor is certain: it is not said of which the ratio is.
            why = why or ("" if covariate else "list")
        elif covariate and not one.group and _ASSOCIATED.search(text[: name.start()]):
            one = replace(one, group=covariate)
        if not why and one.low and not held(one.value, one.low, one.high):
            why = "limits"
        out.append(replace(one, doubt=why))
    return out, spent


def _covariate(lead: str) -> str | None:
    """The factor that a ratio in brackets is of; empty where it is not certain which it is.

    ``lead`` is the sentence until the ratio's name; ``None`` where no factor is named there.
    """
    told = _COVARIATE.search(lead)
    if told is None:
        return None
    name = told["name"]
    if not _names_outcome(name):
        return _bare(name)
    behind = _WERE.sub("", name)
    if behind != name and not _names_outcome(behind):
        return _bare(behind)
    tied = _TIED.search(lead)
    factor = _bare(_IN_MODEL.sub("", tied["name"])) if tied else ""
    several = re.search(r"\b(?:and|or|both|each|which|who|it|this|these|they)\b", factor, re.I)
    return "" if several or _names_outcome(factor) else factor


def _bare(name: str) -> str:
    """The factor of "whereas earlier PRRT was not"; nothing where only a verb is left."""
    return _AFTER_FACTOR.sub("", _BEFORE_FACTOR.sub("", name)).strip()


def _names_outcome(name: str) -> bool:
    """Whether a name tells of what the factor does, and not of the factor."""
    return _MODEL.search(name) is not None or any(
        "ratio" in one.measures and one.outcome for one in mentions(name)
    )


def _of_model(text: str, code: str) -> Mention | None:
    """The one outcome of a sentence that tells of a model, each of whose ratios is a covariate's.

    ``None`` where the sentence tells of no model, or names two outcomes that have such ratios.
    """
    if not _MODEL.search(text) or _NOT_MODEL.search(text):
        return None
    kinds = {"ratio"} if code == "hazard_ratio" else {"ratio", "proportion"}
    # "Predictors for survival": of survival, and no patients chosen by it.
    same = _FOR.sub("of ", text)
    found = [one for one in mentions(same) if kinds & one.measures]
    if len({one.outcome for one in found}) != 1 or not found[0].outcome:
        return None
    before = [_OF_RISK.sub("", same[: one.start]) for one in found]
    sure = all(
        plainly(one) and not modified(words) for one, words in zip(found, before, strict=True)
    )
    return found[0] if sure else None


def _left(between: str) -> bool:
    """Whether a ratio's bracket, or its clause, ends before the outcome behind it.

    "(OR 0.49), 90-day mortality was": the outcome of what follows.
    """
    depth = 0
    for one in between:
        depth += (one in "([") - (one in ")]")
        if depth < 0:
            return True
    return re.search(r"\d[^()]*\)?[,;] (?:and |while |whereas )?$", between) is not None


def _outcome_of_ratio(text: str, at: int, named: list[Mention], code: str) -> Mention | None:
    kinds = {"ratio"} if code == "hazard_ratio" else {"ratio", "proportion"}
    fit = [m for m in named if kinds & m.measures]
    before = [m for m in fit if m.end <= at]
    after = [
        m for m in fit
        if m.start >= at and m.start - at <= 60 and not _left(text[at : m.start])
    ]  # fmt: skip
    named_behind = [m for m in after if m.start - at <= 30]
    chosen = named_behind[0] if named_behind else (before[-1] if before else None)
    return chosen or (after[0] if after else None)


def _gap(clause: Clause, mention: Mention, end: int) -> str:
    """The words from an outcome to its ratio, without those about its figures in two arms."""
    told = [
        t for t in clause.found
        if mention.end <= t.start < end
        and (t.kind in ("share", "missing") or (t.kind == "number" and "unit" in t.texts))
    ]  # fmt: skip
    between = clause.text[mention.end : end]
    other = any(mention.end <= m.start < end and m.outcome != mention.outcome for m in clause.named)
    if len(told) < 2 or other or re.search(r";|\. ", between):
        return hidden(clause, mention.end, end)
    return f"{hidden(clause, mention.end, told[0].start)} {hidden(clause, told[-1].end, end)}"


def _doubt(clause: Clause, name: tuple[int, int], value: Token, mention: Mention | None) -> str:
    """As :func:`doubt`, of a ratio named from ``name[0]`` to ``name[1]``."""
    if mention is None:
        return ""
    if not plainly(mention) or modified(_OF_RISK.sub("", clause.text[: mention.start])):
        return "named"
    if mention.end <= name[0]:
        gap = _gap(clause, mention, name[0])
        between = clause.text[mention.end : name[0]]
        if mention.outcome == "any_complication" and GRADED.search(between):
            return "words"
        front = next((m for m in reversed(clause.named) if m.end <= mention.start), None)
        listed = (
            front is not None and front.outcome != mention.outcome and "ratio" in front.measures
        )
        if listed and front and LIST.fullmatch(clause.text, front.end, mention.start):
            return "two"
    else:
        gap = hidden(clause, name[1], min(mention.start, value.start))
    rest = (
        hidden(clause, max(name[1], mention.end), value.start) if mention.end < value.start else ""
    )
    wrong = unknown(_OF_RATIOS.sub(" ", gap))
    return "words" if wrong or unknown(rest) else ""
