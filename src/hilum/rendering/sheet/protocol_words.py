"""What the sections of a protocol share: names, sentences with their facts, sources by number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from hilum.patient.labels import CHINESE, attribute_label, region_label
from hilum.patient.tables import read_tables
from hilum.rendering.sheet.synopsis_numbers import plain
from hilum.rendering.sheet.synopsis_page import SynopsisPage
from hilum.rendering.sheet.synopsis_words import ARMS, HYPOTHESES
from hilum.trials.protocol.tables import by_code, scale_of, table

if TYPE_CHECKING:
    from hilum.analyses.protocol import ProtocolAnswered
    from hilum.language import Words
    from hilum.trials.protocol.record import Criterion

Cell = dict[str, Any]
SEEN = {"abstract": "abstract read", "secondary": "read in a secondary text"}


class Protocol:
    """A protocol on its way to a page; counts the sources as they are cited."""

    def __init__(self, answer: ProtocolAnswered, words: Words) -> None:
        self.answer = answer
        self.words = words
        self.synopsis = SynopsisPage(answer.synopsis, words)
        self.context = self.synopsis.context()
        self.scale = scale_of(answer.synopsis.scale, answer.synopsis.events, answer.synopsis.method)
        one = answer.estimand.groups == "one"
        self.start = words("registration") if one else words("randomisation")
        self.comma = "、" if words.language == CHINESE else ", "
        self._cited: list[str] = []

    def title(self) -> str:
        """Treatments, patients and design; the team's own title before it."""
        q, words = self.answer.synopsis.question, self.words
        named = {
            "intervention": self.synopsis.name(q.intervention),
            "comparator": self.synopsis.name(q.comparator),
            "population": self.synopsis.name(q.population),
            "design": self.context["kind"],
        }
        if self.answer.synopsis.hypothesis != "superiority":
            kind = words(HYPOTHESES[self.answer.synopsis.hypothesis])
            named["design"] = words("{design} ({hypothesis})", design=named["design"],
                                    hypothesis=kind)  # fmt: skip
        whole = words(
            "{intervention} against {comparator} in {population}. {design}: trial protocol", **named
        )
        if self.answer.estimand.groups == "one":
            whole = words("{intervention} in {population}. {design}: trial protocol", **named)
        # What stands first may be words that elsewhere stand within a sentence.
        whole = whole[:1].upper() + whole[1:]
        return f"{q.title}: {whole}" if q.title else whole

    def subtitle(self) -> str:
        """Version and date."""
        one = self.answer.administrative
        said = self.words(
            "Draft · version {version} · {date}",
            version=one.version,
            date=one.date,
        )
        return f"{one.acronym} · {said}" if one.acronym else said

    def filled(self, text: str) -> str:
        """A sentence of a table with the facts of this trial."""
        s = self.answer.synopsis
        counts = [n for _, n in s.per_arm]
        return self.words(
            text,
            start=self.start,
            ratio=_ratio(counts),
            names=self.comma.join(f"{self.words(ARMS[name])} {n}" for name, n in s.per_arm),
        )

    def primary(self) -> str:
        """The primary endpoint as it is defined."""
        words, s = self.words, self.answer.synopsis
        code = self.answer.estimand.endpoint
        known = by_code("endpoints")
        if code is None or code not in known:
            name = self.synopsis.name(s.question.outcome)
            return words("{name}; its definition has to be written by the team", name=name)
        return self.filled(known[code]["definition"])

    def outcome(self) -> str:
        """The primary endpoint's name, with its time."""
        one = next(one for one in self.answer.endpoints if one.role == "primary")
        name = self.synopsis.name(self.answer.synopsis.question.outcome)
        if one.code is not None:
            name = self.named(by_code("endpoints")[one.code]["definition"])
        if one.months is None:
            return name
        return self.words("{name} at {months:g} months", name=name, months=one.months)

    def named(self, definition: str) -> str:
        """The name of an endpoint: what stands before the colon of its definition."""
        return re.split("[:：;]", self.filled(definition), maxsplit=1)[0]

    def said(self, section: str) -> list[Cell]:
        """The sentences of a section, each with its source."""
        rows = by_code("statements")
        return [
            {"kind": "text", "text": f"{self.filled(rows[one.code]['sentence'])} "
                                     f"{self.cited(one.source)}".strip()}
            for one in self.answer.statements
            if one.section == section
        ]  # fmt: skip

    def blanks(self, section: str) -> list[Cell]:
        """What is to be decided in a section, as a table to be filled in."""
        words = self.words
        rows = by_code("blanks")
        found = [
            [
                words(rows[one.code]["question"]),
                " / ".join(words(x) for x in rows[one.code]["options"].split("|") if x) or "–",
                "",
            ]
            for one in self.answer.blanks
            if one.section == section
        ]
        columns = [words("To be decided by the team"), words("Options"), words("Decision")]
        return [{"kind": "blanks", "title": "", "columns": columns, "rows": found}]

    def criterion(self, one: Criterion) -> list[str]:
        """A row of a criterion drafted from a rule."""
        words = self.words
        zh = words.language == CHINESE
        said = one.statement_zh if zh else one.statement_en
        notes = [
            region_label(one.region, words.language) if one.region else "",
            words("question {name}", name=one.alternatives) if one.alternatives else "",
        ]
        notes = [note for note in notes if note]
        link = one.link if one.link != one.source else ""
        parts = [one.source, link, words(SEEN[one.seen]) if one.seen in SEEN else ""]
        return [
            one.rule_id,
            self.comma.join(self.synopsis.name(name) for name in one.treatment.split()),
            f"{said} ({self.comma.join(notes)})" if notes else said,
            " · ".join(part for part in parts if part),
        ]

    def fact(self, code: str) -> str:
        """The name of a fact that rules speak of."""
        known = read_tables().attributes
        return attribute_label(known[code], self.words.language) if code in known else code

    def cited(self, code: str) -> str:
        """The number of a source, given when it is first cited; empty for none."""
        if not code:
            return ""
        if code not in self._cited:
            self._cited.append(code)
        return f"[{self._cited.index(code) + 1}]"

    def references(self) -> list[str]:
        """Every source that was cited, in its order."""
        known = by_code("sources")
        return [
            f"[{place}] {known[code]['citation']} · {known[code]['link']}"
            for place, code in enumerate(self._cited, 1)
        ]

    def rows(self, name: str) -> tuple[dict[str, str], ...]:
        """The rows of a table of protocols."""
        return table(name)


def _ratio(counts: list[int]) -> str:
    """Allocation as whole numbers, or as sizes where it is none of few parts."""
    if not counts or not all(counts):
        return "–"
    parts = [one / min(counts) for one in counts]
    # Each group is rounded up to whole patients.
    if all(abs(part - round(part)) < 0.05 for part in parts):
        return ":".join(str(round(part)) for part in parts)
    return ":".join(plain(part) for part in parts)
