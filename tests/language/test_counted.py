"""A count of one has the singular after it, in every English sentence that counts."""

import re

import pytest

from hilum.counted import BEFORE, BETWEEN, NOUNS, VERBS, filled
from hilum.errors import phrased
from hilum.language import words

ENGLISH = words("en")
PLACE = re.compile(r"\{\w+(?:![rs])?(?::[^{}]*)?\}")
WORD = re.compile(r" ([a-z][a-z-]*)(?![\w’'])")
# Words that begin another clause: what comes after them is not counted.
CLAUSES = frozenset((
    "of", "in", "and", "or", "for", "at", "to", "with", "are", "is", "on", "from", "by",
    "per", "a", "the", "as", "be", "than", "that", "this", "has", "have", "was", "were",
    "not", "no", "but", "if", "its", "it", "an", "into", "over", "under", "both", "each",
    "who", "whom", "which", "because", "since", "where", "when", "after", "before", "against",
    "between", "above", "below", "until", "would", "will", "can", "cannot", "may", "must",
    "does", "do", "so", "then", "there", "their", "they", "those", "these", "without",
))  # fmt: skip
# Verbs and units after a place, and multiples, which are no count.
NOT_COUNTED = frozenset((
    "adds", "appears", "asks", "bears", "begins", "costs", "counts", "crosses", "decides",
    "declares", "differs", "ends", "exceeds", "falls", "follows", "gives", "goes", "holds",
    "includes", "joins", "keeps", "leaves", "lies", "lits", "moves", "needs", "pools", "reaches",
    "s", "says", "shares", "signs", "spans", "stands", "stays", "takes", "tests", "times",
    "touches", "updates", "writes",
))  # fmt: skip


def counted(message):
    """Places of a sentence with the plural after them, as text from the place on."""
    for place in PLACE.finditer(message):
        at = place.end()
        for _ in range(4):
            word = WORD.match(message, at)
            if word is None or word[1] in CLAUSES:
                break
            at = word.end()
            if word[1].endswith("s") and not word[1].endswith(("ss", "us", "is")):
                yield message[place.start() : at], word[1]
                break


def test_every_sentence_that_counts_has_its_singular(gathered):
    missing = set()
    seen = 0
    for message in set().union(*gathered.values()):
        for part, noun in counted(message):
            if noun in NOT_COUNTED:
                continue
            seen += 1
            # "no number of patients up to {most} keeps" has no noun after its place.
            name = PLACE.match(part)[0].strip("{}").split(":")[0].split("!")[0]
            said = filled(re.sub(PLACE, f"{{{name}}}", part), {name: "1"})
            if said == part.replace(PLACE.match(part)[0], "1"):
                missing.add(part)
    assert seen > 250
    assert missing == set()


@pytest.mark.parametrize(
    ("message", "values", "said"),
    [
        ("{parts} unlinked groups of treatments", {"parts": 1}, "1 unlinked group of treatments"),
        ("{parts} unlinked groups of treatments", {"parts": 2}, "2 unlinked groups of treatments"),
        ("{n} patients", {"n": 0}, "0 patients"),
        ("{n} patients", {"n": 11}, "11 patients"),
        ("{n} patients", {"n": "1.0"}, "1.0 patients"),
        ("{n:,} rows", {"n": 1}, "1 row"),
        ("{n:.0f} patients", {"n": 1.2}, "1 patient"),
        ("{k} studies, {n} treatments", {"k": 1, "n": 3}, "1 study, 3 treatments"),
        ("{k} studies are too few", {"k": 1}, "1 study is too few"),
        ("{k} studies are too few", {"k": 2}, "2 studies are too few"),
        ("All {n} states of it are kept", {"n": 1}, "The 1 state of it is kept"),
        ("of these {n} rows", {"n": 1}, "of this 1 row"),
        ("0 to {n} months", {"n": 1}, "0 to 1 months"),
        ("{low} to {n} months", {"low": 0, "n": 1}, "0 to 1 months"),
        ("between {low} and {n} months", {"low": 0, "n": 1}, "between 0 and 1 months"),
        ("{n} times as long", {"n": 1}, "1 times as long"),
        ("{arms} arms' patients", {"arms": 1}, "1 arms' patients"),
        ("{n} patients", {"n": "{n}"}, "{n} patients"),
    ],
)
def test_a_count_of_one_is_told_as_one(message, values, said):
    assert filled(message, values) == said
    assert ENGLISH(message, **values) == said
    assert phrased(message, **values) == said


def test_another_language_keeps_its_own_words():
    chinese = words("zh-Hans")
    assert chinese("{count} rules", count=1) == chinese("{count} rules", count=2).replace("2", "1")


def test_the_tables_are_used(gathered):
    text = "\n".join(set().union(*gathered.values()))
    for one in (*VERBS, *BEFORE, *NOUNS, *BETWEEN):
        assert re.search(rf"\b{one}\b", text) or one == "spots", one
