import json
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hilum.errors import InputError
from hilum.patient import case_template, read_case, read_tables
from hilum.patient.edit import plain_value, set_facts
from tests.conftest import EXAMPLE

TABLES = read_tables()
COMMENTED = """\
# above
name = "A"  # the name
[patient]
# one
age = 61   # years
prior_treatments = [
  "octreotide", # first ]
  'x # no comment',
]  # end
bilirubin_mg_dl = 0.9
note = \"\"\"
grade = "G9"
\"\"\"

# two
[imaging]
labels = "a.nii"
age = 3
"""


def edited(tmp_path, text, changes, name="case.toml"):
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return set_facts(path, changes, TABLES).content.decode()


def test_only_the_fact_changes(tmp_path):
    new = edited(tmp_path, COMMENTED, {"age": "62"})
    assert new == COMMENTED.replace("age = 61   # years", "age = 62   # years")


def test_another_name_of_the_fact_is_replaced(tmp_path):
    new = edited(tmp_path, COMMENTED, {"bilirubin": "18 umol/L"})
    assert new == COMMENTED.replace("bilirubin_mg_dl = 0.9", 'bilirubin = "18 umol/L"')


def test_a_list_over_several_lines_is_replaced_whole(tmp_path):
    new = edited(tmp_path, COMMENTED, {"prior_treatments": "octreotide 2021-03 to 2022-05, TACE"})
    assert 'prior_treatments = ["octreotide 2021-03 to 2022-05", "TACE"]  # end\n' in new
    assert tomllib.loads(new)["patient"]["note"] == 'grade = "G9"\n'
    assert new.count("\n") == COMMENTED.count("\n") - 3


def test_a_new_fact_stands_at_the_end_of_its_table(tmp_path):
    new = edited(tmp_path, COMMENTED, {"grade": "G2", "ascites": "no"})
    assert new == COMMENTED.replace('"""\n\n# two', '"""\ngrade = "G2"\nascites = "no"\n\n# two')


def test_line_ends_and_byte_order_mark_stay(tmp_path):
    text = "\ufeffage = 61\r\necog = 1"
    assert edited(tmp_path, text, {"age": "62", "sex": "f"}) == (
        '\ufeffage = 62\r\necog = 1\r\nsex = "f"\r\n'
    )


def test_an_unknown_value_empties_the_fact(tmp_path):
    for text in ("unknown", ""):
        new = edited(tmp_path, COMMENTED, {"age": text})
        assert 'age = ""   # years' in new


def test_a_fact_that_stands_twice_under_two_names_stands_once_afterwards(tmp_path):
    text = "[patient]\nbilirubin_mg_dl = 1\nbilirubin = 2 # b\n"
    assert edited(tmp_path, text, {"bilirubin": "1.2"}) == "[patient]\nbilirubin = 1.2\n"


def test_json_keeps_order_and_indent(tmp_path):
    text = json.dumps({"name": "A", "patient": {"age": 61, "bilirubin_mg_dl": 1}, "x": 1}, indent=3)
    new = edited(tmp_path, text + "\n", {"bilirubin": "18 umol/L", "sex": "女"}, "case.json")
    assert new == (
        json.dumps(
            {"name": "A", "patient": {"age": 61, "bilirubin": "18 umol/L", "sex": "女"}, "x": 1},
            indent=3, ensure_ascii=False,
        ) + "\n"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "columns"),
    [
        ({"agee": "3"}, ["agee"]),
        ({"age": "190", "grade": "G9", "x": "1"}, ["x", "age", "grade"]),
        ({"bilirubin": "18"}, ["bilirubin"]),
        ({"prior_treatments": "octreotide, foo"}, ["prior_treatments"]),
        ({"bilirubin": "18 umol/L", "bilirubin_mg_dl": "3"}, ["bilirubin_mg_dl"]),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path, changes, columns):
    with pytest.raises(InputError) as raised:
        edited(tmp_path, COMMENTED, changes)
    assert [one.column for one in raised.value.faults] == columns
    assert {one.file for one in raised.value.faults} == {"case.toml"}


@pytest.mark.parametrize(
    "text", ["patient.age = 61\n", "patient = {age = 61}\n", '[patient]\n"ag\\u0065" = 61\n']
)
def test_a_file_written_otherwise_is_left_alone(tmp_path, text):
    with pytest.raises(InputError, match="set the fact by hand"):
        edited(tmp_path, text, {"age": "62"})


def test_a_json_file_with_a_key_twice_is_left_alone(tmp_path):
    with pytest.raises(InputError, match="every key once"):
        edited(tmp_path, '{"patient": {"age": 1, "age": 2}}', {"age": "62"}, "case.json")


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("age", "61", 61),
        ("inr", "1.20", 1.2),
        ("inr", "1,2", "1,2"),
        ("ascites", "true", True),
        ("ascites", "nein", "nein"),
        ("grade", "2", "2"),
        ("prior_treatments", "[]", []),
        ("prior_treatments", "none", []),
        ("prior_treatments", '["octreotide", "TACE"]', ["octreotide", "TACE"]),
        ("age", "n/a", ""),
    ],
)
def test_a_value_of_the_command_line(name, text, value):
    found = plain_value(name, text, TABLES)
    assert found == value
    assert type(found) is type(value)


VALUES = {
    "age": "70", "bilirubin": "18 umol/L", "grade": "G3", "prior_treatments": "TACE, everolimus",
    "ascites": "yes", "lesion_count": "10-20", "egfr": ">60", "nyha": "III", "ki67_percent": "30 %",
}  # fmt: skip


@given(
    st.sampled_from([COMMENTED.replace("age = 3\n", ""),
                     EXAMPLE.read_text("utf-8"), case_template(everything=True),
                     case_template("zh-Hans")]),
    st.dictionaries(st.sampled_from(sorted(VALUES)), st.none(), min_size=1),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_the_file_reads_as_before_but_for_what_was_set(tmp_path_factory, text, chosen):
    path = tmp_path_factory.mktemp("edit") / "case.toml"
    path.write_text(text, encoding="utf-8")
    changes = {name: VALUES[name] for name in chosen}
    before = read_case(path)
    content = set_facts(path, changes, TABLES).content
    path.write_bytes(content)
    wanted = {**before.given, **read_case({"patient": changes}).given}
    assert read_case(path).given == wanted
    comments = [line for line in text.splitlines() if line.startswith("#")]
    assert [line for line in content.decode().splitlines() if line.startswith("#")] == comments
    # set again, nothing moves
    assert set_facts(path, changes, TABLES).content == content
