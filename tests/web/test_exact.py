"""What is kept comes back as it was."""

import datetime as dt
import math

import pytest

from hilum.analyses import analysis
from hilum.analyses.designs import DESIGNS
from hilum.errors import (
    Fault,
    HilumError,
    InputError,
    MissingExtra,
    NotEstimable,
    OutOfRange,
    Parameter,
    Phrase,
    UnknownCode,
    phrased,
)
from hilum.language import told, words
from hilum.web.exact import NotKept, read, written
from tests.web.test_trials import TYPED


@pytest.mark.parametrize(
    "value",
    [
        None, True, 3, 0.1, -0.0, "肝 <b>", "", [1, (2, "x")], (), {"a": (1,), "b": {}},
        {1: "one", (2, 3): "two"}, {"$": "a name like the mark"}, frozenset({"a", "b"}),
        dt.date(2026, 2, 28), dt.datetime(2026, 2, 28, 1, 2, 3, tzinfo=dt.UTC),
        math.inf, -math.inf, Parameter("spacing"), Fault("", 2, "x", "y", "a number"),
    ],
    # The order of a set differs from process to process, and no name of a test may.
    ids=lambda value: "a set" if isinstance(value, frozenset) else repr(value),
)  # fmt: skip
def test_plain_values(value):
    again = read(written(value))
    assert again == value
    assert type(again) is type(value)


def test_what_is_not_a_number_and_numbers_of_arrays():
    import numpy as np

    assert math.isnan(read(written(math.nan)))
    again = read(written({"n": np.int64(3), "x": np.float64(0.5), "b": np.bool_(True)}))
    assert again == {"n": 3, "x": 0.5, "b": True}
    assert [type(one) for one in again.values()] == [int, float, bool]


@pytest.mark.parametrize(
    "error",
    [
        InputError(Fault("t.csv", 3, "xi", "-1", phrased("at least {low}", low=0)),
                   Fault("", None, "level", "2", "a number")),
        NotEstimable(phrased("state it: {spacing} X,Y,Z", spacing=Parameter("spacing"))),
        UnknownCode("measure", "XX", ("PLO", "PR")),
        OutOfRange(2, {"xi": 3.0}, "at most ni"),
        MissingExtra("needs the extra liver"),
        NotEstimable(phrased("because {reason}", reason=NotEstimable("no study"))),
    ],
    ids=lambda one: type(one).__name__,
)  # fmt: skip
@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_errors_say_the_same_in_every_language(error, language):
    again = read(written(error))
    assert type(again) is type(error)
    assert told(again, words(language)) == told(error, words(language))
    assert [type(one) for one in again.phrases] == [type(one) for one in error.phrases]


@pytest.mark.parametrize("code", TYPED)
def test_a_designs_question_and_answer(code):
    from hilum.analyses.typed import from_texts
    from hilum.rendering.design_page import WITHOUT

    design = DESIGNS[code]
    asked = from_texts(design.Asked, TYPED[code], WITHOUT)
    assert read(written(asked)) == asked
    answer = design.run(asked)
    again = read(written(answer))
    assert again == answer
    assert type(again) is design.Answered


def test_a_pooled_answer_with_its_phrases(tmp_path):
    from hilum.analyses.pool_asked import wanted_columns
    from hilum.analyses.tables import read_table
    from hilum.analyses.without_one import without_one
    from hilum.web.pages.synthesis import Kept

    path = tmp_path / "t.csv"
    path.write_text("study,Events,total,arm\nA,3,20,a\nB,7,30,a\nC,9,33,b\n", "utf-8")
    said = []
    record = analysis("pool")
    table = read_table(path, wanted_columns("PLO"), said.append)
    answer = record.run(record.Asked(table=table, measure="PLO", by="arm", beside=("influence",)))
    kept = Kept(answer, without_one(answer), tuple(said))
    again = read(written(kept))
    assert again == kept
    assert again.answer.asked.table == table
    assert isinstance(again.said[0], Phrase)


def test_nothing_else_is_written_or_made():
    for value in (object(), b"bytes", {1, 2}, ValueError("x"), HilumError, dt.timedelta(1)):
        with pytest.raises(NotKept):
            written(value)
    for text in (
        '{"$": "value", "at": "subprocess:Popen", "of": {}}',
        '{"$": "value", "at": "hilum.store.opening:opened", "of": {}}',
        '{"$": "value", "at": "hilum.errors:Fault", "of": {"file": ""}}',
        '{"$": "value", "at": "hilum.errors:Gone", "of": {}}',
        '{"$": "error", "at": "builtins:SystemExit", "of": []}',
        '{"$": "error", "at": "hilum.errors:Fault", "of": []}',
        '{"$": "unknown"}',
        "no JSON",
    ):
        with pytest.raises(NotKept):
            read(text)
