"""Whose figures a sentence holds: this study's, another's, or an assumption's."""

from __future__ import annotations

import re
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
    r"|expected|(?:was|were) (?:considered|regarded|deemed)|must be|is indicated|we suggest"
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
    r"|\[\d{1,3}(?: ?[-,] ?\d{1,3})*\]|\b(?:previous|previously|prior|earlier|other|"
    r"published|historical|literature|recent) (?:\w+ ){0,2}(?:stud(?:y|ies)|series|reports?|trials?"
    r"|reported|published|cohorts?|data|experience|meta-analys[ei]s|reviews?|controls?)\b"
    r"|\bliterature\b|\bthose of [A-Z]|\b(?:pivotal|landmark|registration) (?:trial|study)\b"
    r"|\b(?:meta-analys[ei]s|systematic review|registry data|SEER)\b"
    r"|\b(?:NETTER|CLARINET|PROMID|RADIANT|COMPETE|SORAMIC|SARAH|SIRveNIB)\b"
    r"|\breported (?:by|in|from|elsewhere)\b|\b(?:(?i:they|these authors|the authors)"
    r"|that (?:trial|study|series)"
    r"|those (?:trials|series)|(?:his|her|their) (?:series|study|trial|cohort|group))\b"
    r"|\branges? (?:from|between)\b.{0,60}\b(?:series|studies|reports|literature)\b"
    r"|\b[A-Z][a-z]+ and (?:colleagues|co-?workers|associates)\b|\bguidelines?\b",
)
_REPORT: Final = (
    r"(?:report|describ|found|observ|stat|not|show|achiev|record|publish|conclud|present|document)"
    r"\w*"
)
# Ways of citing that need no name known beforehand.
_CITED: Final = re.compile(
    r"\b(?:rates?|survival|response|median|mortality) (?:rates? )?of [\d.]+ ?(?:%|months|years)"
    r" (?:was|were|has been|have been) reported\b|\bin one (?:centre|center|study|trial|series)\b|"
    rf"\b(?:[Aa]uthors|[Cc]olleagues|[Rr]esearchers|[Oo]thers|[Ss]ome|[Ss]everal (?:groups"
    rf"|authors|centres)"
    rf"|[Aa]nother (?:group|team|centre|center)) (?:have |had |also )?{_REPORT}"
    r"|\b(?:has|have) (?:also )?been (?:reported|published|described|documented|shown)\b"
    r"|\b(?:[Pp]revious|[Ee]arlier|[Pp]rior|[Oo]lder|[Oo]ther) (?:work|groups?|authors"
    r"|investigators|centres)\b"
    r"|\b[Aa]ccording to (?!RECIST|EASL|WHO|Choi|SWOG|CTCAE|Clavien|Kaplan|Response|National"
    r"|Common)"
    r"[A-Z][a-z]+|\b[A-Z][a-z]+'s (?:patients|series|study|group|cohort|trial|data)\b"
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
    r"(?:treated|enrolled|included|random\w+|reviewed|underwent|received|analy[sz]ed|assigned|identified)",
    re.IGNORECASE,
)
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


def assumed(sentence: Sentence) -> bool:
    """Whether a sentence speaks of what was assumed or planned."""
    return _ASSUMED.search(sentence.plain) is not None


def own_part(sentence: Sentence) -> tuple[int, int]:
    """From where to where in the sentence figures are results of this study; (0, 0) for nowhere."""
    text = sentence.plain
    if sentence.section in _SILENT or assumed(sentence):
        return 0, 0
    cited = [m for m in (_OTHERS.search(text), _CITED.search(text)) if m]
    others = min(cited, key=lambda m: m.start(), default=None)
    ours = _OURS.search(text)
    if sentence.section == "discussion" and not ours:
        return 0, 0
    if not others:
        return 0, len(text)
    if ours and ours.start() < others.start():
        compared = re.search(
            r"\b(?:compar\w+|similar|higher|lower|better|worse|longer|shorter|in line|consistent"
            r"|agree\w*|exceed\w*|versus|vs|whereas|while|than|against)\b",
            text[ours.end() : others.start()],
            re.IGNORECASE,
        )
        return 0, ours.end() + compared.start() if compared else others.start()
    return 0, 0
