"""The place of a resolved figure is that of who read it so, else both places."""

from __future__ import annotations

import pytest

from hilum.literature.extraction.compare import Aligned
from hilum.literature.extraction.resolved import Resolution, accepted

AL = {"study_id": "s", "events": "20", "n": "40", "page": "3", "sentence": "Twenty responded.",
      "locator": "", "proposal": "p1"}  # fmt: skip
BM = {"study_id": "s", "events": "19", "n": "41", "page": "5", "sentence": "19 responded.",
      "locator": "", "proposal": ""}  # fmt: skip
BOTH = ("3; 5", "AL: p. 3: Twenty responded.; BM: p. 5: 19 responded.")


@pytest.mark.parametrize(
    ("said", "by", "place"),
    [
        ({"events": "19", "n": "41"}, "CD", ("5", "19 responded.")),
        ({"events": "19.0", "n": "41"}, "AL, BM", ("5", "19 responded.")),
        ({"events": "20", "n": "40"}, "CD", ("3", "Twenty responded.")),
        ({"events": "19", "n": "40"}, "CD", BOTH),
        ({"events": "18", "n": "41"}, "AL, BM", BOTH),
    ],
)
def test_the_place_goes_with_the_value(said, by, place) -> None:
    one = Aligned(table="results", key="k", rows={"AL": AL, "BM": BM})
    words = {("k", name): Resolution(key="k", column=name, value=value, by=by)
             for name, value in said.items()}  # fmt: skip
    (row,) = accepted([one], words, 2).tables["results"]
    assert (row["page"], row["sentence"]) == place
    assert (row["events"], row["n"]) == (said["events"], said["n"])
    assert row["proposal"] == ("p1" if place[0] == "3" else "")


def test_what_nobody_differs_on_keeps_its_place() -> None:
    one = Aligned(table="results", key="k", rows={"AL": AL, "BM": {**AL, "page": "9"}})
    (row,) = accepted([one], {}, 2).tables["results"]
    assert row["page"] == "3"
