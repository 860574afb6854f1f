"""A notice of a retraction that a file brings marks its paper; one without its paper is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from hilum.analyses.flow import FlowAsked
from hilum.analyses.flow import run as run_flow
from hilum.literature.bibliography.notices import is_notice, named_in, paper_of, plain
from hilum.literature.screening.review_records import records_of
from tests.literature.reviews import hilum

TITLE = "An imagined cohort of resected liver metastases of the midgut"
PAPER = (
    f"PMID- 31000050\nTI  - {TITLE}.\nDP  - 2020\nTA  - J Again\nFAU - Abe, Ken\n"
    "LID - 10.5555/paper.1 [doi]\nPT  - Journal Article\n"
)
OTHER = "PMID- 31000051\nTI  - Another imagined thing of the liver.\nDP  - 2011\nPT  - Review\n"
BARE = "PMID- 32000001\nTI  - {title}\nDP  - 2022\nTA  - J Again\n"
NBIB = {
    "named by PMID": BARE.format(title="Retraction.")
    + "PT  - Retraction of Publication\nROF - J Again. 2020 Jan;3(1):1-5. PMID: 31000050\n",
    "named by DOI": BARE.format(title="Retraction notice.")
    + "PT  - Retraction of Publication\nROF - J Again. 2020;3(1):1-5. doi: 10.5555/PAPER.1\n",
    "in its abstract": BARE.format(title="Retracted by the publisher.")
    + "AB  - [This retracts the article DOI: 10.5555/paper.1.].\nPT  - Retraction of Publication\n",
    "by its title": BARE.format(title=f"Retraction: {TITLE}.") + "PT  - Journal Article\n",
}
RIS = {
    "ris, in a note": "TY  - JOUR\nTI  - Retraction note: a cohort\nPY  - 2022\n"
    "N1  - Retraction of: J Again 2020. doi: 10.5555/paper.1\nER  - \n",
    "ris, by its title": "TY  - JOUR\n"
    f'TI  - Retraction notice to "{TITLE}" [J Again 3 (2020) 1-5]\n'
    "PY  - 2022\nM3  - Retraction of publication\nER  - \n",
    "ris, of its kind": f"TY  - JOUR\nTI  - Retraction to: {TITLE}\nPY  - 2022\n"
    "M3  - Retraction of Publication\nER  - \n",
}


def review(place: Path, *files: tuple[str, str]) -> Path:
    folder = place / "review"
    hilum("new", folder, "--title", "Imagined")
    for name, text in files:
        (place / name).write_text(text, "utf-8")
        hilum("import", folder, place / name)
    return folder


@pytest.mark.parametrize("text", [*NBIB.values(), *RIS.values()], ids=[*NBIB, *RIS])
def test_the_paper_that_a_notice_names_is_marked(tmp_path: Path, text: str) -> None:
    name = "notice.ris" if text.startswith("TY") else "notice.nbib"
    folder = review(tmp_path, ("papers.nbib", f"{PAPER}\n{OTHER}"), (name, text))
    paper, other, notice = records_of(folder)
    assert paper.retracted
    assert not paper.partly
    assert not other.retracted
    assert notice.notice
    assert not notice.astray


def test_what_a_note_says_of_another_paper_is_not_the_notice_s_own(tmp_path: Path) -> None:
    folder = review(tmp_path, ("notice.ris", RIS["ris, in a note"]))
    (notice,) = records_of(folder)
    assert notice.doi == ""
    assert notice.astray


def test_a_notice_undone_marks_nothing_any_more(tmp_path: Path) -> None:
    folder = review(
        tmp_path, ("papers.nbib", f"{PAPER}\n{OTHER}"), ("n.nbib", NBIB["named by PMID"])
    )
    assert (folder / "notices" / "i002.csv").is_file()
    hilum("undo", folder, "i002")
    assert not (folder / "notices" / "i002.csv").exists()
    assert not any(one.retracted for one in records_of(folder))
    hilum("import", folder, tmp_path / "n.nbib")
    assert records_of(folder)[0].retracted


def test_a_notice_in_part_marks_its_paper_so(tmp_path: Path) -> None:
    text = (
        BARE.format(title="Partial retraction.")
        + "PT  - Partial Retraction of Publication\nPROF- J Again. 2020. PMID: 31000050\n"
    )
    folder = review(tmp_path, ("papers.nbib", PAPER), ("notice.nbib", text))
    paper, _ = records_of(folder)
    assert paper.retracted
    assert paper.partly


@pytest.mark.parametrize(
    "title", [f"Retraction: {TITLE} again", "Retraction: Editorial", "Retraction."]
)
def test_a_notice_whose_paper_is_not_there_is_named(tmp_path: Path, title: str) -> None:
    text = BARE.format(title=title) + "PT  - Retraction of Publication\n"
    folder = review(tmp_path, ("papers.nbib", f"{PAPER}\n{OTHER}"), ("notice.nbib", text))
    *papers, notice = records_of(folder)
    assert not any(one.retracted for one in papers)
    assert notice.astray
    remarks = {one.code: one.records for one in run_flow(FlowAsked(folder=str(folder))).remarks}
    assert remarks["notice_astray"] == (notice.record_id,)


def test_a_title_that_two_papers_have_names_neither(tmp_path: Path) -> None:
    again = PAPER.replace("31000050", "31000052").replace("paper.1", "paper.2")
    folder = review(
        tmp_path, ("papers.nbib", f"{PAPER}\n{again}"), ("n.nbib", NBIB["by its title"])
    )
    one, two, notice = records_of(folder)
    assert not one.retracted
    assert not two.retracted
    assert notice.astray


@pytest.mark.parametrize(
    ("title", "kind", "told"),
    [
        ("Retraction: a cohort of the liver", "", True),
        ("Notice of retraction: a cohort", "Journal Article", True),
        ("A cohort", "Journal Article; Retraction of Publication", True),
        ("Retraction of the gracilis muscle in surgery", "", False),
        ("Withdrawal of octreotide before imaging", "", False),
        ("RETRACTED: a cohort of the liver", "", False),
        ("Retraction: a cohort", "Retracted Publication", False),
    ],
)
def test_what_a_notice_is(title: str, kind: str, told: bool) -> None:
    assert is_notice(title, kind) is told


def test_numbers_are_of_the_line_that_says_so() -> None:
    assert named_in("cites PMID: 31000001\nRetraction of: X. PMID: 31000002") == (
        ("pmid", "31000002"),
    )
    assert named_in("Retraction in: X. PMID: 31000002") == ()
    assert paper_of(f"Retraction: {TITLE} (J Again 2020)") == plain(TITLE)
    assert plain(f"RETRACTED: {TITLE}.") == plain(TITLE)
