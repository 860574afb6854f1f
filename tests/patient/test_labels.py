"""Every word that a person may read has a label in both languages."""

import re

import pytest

from hilum.patient import read_tables
from hilum.patient.labels import attribute_label, phrase, short_label, word_label, word_labels
from hilum.patient.records import AUTHORITIES

CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Codes that are the same in both languages.
ALIKE = re.compile(r"^(G[123]|NETPET P\d[ab]?|TAE|TACE|DEB-TACE|TARE|SSA|PRRT|CAPTEM|FOLFIRI)$")
TABLES = read_tables()
WORDS = [
    (one.name, word)
    for one in TABLES.attributes.values()
    if one.type in ("enum", "list")
    for word in one.allowed
    if word != "*"
]


@pytest.mark.parametrize(("attribute", "word"), WORDS)
def test_every_word_of_every_fact_has_a_label(attribute, word):
    pair = word_labels().get((attribute, word))
    assert pair is not None, "write it in pathway/labels.csv"
    english, chinese = pair
    assert not CHINESE.search(english)
    assert CHINESE.search(chinese) or ALIKE.match(chinese)


def test_no_label_names_a_word_that_is_gone():
    known = {*WORDS, ("boolean", "true"), ("boolean", "false")}
    known |= {(name, "none") for name, one in TABLES.attributes.items() if one.type == "list"}
    known |= {("authority", one) for one in (*AUTHORITIES, "pdq")}
    known |= {("short", one) for one in TABLES.treatments}
    for kind, key in word_labels():
        if kind == "phrase":
            attribute, _, word = key.partition("=")
            own = TABLES.attributes[attribute]
            free = own.type == "boolean" or (own.numeric and word.isdigit())
            assert free or (attribute, word) in known
        else:
            assert (kind, key) in known, (kind, key)


def test_labels_are_complete_for_facts_treatments_and_truths():
    for one in TABLES.attributes.values():
        assert attribute_label(one, "en")
        assert CHINESE.search(attribute_label(one, "zh-Hans")) or one.name == "nt_probnp"
    for one in TABLES.treatments.values():
        assert ("short", one.id) in word_labels()
        assert len(short_label(one, "en")) <= 20
    assert word_label("ascites", "true", "zh-Hans") == "是"
    assert word_label("functioning", "none", "zh-Hans") == "无功能性"
    assert phrase("primary_resected", "no", "en") == "primary in place"
    assert phrase("grade", "G1", "en") == ""
