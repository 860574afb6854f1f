"""The analyses of the evidence go through JSON and back, and refuse what nobody knows."""

import json
from pathlib import Path

import jsonschema_rs
import pytest

from hilum.analyses import analysis
from hilum.analyses.forms import from_json, schema, to_json
from hilum.errors import InputError, Stopped
from tests.analyses.watches import Listening, Stopping
from tests.literature.figures import COLOURS, draw, trial

LUNG = Path(__file__).parents[1] / "literature" / "lung_base.pdf"
QUESTIONS = {
    "summary": {},
    "findings": {"treatment": ("everolimus",)},
    "cell": {"treatment": "tace", "outcome": "objective_response", "only": ("recist",)},
    "published": {},
    "read": {"figure": str(LUNG), "curve": ("1=men", "2=women")},
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_there_and_back(name):
    record = analysis(name)
    asked = record.Asked(**QUESTIONS[name])
    watch = Listening()
    answer = record.run(asked, watch)
    assert from_json(record.Asked, to_json(asked)) == asked
    text = to_json(answer)
    assert from_json(record.Answered, text) == answer
    jsonschema_rs.validate(schema(record.Answered), json.loads(text))
    assert watch.stages
    assert record.run(asked) == answer


def test_an_appraisal_goes_there_and_back(tmp_path):
    from hilum.evidence import read_evidence
    from hilum.evidence.appraisal import template

    path = tmp_path / "form.csv"
    text = template(read_evidence(), "minors", ["mazzaferro2016"])
    head, *lines = text.splitlines()
    cells = head.split(",")
    rows = [dict(zip(cells, line.split(","), strict=False)) for line in lines]
    filled = [
        ",".join((row["study"], "minors", row["question"], "2", "", "", "AB")) for row in rows
    ]
    path.write_text("study,tool,question,answer,judgement,reason,rater\n" + "\n".join(filled))
    record = analysis("appraise")
    answer = record.run(record.Asked(table=path))
    assert answer.faults == ()
    (one,) = answer.appraisals
    assert (one.study, one.judgement) == ("mazzaferro2016", "low")
    assert set(one.questions) <= set(one.answers)
    assert from_json(record.Answered, to_json(answer)) == answer
    path.write_text(path.read_text().replace(",2,", ",9,"))
    assert record.run(record.Asked(table=path)).faults


def test_unknown_words_are_told_at_once_and_name_the_field():
    record = analysis("cell")
    with pytest.raises(InputError) as caught:
        record.Asked(treatment="tacee", outcome="response", site="moon", grade="G9", line="third")
    assert [one.column for one in caught.value.faults] == [
        "treatment", "outcome", "site", "grade", "line",
    ]  # fmt: skip
    assert {one.file for one in caught.value.faults} == {""}
    with pytest.raises(InputError, match="inferred_cohorts"):
        record.Asked(treatment="tace", outcome="objective_response", without=("luck",))


@pytest.mark.parametrize("seconds", [0.0, 0.6])
def test_reading_an_image_stops_and_leaves_nothing(seconds, tmp_path):
    """A page at a high resolution: its pixels are read in a process that is ended."""
    import time

    from PIL import Image

    drawn = draw(trial(5), tmp_path / "figure.png")
    with Image.open(tmp_path / "figure.png") as image:
        large = image.resize((image.width * 6, image.height * 6), Image.Resampling.NEAREST)
    large.save(tmp_path / "figure.png")
    axes = {
        f"{axis}_axis": ",".join(
            f"{6 * place:.0f}={value}" for place, value in zip(places, values, strict=True)
        )
        for axis, (places, values) in zip("xy", drawn.pixels, strict=True)
    }
    record = analysis("read")
    asked = record.Asked(
        figure=str(tmp_path / "figure.png"), unit="months", curve=tuple(COLOURS) * 4, **axes
    )
    before = sorted(tmp_path.iterdir())
    watch = Stopping(seconds)
    with pytest.raises(Stopped):
        record.run(asked, watch)
    assert time.perf_counter() - watch.asked < 2.0
    assert sorted(tmp_path.iterdir()) == before
