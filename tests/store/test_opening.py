"""Where a store may lie, and what is never said of how it is reached."""

import sys
from urllib.parse import unquote

import pytest

from hilum.errors import InputError, MissingExtra
from hilum.store.cases import Cases
from hilum.store.opening import NAME, opened_at, shown


def refused(address, folder, environ=None):
    with pytest.raises(InputError) as caught:
        opened_at(address, folder, environ or {})
    return str(caught.value)


@pytest.mark.parametrize(
    "address", ["sqlite:///x.db", "mysql://u@h/d", "postgresql+psycopg2://h/d"]
)
def test_postgresql_alone(address, folder):
    assert "postgresql+psycopg://USER@HOST/DATABASE" in refused(address, folder)
    assert not (folder / NAME).exists()


@pytest.mark.parametrize(
    "address",
    ["postgresql+psycopg://me:Geheim7@host/d", "postgresql://me@host/d?password=Geheim7"],
)
def test_a_password_is_taken_from_the_environment_and_never_said(address, folder):
    said = refused(address, folder)
    assert "PGPASSWORD" in said
    assert "Geheim7" not in said
    # From the environment it is tried; nobody answers there, which is said without it.
    nowhere = {"HILUM_STORE": "postgresql://me:Geheim7@127.0.0.1:1/d?connect_timeout=2"}
    said = refused(None, folder, nowhere)
    assert "a database that answers" in said
    assert "Geheim7" not in said
    assert "127.0.0.1" in said
    assert "Geheim7" not in refused("postgresql://me:Geheim7@host:port/d", folder)


def test_what_is_no_address(folder):
    assert "an address such as" in refused("where the cases are", folder)


def test_an_address_before_the_folder(postgresql, folder):
    engine = opened_at(None, folder, {"HILUM_STORE": postgresql})
    try:
        assert engine.dialect.name == "postgresql"
        assert unquote(shown(engine.url)) == postgresql
        assert not (folder / NAME).exists()
        assert folder.stat().st_mode & 0o077 == 0, "label maps lie there"
    finally:
        engine.dispose()
    engine = opened_at(None, folder, {})
    assert engine.dialect.name == "sqlite"
    engine.dispose()


def test_without_its_driver_it_says_which(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtra, match=r"hilum\[postgresql\]"):
        opened_at("postgresql://h/d", folder, {})


def test_a_value_of_a_patient_is_in_no_error_of_the_database(engine):
    from sqlalchemy.exc import StatementError

    cases = Cases(engine)
    with pytest.raises(StatementError) as caught:
        cases.add({"name": "A. Secret", "patient": {}}, {"no": "code"}, "owner")
    assert "Secret" not in str(caught.value)


def test_the_newest_migration_is_alembics_head(engine):
    from alembic.script import ScriptDirectory

    from hilum.store.opening import alembic_config, newest

    with engine.connect() as connection:
        scripts = ScriptDirectory.from_config(alembic_config(connection))
    assert newest() == set(scripts.get_heads())


def test_what_is_up_to_date_is_opened_without_alembic(engine, again, monkeypatch):
    def never(*_):
        raise AssertionError

    monkeypatch.setattr("alembic.command.upgrade", never)
    again()


def test_many_who_open_it_first_at_once(folder):
    from concurrent.futures import ThreadPoolExecutor

    from hilum.store.opening import opened

    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda _: opened(folder), range(6)))
    try:
        assert Cases(made[0]).listed() == []
    finally:
        for one in made:
            one.dispose()
