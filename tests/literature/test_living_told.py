"""What the page of a living review tells first: retractions, promises made too late, its title."""

import datetime as dt
import json
from dataclasses import asdict, replace
from pathlib import Path
from xml.etree import ElementTree as Tree

import pytest
from proofs.face import called

from hilum.analyses.forms import from_json, to_json
from hilum.analyses.living import moved
from hilum.analyses.living_report import ReportAnswered, ReportAsked, run
from hilum.analyses.search_saving import own_search, save
from hilum.errors import InputError
from hilum.language import words
from hilum.literature.bibliography.record import Field, Place, Record
from hilum.literature.living.feed import ATOM
from hilum.literature.living.triggers import Trigger, read_living
from hilum.literature.searches.came import Item, SearchCame, is_retracted
from hilum.literature.searches.came import _item as item_of
from hilum.rendering.living import report_html, report_lines
from hilum.rendering.search import SHOWN, came_lines

TODAY = dt.datetime.now().astimezone().date()


def item(number: int, title: str = "", **more: object) -> Item:
    made = Item(service="europepmc", record_id=f"R{number}", title=title or f"Series {number}",
                year=2020, kind="Journal Article", doi="", pmid="")  # fmt: skip
    return replace(made, **more)


def ran(folder: Path, stamp: str, new: list[Item], changed: list[Item]) -> SearchCame:
    """A run of the search ``net`` that finished on a day."""
    finished = f"{stamp}T10:00:00+00:00"
    came = SearchCame(
        name="net", title="", treatment="", mode="run", stamp=stamp, begun=finished,
        finished=finished, taken_up=False, complete=True, as_of=finished, services=(),
        new=tuple(new), changed=tuple(changed), folder="", files=(),
    )  # fmt: skip
    place = folder / "searches/net/runs" / stamp
    place.mkdir(parents=True)
    text = json.dumps(asdict(came)).replace(', "retracted": false', "")
    (place / "report.json").write_text(text, "utf-8")
    return came


@pytest.fixture
def review(tmp_path: Path) -> Path:
    folder = tmp_path / "review"
    done = called("literature", "new", folder, "--title", "TAE against TACE")
    assert done.returncode == 0, done.stderr
    save(folder, [own_search("net", "", {"europepmc": {"query": "net"}}, {})], whole=False)
    return folder


def test_retractions_come_first_and_all_of_them(review: Path) -> None:
    many = [item(n) for n in range(30)]
    last = [item(100 + n, f"RETRACTED: Series {n}") for n in range(25)]
    ran(review, "2026-01-10", [*many, *last], [])
    changed = [item(3, "Retracted: Series 3"), item(900, "Another name")]
    changed.append(item(901, "Series 901", kind="Journal Article; Retracted Publication"))
    came = ran(review, "2026-01-12", [], changed)
    found = run(ReportAsked(folder=review))
    assert [one.record_id for one in found.changed] == ["R3", "R900", "R901"]
    assert {one.record_id for one in found.retracted} == {
        "R3", "R901", *(f"R{100 + n}" for n in range(25))
    }  # fmt: skip
    text = report_lines(found, words("en"))
    head = text.index("Retracted or withdrawn, by what the records say: 27")
    assert head < text.index("Searches:")
    assert "  europepmc R124: RETRACTED: Series 24 (2020); new" in text
    assert "  europepmc R901: Series 901 (2020); came before, and changed" in text
    assert "  europepmc R900: Another name (2020)" in text
    # Not retracted, new: 20 by name.
    assert sum(line.startswith("  europepmc R") and "Series" in line for line in text) >= SHOWN
    assert "  and 9 more" in text  # one of the thirty is retracted now
    for language in ("en", "zh-Hans"):
        page = report_html(found, words(language))
        assert page.index("R901") < page.index("<h2>" + words(language)("Searches"))
        assert all(f"Series {n} " in page for n in range(30))
    done = called("literature", "report", review)
    assert done.returncode == 0, done.stderr
    entry = Tree.parse(review / "feed.xml").getroot().find(f"{{{ATOM}}}entry")
    assert entry is not None
    assert "R124: RETRACTED: Series 24" in (entry.findtext(f"{{{ATOM}}}content") or "")
    assert "RETRACTED: europepmc R3" in "\n".join(came_lines(came, words("en")))


def test_a_report_kept_from_before_is_read(review: Path) -> None:
    ran(review, "2026-01-10", [item(1, "RETRACTED: Series 1")], [item(2)])
    given = json.loads(to_json(run(ReportAsked(folder=review))))
    for name in ("changed", "retracted"):
        del given[name]
    for one in given["new"]:
        del one["retracted"]
    old = from_json(ReportAnswered, json.dumps(given))
    text = "\n".join(report_lines(old, words("en")))
    assert "R1: RETRACTED: Series 1 (2020); new" in text
    assert "Records that changed, not named in this report: 1" in text


@pytest.mark.parametrize(
    ("title", "kind", "fields", "said"),
    [
        ("RETRACTED: A series", "", (), True),
        ("Retraction notice to: A series", "", (), True),
        ("WITHDRAWN: A series", "", (), True),
        ("A series", "Retraction of Publication", (), True),
        ("A series", "article", (("is_retracted", "true"),), True),
        ("A series", "article", (("is_retracted", "false"),), False),
        ("A series", "journal-article", (("updated-by.type", "partial_retraction"),), True),
        ("A series", "journal-article", (("update-to.type", "correction"),), False),
        ("Tumour retraction after embolisation", "", (), False),
        ("A trial", "Trial registration", (("overallStatus", "WITHDRAWN"),), False),
    ],
)
def test_what_says_that_a_paper_is_withdrawn(
    title: str, kind: str, fields: tuple[tuple[str, str], ...], said: bool
) -> None:
    record = Record("1", Place("net", 1), kind=kind, title=title,
                    fields=tuple(Field(*one) for one in fields))  # fmt: skip
    assert is_retracted(item_of("crossref", record)) is said


def toml(written: dt.date | str, more: str = 'change = "interval"') -> str:
    return f'format = 1\n[[trigger]]\nname = "one"\nwritten = {written}\n{more}\naction = "Meet."\n'


@pytest.mark.parametrize(("days", "refused"), [(-1, False), (0, False), (1, True), (400, True)])
def test_a_promise_is_not_written_tomorrow(tmp_path: Path, days: int, refused: bool) -> None:
    (tmp_path / "living.toml").write_text(toml(TODAY + dt.timedelta(days)), "utf-8")
    if not refused:
        assert read_living(tmp_path, (), ()).triggers
        return
    with pytest.raises(InputError) as error:
        read_living(tmp_path, (), ())
    (fault,) = error.value.faults
    assert (fault.file, fault.column) == ("living.toml", "trigger 1 written")
    assert str(TODAY) in str(fault.expected)


@pytest.mark.parametrize(
    ("calls", "new", "least", "expected"),
    [
        # Written on 2 January: fired, written after the change.
        (["2026-01-01T12:00:00+00:00"], [], None, (True, True)),
        (["2026-01-02T12:00:00+00:00"], [], None, (True, False)),
        (["2026-01-03T12:00:00+00:00"], [], None, (True, False)),
        (["2026-01-01T12:00:00+00:00", "2026-01-03T12:00:00+00:00"], [], None, (True, False)),
        ([], ["2026-01-01T12:00:00+00:00"] * 3, 3, (True, True)),
        ([], ["2026-01-01T12:00:00+00:00", *["2026-01-02T12:00:00+00:00"] * 2], 3, (True, True)),
        ([], ["2026-01-01T12:00:00+00:00", *["2026-01-02T12:00:00+00:00"] * 3], 3, (True, False)),
        ([], ["2026-01-01T12:00:00+00:00"] * 2, 3, (False, False)),
        (["2026-01-01T12:00:00+00:00"], ["2026-01-02T12:00:00+00:00"], 1, (True, False)),
        ([], [], None, (False, False)),
    ],
)
def test_a_promise_made_after_the_change_is_none(
    calls: list[str], new: list[str], least: int | None, expected: tuple[bool, bool]
) -> None:
    one = Trigger(name="a", written=dt.date(2026, 1, 2), action="b", change="interval",
                  new_records=least)  # fmt: skip
    found = moved(one, calls, new)
    assert (found.fired, found.written_after) == expected


def test_a_report_tells_such_promises_apart(review: Path) -> None:
    ran(review, "2026-01-10", [item(1), item(2)], [])
    for day, late in (("2026-01-11", True), ("2026-01-10", False)):
        (review / "living.toml").write_text(toml(day, "new_records = 2"), "utf-8")
        found = run(ReportAsked(folder=review))
        (one,) = found.triggers
        assert (one.fired, one.written_after) == (True, late)
        text = "\n".join(report_lines(found, words("en")))
        assert ("CALLED, BUT WRITTEN AFTER THE CHANGE: one" in text) is late
        page = report_html(found, words("en"))
        assert ("called, but written after the change: one" in page) is late


def test_a_review_has_the_title_that_it_was_given(review: Path) -> None:
    found = run(ReportAsked(folder=review))
    assert report_lines(found, words("en"))[0].startswith("TAE against TACE: report of")
    assert called("literature", "report", review).returncode == 0
    feed = Tree.parse(review / "feed.xml").getroot()
    assert feed.findtext(f"{{{ATOM}}}title") == "TAE against TACE"
    # What living.toml says goes before it.
    (review / "living.toml").write_text('format = 1\ntitle = "Embolisation"\n', "utf-8")
    assert run(ReportAsked(folder=review)).title == "Embolisation"
    bare = review.parent / "bare"
    bare.mkdir()
    assert report_lines(run(ReportAsked(folder=bare)), words("en"))[0].startswith("Living review")
