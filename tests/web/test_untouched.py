"""Cases that nothing was typed into, cases without a name, and what stands at a field."""

import datetime as dt
import io

import pytest

from hilum.language import words
from hilum.store.schema import STATES

PARTIAL = {"hx-request": "true"}


def test_a_case_that_nothing_was_typed_into_is_not_listed(send, visitor, desk):
    for _ in range(3):
        send("/cases")
    assert "No case is kept here yet." in visitor.get("/cases").text
    made = send("/cases").headers["location"]
    assert visitor.get(made).status_code == 200
    send(f"{made}/typed", {"f:age": "61", "f:primary_site": "pancreas"}, headers=PARTIAL)
    text = visitor.get("/cases").text
    assert "no name given, begun" in text
    assert text.count('<tr role="row" data-row>') == 1
    send(f"{made}/kept", {"base": "1", "f:age": "61", "f:primary_site": "pancreas"})
    assert "61 years" in visitor.get("/cases").text


def test_an_empty_case_of_yesterday_is_gone_one_of_today_stays(send, desk):
    old, new = (send("/cases").headers["location"].rpartition("/")[2] for _ in range(2))
    past = dt.datetime.now(tz=dt.UTC) - dt.timedelta(days=2)
    with desk.cases.engine.begin() as connection:
        connection.execute(STATES.update().where(STATES.c.case_id == old).values(kept_at=past))
    send("/cases")
    kept = {one.case_id for one in desk.cases.listed()}
    assert old not in kept
    assert new in kept


def test_nameless_cases_are_told_apart_on_a_board(send, visitor, desk):
    for age, site in ((61, "pancreas"), (48, "small_bowel")):
        desk.cases.add({"patient": {"age": age, "primary_site": site}}, "fhir", "owner")
    send("/cases")
    board = send("/boards", {"title": "Monday", "day": "2026-11-30"}).headers["location"]
    text = visitor.get(board).text
    selector = text.partition('name="case">')[2].partition("</select>")[0]
    assert selector.count("<option") == 2
    assert "61 years · pancreas" in text
    assert "48 years · small bowel" in text


def test_in_chinese_nothing_is_called_case(send, visitor, desk):
    made = desk.cases.add({"patient": {"age": 61}}, "file", "owner")
    send("/look", {"language": "zh-Hans", "back": "/cases"})
    for path in ("/cases", f"/cases/{made}"):
        assert ">case<" not in visitor.get(path).text


@pytest.mark.parametrize("name", ["case.png", "scan.dcm"])
def test_a_file_that_is_no_text_is_called_as_it_was_sent(send, name):
    sent = {"file": (name, io.BytesIO(b"\x89PNG\r\n\x1a\n\x00\xff"), "image/png")}
    text = send("/files", files=sent).text
    assert name in text
    assert "case.toml" not in text
    assert "&#39;&#39;" not in text


@pytest.mark.parametrize(
    ("fact", "typed", "name"),
    [("ki67_percent", "120", "Ki-67"), ("age", "-3", "Age")],
)
def test_what_is_not_used_is_called_by_its_name(send, case, fact, typed, name):
    text = send(f"{case}/typed", {f"f:{fact}": typed}, headers=PARTIAL).text
    assert f"{name} = {typed}: out of range" in text
    assert f"{fact} =" not in text


def test_treatments_are_read_back_at_the_field_and_the_strip_says_what_moved(send, case):
    typed = {"f:prior_treatments": "TACE x2, RFA 2023; PRRT refused, 化疗"}
    text = send(f"{case}/typed", typed, headers=PARTIAL).text
    assert "read as TACE, RFA 2023" in text
    assert "PRRT refused: " in text
    assert "化疗: may mean several treatments" in text
    strip = text.partition('hx-target="#short"')[2].partition("</hx-partial>")[0]
    assert "verdict" in strip
    assert "/put-back" in strip


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_help_speaks_in_the_words_of_the_choices(desk, language):
    from hilum.patient.form import Written, choices, ticks
    from hilum.rendering.case_form import form_field

    for one in desk.tables.attributes.values():
        made = form_field(one, Written(), words(language))
        for word in (*choices(one), *ticks(one)):
            if "_" in word:
                assert word not in made.help, one.name
        assert ".。" not in made.help
        if language != "en":
            assert not made.help.endswith(".")
            assert all(choice.label != "none" for choice in made.options), one.name
