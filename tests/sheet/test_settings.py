"""A board's own order of treatments and outcomes."""

import pytest

import hilum
from hilum.errors import InputError
from hilum.sheet.arrange import arranged, families_of
from hilum.sheet.present import KEY_OUTCOMES
from hilum.sheet.settings import Settings, read_settings


def written(folder, text):
    path = folder / "settings.toml"
    path.write_text(text, "utf-8")
    return path


def test_without_a_file_hilum_chooses():
    assert read_settings(None) == Settings((), KEY_OUTCOMES)


def test_a_file_is_kept(tmp_path):
    path = written(tmp_path, 'treatments = ["tare", "ssa"]\noutcomes = ["overall_survival"]\n')
    assert read_settings(path) == Settings(("tare", "ssa"), ("overall_survival",))


@pytest.mark.parametrize(
    ("text", "column", "value", "known"),
    [
        ("treatment = []", "treatment", "[]", "treatments, outcomes"),
        ('treatments = ["tea"]', "treatments", "tea", "tace"),
        ('outcomes = ["survival"]', "outcomes", "survival", "overall_survival"),
        ('treatments = ["tae", "tae"]', "treatments", "tae", "once"),
        ('treatments = "tae"', "treatments", "tae", "list"),
        ("outcomes = []", "outcomes", "0", "1 to 4"),
        (f"outcomes = {[*KEY_OUTCOMES, 'disease_control']}", "outcomes", "5", "1 to 4"),
    ],
)
def test_what_is_not_known_is_refused_with_what_is(tmp_path, text, column, value, known):
    with pytest.raises(InputError) as caught:
        read_settings(written(tmp_path, text))
    (fault,) = caught.value.faults
    assert (fault.column, fault.value) == (column, value)
    assert known in str(fault.expected)


def test_every_fault_is_told_at_once(tmp_path):
    with pytest.raises(InputError) as caught:
        read_settings(written(tmp_path, 'treatments = ["a", "b"]\ncolour = 1\n'))
    assert len(caught.value.faults) == 3


@pytest.mark.parametrize("content", [b"treatments = [", b"\xff\xfe"])
def test_a_file_that_is_no_toml_is_refused(tmp_path, content):
    path = tmp_path / "settings.toml"
    path.write_bytes(content)
    with pytest.raises(InputError):
        read_settings(path)
    with pytest.raises(InputError):
        read_settings(tmp_path / "none.toml")


def test_the_order_is_among_equals_and_families_stay_together(sheet):
    order = ("tace", "tare", "prrt_lu177")
    found = arranged(sheet.options, order)
    assert [one.status for one in found] == [one.status for one in sheet.options]
    supported = [one.treatment for one in found if one.status == "supported"]
    assert supported[:4] == ["tace", "tae", "tare", "prrt_lu177"]
    assert sorted(supported) == sorted(
        one.treatment for one in sheet.options if one.status == "supported"
    )


def test_a_sheet_has_the_columns_that_were_chosen(evidence):
    chosen = Settings(outcomes=("overall_survival", "major_complication"))
    found = hilum.board({"patient": {"primary_site": "small_bowel"}}, evidence, settings=chosen)
    assert found.columns == ["overall_survival", "major_complication"]
    page = hilum.render(found, "html", hilum.words("en")).decode()
    head = page.split('<table class="grid"')[1].split("</thead>")[0]
    assert head.count('class="figure"') == 2
    assert "Median overall survival" in head


def test_a_family_is_one_where_verdict_and_reason_are(sheet):
    (family,) = sheet.families
    assert (family.family, family.treatments, family.favoured) == (
        "embolisation",
        ["tae", "tace"],
        [],
    )
    apart = [
        one.model_copy(update={"status": "conditional"}) if one.treatment == "tae" else one
        for one in sheet.options
    ]
    assert families_of(apart, sheet.comparisons) == []


def test_a_family_says_which_member_a_comparison_favours(sheet):
    clear = sheet.comparisons[0].model_copy(
        update={"treatment": "tae", "comparator": "tace", "better": "comparator", "clear": True}
    )
    (family,) = families_of(sheet.options, [clear])
    assert family.favoured == ["tace"]
    page = hilum.render(
        sheet.model_copy(update={"families": [family]}), "html", hilum.words("en")
    ).decode()
    assert "a comparison favours TACE" in page
    assert "no comparison favours one" not in page


def test_sources_are_ranked_and_a_secondary_text_is_last_of_its_rank(sheet):
    from hilum.patient.records import AUTHORITIES

    ranks = [AUTHORITIES.index(one.authority) for one in sheet.rule_sources]
    assert ranks == sorted(ranks)
    assert sheet.rule_sources[0].authority == "label"
    assert sheet.rule_sources[0].seen != "secondary"
    for authority in AUTHORITIES:
        seen = [one.seen == "secondary" for one in sheet.rule_sources
                if (one.authority, one.called) == (authority, authority)]  # fmt: skip
        assert seen == sorted(seen)
    assert any(one.called == "pdq" for one in sheet.rule_sources)
