"""Labelled sets as people have them: heads, decisions, encodings, short rows, doubles."""

import json

import numpy as np
import pytest

from hilum.analyses import analysis
from hilum.analyses.forms import from_json, to_json
from hilum.errors import InputError, NotEstimable, UnknownCode
from hilum.language import words
from hilum.literature.screening.labelled import decision, known, read_labelled
from hilum.literature.screening.models import learner, model_names
from hilum.literature.screening.replay import begun_with, replay
from hilum.rendering.screening_replay import replay_lines
from tests.spaces import tight


def written(tmp_path, text, name="set.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("head", "label"),
    [
        ("record_id,title,abstract,label_included", "label_included"),
        ("id,Document Title,Abstract,label", "label"),
        ("key,primary_title,notes_abstract,included", "included"),
        ("Covidence #,Title,Abstract,Decision", "Decision"),
        ("n,title,abstract,asreview_label", "asreview_label"),
        ("n,Title,Abstract,Kept by us", "Kept by us"),
    ],
)
def test_heads_of_the_usual_programs(tmp_path, head, label):
    path = written(tmp_path, f"{head}\n7,A,B,1\n8,C,,0\n9,E,F,1\n")
    found = read_labelled(path)
    assert found.label == label
    assert found.titles == ("A", "C", "E")
    assert found.abstracts == ("B", "", "F")
    assert found.relevant == (True, False, True)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("yes", True), ("No", False), ("1.0", True), ("0", False), ("Included", True),
        ("EXCLUDED", False), ("TRUE", True), ("false", False), ("", None), ("-1", None),
        ("Maybe", None), ("not  relevant", False),
        ('RAYYAN-INCLUSION: {"Ann"=>"Included"} | x', True),
        ('RAYYAN-INCLUSION: {"Ann"=>"Excluded", "Bo"=>"Excluded"}', False),
        ('RAYYAN-INCLUSION: {"Ann"=>"Included", "Bo"=>"Excluded"}', None),
        ("RAYYAN-LABELS: cohort", None),
    ],
)  # fmt: skip
def test_decisions(cell, said):
    assert decision(cell) is said


def test_every_meaning_in_the_table_is_known():
    assert set(known("labels").values()) == {"relevant", "irrelevant", "none"}


def test_an_unknown_decision_is_told_with_its_line(tmp_path):
    path = written(tmp_path, "title,label\nA,yes\nB,perhaps so\nC,no\n")
    with pytest.raises(InputError) as caught:
        read_labelled(path)
    (fault,) = caught.value.faults
    assert (fault.row, fault.column, fault.value) == (3, "label", "perhaps so")


def test_a_column_is_asked_for_by_name_or_told(tmp_path):
    path = written(tmp_path, "title,x,first,second\nA,q,1,0\nB,r,0,1\n")
    with pytest.raises(InputError, match="name it"):
        read_labelled(path)
    assert read_labelled(path, "second").relevant == (False, True)
    with pytest.raises(InputError, match="nearest: 'second'"):
        read_labelled(path, "secnd")


def test_rayyan_keeps_decisions_in_notes(tmp_path):
    text = 'key,title,abstract,notes\n1,A,B,"RAYYAN-INCLUSION: {""Ann""=>""Included""}"\n'
    text += '2,C,D,"RAYYAN-INCLUSION: {""Ann""=>""Excluded""} | RAYYAN-LABELS: x"\n3,E,F,seen\n'
    found = read_labelled(written(tmp_path, text))
    assert (found.label, found.relevant, found.undecided) == ("notes", (True, False), 1)


def test_lines_of_two_encodings_keep_their_letters(tmp_path):
    data = "title,abstract,label\nGöteborg,é,1\n".encode() + "Müller,ñ,0\n".encode("cp1252")
    found = read_labelled(written(tmp_path, data))
    assert (found.titles, found.not_utf8) == (("Göteborg", "Müller"), 1)
    assert found.abstracts == ("é", "ñ")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030", "cp1252"])
def test_files_of_one_encoding(tmp_path, encoding):
    title = {"gb18030": "神经内分泌肿瘤肝转移的治疗"}.get(encoding, "Zürich")
    found = read_labelled(written(tmp_path, f"title,label\n{title},1\nB,0\n", encoding=encoding))
    assert found.titles == (title, "B")


def test_no_record_is_refused_for_a_byte(tmp_path):
    data = b"title,abstract,label\nA\x0b,\x81 x,1\nB\x00,y,0\n"
    assert read_labelled(written(tmp_path, data)).relevant == (True, False)


def test_short_rows_are_kept_and_listed(tmp_path):
    path = written(tmp_path, "label,title,abstract\n1,A\n0,B,b,more\n0,C,c\n")
    found = read_labelled(path)
    assert found.abstracts == ("", "b", "c")
    assert [one.row for one in found.faults] == [2, 3]


def test_doubles_are_read_together_unless_decided_otherwise(tmp_path):
    text = "record_id,title,label,duplicate_record_id\na,A,1,\nb,A,1,a\nc,A,1,b\nd,B,0,\ne,B,1,d\n"
    found = read_labelled(written(tmp_path, text))
    assert found.duplicates == ((1, 0), (2, 1), (4, 3))
    assert found.doubles == {0: (1, 2), 1: (0, 2), 2: (0, 1)}


def texts(n=120, seed=2):
    """Records about two things; a tenth are relevant and say so in their own words."""
    rng = np.random.default_rng(seed)
    common = [f"word{i}" for i in range(60)]
    topic = ["embolisation", "liver", "neuroendocrine", "carcinoid"]
    relevant = rng.random(n) < 0.1
    relevant[:3], relevant[3:6] = True, False
    made = [
        " ".join([*rng.choice(common, 12), *(rng.choice(topic, 2) if one else ())])
        for one in relevant
    ]
    return made, relevant


def labelled_file(tmp_path):
    made, relevant = texts()
    rows = [
        f"{i},{text},{int(one)}" for i, (text, one) in enumerate(zip(made, relevant, strict=True))
    ]
    return written(tmp_path, "\n".join(["record_id,title,label", *rows]) + "\n")


@pytest.mark.parametrize("name", model_names())
def test_a_replay_reads_every_record_once_and_finds_what_is_like_what_was_found(name):
    made, relevant = texts()
    done = replay(learner(name, made, [""] * 120), relevant, 3)
    assert sorted(done.order) == list(range(120))
    assert tuple(done.order[:2]) == begun_with(relevant, 3)
    assert (done.order == replay(learner(name, made, [""] * 120), relevant, 3).order).all()
    first = relevant[done.order][: 2 * int(relevant.sum())]
    assert first.sum() >= 0.9 * relevant.sum()


def test_records_begun_with_are_drawn_as_asreview_draws_them():
    """numpy.random.RandomState(seed).choice, for each kind anew."""
    relevant = np.arange(20) % 4 == 0
    for seed in range(3):
        one = np.random.RandomState(seed).choice(np.flatnonzero(relevant), 1, replace=False)
        other = np.random.RandomState(seed).choice(np.flatnonzero(~relevant), 1, replace=False)
        assert begun_with(relevant, seed) == (one[0], other[0])
    with pytest.raises(NotEstimable):
        begun_with(np.array([True, False, False]), 0)


def test_the_analysis_goes_through_json_and_is_the_same_again(tmp_path):
    record = analysis("screening_replay")
    asked = record.Asked(file=str(labelled_file(tmp_path)), seeds=2, recall=0.9, confidence=0.9)
    answer = record.run(asked)
    assert from_json(record.Answered, to_json(answer)) == answer
    assert record.run(asked) == answer
    assert answer.mean.wss95 == pytest.approx(np.mean([one.wss95 for one in answer.seeds]))
    for one in answer.seeds:
        assert len(one.found_at) == answer.relevant - 1
        assert one.stop.by_model <= one.stop.read <= answer.records
        assert one.stop.recall >= 0.9
        assert [hunch.name for hunch in one.hunches] == ["in_a_row", "ranked"]
    with pytest.raises(InputError):
        record.Asked(file="x.csv", model="nobody")
    with pytest.raises(UnknownCode):
        learner("nobody", ["a"], [""])


def test_the_command(tmp_path):
    from proofs.face import called

    path = labelled_file(tmp_path)
    done = called("literature", "simulate", path, "--seeds", "2", "--json")
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["seeds"]) == 2
    picture = tmp_path / "recall.svg"
    done = called("literature", "simulate", path, "--seeds", "2", "--plot", picture)
    said = tight(done.stdout)
    assert tight("a hunch, no stop: 50 irrelevant in a row") in said
    assert tight("hypergeometric rule with the rest read in random order") in said
    assert picture.read_text().count('class="diamond"') == 2
    done = called("literature", "simulate", path, "--seeds", "0")
    assert done.returncode == 1
    assert "--seeds" in done.stderr


def test_the_encoding_is_named(tmp_path):
    file = tmp_path / "set.csv"
    rows = (
        "title,abstract,included\n肝转移瘤的栓塞,多发病灶的研究结果,1\n其他研究,没有肿瘤的调查,0\n"
    )
    file.write_bytes(rows.encode("gb18030"))
    found = read_labelled(file)
    assert (found.titles[0], found.not_utf8, found.encoding) == ("肝转移瘤的栓塞", 2, "GB18030")


def test_records_begun_with_are_counted_nowhere(tmp_path):
    """By hand: of 2 relevant and 4 irrelevant records one each begins, so that 4 are looked for.

    A recall of 0.95 of the one that is left is all of it, and one record that is not read may be
    it: the rule reads all 4. Of 2 and 58 the hunch comes 50 records behind the relevant one.
    """
    record = analysis("screening_replay")
    for many, whole in ((4, True), (58, False)):
        rows = [f"{i},liver embolisation carcinoid,1" for i in range(2)]
        rows += [f"{2 + i},word{i % 7} word{i % 5},0" for i in range(many)]
        path = written(tmp_path, "\n".join(["record_id,title,label", *rows]) + "\n")
        answer = record.run(record.Asked(file=str(path), seeds=2))
        for one in answer.seeds:
            (place,) = one.found_at
            assert place == 1
            assert one.stop.by_model <= one.stop.read <= many
            assert one.stop.read == many or not whole
            assert one.hunches[0].read == (None if whole else place + 50)
        assert f"of the other {many} records" in "\n".join(replay_lines(answer, words("en")))
