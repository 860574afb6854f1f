"""An update of an update: every version counts, decides and is corrected where it decided."""

import shutil
from pathlib import Path

import pytest

from hilum.analyses.flow import FlowAnswered, FlowAsked, run, titles_of
from hilum.errors import InputError
from hilum.language import words
from hilum.literature.screening.session import Session
from hilum.rendering.flow import flow_lines
from hilum.rendering.flow_plot import flow_picture
from tests.literature.reviews import decide, hilum, ris

WHO = ("--reviewer", "AL", "--reviewers", "1")
# First version: R0 included, R1 awaiting, R2 awaited, R3 excluded by title.
FIRST = """
i001:R0 title AL include - -
i001:R1 title AL include - -
i001:R2 title AL include - -
i001:R3 title AL exclude wrong-population -
i001:R0 full-text AL include - -
i001:R1 full-text AL maybe - -
"""
# Its update finds R2 and R3 again, R10 and R11: R1 and R10 included, R2 and R11 not.
SECOND = """
earlier/i001:R1 full-text AL include - -
i001:R2 full-text AL exclude too-few-patients -
i001:R10 title AL include - -
i001:R11 title AL exclude wrong-population -
i001:R10 full-text AL include - -
"""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("versions")
    for name, numbers in (
        ("V0", range(4)),
        ("V1", (2, 3, 10, 11)),
        ("V2", (3, 1, 20)),
        ("V3", (30,)),
    ):
        (place / f"{name}.ris").write_text(ris(numbers, "Embase"), "utf-8")
        hilum("new", place / name)
        hilum("import", place / name, place / f"{name}.ris")
        hilum("dedupe", place / name)
    decide(place / "V0", FIRST)
    decide(place / "V1", SECOND)
    return place


@pytest.fixture
def place(kept: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(kept, tmp_path / "versions"))


def link(folder: Path, value: str) -> None:
    (folder / "screening.csv").write_text(f"setting,value\nearlier,{value}\n", "utf-8")


def flow(folder: Path, earlier: Path) -> tuple[FlowAnswered, dict[str, int]]:
    found = run(FlowAsked(folder=str(folder), earlier=str(earlier), reviewers=1))
    assert found.adds_up
    return found, {one.code: one.n for one in found.boxes}


def test_every_version_before_is_counted_and_not_read_again(place: Path) -> None:
    v0, v1, v2 = (place / name for name in ("V0", "V1", "V2"))
    refused = hilum("flow", v2, "--earlier", v1, "--reviewers", "1", status=1)
    assert "'earlier/i001:R1'" in refused
    assert f"hilum literature flow {v1} --earlier OLD" in refused
    said = hilum("flow", v1, "--earlier", v0, "--reviewers", "1")
    assert "taken as the first one" in said
    found, numbers = flow(v2, v1)
    # By hand: R0; R1 and R10.
    assert (numbers["previous_studies"], numbers["previous_reports"]) == (3, 3)
    assert (numbers["included_reports"], numbers["total_studies"]) == (0, 3)
    boxes = {one.code: one for one in found.boxes}
    assert set(boxes["previous_reports"].records) == {
        "earlier/i001:R0", "earlier/i001:R1", "i001:R10"
    }  # fmt: skip
    (gap,) = found.gaps
    assert (gap.code, gap.records) == ("not_screened", ("i001:R20",))
    assert {part.code: part.records for part in boxes["removed"].parts} == {
        "carried": ("i001:R3", "i001:R1")
    }
    assert [(one.code, one.records) for one in found.remarks] == [("versions", ("V1", "V0"))]
    titles = titles_of(str(v2), "", str(v1))
    assert all(titles[one] for one in boxes["total_reports"].records)
    for language in ("en", "zh-Hans"):
        lines = "\n".join(flow_lines(found, words(language)))
        picture = flow_picture(found, words(language)).replace("\u00a0", " ")
        for text in (lines, picture):
            assert text.count("n = 3") >= 4
    assert Session(v2, "title", "AL", 1, earlier=v1).candidates() == ["i001:R20"]


def test_what_two_versions_left_open_is_decided_in_the_third(place: Path) -> None:
    v1, v2, v3 = (place / name for name in ("V1", "V2", "V3"))
    (v1 / "decisions.csv").unlink()
    decide(v1, "\n".join(row for row in SECOND.split("\n") if "R10" in row))
    link(v1, "V0")
    found, numbers = flow(v2, v1)
    # R1 is here under its own id, R2 is not; nobody had either in the second version.
    again = {part.code: part.records for one in found.boxes if one.code == "reopened"
             for part in one.parts}  # fmt: skip
    assert again == {"not_sought": ("i001:R1", "earlier/i001:R2")}
    assert numbers["previous_reports"] == 2
    hilum("fulltext", v2, "i001:R1", "include", *WHO, "--earlier", v1)
    hilum("fulltext", v2, "earlier/i001:R2", "include", *WHO, "--earlier", v1)
    assert flow(v2, v1)[1]["total_reports"] == 4
    assert (v2 / "screening.csv").read_text("utf-8").split() == ["setting,value", "earlier,V1"]
    # Neither here nor in the version between: its id is that of the first, twice behind the mark.
    name = "earlier/earlier/i001:R1"
    assert name in Session(v3, "title", "", 1, earlier=v1).by_id
    hilum("fulltext", v3, name, "include", *WHO, "--earlier", v1)
    found, numbers = flow(v3, v1)
    assert (numbers["previous_reports"], numbers["total_reports"]) == (2, 3)
    assert titles_of(str(v3), "", str(v1))[name]


def test_versions_that_are_not_there_or_go_round_are_refused(place: Path) -> None:
    v0, v1, v2 = (place / name for name in ("V0", "V1", "V2"))
    link(v1, "gone")
    with pytest.raises(InputError, match="which is not there"):
        flow(v2, v1)
    link(v1, "V0")
    for other in ("V2", "V1", "V0"):
        link(v0, other)
        with pytest.raises(InputError, match="itself an update of it"):
            flow(v2, v1)
    assert "itself an update" in hilum("screen", v1, *WHO, "--earlier", v0, status=1)


@pytest.mark.parametrize("record", ["i001:R3", "i001:R1"])
def test_what_a_version_before_decided_is_corrected_there(place: Path, record: str) -> None:
    v1, v2 = place / "V1", place / "V2"
    link(v1, "V0")
    for command in (
        ("decide", "--stage", "title"),
        ("fulltext",),
        ("decide", "--stage", "full-text"),
    ):
        refused = hilum(command[0], v2, record, "include", *command[1:], *WHO, "--earlier", v1,
                        status=1)  # fmt: skip
        assert f"V0 decided it, as {record}" in refused
    assert not Session(v2, "title", "", 1).rows
    # Before it was said what is updated: named, not counted, and taken back.
    hilum("decide", v2, record, "include", *WHO)
    found, numbers = flow(v2, v1)
    remarks = {one.code: one.records for one in found.remarks}
    assert remarks == {"versions": ("V1", "V0"), "decided_before": (record,)}
    assert (numbers["screened"], numbers["total_reports"]) == (0, 3)
    hilum("decide", v2, record, "undo", *WHO, "--earlier", v1)
    assert [one.code for one in flow(v2, v1)[0].remarks] == ["versions"]
    # The folder says now what is updated.
    assert "decided it" in hilum("decide", v2, record, "include", *WHO, status=1)


def test_a_title_of_what_is_open_at_its_full_text_is_not_decided(place: Path) -> None:
    v0, v1 = place / "V0", place / "V1"
    refused = hilum("decide", v1, "i001:R2", "exclude", *WHO, "--earlier", v0, status=1)
    assert "hilum literature fulltext" in refused
    hilum("decide", v1, "i001:R2", "exclude", *WHO)
    remarks = {one.code: one.records for one in flow(v1, v0)[0].remarks}
    assert remarks == {"titles_of_open": ("i001:R2",), "first_version": ()}


def test_a_review_whose_only_import_is_undone_says_so(place: Path) -> None:
    v0, v1 = place / "V0", place / "V1"
    hilum("undo", v1, "i001")
    refused = hilum("flow", v1, "--earlier", v0, status=1)
    assert "nothing is imported" in refused
    assert f"hilum literature import {v1} FILE" in refused


def test_another_version_named_takes_the_place_of_the_first_and_is_said(
    place: Path,
) -> None:
    from hilum.literature.review.versions import recorded, remember

    v0, v2 = place / "V0", place / "V2"
    (v2 / "screening.csv").write_text("setting,value\nreviewers,1\nearlier,V1\n", "utf-8")
    assert remember(v2, place / "V1") is None
    assert remember(v2, v0) == v2.resolve().parent / "V1"
    assert recorded(v2) == v2.resolve().parent / "V0"
    assert "reviewers,1" in (v2 / "screening.csv").read_text("utf-8")
    before = (v2 / "screening.csv").read_bytes()
    hilum("screen", v2, *WHO, "--earlier", place / "nowhere", status=1)
    assert (v2 / "screening.csv").read_bytes() == before
