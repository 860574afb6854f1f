"""What changed since an older sheet: each move with the cause that made it."""

import copy
import json

import pytest

import hilum
from hilum.analyses import analysis
from hilum.errors import InputError
from hilum.patient.tables import read_tables
from hilum.rendering.sheet.changes import changes_context, changes_lines
from hilum.rendering.sheet.html import html
from hilum.sheet.older import older_sheet
from tests.conftest import EXAMPLE
from tests.spaces import tight

TEXT = EXAMPLE.read_text("utf-8")


@pytest.fixture(scope="module")
def before(sheet):
    return json.loads(sheet.model_dump_json())


@pytest.fixture
def compared(tmp_path):
    def make(older, text=TEXT, **more):
        old, new = tmp_path / "older.json", tmp_path / "new.toml"
        old.write_text(json.dumps(older), encoding="utf-8")
        new.write_text(text, encoding="utf-8")
        return hilum.board(new, compare=old, **more)

    return make


def test_the_same_case_moves_nothing(before, compared):
    found = compared(before).changes
    assert (found.verdicts, found.resectability, found.facts, found.rules) == ([], None, [], [])
    assert (found.figures, found.studies, found.not_compared) == ([], [], [])
    assert found.same_patient
    assert found.older.model_dump() == found.newer.model_dump()


def test_a_fact_moves_verdicts_and_is_named_as_the_cause(before, compared):
    sheet = compared(before, TEXT.replace("egfr = 78", "egfr = 22"))
    found = sheet.changes
    assert [(one.fact, one.before, one.after) for one in found.facts] == [("egfr", 78, 22)]
    moved = {one.treatment: one for one in found.verdicts}
    assert (moved["prrt_lu177"].before, moved["prrt_lu177"].after) == ("supported", "excluded")
    assert {one.cause for one in moved.values()} == {"facts"}
    assert all(one.facts == ["egfr"] for one in moved.values())
    kinds = {one.rule_id: one.kind for one in found.rules}
    assert kinds["PRRT-13"] == "fires"
    assert set(kinds.values()) <= {"fires", "silent"}
    old, new = before["options"], {one.treatment: one.status for one in sheet.options}
    truth = {one["treatment"] for one in old if new[one["treatment"]] != one["status"]}
    assert truth <= set(moved)


def test_only_the_fact_that_moves_a_verdict_is_its_cause(before, compared):
    text = TEXT.replace("egfr = 78", "egfr = 22").replace("age = 58", "age = 59")
    found = compared(before, text).changes
    assert {one.fact for one in found.facts} == {"age", "egfr"}
    assert next(one for one in found.verdicts if one.treatment == "prrt_lu177").facts == ["egfr"]


def test_resection_moves_with_its_cause(before, compared):
    # Measured volumes decide: without them the answer is open.
    lines = [line for line in TEXT.splitlines() if "flr_volume_ml" not in line]
    text = "\n".join(lines).replace("resectable_fraction_percent = 55", "")
    found = compared(before, text).changes.resectability
    if found is not None:
        assert found.cause == "facts"
        assert set(found.facts) <= {"flr_volume_ml", "resectable_fraction_percent"}


def test_a_changed_row_moves_a_verdict_by_the_rules(before, compared, tmp_path):
    # The older hospital did not have the row that excludes everolimus here.
    older = copy.deepcopy(before)
    older["made"]["rules_hash"] = "0" * 16
    option = next(one for one in older["options"] if one["treatment"] == "sunitinib")
    assert option["status"] == "excluded"
    option["status"], option["fired"] = "supported", []
    found = compared(older).changes
    moved = next(one for one in found.verdicts if one.treatment == "sunitinib")
    assert (moved.before, moved.after, moved.cause) == ("supported", "excluded", "rules")
    assert moved.rules
    assert moved.facts == []
    added = [one for one in found.rules if "sunitinib" in one.treatments]
    assert added
    assert {one.kind for one in added} == {"added"}


def test_facts_and_rules_together(before, compared):
    older = copy.deepcopy(before)
    option = next(one for one in older["options"] if one["treatment"] == "prrt_lu177")
    option["status"] = "advised_against"
    found = compared(older, TEXT.replace("egfr = 78", "egfr = 22")).changes
    moved = next(one for one in found.verdicts if one.treatment == "prrt_lu177")
    assert (moved.cause, moved.facts) == ("both", ["egfr"])


def test_a_row_whose_text_changed_is_named_with_its_columns(before, compared):
    older = copy.deepcopy(before)
    hit = older["options"][0]["fired"][0]
    for option in older["options"]:
        for one in option["fired"]:
            if one["rule_id"] == hit["rule_id"]:
                one["source"] = "an older source"
    found = compared(older).changes
    assert [(one.rule_id, one.kind, one.columns) for one in found.rules] == [
        (hit["rule_id"], "changed", ["source"])
    ]


def test_figures_move_with_the_record_or_with_the_question(before, compared):
    older = copy.deepcopy(before)
    older["made"]["evidence_hash"] = "0" * 16
    answer = older["options"][0]["outcomes"]["objective_response"]
    answer["k"] = (answer["k"] or 0) + 7
    older["sources"].append({"study_id": "gone", "name": "Gone 1999"})
    found = compared(older).changes
    assert [(one.outcome, one.cause) for one in found.figures] == [
        ("objective_response", "evidence")
    ]
    assert [(one.study_id, one.kind) for one in found.studies] == [("gone", "removed")]
    asked = compared(before, TEXT.replace('"small_bowel"', '"pancreas"')).changes
    assert asked.asked == ["site"]
    assert {one.cause for one in asked.figures} == {"question"}


@pytest.mark.parametrize(
    ("missing", "gap"),
    [(("made",), "stamp"), (("facts",), "facts"), (("asked",), "question"),
     (("resectability",), "resectability")],
)  # fmt: skip
def test_an_older_version_is_read_with_a_line_for_what_it_lacks(before, compared, missing, gap):
    older = {name: value for name, value in before.items() if name not in missing}
    found = compared(older, TEXT.replace("egfr = 78", "egfr = 22"))
    assert found.changes.not_compared == [gap]
    warned = changes_context(found, hilum.words("en"))["warnings"]
    assert len(warned) == 1
    causes = {one.cause for one in found.changes.verdicts}
    assert causes == ({"unknown"} if gap == "facts" else {"facts"})


def test_options_without_rules_or_figures_are_said(before, compared):
    older = copy.deepcopy(before)
    for one in older["options"]:
        del one["fired"], one["outcomes"]
    assert compared(older).changes.not_compared == ["rules", "figures"]


def test_a_fact_that_hilum_no_longer_knows_is_named(before, compared):
    older = copy.deepcopy(before)
    older["facts"].append({"name": "humours", "value": "bad", "unit": None})
    found = compared(older, TEXT.replace("egfr = 78", "egfr = 22")).changes
    assert found.unknown_facts == ["humours"]
    assert {one.cause for one in found.verdicts} == {"unknown"}


def test_another_patient_is_said(before, compared):
    older = copy.deepcopy(before)
    older["case"]["name"] = "Somebody else"
    found = compared(older)
    assert not found.changes.same_patient
    assert any("same patient" in line for line in changes_lines(found, hilum.words("en")))
    older["case"]["id"] = "7"
    assert compared(older, f'id = "7"\n{TEXT}').changes.same_patient


@pytest.mark.parametrize(
    ("name", "sex", "same"),
    [
        (" MIDGUT net WITH many bilobar liver metastases", "female", True),
        ("Midgut NET with few bilobar liver metastases", "female", False),
        ("", "female", True),
        ("", "male", False),
    ],
)
def test_spelling_tells_no_patients_apart_and_sex_does(before, compared, name, sex, same):
    older = copy.deepcopy(before)
    older["case"] |= {"name": name, "id": ""}
    next(one for one in older["facts"] if one["name"] == "sex")["value"] = sex
    assert compared(older).changes.same_patient is same


def test_another_patient_is_refused_and_said_first_where_it_is_asked_for(before, tmp_path):
    """What moved between two patients would be read as what moved in one."""
    older = copy.deepcopy(before)
    older["case"]["name"] = "Somebody else"
    path = tmp_path / "older.json"
    path.write_text(json.dumps(older), encoding="utf-8")
    board = analysis("board")
    with pytest.raises(InputError, match="the same patient") as caught:
        board.run(board.Asked(case=EXAMPLE, compare=path))
    assert "Somebody" not in str(caught.value)
    sheet = board.run(board.Asked(case=EXAMPLE, compare=path, another_name=True))
    for language, said in (("en", "make sure that it is the same patient"), ("zh-Hans", "!")):
        words = hilum.words(language)
        assert changes_lines(sheet, words)[0].startswith("! ")
        assert said in changes_lines(sheet, words)[0]
        page = html(sheet, words)
        assert page.index('class="alert another"') < page.index("<h1>")


@pytest.mark.parametrize("content", ["[]", "{", '{"patient": "secret"}'])
def test_what_is_no_sheet_is_refused_without_its_content(content, tmp_path):
    path = tmp_path / "older.json"
    path.write_text(content)
    with pytest.raises(InputError, match="hilum board --json") as caught:
        hilum.board(EXAMPLE, compare=path)
    assert "secret" not in str(caught.value)


def test_older_facts_are_read_back_as_they_were(before):
    case = hilum.read_case(EXAMPLE)
    assert older_sheet(before, read_tables()).case.given == case.given


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_every_format_says_the_moves(before, compared, language):
    sheet = compared(before, TEXT.replace("egfr = 78", "egfr = 22"))
    words = hilum.words(language)
    page = hilum.render(sheet, "html", words).decode()
    context = changes_context(sheet, words)
    first = context["sections"][0]["lines"]
    assert first
    import html

    said = tight(html.unescape(page))
    # The page is typeset: a line as it stands there.
    assert all(tight(words.page(line)) in said for line in first)
    assert tight(words.page(context["heading"])) in said
    assert json.loads(hilum.render(sheet, "json", words))["changes"]["verdicts"]
    assert set(first) <= {line.strip() for line in changes_lines(sheet, words)}
