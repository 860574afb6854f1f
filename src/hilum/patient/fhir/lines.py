"""What was made of every element of a bundle: a code, its facts, and the sentence for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from hilum.records import found

if TYPE_CHECKING:
    from hilum.language import Words

State = Literal["used", "question", "history", "carried", "not_used"]

# Code -> what became of it, and the sentence with its places.
SENTENCES: dict[str, tuple[State, str]] = {
    "used": ("used", "used: {fact} {value}"),
    "used_for_case": ("used", "used: {fact} of the case"),
    "net": ("used", "used: a neuroendocrine tumour ({name})"),
    "liver": ("used", "used: liver metastases, which is what hilum is for"),
    "read_with": ("used", "used: read with what refers to it"),
    "same": ("used", "says the same again: {fact} {value}"),
    "by_name": ("question", "used: {fact} {value}; known by its name, not by its code: confirm"),
    "preliminary": ("question", "used: {fact} {value}; preliminary: confirm"),
    "no_status": ("question", "used: {fact} {value}; its status is not known: confirm"),
    "ordered": ("question", "used: {fact} {value}; ordered, not recorded as given: confirm"),
    "no_subject": ("question", "nothing says whose this is; read as the patient's: confirm"),
    "no_unit_confirm": ("question", "used: {fact} {value}; written without a unit: confirm"),
    "two_values": (
        "question",
        "{fact}: {values} stand beside each other and no date says which counts; none is chosen",
    ),
    "two_facts": ("question", "not used: its codes or names say different things ({facts})"),
    "code_not_known": (
        "question",
        "not used: by its name ({name}) this is {fact}, but its code {code} is not known: ask",
    ),
    "unconfirmed": ("question", "not used: {name}, {status} and not confirmed: ask"),
    "not_by_itself": (
        "question",
        "not used: {name} bears on {fact} but does not settle it: ask",
    ),
    "another_cancer": (
        "question",
        "not used: a cancer that is not said to be neuroendocrine ({name}): ask",
    ),
    "site_not_known": ("question", "not used: a metastasis of which the site is not known: ask"),
    "not_liver": (
        "question",
        "not used: {fact} {value}, not said to be of a liver metastasis: ask",
    ),
    "newer_preliminary": (
        "question",
        "not used: {fact} {value} of {date} is newer but preliminary: ask for the final one",
    ),
    "future": (
        "question",
        "not used: {fact} {value} is dated {date}, after the day of the case: ask",
    ),
    "deceased": ("question", "the record says that the patient has died {date}"),
    "no_liver": ("question", "no liver metastases are in the file"),
    "no_patient": ("question", "no patient is in the file, only what is about one: confirm whose"),
    "ask_unit": ("question", "not used: {fact} {value} is written without a unit: ask"),
    "older": ("history", "kept as history: {fact} {value} of {date}; that of {later} counts"),
    "resolved": ("history", "kept as history: {name}, {status}"),
    "stage_prefix": (
        "carried",
        "{value}: the letter was added because the code says {what}; written: {text}",
    ),
    "stage_read": ("carried", "{what} {value}; written: {text}"),
    "stage": ("carried", "{what} {value}"),
    "stage_older": ("history", "kept as history: {what} {value} of {date}; that of {later} counts"),
    "stage_two": (
        "question",
        "{what}: {values} stand beside each other and no date says which counts",
    ),
    "stage_not_read": ("question", "{what}: {text} is not understood: ask"),
    "withdrawn": ("not_used", "not used: withdrawn (entered in error)"),
    "no_result": ("not_used", "not used: status {status}, there is no result"),
    "refuted": ("not_used", "not used: {name} is refuted"),
    "negated": ("not_used", "not used: {name} was not done or not given ({status})"),
    "planned": ("not_used", "not used: {name} is planned, not done or given ({status})"),
    "absent": ("not_used", "missing: {fact} ({reason})"),
    "no_value": ("not_used", "not used: {name} has no value that is read"),
    "not_read": ("not_used", "not used: {fact} {value}; expected {expected}"),
    "unknown_unit": (
        "not_used",
        "not used: {fact} {value}; not a unit of this fact, known: {expected}",
    ),
    "no_fact": ("not_used", "not used: no fact of hilum is known by this ({name})"),
    "unknown_treatment": ("not_used", "not used: {name} is no treatment that hilum knows"),
    "other_subject": ("not_used", "not used: about somebody or something else"),
    "relative": ("not_used", "not used: about a relative"),
    "modifier": ("not_used", "not used: an extension that changes its meaning is not understood"),
    "rules": ("not_used", "not used: it follows rules of its own that are not understood"),
    "private": ("not_used", "not used: personal, and nothing of it is kept"),
    "type": ("not_used", "not used: hilum reads no {name}"),
    "context": ("not_used", "not used: says by whom, where, why or how"),
    "free_text": ("not_used", "not used: free text and attachments are not read"),
    "extension": ("not_used", "not used: extension {name}"),
    "range_of_normal": ("not_used", "not used: what the laboratory calls normal"),
    "transport": ("not_used", "not used: how the file was sent"),
    "malformed": ("not_used", "not used: not of the kind that FHIR expects here"),
    "no_place": ("not_used", "not used: hilum has no place for it"),
}
# Names of what is carried without being a fact of the rules.
CARRIED = {
    "t_clinical": "clinical T",
    "n_clinical": "clinical N",
    "m_clinical": "clinical M",
    "t_pathological": "pathological T",
    "n_pathological": "pathological N",
    "m_pathological": "pathological M",
    "stage_clinical": "clinical stage",
    "stage_pathological": "pathological stage",
}
# What the code of a category says that it is about.
ABOUT = {"t": "primary tumour", "n": "regional lymph nodes", "m": "distant metastases"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: type and id of the resource, and the element."""

    resource: str
    id: str = ""
    element: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing of a bundle and what was made of it.

    ``fact`` is the attribute, where one is meant; ``date`` the day it is of; ``places`` fill the
    sentence of ``code``.
    """

    code: str
    place: Place
    fact: str = ""
    date: str = ""
    places: dict[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        found(SENTENCES, self.code, "line")

    @property
    def state(self) -> State:
        """What became of it."""
        return SENTENCES[self.code][0]


def said(line: Line, words: Words, names: dict[str, str] | None = None) -> str:
    """The sentence of a line in a language.

    Parameters
    ----------
    names : dict, optional
        Labels of facts in the language, by attribute.
    """
    known = names or {}
    places = {"date": line.date, **line.places}
    if "fact" in places:
        places["fact"] = known.get(places["fact"], places["fact"])
    if "what" in places:
        places["what"] = words(places["what"])
    return words(SENTENCES[line.code][1], **places)


def messages() -> set[str]:
    """Message ids that are looked up in tables."""
    return {
        *(sentence for _, sentence in SENTENCES.values()),
        *CARRIED.values(),
        *ABOUT.values(),
    }
