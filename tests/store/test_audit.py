"""The log: nobody changes a line, and whoever writes the file itself is found."""

import csv
import io
import sqlite3
import threading

import pytest
from proofs.face import called
from sqlalchemy import delete, insert, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from hilum.store.audit import COLUMNS, START, checked, lines, log, logged
from hilum.store.cases import Cases
from hilum.store.opening import NAME, alembic_config, opened
from hilum.store.schema import AUDIT
from hilum.store.times import now


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def cases(folder):
    made = Cases(opened(folder))
    yield made
    made.engine.dispose()


@pytest.fixture
def either(engine):
    """The cases of a store on each database."""
    return Cases(engine)


def some(cases, count=5):
    for number in range(count):
        cases.seen("c" * 32, "seen", "clin", number)


def test_lines_follow_each_other(either):
    some(either)
    found = lines(either.engine)
    assert [one.number for one in found] == [1, 2, 3, 4, 5]
    before = START
    for one in found:
        assert one.hash == one.chained(before)
        before = one.hash
    done = checked(either.engine)
    assert done.whole
    assert (done.lines, done.last) == (5, before)
    assert checked(either.engine, found[2].hash).whole
    assert not checked(either.engine, "f" * 64).whole


def test_an_empty_log_is_whole(either):
    assert checked(either.engine).whole
    assert checked(either.engine, START).whole


@pytest.mark.parametrize(
    "change",
    [update(AUDIT).values(who="nobody"), delete(AUDIT), delete(AUDIT).where(AUDIT.c.id == 5)],
    ids=["update", "delete", "last"],
)
def test_the_database_refuses(change, either):
    some(either)
    with pytest.raises(DatabaseError, match="never changed"), either.engine.begin() as connection:
        connection.execute(change)
    assert checked(either.engine).whole


def test_nobody_adds_a_line_beside_the_log(either):
    row = {"at": now(), "who": "x", "what": "seen"}
    with pytest.raises(IntegrityError), either.engine.begin() as connection:
        connection.execute(insert(AUDIT).values(**row))


@pytest.mark.parametrize(
    ("spoil", "broken", "cut"),
    [
        ("UPDATE audit SET who = 'nobody' WHERE id = 3", 3, False),
        ("UPDATE audit SET at = '2020-01-01 00:00:00.000000' WHERE id = 1", 1, False),
        ("UPDATE audit SET about = 'x' WHERE id = 5", 5, False),
        ("DELETE FROM audit WHERE id = 2", 2, False),
        ("DELETE FROM audit WHERE id = 5", None, True),
        ("DELETE FROM audit", None, True),
        ("UPDATE audit SET id = id + 1 WHERE id = 5", 5, False),
        ("UPDATE audit_end SET lines = 4", None, True),
    ],
)
def test_whoever_writes_the_file_is_found(spoil, broken, cut, cases, folder):
    some(cases)
    kept = lines(cases.engine)[-1].hash
    raw = sqlite3.connect(folder / NAME)
    for trigger in ("audit_no_update", "audit_no_delete"):
        raw.execute(f"DROP TRIGGER {trigger}")
    raw.execute(spoil)
    raw.commit()
    raw.close()
    found = checked(cases.engine)
    assert not found.whole
    assert found.broken == broken
    assert found.cut is cut or broken is not None
    done = called("serve", "audit", "--check", "--data", folder)
    assert done.returncode == 1
    assert done.stdout.strip()
    assert checked(cases.engine, kept).whole is False


def test_a_log_written_anew_is_found_by_a_hash_kept_elsewhere(cases, folder, tmp_path):
    some(cases)
    kept = lines(cases.engine)[3].hash
    other = Cases(opened(tmp_path / "other"))
    some(other)
    assert checked(other.engine).whole
    assert checked(other.engine, kept).known is False
    other.engine.dispose()
    assert called("serve", "audit", "--kept", kept, "--data", folder).returncode == 0
    done = called("serve", "audit", "--kept", kept, "--data", tmp_path / "other")
    assert done.returncode == 1
    assert "written anew" in done.stdout


def test_many_at_once_make_one_chain(either):
    def write():
        for _ in range(10):
            log(either.engine, "clin", "seen")

    threads = [threading.Thread(target=write) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    found = checked(either.engine)
    assert found.whole
    assert found.lines == 80


def test_what_fails_leaves_no_line_and_no_gap(either):
    some(either, 2)
    connection = either.engine.connect()
    logged(connection, "clin", "seen")
    connection.rollback()
    connection.close()
    some(either, 1)
    assert [one.number for one in lines(either.engine)] == [1, 2, 3]
    assert checked(either.engine).whole


def test_the_table_to_take(cases, folder):
    some(cases, 2)
    done = called("serve", "audit", "--data", folder)
    rows = list(csv.reader(io.StringIO(done.stdout)))
    assert tuple(rows[0]) == COLUMNS
    assert rows[2][1:8] == ["clin", "seen", "c" * 32, "1", "", "2", lines(cases.engine)[1].hash]


def test_lines_of_an_older_store_are_chained(folder):
    """The first version kept no hashes: its lines are taken over as they are."""
    from alembic import command
    from sqlalchemy import create_engine, text

    folder.mkdir()
    engine = create_engine(f"sqlite:///{folder / NAME}")
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0001")
        for number in (3, 7):
            connection.execute(text(
                "INSERT INTO audit (id, at, who, what, case_id, state) VALUES "
                f"({number}, '2026-11-28 10:00:0{number}.000000', 'owner', 'seen', 'c', {number})"
            ))  # fmt: skip
    engine.dispose()
    made = opened(folder)
    assert [(one.number, one.who, one.state) for one in lines(made)] == [
        (1, "owner", 3), (2, "owner", 7),
    ]  # fmt: skip
    assert checked(made).whole
    log(made, "clin", "seen")
    assert checked(made).lines == 3
    with made.begin() as connection:
        command.downgrade(alembic_config(connection), "0001")
        assert connection.execute(text("SELECT count(*) FROM audit")).scalar() == 3
        command.upgrade(alembic_config(connection), "head")
    assert checked(made).lines == 3
    made.dispose()
