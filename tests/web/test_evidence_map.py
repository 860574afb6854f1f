"""The room of the evidence: filters in the address, from the map to a cell to a study."""

import csv
import re

import pytest
from starlette.testclient import TestClient

from hilum.analyses import analysis
from hilum.store.cases import Cases
from hilum.store.opening import opened
from hilum.web.app import application
from hilum.web.desk import Desk
from hilum.web.table import PAGES

PORT = 8341
HOME = f"http://127.0.0.1:{PORT}"
LANGUAGES = ("en", "zh-Hans")
ROOM = [page for page in PAGES if page.path.startswith("/evidence")]


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    """A browser that came in."""
    desk = Desk(Cases(opened(tmp_path_factory.mktemp("room") / "data")), PORT)
    with TestClient(application(desk), base_url=HOME, follow_redirects=False) as made:
        made.get("/enter", params={"secret": desk.sessions.secret})
        yield made
    desk.cases.engine.dispose()


@pytest.fixture(scope="module")
def whole():
    record = analysis("evidence_map")
    return record.run(record.Asked())


def shown(reader, path, language="en", **headers):
    reader.cookies.set("hilum-language", language)
    answer = reader.get(path, headers=headers)
    return answer.status_code, answer.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_map_has_a_link_a_cell_and_says_what_it_shows(reader, whole, language):
    status, page = shown(reader, "/evidence", language)
    assert status == 200
    assert f'<html lang="{language}"' in page
    links = re.findall(r'href="/evidence/cell/(\w+)/(\w+)"', page)
    assert links == [(one.treatment, one.outcome) for one in whole.cells]
    assert page.count('class="empty"') == sum(one.answer.form == "none" for one in whole.cells)
    assert page.count('class="mark"') == sum(one.answer.form != "none" for one in whole.cells)
    assert "<style" not in page
    assert " style=" not in page


def test_filters_are_kept_and_answered_as_the_analysis_does(reader):
    record = analysis("evidence_map")
    answer = record.run(record.Asked(site="pancreas", design=("rct",), year_from=2010))
    query = "site=pancreas&design=rct&year_from=2010"
    status, page = shown(reader, f"/evidence?{query}")
    assert status == 200
    assert f"{answer.studies} of {answer.of_studies} studies" in page
    assert '<option value="pancreas" selected>' in page
    assert '<option value="rct" selected>' in page
    assert 'name="year_from" inputmode="numeric" value="2010"' in page
    assert "not reported and not in the map" in page
    one = next(x for x in answer.cells if x.answer.k)
    escaped = "site=pancreas&amp;year_from=2010&amp;design=rct"
    address = f"/evidence/cell/{one.treatment}/{one.outcome}"
    assert f"{address}?{escaped}" in page
    _, open_cell = shown(reader, f"{address}?{query}")
    assert open_cell.count("/evidence/study/") >= one.answer.k
    for figure in one.answer.studies:
        assert f"/evidence/study/{figure.study_id}?site=pancreas" in open_cell


def test_a_changed_filter_answers_the_table_alone(reader):
    status, part = shown(reader, "/evidence?line=later", **{"hx-request": "true"})
    assert status == 200
    assert "<html" not in part
    assert 'hx-target="#told"' in part
    assert '<table class="map">' in part


def test_a_change_of_language_keeps_the_filters(reader):
    _, page = shown(reader, "/evidence?line=later&year_from=2010")
    assert 'id="back" value="/evidence?line=later&amp;year_from=2010"' in page
    reader.cookies.set("hilum-language", "en")
    changed = reader.get("/evidence?line=first", headers={"hx-request": "true"})
    assert changed.headers["hx-replace-url"] == "/evidence?line=first"
    assert 'value="/evidence?line=first"' in changed.text


def test_bubbles_are_a_picture_with_links_and_the_table_behind(reader, whole):
    status, page = shown(reader, "/evidence?view=bubbles")
    assert status == 200
    assert page.count('role="img"') == 1
    assert '<table class="map">' in page
    assert len(re.findall(r'<a href="/evidence/cell/[^"]*" aria-label=', page)) == len(whole.cells)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("year_from=soon", "a number"),
        ("year_from=2010&year_to=2000", "2010 or more"),
        ("burden_from=101", "from 0 to 100"),
        ("site=moon", "small_bowel"),
        ("design=survey", "rct"),
    ],
)
def test_what_is_not_understood_is_said_and_stays_typed(reader, query, said):
    status, page = shown(reader, f"/evidence?{query}")
    assert status == 422
    assert said in page
    assert 'id="filters"' in page
    name, _, value = query.partition("&")[0].partition("=")
    if name in ("year_from", "burden_from"):
        assert f'name="{name}"' in page
        assert f'value="{value}"' in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_the_map_to_a_cell_to_a_study_and_back(reader, language):
    _, page = shown(reader, "/evidence", language)
    assert 'href="/evidence/cell/tae/symptom_response"' in page
    status, cell = shown(reader, "/evidence/cell/tae/symptom_response", language)
    assert status == 200
    assert "⊕◯◯◯" in cell
    assert 'href="/evidence/study/strosberg2006"' in cell
    status, study = shown(reader, "/evidence/study/strosberg2006", language)
    assert status == 200
    assert "strosberg2006-002" in study
    assert 'href="/evidence/cell/tae/symptom_response"' in study
    assert 'href="/evidence"' in study


def test_an_empty_cell_says_what_was_looked_at(reader, whole):
    one = whole.at("resection", "objective_response")
    assert one.answer.form == "none"
    _, page = shown(reader, "/evidence/cell/resection/objective_response")
    assert f"studies looked at: {one.searched}, none prints it" in page
    left = next(x for x in whole.cells if x.answer.form == "none" and x.left_out)
    _, page = shown(reader, f"/evidence/cell/{left.treatment}/{left.outcome}")
    assert "Figures left out, and why" in page


def test_files_to_take(reader, whole):
    answer = reader.get("/evidence/map.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="evidence-map.csv"'
    assert len(list(csv.DictReader(answer.text.splitlines()))) == len(whole.cells)
    picture = reader.get("/evidence/map.svg?treatment=x")
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert picture.text.startswith("<svg")


@pytest.mark.parametrize(
    "path", ["/evidence/cell/tacee/recurrence", "/evidence/cell/tae/luck", "/evidence/study/nobody"]
)
def test_what_is_not_there(reader, path):
    status, page = shown(reader, path)
    assert status == 422
    assert "<h1" in page


@pytest.mark.parametrize("page", ROOM, ids=lambda page: page.path)
def test_a_stranger_and_a_post_are_refused(reader, page):
    path = page.path.format(treatment="tae", outcome="symptom_response", study="strosberg2006")
    with TestClient(reader.app, base_url=HOME, follow_redirects=False) as stranger:
        assert stranger.get(path).status_code == 403
    assert reader.post(path, headers={"origin": HOME}).status_code == 405
    assert page.method == "GET"


def test_what_a_reader_types_is_never_markup(reader):
    _, page = shown(reader, '/evidence?year_from="><script>alert(1)</script>')
    assert "<script>alert" not in page


def test_figures_that_are_less_certain_are_said_to_be(visitor):
    """Every figure of the map is there at the least certainty, or said to be below it."""
    from hilum.analyses.evidence_map import MapAsked
    from hilum.analyses.evidence_map_cells import made_map
    from hilum.plots.evidence_map import LEVELS
    from hilum.watch import SILENT
    from hilum.web.desk import evidence

    answer = made_map(evidence(), MapAsked(), SILENT)
    order = list(LEVELS)
    figures = [one for one in answer.cells if one.answer.form != "none"]
    for least in order[1:]:
        there = sum(
            1 for one in figures if one.level and order.index(one.level) >= order.index(least)
        )
        for view in ("squares", "bubbles"):
            text = visitor.get(f"/evidence?certainty={least}&view={view}").text
            said = "less certain</text>" if view == "bubbles" else '"figure">less certain<'
            assert text.count(said) >= len(figures) - there, (least, view)
        table = visitor.get(f"/evidence?certainty={least}").text
        assert table.count('"figure">less certain<') == len(figures) - there
    whole = visitor.get("/evidence?certainty=nonsense").text
    assert "less certain" not in whole
    assert "less certain" in visitor.get("/evidence/map.svg?certainty=high").text


def test_a_study_shows_what_it_printed_over_time(visitor):
    """Every printed rate of a whole arm is one dot at its place, and nothing else is drawn."""
    import re

    from hilum.analyses.evidence_study import StudyAsked, one_study
    from hilum.language import words
    from hilum.rendering.study_curve import curves_of, study_curve_svg
    from hilum.web.desk import evidence

    record = evidence()
    told = words("en")
    seen = 0
    for study in record.studies[:80]:
        answer = one_study(record, StudyAsked(study=study.study_id))
        for code in curves_of(answer):
            drawn = study_curve_svg(answer, code, told)
            own = [
                one.result for one in answer.figures
                if one.result.outcome == code and one.result.figure_kind == "estimate"
                and not one.result.subgroup and one.result.value is not None
            ]  # fmt: skip
            rates = [one for one in own if one.measure == "rate_at" and one.time_months is not None]
            medians = [one for one in own if one.measure == "median_months"]
            assert len(re.findall('circle class="dot"', drawn)) == len(rates)
            assert len(re.findall('circle class="open"', drawn)) == len(medians)
            for one in rates:
                assert f">{one.value:g}" in drawn
            heights = [
                float(y) for y in re.findall(r'class="dot" cx="[\d.]+" cy="([\d.]+)"', drawn)
            ]
            box = r'class="frame" x="[\d.]+" y="([\d.]+)" width="[\d.]+" height="([\d.]+)"'
            frame = re.search(box, drawn)
            top, height = float(frame[1]), float(frame[2])
            shares = sorted(100 * (1 - (y - top) / height) for y in heights)
            assert shares == pytest.approx(sorted(float(one.value) for one in rates), abs=0.1)
            seen += 1
    assert seen > 10
    page = visitor.get(f"/evidence/study/{study.study_id}")
    assert page.status_code == 200
    assert visitor.get(f"/evidence/study/{study.study_id}/nothing.svg").status_code == 404
