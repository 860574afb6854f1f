"""One Chinese term for a concept, in every catalogue; phrases as a physician writes them."""

import re

import pytest
from tools.messages import FOLDER, catalogue

from hilum.language.terms import terms

DOMAINS = ("hilum", "analyses", "errors", "help")
PAIRS = [
    (domain, one.id, one.string)
    for domain in DOMAINS
    for one in catalogue(FOLDER / f"{domain}.po")
    if one.id
]
# Where the English has a term and the Chinese rightly another word, or none.
EXCEPT = {
    # Codes of roles, written as they are typed.
    "liver, lesion, segment I to segment VIII, hepatic, portal, vessel, remnant or ignore",
}
CHINESE = r"[\u4e00-\u9fff]"


def test_the_list_has_one_row_a_concept():
    found = terms()
    assert len(found) > 60
    for values in ([one.concept for one in found], [one.chinese for one in found]):
        assert len(set(values)) == len(values)
    names = [name.lower() for one in found for name in one.english]
    assert len(set(names)) == len(names)
    for one in found:
        assert one.source
        assert re.search(CHINESE, one.chinese) or one.chinese == "ALPPS"
        assert one.chinese not in one.avoided


@pytest.mark.parametrize("term", terms(), ids=lambda one: one.concept)
def test_a_concept_has_one_term_in_every_catalogue(term):
    wrong = [
        (domain, text, said)
        for domain, text, said in PAIRS
        if term.named_in(text) and term.chinese not in said and text not in EXCEPT
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("term", "avoided"), [(one, word) for one in terms() for word in one.avoided]
)
def test_no_variant_of_a_term_is_said(term, avoided):
    assert [(text, said) for _, text, said in PAIRS if avoided in said] == []


def test_names_are_found_as_whole_words():
    term = next(one for one in terms() if one.concept == "non_resectable")
    assert term.named_in("Unresectable")
    assert not term.named_in("resectable")
    plural = next(one for one in terms() if one.concept == "hazard_ratio")
    assert plural.named_in("two hazard ratios")


def said(text):
    found = {said for _, one, said in PAIRS if one == text}
    assert len(found) == 1, (text, found)
    return found.pop()


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("series", "病例系列"),
        ("Objective response", "客观缓解率（ORR）"),
        ("arm of a randomised trial", "随机试验的单个治疗组"),
        ("randomised arms", "随机试验的单个治疗组"),
        ("new study", "预测区间（新研究）"),
        ("ethanol injection", "无水乙醇注射（PEI）"),
        ("well differentiated grade 1-2", "高分化 G1–2"),
    ],
)
def test_phrases_of_a_physician(english, chinese):
    assert said(english) == chinese


def test_growth_of_the_remnant_is_said_in_the_usual_terms():
    growth = next(said for _, text, said in PAIRS if text.startswith("Growth in {weeks} weeks"))
    assert "动力学生长率（KGR）" in growth
    assert "增生幅度" in growth


def test_a_sentence_of_two_intervals_is_one_sentence():
    text = next(text for _, text, _ in PAIRS if "more limit(s) of {limits}" in text)
    assert said(text) == (
        "I² {i2}%；预测区间为 {pi}，在界限 {limits} 中比置信区间多越过 {extra} 个"
    )


def test_chinese_has_its_own_commas():
    latin = re.compile(rf"{CHINESE}[,;](?:\s|{CHINESE})|[,;]\s?{CHINESE}")
    bare = re.compile(r"“[^”]*”|\"[^\"]*\"|'[^']*'")
    assert [said for _, _, said in PAIRS if latin.search(bare.sub("", said))] == []
