"""That a paper is retracted is shown wherever its record is, also where an older copy leads."""

from __future__ import annotations

from pathlib import Path

import pytest

from hilum.analyses.flow import titles_of
from hilum.language import words
from hilum.literature.bibliography.withdrawn import RETRACTED
from hilum.literature.screening.review_records import records_of
from hilum.rendering.screening import withdrawn_said
from tests.literature.reviews import hilum

PAPER = (
    "PMID- 31000050\nTI  - An imagined cohort fetched again of the liver.\nDP  - 2020\n"
    "TA  - J Again\nVI  - 3\nPG  - 10-20\nFAU - Abe, Ken\nPT  - Journal Article\n"
)
OTHER = "PMID- 31000051\nTI  - Another imagined thing.\nDP  - 2011\nFAU - Ek, Bo\nPT  - Review\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("retracted")
    (place / "old.nbib").write_text(f"{PAPER}\n{OTHER}", "utf-8")
    (place / "new.nbib").write_text(f"{PAPER}PT  - Retracted Publication\n", "utf-8")
    hilum("new", place / "review", "--title", "Imagined")
    for name in ("old.nbib", "new.nbib"):
        hilum("import", place / "review", place / name)
    hilum("dedupe", place / "review")
    return place / "review"


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_the_older_copy_is_shown_as_retracted(folder: Path, language: str) -> None:
    said = words(language)
    one, two = records_of(folder)
    assert withdrawn_said(one, said) == said(RETRACTED)
    assert not withdrawn_said(two, said)
    titles = titles_of(str(folder), said(RETRACTED))
    assert sum(said(RETRACTED) in title for title in titles.values()) == 2  # both copies
    assert titles[two.record_id] == two.title
    assert titles_of(str(folder))[one.record_id] == one.title


def test_a_mixed_file_is_not_imported(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "mixed.txt"
    path.write_text(f"{OTHER}\nTY  - JOUR\nTI  - Imagined\nER  - \n", "utf-8")
    said = hilum("import", folder, path, status=1)
    assert "mixed.txt:7" in said
    assert "file of its own" in " ".join(said.split())
    assert len(records_of(folder)) == 2
