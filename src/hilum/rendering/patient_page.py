"""The patient's page in words: one page of HTML or PDF, in plain sentences from tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hilum.counted import filled
from hilum.patient.labels import CHINESE
from hilum.records import found
from hilum.rendering.days import day_words
from hilum.sheet.patient_part import PatientPage, Sentence, patient_page, table
from hilum.sheet.verdict_words import VerdictWords

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.language import Words
    from hilum.sheet.sheet import Sheet

TEMPLATE: Final = "patient_page.html.j2"
FORMS: Final = ("html", "pdf")
HEADINGS: Final = {
    "title": ("Your NET and your liver", "您的神经内分泌肿瘤与肝脏"),
    "know": ("What we know", "我们了解的情况"),
    "operation": ("Can an operation help?", "手术有帮助吗？"),
    "options": ("Ways to treat it", "治疗办法"),
    "missing": ("What we would like to know", "还需要了解的情况"),
    "ask": ("Questions you can ask", "您可以这样问医生"),
    "words": ("What the words mean", "词语解释"),
    "name": ("For", "姓名"),
    "date": ("Date", "日期"),
}


def patient_html(sheet: Sheet, words: Words) -> str:
    """The page as self-contained HTML."""
    from hilum.rendering.pages import page_template

    context = patient_context(sheet, words)
    page = page_template("hilum.rendering", "", (TEMPLATE,)).render(
        language=words.language, **context
    )
    return words.page(page)


def patient_pdf(sheet: Sheet, words: Words) -> bytes:
    """The page on paper.

    Raises
    ------
    MissingExtra
        When Typst is not installed.
    """
    from hilum.rendering.press import printed

    return printed(patient_html(sheet, words), "patient", words, day=sheet.made.date)


def patient_context(sheet: Sheet, words: Words) -> dict[str, Any]:
    """Variables of the template."""
    return _Plain(patient_page(sheet), words).context()


def sentences(context: dict[str, Any]) -> list[str]:
    """Every sentence of a page, for whoever measures how it reads."""
    found_: list[str] = [*context["intro"], *context["know"], *context["operation"]]
    for group in context["options"]:
        found_ += [group["sentence"], *(f"{one['name']}. {one['what']}" for one in group["rows"])]
    found_ += [*context["after"], context["missing_intro"], *context["missing"], *context["ask"]]
    return [*found_, *(f"{one['name']}. {one['means']}" for one in context["words"])]


class _Plain:
    """Writes one page in one language."""

    def __init__(self, page: PatientPage, words: Words) -> None:
        self.page, self.spoken = page, words
        self.chinese = words.language == CHINESE
        self.code = "zh" if self.chinese else "en"
        self.tongue = VerdictWords(words)

    def context(self) -> dict[str, Any]:
        page = self.page
        return {
            "head": {name: pair[self.chinese] for name, pair in HEADINGS.items()},
            "name": page.name,
            "date": day_words(page.date, self.spoken),
            "intro": self.said(page.intro),
            "know": self.said(page.know),
            "operation": self.said(page.operation),
            "options": [
                {"sentence": self.text(one.sentence), "rows": self.treatments(one.treatments)}
                for one in page.options
            ],
            "after": self.said(page.after_options),
            "missing_intro": self.text("missing_intro" if page.missing else "missing_none"),
            "missing": [self.fact(one) for one in page.missing],
            "ask": [self.text(one) for one in page.ask],
            "words": [
                {"name": row[f"name_{self.code}"], "means": row[f"means_{self.code}"]}
                for row in (found(table("words"), one, "word") for one in page.words)
            ],
            "given": self.text("given"),
        }

    def said(self, given: Iterable[Sentence]) -> list[str]:
        """Sentences with their places filled."""
        return [self.text(one.id, **one.places) for one in given]

    def text(self, name: str, **places: Any) -> str:
        """One sentence of the table; words of facts by their labels."""
        said = {
            key: self.tongue.value("primary_site", value) if key == "site" else value
            for key, value in places.items()
        }
        text = found(table("sentences"), name, "sentence")[f"text_{self.code}"]
        return filled(text, said) if self.code == "en" else text.format(**said)

    def treatments(self, names: Iterable[str]) -> list[dict[str, str]]:
        """Names of treatments and what is done, in plain words."""
        rows = [(name, table("treatments").get(name)) for name in names]
        return [
            {
                "name": row[f"name_{self.code}"] if row else self.tongue.treatment(name),
                "what": row[f"what_{self.code}"] if row else "",
            }
            for name, row in rows
        ]

    def fact(self, name: str) -> str:
        """A fact in plain words, else by its label."""
        row = table("facts").get(name)
        return row[f"plain_{self.code}"] if row else self.tongue.attribute(name)
