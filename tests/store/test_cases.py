import os
import stat
import sys
from pathlib import Path

import pytest

from hilum.errors import InputError, UnknownCode
from hilum.store.cases import Cases, Overtaken
from hilum.store.opening import NAME, data_folder, opened

ME = "owner"


@pytest.fixture
def cases(engine):
    return Cases(engine)


@pytest.fixture
def in_a_file(folder):
    """The store of one machine."""
    made = Cases(opened(folder))
    yield made
    made.engine.dispose()


def aged(years):
    return {"patient": {"age": years}}


def test_every_state_stays(cases):
    one = cases.add(aged(50), "new", ME)
    cases.keep(one, 1, aged(51), ME)
    cases.keep(one, 2, aged(52), ME)
    assert [(each.number, each.content["patient"]["age"]) for each in cases.states(one)] == [
        (1, 50), (2, 51), (3, 52),
    ]  # fmt: skip
    assert cases.last(one).number == 3
    assert cases.state(one, 2).content == aged(51)
    assert all(each.kept_at.tzinfo for each in cases.states(one))


def test_undo_walks_back_and_adds(cases):
    one = cases.add(aged(50), "new", ME)
    cases.keep(one, 1, aged(51), ME)
    cases.keep(one, 2, aged(52), ME)
    assert cases.undo(one, ME).content == aged(51)
    assert cases.undo(one, ME).content == aged(50)
    assert cases.undo(one, ME) is None
    assert cases.last(one).number == 5, "nothing is taken away"
    # What was brought back is undone to what stood before it, not to what stood before its origin.
    cases.restore(one, 3, ME)
    assert cases.undo(one, ME).content == aged(50)


def test_whoever_is_second_is_told_and_loses_nothing(cases):
    one = cases.add(aged(50), "new", ME)
    cases.keep(one, 1, aged(51), ME)
    with pytest.raises(Overtaken):
        cases.keep(one, 1, aged(99), ME)
    assert cases.last(one).content == aged(51)


def test_two_who_keep_at_once(cases, monkeypatch):
    """The second passes the first look, and is stopped by the number that is taken."""
    one = cases.add(aged(50), "new", ME)
    past = cases.last(one)
    cases.keep(one, 1, aged(51), ME)
    monkeypatch.setattr(Cases, "last", lambda self, case_id: past)
    with pytest.raises(Overtaken):
        cases.keep(one, 1, aged(99), ME)
    monkeypatch.undo()
    assert [each.content for each in cases.states(one)] == [aged(50), aged(51)]


def test_a_draft_is_no_state(cases):
    one = cases.add(aged(50), "new", ME)
    assert cases.draft(one) is None
    cases.type(one, 1, aged(5), ME)
    cases.type(one, 1, aged(55), ME)
    assert (cases.draft(one).content, cases.draft(one).base) == (aged(55), 1)
    assert cases.last(one).content == aged(50)
    cases.keep(one, 1, aged(55), ME)
    assert cases.draft(one) is None
    cases.type(one, 2, aged(56), ME)
    cases.put_back(one, ME)
    assert cases.draft(one) is None


def test_order_of_the_list(cases):
    first, second, third = (cases.add(aged(age), "new", ME) for age in (1, 2, 3))

    def order():
        return [each.case_id for each in cases.listed()]

    assert order() == [first, second, third]
    cases.move(third, True, ME)
    cases.move(first, True, ME)
    assert order() == [first, third, second]
    cases.move(first, False, ME)
    cases.move(second, False, ME)
    assert order() == [third, first, second]
    with pytest.raises(UnknownCode):
        cases.move("0" * 32, True, ME)


def test_the_log_says_who_did_what_and_nothing_of_the_patient(cases):
    one = cases.add({"name": "A. Secret", "patient": {"age": 61}}, "file", ME)
    cases.seen(one, "seen", ME, 1)
    cases.type(one, 1, aged(62), ME)
    cases.type(one, 1, aged(63), ME)
    cases.keep(one, 1, aged(63), ME)
    cases.undo(one, ME)
    cases.remove(one, ME)
    lines = cases.audit()
    said = [(each.what, each.state) for each in lines]
    assert said == [
        ("file", 1), ("seen", 1), ("typed", 1), ("kept", 2), ("undone", 3), ("removed", None),
    ]  # fmt: skip
    assert {each.who for each in lines} == {ME}
    assert {each.case_id for each in lines} == {one}
    assert "Secret" not in repr(lines)
    assert lines == sorted(lines, key=lambda each: each.at)


def test_what_is_removed_is_not_in_the_files(in_a_file, folder):
    cases = in_a_file
    kept = cases.add({"name": "stays-here", "patient": {}}, "new", ME)
    gone = cases.add({"name": "ZYXWV-goes-away", "patient": {}}, "new", ME)
    cases.type(gone, 1, {"name": "ZYXWV-draft", "patient": {}}, ME)
    cases.remove(gone, ME)
    whole = b"".join(each.read_bytes() for each in folder.iterdir())
    assert b"stays-here" in whole
    assert b"ZYXWV" not in whole
    assert [each.case_id for each in cases.listed()] == [kept]
    with pytest.raises(UnknownCode):
        cases.states(gone)


@pytest.mark.skipif(sys.platform == "win32", reason="rights of POSIX")
def test_only_the_owner_reads_it(in_a_file, folder):
    in_a_file.add(aged(50), "new", ME)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {each.name for each in folder.iterdir()} >= {NAME}
    assert {stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()} == {0o600}


def test_it_is_there_when_opened_again(cases, again):
    one = cases.add({"name": "肝", "patient": {"age": 50}}, "new", ME)
    cases.type(one, 1, aged(51), ME)
    other = Cases(again())
    assert other.last(one).content["name"] == "肝"
    assert other.draft(one).content == aged(51)


def test_migrations_make_the_tables_that_the_program_names(cases):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from hilum.store.schema import METADATA

    with cases.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_a_file_takes_readers_beside_a_writer_and_holds_its_keys(in_a_file):
    with in_a_file.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_migrations_can_be_taken_back(cases, again):
    from alembic import command
    from sqlalchemy import inspect

    from hilum.store.opening import alembic_config

    with cases.engine.begin() as connection:
        command.downgrade(alembic_config(connection), "base")
    assert inspect(cases.engine).get_table_names() == ["alembic_version"]
    assert "cases" in inspect(again()).get_table_names(), "whoever opens it makes it anew"


def test_where_it_lies():
    home = Path.home()
    assert data_folder({"HILUM_DATA": "/x/y"}) == Path("/x/y")
    assert data_folder({"XDG_DATA_HOME": "/d"}, "linux") == Path("/d/hilum")
    assert data_folder({}, "linux") == home / ".local" / "share" / "hilum"
    assert data_folder({}, "darwin") == home / "Library" / "Application Support" / "hilum"
    assert data_folder({"LOCALAPPDATA": "C:/L"}, "win32") == Path("C:/L") / "hilum"


def test_a_folder_that_cannot_be(tmp_path):
    file = tmp_path / "file"
    file.write_text("", "utf-8")
    with pytest.raises(InputError, match="a folder that can be written"):
        opened(file / "below")
    assert os.listdir(tmp_path) == ["file"]
