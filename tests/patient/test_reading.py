import math
import string

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hilum.language import words
from hilum.patient import read_tables
from hilum.patient.case import read_case
from hilum.patient.compile import compiled
from hilum.patient.conditions import parse
from hilum.patient.expected import Expected, in_words
from hilum.patient.plausibility import asks_unit, confirms_unit, named_unit
from hilum.patient.reading import ValueNotRead, read_value
from hilum.patient.spoken import rows, spoken, treatment_words, unit_key
from hilum.patient.values import Range
from hilum.patient.vocabulary import is_unknown
from tests.patient.specification import specification

TABLES = read_tables()
ATTRIBUTES = TABLES.attributes


def read(name, raw, unit=""):
    return read_value(raw, ATTRIBUTES[name], TABLES, unit)


def answer(condition, name, raw):
    """What a condition says of a fact as written."""
    tree = parse(condition, frozenset(ATTRIBUTES))
    return compiled(tree)({name: read(name, raw)})


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("bilirubin_mg_dl", "18 umol/L", 18 * 0.058467),
        ("bilirubin_mg_dl", "18 µmol/l", 18 * 0.058467),
        ("bilirubin_mg_dl", "0.018 mmol/L", 18 * 0.058467),
        ("bilirubin_mg_dl", "bilirubin 18 umol/L", 18 * 0.058467),
        ("bilirubin_mg_dl", "总胆红素 18 μmol/L", 18 * 0.058467),
        ("bilirubin_mg_dl", {"value": 18, "unit": "umol/L"}, 18 * 0.058467),
        ("bilirubin_mg_dl", "1.5 x ULN", 1.8),
        ("bilirubin_mg_dl", "1,5 × ULN", 1.8),
        ("bilirubin_mg_dl", "1.2 mg/dl", 1.2),
        ("bilirubin_mg_dl", "2.1-2.4", Range(2.1, 2.4)),
        ("bilirubin_mg_dl", "2.1 to 2.4 mg/dL", Range(2.1, 2.4)),
        ("bilirubin_mg_dl", "35 umol/L – 40 umol/L", Range(35 * 0.058467, 40 * 0.058467)),
        ("bilirubin_mg_dl", "~1.2", 1.2),
        ("albumin_g_dl", "38 g/l", 3.8),
        ("hemoglobin_g_dl", "7.7 mmol/L", 7.7 * 1.6114),
        ("hemoglobin_g_dl", "Hb 124 g/L", 12.4),
        ("platelets", "214 ×10⁹/L", 214),
        ("platelets", "214 x10^9/l", 214),
        ("platelets", "214 G/l", 214),
        ("platelets", "214 K/uL", 214),
        ("platelets", "214000 /mm3", 214),
        ("platelets", "214000/µL", 214),
        ("platelets", "150 000/µl", 150),
        ("platelets", "200 109/L", 200),
        ("leukocytes", "6,1 G/l", 6.1),
        ("ki67_percent", "15 % (hot spot)", 15),
        ("age", "61-year-old", 61),
        ("progressive", "PD", True),
        ("progressive", "stable disease", False),
        ("nyha", "2", "II"),
        ("functioning", "yes", "other"),
        ("primary_resected", "ja", "yes"),
        ("portal_vein", "patent", "none"),
        ("creatinine_mg_dl", "80 µmol/L", 80 * 0.01131),
        ("egfr", "60 ml/min/1.73m²", 60),
        ("egfr", "eGFR 60 mL/min/1,73m2", 60),
        ("hiaa5_mg_24h", "261 umol/24h", 261 * 0.19118),
        ("nt_probnp", "300 ng/L", 300),
        ("height_cm", "1.75 m", 175),
        ("lesion_max_mm", "3,2 cm", 32),
        ("lesion_max_mm", "3.2 x 4.6 cm", 46),
        ("lesion_max_mm", "4.6 cm × 3.2 cm x 2 cm", 46),
        ("lesion_max_mm", "46x32 mm", 46),
        ("region", "Germany", "EU"),
        ("total_liver_volume_ml", "1.7 L", 1700),
        ("lung_activity_gbq", "610 MBq", 0.61),
        ("age", "61 y", 61),
        ("age", "61岁", 61),
        ("stable_months", "2 years", 24),
        ("ki67_percent", "Ki-67 5–10 %", Range(5, 10)),
        ("ki67_percent", "8%", 8),
        ("tumour_growth_rate_percent_per_month", "-5 to 3 %/month", Range(-5, 3)),
        ("lesion_count", "10-20", Range(10, 20)),
        ("lesion_count", "10–20 lesions", Range(10, 20)),
        ("lesion_count", "multiple", Range(2, 999)),
        ("lesion_count", "numerous", Range(10, 999)),
        ("lesion_count", "多发", Range(2, 999)),
        ("lesion_count", ">10", Range(11, 999)),
        ("lesion_count", ">=10", Range(10, 999)),
        ("lesion_count", "10+", Range(10, 999)),
        ("lesion_count", "10个以上", Range(10, 999)),
        ("lesion_count", "at least 3", Range(3, 999)),
        ("lesion_count", "<3", Range(1, 2)),
        ("lesion_count", "up to 3", Range(1, 3)),
        ("lesion_count", "~12", 12),
        ("lesion_count", "solitary", 1),
        ("lesion_count", "three", 3),
        ("ecog", "0-1", Range(0, 1)),
        ("ecog", "ECOG 1", 1),
        ("ecog", "PS 2", 2),
        ("child_pugh", "B7", 7),
        ("child_pugh", "b 8", 8),
        ("child_pugh", "Child-Pugh B8", 8),
        ("child_pugh", "Child B", Range(7, 9)),
        ("child_pugh", "A5-6", Range(5, 6)),
        ("child_pugh", "7", 7),
        ("child_pugh", 7.0, 7),
        ("child_pugh", "none", 5),
        ("grade", "g2", "G2"),
        ("grade", "NET G2", "G2"),
        ("grade", "grade 2", "G2"),
        ("grade", 2, "G2"),
        ("grade", "NEC G3", "NEC"),
        ("primary_site", "Small bowel", "small_bowel"),
        ("primary_site", "ileum", "small_bowel"),
        ("primary_site", "回肠", "small_bowel"),
        ("primary_site", "CUP", "unknown_primary"),
        ("primary_site", "unknown primary", "unknown_primary"),
        ("primary_resected", True, "yes"),
        ("functioning", False, "none"),
        ("functioning", "non-functioning", "none"),
        ("heart_failure", "no", "none"),
        ("sex", "F", "female"),
        ("sex", "男", "male"),
        ("fdg_sstr_pattern", "p2A", "P2a"),
        ("ascites", "nein", False),
        ("ascites", "是", True),
        ("ascites", "Yes", True),
        ("ascites", "none", False),
        ("extrahepatic_sites", [], frozenset()),
        ("extrahepatic_sites", "none", frozenset()),
        ("extrahepatic_sites", "bone; distant lymph nodes", frozenset({"bone", "distant_nodes"})),
        ("lesion_sites", ["S2", "IVb", "8"], frozenset({"II", "IVb", "VIII"})),
        ("extrahepatic_sites", "liver only", frozenset()),
        ("extrahepatic_sites", "bone and lung", frozenset({"bone", "lung"})),
        ("lesion_sites", "II/III", frozenset({"II", "III"})),
        ("prior_treatments", "untreated", frozenset()),
        ("prior_treatments", ["未治疗"], frozenset()),
        ("prior_treatments", "octreotide then PRRT", frozenset({"ssa", "prrt_lu177"})),
        ("prior_treatments", "capecitabine + temozolomide", frozenset({"chemo_temozolomide"})),
        ("prior_treatments", "octreotide, 177Lu-DOTATATE", frozenset({"ssa", "prrt_lu177"})),
        ("prior_treatments", ["奥曲肽", "TACE"], frozenset({"ssa", "tace"})),
        ("prior_treatments", ["Everolimus"], frozenset({"everolimus"})),
    ],
)
def test_as_letters_write_it(name, raw, value):
    found = read(name, raw)
    if isinstance(value, Range):
        assert isinstance(found, Range)
        assert tuple(found) == pytest.approx(tuple(value), rel=1e-12)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        assert not isinstance(found, Range)
        assert found == pytest.approx(value, rel=1e-12)
    else:
        assert found == value
        assert type(found) is type(value)


@pytest.mark.parametrize(
    ("name", "raw", "code", "nearest"),
    [
        ("age", 190, "out_of_range", ""),
        ("age", -1, "out_of_range", ""),
        ("age", math.nan, "not_understood", ""),
        ("age", math.inf, "not_understood", ""),
        ("age", 10**400, "not_understood", ""),
        ("age", True, "not_understood", ""),
        ("age", "sixty-ish", "not_understood", ""),
        ("lesion_count", "10-2000", "out_of_range", ""),
        ("lesion_count", "20-10", "not_understood", ""),
        ("lesion_count", "> 10-20", "not_understood", ""),
        ("ki67_percent", "> 100", "out_of_range", ""),
        ("ki67_percent", "< 0", "out_of_range", ""),
        ("platelets", "150.000/µl", "not_understood", ""),  # 150000 or 150?
        ("bile_duct_abnormality", "yes", "unknown_word", ""),  # which one?
        ("total_liver_volume_ml", "1,200", "not_understood", ""),  # 1200 or 1.2?
        ("bilirubin_mg_dl", "18 g/L", "unknown_unit", ""),
        ("albumin_g_dl", "38 mmol/L", "unknown_unit", ""),
        ("albumin_g_dl", 38, "out_of_range", "g/L"),
        ("creatinine_mg_dl", 80, "out_of_range", "umol/L"),
        ("height_cm", 1.75, "out_of_range", "m"),
        ("platelets", 214000, "out_of_range", "/uL"),
        ("grade", "G4", "unknown_word", ""),
        ("primary_site", "pancrea", "unknown_word", "pancreas"),
        ("sex", 3, "unknown_word", ""),
        ("ascites", "perhaps", "not_understood", ""),
        ("ascites", 1, "not_understood", ""),
        ("child_pugh", "A8", "not_understood", ""),
        ("child_pugh", "D", "not_understood", ""),
        ("child_pugh", "16", "out_of_range", ""),
        ("ecog", "multiple", "not_understood", ""),
        ("lesion_sites", ["IX"], "unknown_word", ""),
        ("prior_treatments", "temozolomide + bevacizumab", "unknown_word", ""),
        ("extrahepatic_sites", "bone and skin", "unknown_word", ""),
        ("prior_treatments", ["everolimu"], "unknown_word", "everolimus"),
        ("bilirubin_mg_dl", {"valeu": 1}, "not_understood", ""),
    ],
)
def test_what_is_not_understood_says_what_was_expected(name, raw, code, nearest):
    with pytest.raises(ValueNotRead) as raised:
        read(name, raw)
    assert raised.value.code == code
    assert raised.value.expected
    if nearest:
        assert raised.value.nearest == nearest


@pytest.mark.parametrize(
    "word",
    ["", " ", "unknown", "Unknown", "not done", "n/a", "NA", "?", "-", "null", "不详", "未查",
     "unbekannt", "inconnu", "pending", None],
)  # fmt: skip
def test_unknown_is_unknown_for_every_attribute(word):
    assert all(is_unknown(word, one) for one in ATTRIBUTES.values())
    case = read_case({"patient": dict.fromkeys(ATTRIBUTES, word)}, tables=TABLES)
    assert case.facts == ()
    assert case.not_used == ()


def test_an_empty_list_is_known_and_a_list_of_unknown_is_not():
    assert read_case({"patient": {"extrahepatic_sites": []}}).given == {
        "extrahepatic_sites": frozenset()
    }
    assert read_case({"patient": {"extrahepatic_sites": ["unknown"]}}).given == {}


@pytest.mark.parametrize(
    ("raw", "below", "at_most", "above", "at_least"),
    [
        (3, False, True, False, True),
        (2.999, True, True, False, False),
        (3.001, False, False, True, True),
        ("<3", True, True, False, False),
        ("<=3", None, True, False, None),
        (">3", False, False, True, True),
        (">=3", False, None, None, True),
        ("2-3", None, True, False, None),
        ("3-4", False, None, None, True),
        ("2.9-3.1", None, None, None, None),
    ],
)
def test_a_threshold_on_and_both_sides(raw, below, at_most, above, at_least):
    said = [
        answer(f"bilirubin_mg_dl {sign} 3", "bilirubin_mg_dl", raw)
        for sign in ("<", "<=", ">", ">=")
    ]
    assert said == [below, at_most, above, at_least]


@pytest.mark.parametrize(
    ("raw", "at_least_10", "above_10"),
    [("multiple", None, None), ("numerous", True, None), (10, True, False), ("<10", False, False),
     (">10", True, True), ("10-20", True, None), ("2-9", False, False)],
)  # fmt: skip
def test_a_count_in_words(raw, at_least_10, above_10):
    assert answer("lesion_count >= 10", "lesion_count", raw) is at_least_10
    assert answer("lesion_count > 10", "lesion_count", raw) is above_10


NUMBERS = [one for one in ATTRIBUTES.values() if one.type in ("number", "integer")]
UNITS = [(one, unit) for one in NUMBERS for unit in one.units if unit]


@given(st.sampled_from(UNITS), st.floats(0, 1, exclude_max=True))
@settings(max_examples=300, deadline=None)
def test_units_do_not_matter(pair, share):
    attribute, unit = pair
    value = attribute.low + share * (attribute.high - attribute.low)
    written = value / attribute.units[unit]
    found = read_value(f"{written:.12f} {unit}", attribute, TABLES)
    assert found == pytest.approx(value, rel=1e-9, abs=1e-9)
    assert read_value({"value": written, "unit": unit}, attribute, TABLES) == pytest.approx(value)


@pytest.mark.parametrize(
    ("condition", "name", "raw", "same"),
    [
        ("albumin_g_dl <= 2.8", "albumin_g_dl", "28 g/L", 2.8),
        ("albumin_g_dl >= 3.5", "albumin_g_dl", "35 g/L", 3.5),
        ("platelets >= 75", "platelets", "75000 /uL", 75),
        ("hemoglobin_g_dl < 8", "hemoglobin_g_dl", "80 g/L", 8),
        ("lesion_max_mm <= 30", "lesion_max_mm", "3 cm", 30),
        ("bilirubin_mg_dl <= 3.6", "bilirubin_mg_dl", "3 xULN", 3.6),
    ],
)
def test_a_threshold_is_met_in_every_unit(condition, name, raw, same):
    assert read(name, raw) == same
    assert answer(condition, name, raw) is answer(condition, name, same)


@given(st.data())
@settings(max_examples=400, deadline=None)
def test_agrees_with_the_specification(data):
    """Read alike but for ``<`` and ``>``, which the specification drops."""
    spec = specification()
    attribute = data.draw(st.sampled_from(sorted(ATTRIBUTES.values(), key=lambda one: one.name)))
    raw = data.draw(_written(attribute))
    row = spec.shipped.attributes[attribute.name]
    try:
        wanted = spec.tables.value_of(raw, "", row, spec.shipped)
    except ValueError:
        assume(False)
    found = read_value(raw, attribute, TABLES)
    assert found == wanted or found == pytest.approx(wanted)


def _written(attribute):
    if attribute.type == "boolean":
        return st.sampled_from([True, False, "true", "False", "yes", "no"])
    if attribute.type == "enum":
        return st.sampled_from(attribute.allowed)
    if attribute.type == "list":
        words = list(TABLES.treatments) if attribute.allowed == ("*",) else attribute.allowed
        return st.lists(st.sampled_from(words), unique=True) | st.just("none")
    if attribute.type == "points":
        return st.sampled_from(
            ["none", "A", "B", "C", *(str(n) for n in range(5, 16)), "B7", "C10"]
        )
    low, high = int(max(attribute.low, 0)), int(attribute.high)
    number = st.integers(low, high) if attribute.type == "integer" else st.floats(
        low, high, allow_subnormal=False
    ).map(lambda one: round(one, 3))  # fmt: skip
    pair = st.tuples(number, number).map(sorted)
    unit = st.sampled_from(["", f" {attribute.unit}".rstrip()])
    return (
        number
        | st.tuples(number, unit).map(lambda one: f"{one[0]}{one[1]}")
        | pair.filter(lambda one: one[0] < one[1]).map(lambda one: f"{one[0]}-{one[1]}")
        | pair.filter(lambda one: one[0] < one[1]).map(lambda one: f"{one[0]} to {one[1]}")
        | number.map(lambda one: f"~{one}")
    )


@given(
    st.sampled_from(sorted(ATTRIBUTES)),
    st.text(max_size=20)
    | st.text(string.digits + " -<>.,~%/", max_size=12)
    | st.floats()
    | st.integers(),
)
@settings(max_examples=400, deadline=None)
def test_a_text_is_a_value_within_bounds_or_refused(name, raw):
    attribute = ATTRIBUTES[name]
    try:
        found = read_value(raw, attribute, TABLES)
    except ValueNotRead:
        return
    if attribute.numeric:
        ends = found if isinstance(found, Range) else (found, found)
        assert attribute.low <= ends[0] <= ends[1] <= attribute.high * 1.0001


@pytest.mark.parametrize("name", spoken().plausible)
def test_a_bare_number_asks_for_its_unit_beyond_what_is_plausible(name):
    attribute, one = ATTRIBUTES[name], spoken().plausible[name]
    assert asks_unit(one.low, attribute) == ""
    assert asks_unit(one.high, attribute) == ""
    assert confirms_unit(one.usual_low, attribute) == ""
    assert confirms_unit(one.usual_high, attribute) == ""
    assert attribute.low <= one.low <= one.usual_low < one.usual_high <= one.high <= attribute.high
    assert len([unit for unit in attribute.units if unit]) > 1


def test_bilirubin_18_asks_back_and_is_not_used():
    case = read_case({"patient": {"bilirubin": 18}})
    (remark,) = case.not_used
    assert (remark.code, remark.nearest, remark.name) == ("ask_unit", "umol/L", "bilirubin_mg_dl")
    assert case.given == {}
    assert case.unread == {"bilirubin_mg_dl"}
    # on the limit it is used, and to be confirmed; a name or a value with the unit is believed
    on_the_limit = read_case({"patient": {"bilirubin": 10}})
    assert on_the_limit.given == {"bilirubin_mg_dl": 10}
    assert [one.code for one in on_the_limit.to_confirm] == ["confirm_unit"]
    assert read_case({"patient": {"bilirubin_mg_dl": 18}}).given == {"bilirubin_mg_dl": 18}
    assert read_case({"patient": {"bilirubin": "18 mg/dL"}}).given == {"bilirubin_mg_dl": 18}
    assert not read_case({"patient": {"bilirubin": "18 mg/dL"}}).to_confirm
    assert not read_case({"patient": {"bilirubin": 1.1}}).to_confirm
    assert read_case({"patient": {"bilirubin": "<17"}}).given == {}
    assert read_case({"patient": {"bilirubin": "15-20"}}).given == {}
    assert read_case({"patient": {"bilirubin": "<2"}}).given


def test_a_key_that_says_its_unit():
    assert named_unit("bilirubin_mg_dl", ATTRIBUTES["bilirubin_mg_dl"])
    assert named_unit("hiaa5_mg_24h", ATTRIBUTES["hiaa5_mg_24h"])
    assert not named_unit("bilirubin", ATTRIBUTES["bilirubin_mg_dl"])
    assert not named_unit("platelets", ATTRIBUTES["platelets"])


def test_the_tables_of_words_hold_together():
    for row in rows("words"):
        attribute = ATTRIBUTES.get(row["attribute"])
        assert attribute is not None or not row["attribute"], row
        if row["kind"] == "empty":
            assert attribute is not None
            assert read_value(row["word"], attribute, TABLES) == frozenset()
        if row["kind"] == "word":
            assert attribute is not None
            assert row["means"] in attribute.allowed, row
            meant = row["means"] == "true" if attribute.type == "boolean" else row["means"]
            assert read_value(row["word"], attribute, TABLES) in (meant, frozenset({meant})), row
    known = {unit for one in ATTRIBUTES.values() for unit in one.units}
    for row in rows("units"):
        assert row["unit"] in known, row
        assert float(row["factor"]) > 0
        assert unit_key(row["spelling"]) in spoken().units
    for row in rows("treatment_words"):
        # Several: a word that may mean each of them, and is asked back.
        assert set(row["treatment"].split()) <= set(TABLES.treatments), row
        assert row["months_since"] in {*ATTRIBUTES, ""}, row
    for row in rows("plausible"):
        assert row["source"]


def test_every_name_of_a_treatment_means_it():
    for one in TABLES.treatments.values():
        for word in (one.id, *one.modalities, one.name_en, one.name_zh):
            assert treatment_words(TABLES)[_key(word)].treatment == one.id


def _key(word):
    from hilum.patient.spoken import key

    return key(word)


@pytest.mark.parametrize(
    ("name", "raw", "english", "chinese"),
    [
        ("platelets", "low", "a number, 0 to 2000 10^9/L", "一个数字，0 至 2000 ×10⁹/L"),
        ("age", "old", "a number, 0 to 120 years", "一个数字，0 至 120 岁"),
        ("progressive", "perhaps", "true, false", "true（是）或 false（否）"),
        ("platelets", "1,200", "1200 or 1.2", "1200或1.2"),
        ("platelets", "200-100", "the lower number first", "先写较小的数字"),
    ],
)
def test_what_was_expected_is_said_in_the_readers_language(name, raw, english, chinese):
    with pytest.raises(ValueNotRead) as raised:
        read(name, raw)
    assert raised.value.expected == english
    assert in_words(raised.value.expected, words("zh-Hans")) == chinese


def test_an_expectation_that_no_catalogue_knows_is_refused():
    with pytest.raises(ValueError, match="known: a number"):
        Expected("a figure, {low}", low="1")
