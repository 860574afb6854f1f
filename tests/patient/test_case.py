import datetime as dt
import json
import time
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hilum.errors import InputError
from hilum.patient import Range, case_template, read_case, read_tables, verdicts
from hilum.patient.courses import read_courses
from hilum.patient.deciding import most_deciding
from hilum.patient.remarks import EXPECTATIONS, SENTENCES
from tests.conftest import ROOT
from tests.patient.specification import specification

TABLES = read_tables()
DAY = "2026-11-28"


def written(folder, text, name="case.toml"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("patient", "key", "code", "nearest"),
    [
        ({"agee": 50}, "agee", "unknown_attribute", "age"),
        ({"age": 190}, "age", "out_of_range", ""),
        ({"grade": "G9"}, "grade", "unknown_word", ""),
        ({"primary_site": "pancrea"}, "primary_site", "unknown_word", "pancreas"),
        ({"ascites": "perhaps"}, "ascites", "not_understood", ""),
        ({"albumin": 38}, "albumin", "ask_unit", "g/L"),
        ({"bilirubin": "18 g/L"}, "bilirubin", "unknown_unit", ""),
        (
            {"prior_treatments": ["radiochemotherapy"]},
            "prior_treatments",
            "unknown_treatment",
            None,
        ),
        ({"lesion_sites": ["II", "IX"]}, "lesion_sites", "unknown_word", ""),
        ({"age": 50, "Age": 60}, "Age", "duplicate", ""),
    ],
)
def test_what_is_not_used_is_a_remark_and_strict_refuses_it(patient, key, code, nearest):
    case = read_case({"patient": patient})
    (remark,) = case.not_used
    assert (remark.key, remark.code) == (key, code)
    if nearest is not None:
        assert remark.nearest == nearest
    with pytest.raises(InputError) as raised:
        read_case({"patient": patient}, strict=True)
    (fault,) = raised.value.faults
    assert fault.column == key


def test_strict_names_every_fault_and_no_other_value(tmp_path):
    path = written(tmp_path, '[patient]\nage = 47\n\ngrade = "G9"\nsecret = "abc"\nheight_cm = 9\n')
    with pytest.raises(InputError) as raised:
        read_case(path, strict=True)
    assert [one.row for one in raised.value.faults] == [4, 5, 6]
    assert "47" not in str(raised.value)
    assert read_case(path).given == {"age": 47}


def test_the_line_is_that_of_the_table(tmp_path):
    text = '[patient]\nage = 47\nsex = "x"\n[imaging]\nlabels = "a.nii"\nage = 3\nsex = "y"\n'
    with pytest.raises(InputError) as raised:
        read_case(written(tmp_path, text))
    assert [one.row for one in raised.value.faults] == [6, 7]
    text = '{"imaging": null,\n "patient": {"age": 47,\n "sex": "x"}}'
    assert [one.line for one in read_case(written(tmp_path, text, "a.json")).not_used] == [3]


def test_every_code_of_a_remark_has_its_sentences():
    assert set(SENTENCES) == set(EXPECTATIONS)


def test_facts_keep_what_was_written():
    case = read_case(
        {"patient": {"bilirubin": "18 umol/L", "hb": "12,4 g/dL", "lesion_count": "10-20"}}
    )
    assert [(one.name, one.text, one.unit, one.origin) for one in case.facts] == [
        ("bilirubin_mg_dl", "18 umol/L", "mg/dL", ()),
        ("hemoglobin_g_dl", "12,4 g/dL", "g/dL", ()),
        ("lesion_count", "10-20", "", ()),
    ]
    assert case.get("lesion_count") == Range(10, 20)
    assert case.get("age") is None


OLD = sorted((ROOT / "tests" / "patient" / "version1").glob("*.toml"))


@pytest.mark.parametrize("path", OLD, ids=lambda one: one.stem)
def test_files_of_version_1_read_through_the_aliases(path):
    case = read_case(path)
    assert case.not_used == ()
    spec = specification()
    data = tomllib.loads(path.read_text("utf-8"))
    assert case.given == spec.tables.read_case(data["patient"], spec.shipped)[0]


@pytest.mark.parametrize(
    "path", sorted((ROOT / "examples").glob("*.toml")), ids=lambda one: one.stem
)
def test_every_example_is_read_whole(path):
    if "patient" in tomllib.loads(path.read_text("utf-8")):
        case = read_case(path, strict=True)
        assert case.facts
        assert case.to_confirm == case.other_readings == ()


def test_old_names_and_words():
    old = {
        "resectable": True, "flr_sufficient": False, "portal_vein_main_thrombosis": "partial",
        "bilirubin_xuln": 2, "hemoglobin_mmol_l": 8, "functioning": "false",
        "embolization_indication": "liver_progression", "milan_net_criteria": "met",
        "extrahepatic_disease": "nodes_or_bone_only", "ssa_type": "long_acting",
    }  # fmt: skip
    case = read_case({"patient": old})
    assert case.not_used == ()
    assert case.given == {
        "resectability": "resectable", "remnant_sufficiency": "too_small", "portal_vein": "branch",
        "bilirubin_mg_dl": 2.4, "hemoglobin_g_dl": pytest.approx(8 * 1.6114), "functioning": "none",
        "embolisation_indication": "progression_in_liver", "milan_criteria": "met",
        "extrahepatic_disease": "limited", "long_acting_analogue": True,
    }  # fmt: skip


def test_two_keys_of_one_fact():
    same = read_case({"patient": {"bilirubin": "18 umol/L", "bilirubin_mg_dl": 1.05}})
    assert same.given == {"bilirubin_mg_dl": pytest.approx(18 * 0.058467)}
    assert same.not_used == same.other_readings == ()
    narrower = read_case({"patient": {"lesions": "multiple", "lesion_count": 6}})
    assert narrower.given == {"lesion_count": 6}
    other = read_case({"patient": {"bilirubin": "18 umol/L", "bilirubin_mg_dl": 2.4}})
    assert other.given == {"bilirubin_mg_dl": pytest.approx(18 * 0.058467)}
    assert [one.code for one in other.not_used] == ["duplicate"]
    assert [(one.name, one.value) for one in other.other_readings] == [("bilirubin_mg_dl", 2.4)]
    # nothing said and something said: no contradiction
    assert read_case({"patient": {"bilirubin": "unknown", "bilirubin_mg_dl": 2}}).not_used == ()


def test_a_key_of_json_that_stands_twice(tmp_path):
    path = written(
        tmp_path, '{"patient": {"age": 30, "age": 60, "ecog": 1, "ecog": 1}}', "case.json"
    )
    case = read_case(path)
    assert case.given == {"age": 30, "ecog": 1}
    assert [(one.key, one.text, one.code) for one in case.not_used] == [("age", "60", "duplicate")]


@pytest.mark.parametrize(
    ("name", "content", "title"),
    [
        ("bom.toml", b'\xef\xbb\xbf[patient]\ngrade = "G1"\n', "bom"),
        ("crlf.toml", b'name = "A"\r\n[patient]\r\ngrade = "G1"\r\n', "A"),
        ("flat.toml", b'grade = "G1"\n', "flat"),
        ("markup.toml", b'name = "MDT [/] 12"\n[patient]\ngrade = "G1"\n', "MDT [/] 12"),
        ("control.json", rb'{"patient": {"grade": "G1"}, "name": "a\u000bb\u0001c"}', "a bc"),
        ("noncharacter.json", rb'{"patient": {"grade": "G1"}, "name": "x\uffff"}', "x"),
        ("surrogate.json", rb'{"patient": {"grade": "G1"}, "name": "\ud800x"}', "x"),
        ("upper.JSON", b'{"patient": {"grade": "G1"}}', "upper"),
    ],
)
def test_files_as_they_come(tmp_path, name, content, title):
    path = tmp_path / name
    path.write_bytes(content)
    case = read_case(path)
    assert case.name == title
    assert case.given == {"grade": "G1"}


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("deep.json", '{"patient": ' + "[" * 3000 + "]" * 3000 + "}", "nested"),
        ("deep.toml", "[patient]\nage = " + "[" * 3000 + "]" * 3000, "nested"),
        ("long.json", '{"patient": {"age": ' + "9" * 5000 + "}}", "numbers of that length"),
        ("broken.toml", "[patient\n", "valid TOML"),
        ("twice.toml", "[patient]\nage = 3\nage = 4\n", "valid TOML"),
        ("list.json", "[]", "a table"),
        ("near.toml", "[pateint]\nx = 3\n", "nearest: 'pateint'"),
        ("number.toml", "patient = 3\n", "a table"),
        ("imaging.toml", "imaging = 3\n[patient]\nage = 3\n", "a table"),
    ],
)
def test_a_file_that_is_no_case(tmp_path, name, text, expected):
    with pytest.raises(InputError, match=expected):
        read_case(written(tmp_path, text, name))


def test_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(InputError, match="readable case file"):
        read_case(tmp_path)
    (tmp_path / "latin.toml").write_bytes(b'[patient]\nname = "\xe9"\n')
    with pytest.raises(InputError, match="UTF-8"):
        read_case(tmp_path / "latin.toml")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(
    st.dictionaries(st.sampled_from(sorted(TABLES.aliases)) | st.text(max_size=8), JSON, max_size=6)
)
@settings(max_examples=300, deadline=None)
def test_any_mapping_is_a_case_or_a_remark(patient):
    case = read_case({"patient": patient})
    json.dumps([one.text for one in case.facts] + [one.text for one in case.not_used])
    if case.not_used:
        with pytest.raises(InputError):
            read_case({"patient": patient}, strict=True)


def test_dates_of_courses_and_what_follows_from_them():
    patient = {"prior_treatments": ["octreotide 2021-03 to 2022-05", "CAPTEM 2026-03 to 2026-09"]}
    case = read_case({"date": DAY, "patient": patient})
    assert case.date == dt.date(2026, 11, 28)
    assert case.get("prior_treatments") == {"ssa", "chemo_temozolomide"}
    assert [(one.treatment, one.ongoing) for one in case.courses] == [
        ("ssa", False),
        ("chemo_temozolomide", False),
    ]
    assert case.courses[0].start == (dt.date(2021, 3, 1), dt.date(2021, 3, 31))
    assert case.courses[0].end == (dt.date(2022, 5, 1), dt.date(2022, 5, 31))
    (since,) = (one for one in case.facts if one.name == "capecitabine_months_since")
    assert since.origin == ("courses",)
    # between 30 September and 1 September to 28 November: 59 and 88 days of 30.4375
    assert tuple(since.value) == pytest.approx((59 / 30.4375, 88 / 30.4375))


@pytest.mark.parametrize(
    ("items", "stated", "months"),
    [
        (["CAPTEM since 2026-09"], {}, 0.0),
        (["CAPTEM"], {}, None),
        (["temozolomide 2026-01 to 2026-06-28"], {}, None),
        (["octreotide", "capecitabine 2026-01 to 2026-08-28"], {}, 92 / 30.4375),
        (["CAPTEM 2025-01 to 2025-06", "xeloda 2026-08-28"], {}, 92 / 30.4375),
        (["CAPTEM since 2026-09"], {"capecitabine_months_since": 5}, 5.0),
    ],
)
def test_months_since_capecitabine(items, stated, months):
    case = read_case({"date": DAY, "patient": {"prior_treatments": items, **stated}})
    found = case.get("capecitabine_months_since")
    assert found == (None if months is None else pytest.approx(months))


@pytest.mark.parametrize(
    ("raw", "treatment", "ongoing"),
    [
        ("octreotide LAR 30 mg since 2021", "ssa", True),
        ("PRRT 4 cycles 2020", "prrt_lu177", False),
        ("TACE May 2021", "tace", False),
        ("奥曲肽 2021年3月至2022年5月", "ssa", False),
        ("lanreotide from 2021-03 until now", "ssa", True),
        ({"treatment": "octreotide", "from": "2021-03", "best_response": "SD"}, "ssa", True),
        ({"treatment": "TACE", "from": "2021-03", "to": "2021-04"}, "tace", False),
    ],
)
def test_a_course_as_letters_write_it(raw, treatment, ongoing):
    (course,), unread = read_courses((raw,), TABLES)
    assert unread == ()
    assert (course.treatment, course.ongoing) == (treatment, ongoing)
    assert course.start is not None


@pytest.mark.parametrize(
    "raw", ["resection of primary tumour 2019", "radiochemotherapy", "2021", 3, None, True,
            {"treatment": "TACE", "from": "last spring"}, {"treatment": "TACE", "colour": "red"}],
)  # fmt: skip
def test_what_is_no_course(raw):
    found, unread = read_courses((raw,), TABLES)
    assert found == ()
    assert len(unread) == (raw is not None)


def test_a_list_of_which_nothing_is_known_does_not_say_untreated():
    case = read_case({"patient": {"prior_treatments": ["radiochemotherapy"]}})
    assert case.given == {}
    part = read_case({"patient": {"prior_treatments": ["radiochemotherapy", "octreotide"]}})
    assert part.given == {"prior_treatments": {"ssa"}}
    joined = read_case({"patient": {"prior_treatments": "octreotide 2021 then TACE May 2022"}})
    assert joined.given == {"prior_treatments": {"ssa", "tace"}}
    assert [one.start.first.year for one in joined.courses] == [2021, 2022]
    for text in ("untreated", "no", "none", ["none"]):
        empty = read_case({"patient": {"prior_treatments": text}})
        assert empty.given == {"prior_treatments": frozenset()}
        assert empty.not_used == ()
    assert read_case({"patient": {"prior_treatments": []}}).given == {
        "prior_treatments": frozenset()
    }


@pytest.mark.parametrize(
    ("raw", "low", "high"),
    [
        ("since 2023-05-28", 1280 / 30.4375, 1280 / 30.4375),
        ("2023-05", 1277 / 30.4375, 1307 / 30.4375),
        (dt.date(2023, 5, 28), 1280 / 30.4375, 1280 / 30.4375),
        ("since 2026", 0, 331 / 30.4375),
    ],
)
def test_a_date_for_months_since(raw, low, high):
    case = read_case({"date": DAY, "patient": {"time_since_diagnosis_months": raw}})
    found = case.get("time_since_diagnosis_months")
    ends = found if isinstance(found, Range) else (found, found)
    assert tuple(ends) == pytest.approx((low, high))


def test_a_date_in_the_future_or_of_another_fact_is_not_read():
    case = read_case({"date": DAY, "patient": {"stable_months": "since 2027-05", "inr": "2023-05"}})
    assert case.given == {}
    assert [one.code for one in case.not_used] == ["out_of_range", "not_understood"]


def test_a_day_that_is_none_is_a_remark():
    case = read_case({"date": "some day", "patient": {"age": 3}})
    assert (case.date, [one.key for one in case.not_used]) == (None, ["date"])


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_the_template_is_an_empty_case_of_every_fact(language, tmp_path):
    text = case_template(language, everything=True)
    case = read_case(written(tmp_path, text), strict=True)
    assert case.facts == ()
    keys = tomllib.loads(text)["patient"]
    assert {TABLES.aliases[one].name for one in keys} == set(TABLES.attributes)
    first = [TABLES.aliases[one].name for one in keys][:20]
    assert first == list(most_deciding(TABLES)[:20])
    assert max(len(line) for line in text.splitlines()) <= 100
    # what is asked in several units is asked under a name without one
    assert "bilirubin" in keys


def test_the_facts_that_decide_most():
    found = most_deciding(TABLES)
    assert len(found) >= 20
    assert all(TABLES.attributes[one].known == "board" for one in found)
    assert all(TABLES.attributes[one].asked for one in found)
    assert {"ecog", "grade", "bilirubin_mg_dl", "primary_site", "lesion_count"} <= set(found[:20])


GIVEN = json.loads((ROOT / "tests" / "patient" / "cases.json").read_text("utf-8"))["cases"]


@pytest.mark.parametrize("one", GIVEN, ids=lambda one: one["id"])
def test_the_verdicts_are_the_same_in_every_unit(one):
    patient = dict(one["patient"])
    for name, value in patient.items():
        units = TABLES.attributes[name].units if name in TABLES.attributes else {}
        other = [unit for unit, factor in units.items() if unit and factor != 1]
        if other and isinstance(value, int | float):
            patient[name] = f"{value / units[other[0]]:.10f} {other[0]}"
    assert patient != one["patient"]

    def statuses(facts):
        found = verdicts(read_case({"patient": facts}), TABLES)
        return [(option.treatment, option.status, option.decided_by) for option in found.options]

    assert statuses(patient) == statuses(one["patient"])


def test_reading_is_fast():
    patient = tomllib.loads((ROOT / "examples" / "midgut-multifocal.toml").read_text("utf-8"))
    read_case(patient)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        read_case(patient)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.005
