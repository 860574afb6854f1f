import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hilum
from hilum.errors import InputError
from hilum.patient import case_template, read_case


@pytest.mark.parametrize(
    ("patient", "column", "expected"),
    [
        ({"agee": 50}, "agee", "nearest: 'age'"),
        ({"age": 190}, "age", "from 0 to 120"),
        ({"age": "50 years"}, "age", "without a unit"),
        ({"bilirubin_mg_dl": {"value": 17, "unit": "umol/L"}}, "bilirubin_mg_dl", "mg/dL"),
        ({"grade": "G4"}, "grade", "G1, G2, G3, NEC"),
        ({"primary_site": "pancrea"}, "primary_site", "nearest: 'pancreas'"),
        ({"ascites": "perhaps"}, "ascites", "true or false"),
        ({"flr_volume_ml": 900, "total_liver_volume_ml": 800}, "flr_volume_ml", "less than"),
    ],
)
def test_a_fault_names_key_and_expectation(patient, column, expected):
    with pytest.raises(InputError) as raised:
        read_case({"patient": patient})
    (fault,) = raised.value.faults
    assert fault.column == column
    assert expected in fault.expected


def test_the_line_of_the_file_is_named(tmp_path):
    path = tmp_path / "case.toml"
    path.write_text('[patient]\nage = 40\n\ngrade = "G9"\n')
    with pytest.raises(InputError, match=r"case\.toml:4: grade"):
        read_case(path)
    path.write_text("[patient\n")
    with pytest.raises(InputError, match="valid TOML"):
        read_case(path)


def test_a_unit_that_fits_is_accepted():
    case = read_case({"patient": {"bilirubin_mg_dl": {"value": 1.1, "unit": "mg/dL"}}})
    assert case.get("bilirubin_mg_dl") == 1.1


def test_remnant_by_both_denominators():
    # Vauthey's formula and the CT ratio by hand: BSA = sqrt(180 * 72 / 3600) = 1.8974,
    # SLV = -794 + 1267.28 * 1.8974 = 1610.5 mL
    case = read_case(
        {
            "patient": {
                "height_cm": 180,
                "weight_kg": 72,
                "flr_volume_ml": 400,
                "total_liver_volume_ml": 1900,
                "tumour_volume_ml": 300,
            }
        }
    )
    assert dict(case.flr)["formula SLV"] == pytest.approx(100 * 400 / 1610.5, abs=0.01)
    assert dict(case.flr)["CT non-tumour liver"] == pytest.approx(25.0)


def test_the_template_is_a_case(tmp_path):
    path = tmp_path / "new.toml"
    path.write_text(case_template())
    assert read_case(path).facts == ()
    assert case_template().count("\n# ") > 150


@settings(max_examples=80, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["age", "grade", "ascites", "lesion_sites", "inr", "x"]),
        st.one_of(st.none(), st.integers(), st.floats(), st.text(max_size=5), st.booleans()),
        max_size=4,
    )
)
def test_any_mapping_is_read_or_refused(patient):
    try:
        name = hilum.read_case({"patient": patient}).name
    except InputError:
        name = "case"  # refused with its faults; anything else fails the test
    assert name == "case"
