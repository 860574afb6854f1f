"""What the joint model's table takes and says, and the side of a limit that rounds to nothing."""

import re

import pytest
from typer.testing import CliRunner

from hilum.analyses.hazard_ratios import COLUMNS as RATIO_COLUMNS
from hilum.analyses.joint_table import DESIGN_WORDS, OWN, read_studies
from hilum.analyses.network_rows import COLUMNS as NETWORK_COLUMNS
from hilum.analyses.survival_table import COLUMNS as SURVIVAL_COLUMNS
from hilum.analyses.tables import read_table
from hilum.cli.columns import typed_columns
from hilum.cli.main import application
from hilum.errors import InputError
from hilum.rendering.joint_figures import stepped
from hilum.tabular import given_names


@pytest.mark.parametrize(
    ("value", "error", "said"),
    [
        (-0.4, 1.0, "-0"), (0.4, 1.0, "+0"), (0.0, 1.0, "0"), (-0.04, 0.0, "-0.0"),
        (0.04, 0.0, "+0.0"), (12.5, 0.0, "+12.5"), (-12.5, 0.0, "-12.5"), (-0.06, 0.0, "-0.1"),
        (0.06, 0.0, "+0.1"),
    ],
)  # fmt: skip
def test_a_signed_figure_keeps_its_side(value, error, said):
    assert stepped(value, error, 0.1, sign="+") == said


@pytest.mark.parametrize(("value", "said"), [(-0.4, "0"), (0.4, "0")])
def test_a_figure_without_a_sign_has_no_minus_before_nothing(value, said):
    assert stepped(value, 0.0, 1.0) == said


def table(tmp_path, text):
    path = tmp_path / "j.csv"
    path.write_text(text, encoding="utf-8")
    return read_table(path, OWN, lambda one: None)


@pytest.mark.parametrize("word", [one for words in DESIGN_WORDS.values() for one in words])
def test_every_word_that_is_listed_is_taken_in_any_writing(tmp_path, word):
    other = word.upper().replace("-", " ")
    single = word in DESIGN_WORDS["single_arm"]
    rows = [
        f"{study},{arm},{word if study == 'A' else other},5,30"
        for study in "AB"
        for arm in (("xy"["AB".index(study)],) if single else "xy")
    ]
    text = "\n".join(["study,treatment,design,event,n", *rows]) + "\n"
    studies = read_studies(table(tmp_path, text), "", ())
    assert len(set(studies.design.tolist())) == 1


def test_a_design_that_is_no_word_lists_those_that_are(tmp_path):
    text = "study,treatment,design,event,n\nA,x,cohort,5,30\nA,y,RCT,6,30\n"
    with pytest.raises(InputError) as error:
        read_studies(table(tmp_path, text), "", ())
    said = str(error.value)
    assert "'cohort'" in said
    for own in DESIGN_WORDS.values():
        assert all(one in said for one in own)


def test_a_table_without_figures_is_told_both_ways(tmp_path):
    with pytest.raises(InputError, match=r"event and n, or yi .* with sei; there are: .* HR"):
        read_studies(table(tmp_path, "study,treatment,design,HR\nA,x,RCT,0.5\n"), "", ())


@pytest.mark.parametrize(
    ("command", "columns"),
    [
        (("joint",), OWN),
        (("network",), NETWORK_COLUMNS),
        (("survival", "hazard-ratio"), RATIO_COLUMNS),
        (("survival", "pool"), SURVIVAL_COLUMNS),
    ],
)
def test_the_example_of_columns_is_one_that_the_command_takes(command, columns):
    done = CliRunner(env={"COLUMNS": "400", "TERM": "dumb"}).invoke(
        application(command[0]), [*command, "--help"]
    )
    example = re.search(r"such as ([^│\n]*(?:UCL|SE))", done.stdout)[1]
    parts = re.findall(r"\w+=\w+(?:,\w+=\w+)*", example)
    assert parts
    for part in parts:
        named, shown = typed_columns(part)
        assert named
        assert not shown
        assert given_names("f", tuple(named.values()), columns, named)
