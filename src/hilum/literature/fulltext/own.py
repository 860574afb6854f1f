"""Whose figures a sentence holds: this study's, another's, or an assumption's."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hilum.literature.fulltext.sentences import Sentence

_ASSUMED: Final = re.compile(
    r"\b(?:assum\w+|to detect|sample size|hypothes\w+|anticipat\w+|(?:statistical )?power (?:of|to)"
    r"|\d+ ?% power|powered|margin|stopping (?:rule|boundar\w+)|clinically (?:meaningful|relevant)"
    r"|would (?:be|have|need|require)|alpha|type I error|was (?:set|planned|defined)"
    r"|were (?:planned|defined)|is defined|defined as|uninteresting|unacceptable|Simon|if at least"
    r"|restricted mean|RMST|level of evidence|recommend\w*|should be (?:considered|offered|given)"
    r"|interim analys[ie]s (?:was|were) planned|target\w* (?:accrual|rate)|to exclude"
    r"|(?:null|alternative) hypothes\w+|futility|detectable|projected|extrapolat\w+|simulat\w+"
    r"|Markov|nomogram|is defined|definition|(?<!data )cut-?off (?:of|value|level|point)|threshold"
    r"|expected|expectation|(?:had been|was|were) planned (?:for|to)|(?:was|were) (?:considered"
    r"|regarded|deemed)|must be|is indicated|we suggest"
    r"|(?:can|may|might|could) (?:be as (?:high|low|long)|reach|exceed)|hypothetical\w*|if the"
    r"|planning|we planned"
    r"|no interest|[HP][01]|in (?:the|our|a|this) model|accept(?:s|ed)?"
    r"|(?:patients|events|participants|deaths|per arm)\b[^.;]{0,30}?(?:are|were"
    r"|would be) (?:needed|required)"
    r"|mice|mouse|rats?|rabbits?|xenografts?|in vitro|cell lines?|preclinical|experts?"
    r"|questionnaires were)\b",
    re.IGNORECASE,
)
_OTHERS: Final = re.compile(
    r"\bet al\b|\b[Rr]ef(?:erence|\.)?s? ?\d{1,3}\b"
    r"|\[\d{1,3}(?: ?[-,] ?\d{1,3})*\]|\b(?i:previous|previously|prior|earlier|other|"
    r"published|historical|literature|recent) (?:\w+ ){0,2}(?:stud(?:y|ies)|series|reports?|trials?"
    r"|registr(?:y|ies)|audits?|surveys?|analys[ei]s|reported|published|cohorts?|data|experience"
    r"|meta-analys[ei]s|reviews?|controls?)\b"
    r"|\bliterature\b|\bthose of [A-Z]|\b(?:pivotal|landmark|registration|parent|sister|companion"
    r"|original|index) (?:trial|study)\b"
    r"|\b(?:meta-analys[ei]s|systematic review|registry data|SEER)\b"
    r"|\b(?:NETTER|CLARINET|PROMID|RADIANT|COMPETE|SORAMIC|SARAH|SIRveNIB)\b"
    r"|\breported (?:elsewhere\b|(?:by|in|from) (?!(?:about |only |all |each of )?(?:\d+"
    r"|[a-z]+(?:-[a-z]+)?)"
    r" (?:\(|of |patients|pts|cases|procedures|sessions|\[)|[\d.]+ ?%))|\b(?:(?i:they"
    r"|these authors|the authors)"
    r"|that (?:trial|study|series)"
    r"|those (?:trials|series)|(?:his|her|their) (?:series|study|trial|cohort|group))\b"
    r"|\b(?:than|with|to|against|from) (?:the |a )?[\d.]+ ?(?:%|months|years|per cent)"
    r" (?:of|from|at) (?:the )?(?!Group|Arm|Cohort|Child|Grade|Week|Month|Day|Year"
    r"|Stage)[A-Z][a-z]+"
    r"|\branges? (?:from|between)\b.{0,60}\b(?:series|studies|reports|literature)\b"
    r"|\b[A-Z][a-z]+ and (?:colleagues|co-?workers|associates)\b|\bguidelines?\b",
)
_REPORT: Final = (
    r"(?:report|describ|found|observ|stat|not|show|achiev|record|publish|conclud|present|document)"
    r"\w*"
)
# Ways of citing that need no name known beforehand.
_CITED: Final = re.compile(
    r"\b(?:[Rr]elative|[Cc]ompared|[Ss]imilar|[Cc]omparable|[Ii]dentical|[Cc]lose) (?:to|with)"
    r" (?:the |an? )?(?:\w+ )?(?:registr(?:y|ies)|audits?|databases?|surveys?)\b"
    r"|\b[Ll]ike [A-Z][\w-]+(?: and [A-Z][\w-]+)?,? who(?:se)?\b|"
    r"\b(?:rates?|survival|response|median|mortality) (?:rates? )?of [\d.]+ ?(?:%|months|years)"
    r" (?:was|were|has been|have been) reported\b|\bin one (?:centre|center|study|trial|series)\b|"
    rf"\b(?:[Aa]uthors|[Cc]olleagues|[Rr]esearchers|[Oo]thers|[Ss]ome|[Ss]everal (?:groups"
    rf"|authors|centres)"
    rf"|[Aa]nother (?:group|team|centre|center)) (?:have |had |also )?{_REPORT}"
    r"|\b(?:has|have) (?:\w+ )?been (?:\w+ly )?(?:reported|published|described|documented|shown)\b"
    r"|\b(?:[Pp]revious|[Ee]arlier|[Pp]rior|[Oo]lder|[Oo]ther) (?:work|groups?|authors"
    r"|investigators|centres)\b"
    r"|\b[Aa]ccording to (?!RECIST|EASL|WHO|Choi|SWOG|CTCAE|Clavien|Kaplan|Response|National"
    r"|Common)"
    r"[A-Z][a-z]+|\b[A-Z][a-z]+'s (?:is|was|(?:[\w-]+ ){0,2}(?:patients|series|study|group|cohort"
    r"|trial|data"
    r"|arm|results?|figures?|experience|report|centre|center|paper|work))\b"
    r"|(?<=[a-z%)])\.\d{1,2}(?:[,-]\d{1,2})*\s*$"
    rf"|\b[A-Z][a-z]+ (?:and|&) [A-Z][a-z]+ (?:have |had |also )?{_REPORT}"
    r"|\b(?:reported|published|described|documented|shown|seen|observed|achieved"
    r"|obtained) (?:previously"
    r"|elsewhere|earlier|before|in the literature|by (?:the )?[A-Z][a-z]+(?! (?:review"
    r"|assessment)))"
    r"|\([A-Z][a-z]+[^()]*\b(?:19|20)\d\d[a-z]?\)|\b[A-Z][a-z]+ (?:et al\.? )?\((?:19"
    r"|20)\d\d[a-z]?\)"
    r"|\b[Ii]n (?:the |an? )?(?:(?:19|20)\d\d )?(?:report|paper|publication|article)s?"
    r" (?:of|by|from)\b"
    r"|\b(?:preceding|previous|earlier|former) (?:[\w-]+ ){0,2}(?:period|era|years|audit)\b"
    r"|\b[Ii]n (?:the|an?|one|two|another|other) (?:(?!present|current|whole|entire|complete"
    r"|overall|full|same"
    r"|study|our|this)[\w-]+ ){0,4}?(?:trials?|study|studies|registr\w+|meta-analys[ei]s|survey"
    r"|series)\b"
    r"(?! (?:population|group|arm|period|cohort|drug|treatment|patients))"
    r"|\b(?:(?!table|week|month|grade|cycle|group|day|year|arm|fig|phase|figure|lutetium"
    r"|yttrium)[a-z]){5,}"
    r"\d{1,2}(?:[,-]\d{1,2})*(?=[.,;]?(?:\s|$))",
)
# A study that is spoken of from outside: a registry that gave, a report from elsewhere, an acronym
# that the text has not begun with, studies in the plural.
_FOREIGN: Final = re.compile(
    r"\b(?<![Oo]ur )(?<![Tt]his )(?:registr(?:y|ies)|reports?|communications?|publications?|papers?"
    r"|articles?|surveys?|audits?|meta-analys[ei]s|consorti(?:um|a)|investigators|experience)\b"
    rf"[^.;]{{0,60}}?\b(?:{_REPORT}|gave|yielded|quoted|put|cited|came to|arrived at)\b"
    r"|\b(?:single|individual|across (?:\d+|all|the|these)|of (?:\d+|the|these)|in (?:most|many"
    r"|several)) (?:cohorts|studies|series|trials|reports)\b"
    r"|(?<=[a-z,;] )[A-Z][a-z]{3,}(?: and [A-Z][a-z]+)? (?:obtained|reported|found|described"
    r"|observed"
    r"|noted|published|showed|achieved|saw|quoted|recorded|counted)\b"
    r"|\b(?:series|studies|reports|registries|trials|cohorts|authors|surveys|reviews) (?:speak"
    r"|quote"
    r"|give|report|cite|suggest|indicate|claim|put|show|describe|find|mention|tell)\b"
    r"|\b(?:[Tt]he|[Ii]n the) (?:first|second|third|fourth|fifth|latter|former|oldest|largest)"
    r"(?: one| of these| of them| study| series| report| trial)?(?: \([^()]*\)|,)"
    r"|\b[Tt]he (?:first|second|third|fourth|fifth|latter|former|oldest|largest|other)"
    rf"(?: one| of these| study| series| report| trial)? (?:only )?{_REPORT}\b"
    r"|\b[Aa] (?:second|third|further|similar|larger|smaller|recent|later|earlier|small|large)"
    r" (?:\w+ ){0,2}(?:trial|study|series|report|registry)\b"
    r"|\b(?:it (?:will|may|should|must) be (?:remembered|recalled|noted)|it is (?:well )?known"
    r"|as is (?:well )?known|is said to|are said to|has long been|is known to)\b"
)
_ACRONYM: Final = re.compile(
    r"\b(?P<name>[A-Z][A-Z-]{2,}(?:-?\d+)?)(?: [A-Z]{2,})? (?:registry|report|trial|study|database"
    r"|investigators|consortium|programme|program|extension)\b"
)
# "In LITESPARK-004, by contrast, 20 of 22 responded".
_IN_TRIAL: Final = re.compile(r"\b[Ii]n (?P<name>[A-Z][A-Z-]{3,}-?\d+)\b")
_BEEN: Final = re.compile(r"\b(?:has|have) (?:\w+ )?been\b")
_NAMED: Final = re.compile(
    r"\b([A-Z][A-Z-]{2,}(?:-?\d+)?)\b(?=\)| (?:trial|study)\b(?! (?:report|showed|found|gave)))"
)
_OURS: Final = re.compile(
    r"\b(?:our|ours|we|us|(?:present|current|this) (?:study|series|trial|cohort|analysis|report|"
    r"work)|herein)\b",
    re.IGNORECASE,
)
_BEGUN: Final = re.compile(
    r"\b(?:between|from) (?:\w+ )?(?:19|20)\d\d\b|\bwe (?:treated|reviewed|studied)"
    r"|\bpatients (?:had|were|underwent|received)\b",
    re.IGNORECASE,
)
_LETTER: Final = re.compile(
    r"\bwe read with\b|\bletter to the editor\b|\bdear (?:editor|sirs?)\b|\beditorial\b"
    r"|\bcommentary\b|\bcorrespondence\b",
    re.IGNORECASE,
)
_ADVICE: Final = re.compile(
    r"\b(?:should|may|might|can|could) (?:only |also |generally |preferably )?be (?:considered"
    r"|offered|given|used|discussed|performed|preferred|reserved|started|proposed|avoided)"
    r"|\b(?:is|are) (?:not |strongly |generally )?(?:recommended|advised|indicated"
    r"|contraindicated|preferred|suggested)\b|\bwe (?:recommend|suggest|advise)\b"
    r"|\b(?:consensus|guidelines?|recommendations?)\b",
    re.IGNORECASE,
)
_TREATED: Final = re.compile(
    r"\b(?:patients|participants|procedures|we) (?:were |was |had |have )?"
    r"(?:retrospectively |prospectively )?"
    r"(?:treated|enrolled|included|random\w+|reviewed|underwent|received|analy[sz]ed|assigned"
    r"|identified)",
    re.IGNORECASE,
)
# What a text that pools others' studies says of itself: two of these are enough.
_POOLS: Final = tuple(
    re.compile(one, re.IGNORECASE)
    for one in (
        r"\b(?:systematic(?:ally)? review\w*|meta-?analy\w+|umbrella review|PRISMA)\b",
        r"\b(?:searched|databases|PubMed|MEDLINE|Embase|Cochrane|CENTRAL|Scopus|Web of Science)\b",
        r"\b(?:\d+|two|three|four|five|six|seven|eight|nine|ten|eleven"
        r"|twelve) (?:\w+ ){0,2}(?:studies|articles|reports|publications|trials|cohorts|series)\b",
        r"\b(?:random-effects?|fixed-effects?|DerSimonian|I2|I² ?=|funnel plot|pooled (?:\w+ ){0,2}"
        r"(?:response|survival|rates?|estimates?|median|proportions?|HR|OR|hazard|odds|risk))\b",
    )
)
# What a health-economic model says of itself: survival and shares are what it computes. One of
# the first and one of the second are enough.
_DECISION: Final = re.compile(
    r"\b(?:partitioned[ -]survival|markov|state[ -]transition"
    r"|decision[ -](?:analy\w+|tree|model\w*)"
    r"|micro-?simulat\w+|discrete[ -]event simulat\w+|life-?time horizon|time horizon"
    r"|health states?|model cycles?|monthly cycles|base[ -]case"
    r"|(?:probabilistic|one-way|deterministic)"
    r" sensitivity)\b",
    re.IGNORECASE,
)
_WORTH: Final = re.compile(
    r"\b(?:cost[ -]?(?:effective\w*|utility)|incremental cost|ICERs?|QALYs?|quality-adjusted"
    r" life|willingness[ -]to[ -]pay|life-years gained|net (?:monetary|health) benefit)\b",
    re.IGNORECASE,
)
# A sentence of a model in a text that is none.
_VALUED: Final = re.compile(
    r"\b(?:base[ -]case|partitioned[ -]survival|QALYs?|willingness[ -]to[ -]pay|ICERs?"
    r"|life-?time horizon|probability of being cost-effective)\b",
    re.IGNORECASE,
)
# What people who were asked hold to be so, want or would do.
_WHO: Final = (
    r"(?:respond(?:ents?|ers to the (?:survey|questionnaire))|panell?ists?|experts?|interviewees?"
    r"|surgeons|oncologists|radiologists|clinicians|physicians|doctors|specialists|hepatologists"
    r"|endocrinologists|gastroenterologists|centres|centers|hospitals|units|members|delegates)"
)
_HOLD: Final = (
    r"(?:regard\w*|believ\w+|think|thought|felt|expect\w*|estimat\w+|consider(?:ed|s)?|guess\w+"
    r"|agree[ds]?|disagree[ds]?|prefer\w*|would|voted|answered|named|chose|quoted|judged|rated"
    r"|assess(?:ed)? at|gave|put)"
)
_OPINION: Final = re.compile(
    rf"\b{_WHO}\b[^.;]{{0,50}}?\b{_HOLD}\b"
    rf"|\b(?:regarded|believed|estimated|guessed|thought|quoted|called \w+|preferred|judged"
    rf"|considered) [^.;]{{0,60}}?\bby [^.;]{{0,30}}?(?:{_WHO}\b|of (?:respondents|centres))"
    r"|\b(?:when|if) asked\b|\basked (?:for|what|which|whether|how|about)\b"
    r"|\b(?:delphi|vignettes?|willing to accept|minimum acceptable|discrete[ -]choice"
    r"|trade-?offs?)\b",
    re.IGNORECASE,
)
_BELIEVED: Final = re.compile(
    rf"\b(?:respondents?|panell?ists?|interviewees?|surveyed [a-z]+)\b[^.;]{{0,50}}?\b{_HOLD}\b"
    rf"|\bby [^.;]{{0,30}}?\brespondents\b",
    re.IGNORECASE,
)
_SURVEY: Final = re.compile(
    r"\b(?:surveys?|questionnaires?|polls?|interviews?|delphi|discrete[ -]choice)\b"
    r"|\brespondents\b",
    re.IGNORECASE,
)
_PEOPLE_ASKED: Final = re.compile(rf"\b{_WHO}\b", re.IGNORECASE)
OPINIONS: Final = 2
"""Sentences that tell what people hold to be so, from which on a text of a survey is opinion."""
CITES: Final = 3
"""Sentences of a text without headings that cite, from which on it is a discussion."""
_SILENT: Final = ("aim", "methods", "references")


def begins_study(text: str) -> bool:
    """Whether a sentence after the aim tells of the study's own patients."""
    return _BEGUN.search(text) is not None


def is_letter(text: str) -> bool:
    """Whether a text speaks of another's study: by its first words."""
    return _LETTER.search(text[:400]) is not None


def is_advice(texts: list[str]) -> bool:
    """Whether a text advises and tells of no patients of its own: its figures are others'."""
    said = " ".join(texts)
    return len(_ADVICE.findall(said)) > 1 and _TREATED.search(said) is None


def is_review(texts: list[str]) -> bool:
    """Whether a text pools what others have published: by its first sentences."""
    first = " ".join(texts[:6])
    return sum(one.search(first) is not None for one in _POOLS) > 1


def is_model(texts: list[str]) -> bool:
    """Whether a text tells of a health-economic model, and not of patients who were followed."""
    said = " ".join(texts)
    return _DECISION.search(said) is not None and _WORTH.search(said) is not None


def is_survey(texts: list[str]) -> bool:
    """Whether a text tells what clinicians or centres hold to be so."""
    said = " ".join(texts)
    asked = _SURVEY.search(said) is not None and _PEOPLE_ASKED.search(said) is not None
    return asked and sum(_OPINION.search(one) is not None for one in texts) >= OPINIONS


def own_names(texts: list[str]) -> frozenset[str]:
    """Acronyms of a trial with which a text begins: its own study's."""
    return frozenset(_NAMED.findall(" ".join(texts[:3])))


def assumed(sentence: Sentence) -> bool:
    """Whether a sentence speaks of what was assumed, planned, modelled or believed."""
    text = sentence.plain
    return any(one.search(text) for one in (_ASSUMED, _VALUED, _BELIEVED))


@dataclass(frozen=True, slots=True)
class Paper:
    """What the whole text says of its figures.

    ``ownerless``: no figure is of patients of its own, for it pools what others published, computes
    a model or asks for opinions; ``names``: acronyms that may be its own study's; ``discusses``: it
    cites again and again, so that a sentence is its own only where it says so.
    """

    ownerless: bool = False
    names: frozenset[str] = frozenset()
    discusses: bool = False


def paper_of(read: list[Sentence]) -> Paper:
    """What the sentences of a text say of it."""
    texts = [one.plain for one in read]
    known = Paper(is_review(texts) or is_model(texts) or is_survey(texts), own_names(texts))
    free = [one for one in read if not one.section and not one.row]
    cites = sum(bool(_cited(one.plain, known)) for one in free)
    return replace(known, discusses=cites >= CITES)


ANY: Final = Paper()
"""A paper of which nothing is known."""


def _cited(text: str, paper: Paper) -> list[re.Match[str]]:
    """Where a sentence speaks of other studies."""
    found = [m for m in (one.search(text) for one in (_OTHERS, _CITED, _FOREIGN)) if m]
    named = (m for one in (_ACRONYM, _IN_TRIAL) for m in one.finditer(text))
    return found + [m for m in named if m["name"] not in paper.names]


def own_part(sentence: Sentence, paper: Paper = ANY) -> tuple[int, int]:
    """From where to where in the sentence figures are results of this study; (0, 0) for nowhere.

    Of a review, a model or a survey nothing is, whoever it calls its own.
    """
    text = sentence.plain
    if paper.ownerless or sentence.section in _SILENT or assumed(sentence):
        return 0, 0
    others = min(_cited(text, paper), key=lambda m: m.start(), default=None)
    ours = _OURS.search(text)
    discussed = sentence.section == "discussion" or (paper.discusses and not sentence.section)
    if discussed and not ours:
        return 0, 0
    if not others:
        return 0, len(text)
    if _BEEN.match(others[0]):
        # "Because of patients in whom a rate of 33 % has been described": what stands before.
        return 0, max(
            text.rfind(one, 0, others.start()) for one in (",", ";", ":")
        ) + 1 if ours else 0
    if ours and ours.start() < others.start():
        compared = re.search(
            r"\b(?:compar\w+|similar|higher|lower|better|worse|longer|shorter|in line|consistent"
            r"|agree\w*|exceed\w*|versus|vs|whereas|while|than|against)\b",
            text[ours.end() : others.start()],
            re.IGNORECASE,
        )
        return 0, ours.end() + compared.start() if compared else others.start()
    return 0, 0
