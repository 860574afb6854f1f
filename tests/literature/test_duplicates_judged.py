"""What a person says of a pair of a review: the same, of one study, different; and back."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from hilum.analyses.flow import FlowAsked
from hilum.analyses.flow import run as flow
from hilum.analyses.review import ReviewAsked, run
from hilum.errors import InputError
from hilum.literature.review.judging import different, open_pairs, same, taken_back
from hilum.literature.review.state import Merge, Review, read_review
from tests.literature.reviews import hilum

PLACE = "PY  - 2018\nVL  - 40\nIS  - 5\nSP  - 321\nEP  - 325\nER  - \n"
CHINESE = "经导管动脉化疗栓塞治疗神经内分泌肿瘤肝转移"
RIS = (
    f"TY  - JOUR\nTI  - {CHINESE}\nAU  - 王伟\nAU  - 李娜\nT2  - 中华肿瘤杂志\n{PLACE}\n"
    "TY  - JOUR\nTI  - [Chemoembolization of liver metastases of neuroendocrine tumors]\n"
    f"AU  - Wang, Wei\nAU  - Li, Na\nT2  - Chinese Journal of Oncology\n{PLACE}\n"
    "TY  - JOUR\nTI  - Lanreotide in liver metastases: interim analysis of the LIV trial\n"
    "AU  - Berg, A\nAU  - Dahl, B\nT2  - Ann Oncol\nPY  - 2018\nVL  - 29\nSP  - 467\nER  - \n\n"
    "TY  - JOUR\nTI  - Lanreotide in liver metastases: final analysis of the LIV trial\n"
    "AU  - Berg, A\nAU  - Dahl, B\nT2  - Ann Oncol\nPY  - 2019\nVL  - 30\nSP  - 211\nER  - \n"
)
WHO = ("--reviewer", "AB")
PAIR, TRIAL = "i001:1,i001:2", "i001:3,i001:4"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "review"
    hilum("new", made, "--title", "Invented")
    (tmp_path / "four.ris").write_text(RIS, "utf-8")
    hilum("import", made, tmp_path / "four.ris")
    hilum("dedupe", made)
    return made


def told(folder: Path) -> tuple[int, int, int]:
    """Reports, pairs to be looked at, studies where every report is one of its own otherwise."""
    answer = run(ReviewAsked(folder=str(folder)))
    boxes = {one.code: one.n for one in flow(FlowAsked(folder=str(folder))).boxes}
    assert boxes["removed"] == 4 - answer.reports
    return answer.reports, answer.waiting, len(open_pairs(read_review(folder)))


def test_a_pair_is_listed_joined_and_taken_back(folder: Path, tmp_path: Path) -> None:
    before = (folder / "merges.csv").read_bytes()
    said = hilum("pairs", folder)
    assert "to be looked at: 2" in said
    assert f"{PAIR}  the same report, perhaps: to be looked at" in said
    assert "王伟; 李娜 · 中华肿瘤杂志 2018 · 40(5): 321-325" in said
    assert told(folder) == (4, 2, 2)
    assert "says AB" in hilum("pairs", folder, "--same", PAIR, *WHO)
    assert told(folder) == (3, 1, 1)
    # It holds when copies are looked for again, and in what is exported.
    assert "2 of them copies" not in hilum("dedupe", folder)
    assert told(folder) == (3, 1, 1)
    hilum("export", folder, "--out", tmp_path / "all.ris")
    assert (tmp_path / "all.ris").read_text("utf-8").count("\nER  - ") == 3
    listed = json.loads(hilum("pairs", folder, "--json"))
    (one,) = listed["said"]
    assert (one["answer"], one["who"], one["a"]["title"]) == ("same", "AB", CHINESE)
    assert "said by a person: 1" in hilum("pairs", folder)
    hilum("pairs", folder, "--undo", PAIR, *WHO)
    assert told(folder) == (4, 2, 2)
    assert sorted((folder / "merges.csv").read_bytes().split(b"\n")) == sorted(before.split(b"\n"))
    log = json.loads((folder / "datapackage.json").read_text("utf-8"))["hilum"]["log"]
    assert [tuple(row[1:]) for row in log[-3:] if row[1] != "dedupe"] == [
        ("same", PAIR, "AB"), ("back", PAIR, "AB"),
    ]  # fmt: skip


def test_a_pair_is_parted_for_good_and_taken_back(folder: Path) -> None:
    hilum("pairs", folder, "--different", PAIR, *WHO)
    assert told(folder) == (4, 1, 1)
    hilum("dedupe", folder)
    assert told(folder) == (4, 1, 1)
    hilum("pairs", folder, "--undo", PAIR, *WHO)
    hilum("dedupe", folder)
    assert told(folder) == (4, 2, 2)


def test_two_reports_of_one_study_are_linked_and_each_kept(folder: Path) -> None:
    hilum("pairs", folder, "--study", TRIAL, *WHO)
    assert told(folder) == (4, 1, 1)
    study = json.loads(hilum("dedupe", folder, "--level", "study", "--json"))["groups"]
    assert study == [["i001:3", "i001:4"]]
    assert json.loads(hilum("dedupe", folder, "--level", "work", "--json"))["groups"] == []
    assert "two reports of one study, says AB" in hilum("pairs", folder)


def test_a_pair_that_nobody_found_is_joined_and_goes_again(folder: Path) -> None:
    far = "i001:1,i001:4"
    hilum("pairs", folder, "--same", far, *WHO)
    hilum("dedupe", folder)
    assert told(folder)[0] == 3
    hilum("pairs", folder, "--undo", far, *WHO)
    hilum("dedupe", folder)
    assert told(folder) == (4, 2, 2)
    with (folder / "merges.csv").open(encoding="utf-8") as file:
        assert {(row["a"], row["b"]) for row in csv.DictReader(file)} == {
            ("i001:1", "i001:2"), ("i001:3", "i001:4"),
        }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--same", PAIR), "initials or a name"),
        (("--same", "i001:1,i001:9", *WHO), "two ids of the review's records"),
        (("--same", "i001:1", *WHO), "two ids of the review's records"),
        (("--same", "i001:1,i001:1", *WHO), "two ids of the review's records"),
        (("--undo", PAIR, *WHO), "a pair of which a person said"),
        (("--same", PAIR, "--different", TRIAL, *WHO), "one of --same, --study"),
    ],
)
def test_what_is_refused(folder: Path, given: tuple[str, ...], said: str) -> None:
    before = (folder / "merges.csv").read_bytes()
    assert said in hilum("pairs", folder, *given, status=1)
    assert (folder / "merges.csv").read_bytes() == before


def _review(*rows: Merge) -> Review:
    return Review(title="", created="", rows=rows, merges=rows)


def test_a_pair_that_contradicts_another_is_refused_with_its_name() -> None:
    """b and c are copies, a and c are different: a and b cannot be the same."""
    ids = ("i1:a", "i1:b", "i1:c")
    copies = Merge("i1:b", "i1:c", 12, "", "title +10")
    parted = Merge("i1:a", "i1:c", 9, "", "title +9", undone="then", by="AB")
    with pytest.raises(InputError, match="i1:a and i1:c were said to be different"):
        same(_review(copies, parted), "i1:a", "i1:b", "CD", "now", ids)
    assert same(_review(copies), "i1:a", "i1:b", "CD", "now", ids).write
    # Who changes their mind on a pair needs no way round.
    text = same(_review(parted), "i1:a", "i1:c", "CD", "now", ids).write[0][1].decode()
    assert "i1:a,i1:c,9,,title +9,,now,CD," in text


def test_a_mind_changed_twice_is_taken_back_to_the_beginning() -> None:
    ids = ("i1:a", "i1:b")
    row = Merge(*ids, 6, "possible", "title +10")

    def after(review: Review, change: bytes) -> Review:
        (one,) = csv.DictReader(change.decode().splitlines())
        score = float(one.pop("score"))
        return _review(Merge(score=score, **one))

    review = _review(row)
    review = after(review, same(review, *ids, "AB", "1", ids).write[0][1])
    review = after(review, different(review, *ids, "AB", "2", ids).write[0][1])
    assert (review.rows[0].undone, review.rows[0].said) == ("2", "")
    review = after(review, same(review, *ids, "CD", "3", ids).write[0][1])
    assert after(review, taken_back(review, *ids, "CD", "4").write[0][1]).rows == (row,)


def test_a_review_from_before_is_read_and_its_package_names_the_new_columns(folder: Path) -> None:
    names = ("said", "by", "was")
    with (folder / "merges.csv").open(encoding="utf-8") as file:
        rows = [[v for k, v in row.items() if k not in names] for row in csv.DictReader(file)]
    with (folder / "merges.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["a", "b", "score", "link", "reasons", "undone"], *rows])
    package = (folder / "datapackage.json").read_text("utf-8")
    assert '"was"' in package
    cut = json.loads(package)
    for one in cut["resources"]:
        fields = one["schema"]["fields"]
        one["schema"]["fields"] = [field for field in fields if field["name"] not in names]
    (folder / "datapackage.json").write_text(json.dumps(cut), "utf-8")
    assert told(folder) == (4, 2, 2)
    hilum("dedupe", folder)
    assert (folder / "datapackage.json").read_text("utf-8") == package
    assert (
        (folder / "merges.csv").read_text("utf-8").startswith("a,b,score,link,reasons,undone,said")
    )
