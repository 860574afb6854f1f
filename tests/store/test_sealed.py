"""A store with a key: nothing of a patient in its files, nothing swapped, keys changed."""

import base64
import json
import shutil
import zipfile

import pytest
from sqlalchemy import select, text, update

from hilum.errors import InputError
from hilum.store.cases import Cases
from hilum.store.copies import copied, copies
from hilum.store.keys import Given, given_key, new_key, passphrase, unlocked
from hilum.store.livers import Livers
from hilum.store.opening import opened
from hilum.store.rekeyed import rekeyed
from hilum.store.schema import METADATA, SEALS, STATES
from hilum.store.sealed import CELLS, MARK, MARKED, PLAIN, STATE, Sealing, Spoilt
from hilum.store.unlocked import unlocked_store

ME = "clin"
MARKED_PATIENT = "Zebulon Quartermaine"
KEY = Given("key", bytes(range(32)))
OTHER = Given("key", bytes(range(1, 33)))
WORDS = passphrase("violet anchor sandwich")


def patient(name=MARKED_PATIENT):
    return {"name": name, "patient": {"age": 61}}


def in_files(folder, what=MARKED_PATIENT):
    """Names of files in which something stands as it is, also in those of the journal."""
    return [path.name for path in folder.rglob("*") if path.is_file()
            and what.encode() in path.read_bytes()]  # fmt: skip


def lay(name):
    def laid(folder):
        (folder / "labels").mkdir()
        (folder / "labels" / f"{name}.nii").write_bytes(name.encode() * 10)
        (folder / "labels" / "empty.nii").write_bytes(b"")

    return laid


def filled(folder, given):
    """A store with a case of two states, a draft and a liver."""
    cases = unlocked_store(folder, given)
    one = cases.add(patient(), "new", ME)
    cases.keep(one, 1, patient(f"{MARKED_PATIENT} II"), ME)
    cases.type(one, 2, patient(f"{MARKED_PATIENT} III"), ME)
    livers = Livers(folder, cases.sealing)
    kept = livers.add(one, lay(MARKED_PATIENT))
    livers.plan(kept, {"segments": [5], "of": MARKED_PATIENT})
    return cases, one, livers, kept


def same(folder, given, one, kept):
    """Everything of :func:`filled` is there again."""
    cases = unlocked_store(folder, given)
    try:
        names = [state.content["name"] for state in cases.states(one)]
        assert names == [MARKED_PATIENT, f"{MARKED_PATIENT} II"]
        assert cases.draft(one).content["name"].endswith("III")
        assert len(cases.listed()) == 1
        livers = Livers(folder, cases.sealing)
        assert livers.of(one) == [kept]
        assert livers.plans(kept)[0]["segments"] == [5]
        with livers.files(kept) as plain:
            assert (plain / "labels" / f"{MARKED_PATIENT}.nii").read_bytes() == (
                MARKED_PATIENT.encode() * 10
            )
            assert (plain / "labels" / "empty.nii").read_bytes() == b""
        if cases.sealing:
            assert not plain.exists(), "what was opened to be read is gone again"
    finally:
        cases.engine.dispose()


def test_a_value_opens_in_its_own_place_alone():
    sealing = Sealing({1: bytes(32)})
    sealed = sealing.seal(b"x", STATE.context("a", 1))
    assert sealed != sealing.seal(b"x", STATE.context("a", 1)), "no two are alike"
    assert sealing.unseal(sealed, STATE.context("a", 1)) == b"x"
    for context in (STATE.context("a", 2), STATE.context("b", 1), ("case_states", "why", "a", 1)):
        with pytest.raises(Spoilt):
            sealing.unseal(sealed, context)
    for wrong in (sealed[:-1], sealed[:-1] + bytes([sealed[-1] ^ 1]), b"x", b"", MARK):
        with pytest.raises(Spoilt):
            sealing.unseal(wrong, STATE.context("a", 1))
    with pytest.raises(Spoilt):
        Sealing({1: bytes([1] * 32)}).unseal(sealed, STATE.context("a", 1))
    with pytest.raises(Spoilt):
        PLAIN.unseal(sealed, STATE.context("a", 1))
    closed = sealing.close("é", ("t",))
    assert closed.startswith(MARKED)
    assert sealing.open(closed, ("t",)) == "é"
    for wrong in ("é", "{}", closed[:-4], MARKED):
        with pytest.raises(Spoilt):
            sealing.open(wrong, ("t",))
    assert repr(sealing) == "Sealing()", "no key in a trace"


def test_aes_gcm_is_the_one_of_the_standard():
    """Test case 16 of McGrew and Viega's GCM specification (2005), by the library used."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    key = bytes.fromhex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308")
    nonce = bytes.fromhex("cafebabefacedbaddecaf888")
    plain = bytes.fromhex(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
    )
    bound = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    sealed = AESGCM(key).encrypt(nonce, plain, bound)
    assert sealed[-16:].hex() == "76fc6ece0f4e1768cddf8853bb2d551b"


@pytest.mark.parametrize("given", [KEY, WORDS], ids=["key", "passphrase"])
def test_nothing_of_a_patient_stands_in_the_files(given, tmp_path):
    cases, one, _, kept = filled(tmp_path / "data", given)
    assert in_files(tmp_path / "data") == []
    assert in_files(tmp_path / "data", '"age"') == []
    cases.engine.dispose()
    assert in_files(tmp_path / "data") == []
    same(tmp_path / "data", given, one, kept)


def test_without_a_key_it_stands_there(tmp_path):
    """That the look into the files would find it."""
    cases, one, _, kept = filled(tmp_path / "data", None)
    assert in_files(tmp_path / "data") != []
    cases.engine.dispose()
    same(tmp_path / "data", None, one, kept)


@pytest.mark.parametrize("given", [None, KEY], ids=["plain", "sealed"])
def test_what_is_removed_is_gone_from_the_files(given, tmp_path):
    folder = tmp_path / "data"
    cases, one, livers, _ = filled(folder, given)
    raw = "" if given is None else _sealed_text(cases.engine)
    cases.remove(one, ME)
    livers.remove(one)
    assert in_files(folder) == []
    assert raw == "" or in_files(folder, raw) == []
    cases.engine.dispose()
    assert in_files(folder) == []


def _sealed_text(engine):
    with engine.connect() as connection:
        return connection.execute(select(STATES.c.content)).first()[0]


def test_rows_cannot_be_put_in_each_others_place(tmp_path):
    cases = unlocked_store(tmp_path / "data", KEY)
    one, other = (cases.add(patient(name), "new", ME) for name in ("A", "B"))
    with cases.engine.begin() as connection:
        content = connection.execute(
            select(STATES.c.content).where(STATES.c.case_id == one)
        ).scalar()
        connection.execute(update(STATES).where(STATES.c.case_id == other).values(content=content))
    assert cases.last(one).content["name"] == "A"
    with pytest.raises(Spoilt, match="changed or moved"):
        cases.last(other)
    with cases.engine.begin() as connection:
        connection.execute(
            update(STATES).where(STATES.c.case_id == other).values(content=json.dumps(patient()))
        )
    with pytest.raises(Spoilt):
        cases.last(other)
    cases.engine.dispose()


def test_files_cannot_be_cut_or_moved(tmp_path, monkeypatch):
    import hilum.store.sealed_files as made

    monkeypatch.setattr(made, "FRAME", 64)
    cases, _, livers, kept = filled(tmp_path / "data", KEY)
    (place,) = (tmp_path / "data").rglob("sealed")
    whole = {path: path.read_bytes() for path in place.iterdir()}
    first, second = sorted(whole)

    def spoilt(changes):
        for path, content in {**whole, **changes}.items():
            path.write_bytes(content)
        with pytest.raises(Spoilt), livers.files(kept):
            pass

    spoilt({first: whole[second], second: whole[first]})
    spoilt({first: whole[first][:-1]})
    spoilt({first: b""})
    size = 4 + int.from_bytes(whole[first][:4])
    assert len(whole[first]) > 2 * size, "several frames"
    spoilt({first: whole[first][:size]})
    spoilt({first: whole[first][size:]})
    cases.engine.dispose()


def test_a_store_says_what_it_needs(tmp_path):
    folder = tmp_path / "data"
    cases, *_ = filled(folder, KEY)
    cases.engine.dispose()
    for given in (OTHER, WORDS, None):
        with pytest.raises(InputError, match="key of this store") as caught:
            unlocked_store(folder, given)
        assert len(str(caught.value).splitlines()) == 1
    shutil.rmtree(folder)
    cases, *_ = filled(folder, None)
    cases.engine.dispose()
    with pytest.raises(InputError, match="not encrypted yet"):
        unlocked_store(folder, KEY)


def test_the_store_holds_nothing_that_opens_it(tmp_path):
    cases, *_ = filled(tmp_path / "data", WORDS)
    with cases.engine.connect() as connection:
        (row,) = connection.execute(select(SEALS)).all()
    assert len(base64.b64decode(row.salt)) == 16
    keys = list(cases.sealing.keys.values())
    cases.engine.dispose()
    for path in (tmp_path / "data").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert WORDS.secret not in content
            assert all(key not in content and base64.b64encode(key) not in content for key in keys)


@pytest.mark.parametrize(
    ("old", "new"), [(None, KEY), (KEY, OTHER), (KEY, WORDS), (WORDS, KEY)],
    ids=["first", "another", "to words", "to key"],
)  # fmt: skip
def test_another_key(old, new, tmp_path):
    folder = tmp_path / "data"
    cases, one, _, kept = filled(folder, old)
    before = _sealed_text(cases.engine)
    cases.engine.dispose()
    # Two states, a draft, how a liver is read, its plans, its two files.
    assert rekeyed(folder, old, new) == 7
    assert in_files(folder) == []
    assert in_files(folder, before) == [], "nothing is left of how it was kept before"
    same(folder, new, one, kept)
    if old is not None:
        with pytest.raises(InputError, match="does not open it"):
            unlocked_store(folder, old)
    assert rekeyed(folder, new, new) == 7
    same(folder, new, one, kept)


def test_another_key_only_while_nobody_has_the_store_open(tmp_path):
    cases, one, _, kept = filled(tmp_path / "data", KEY)
    with pytest.raises(InputError, match="end hilum serve first"):
        rekeyed(tmp_path / "data", KEY, OTHER)
    cases.engine.dispose()
    same(tmp_path / "data", KEY, one, kept)
    with pytest.raises(InputError, match="does not open it"):
        rekeyed(tmp_path / "data", OTHER, KEY)
    same(tmp_path / "data", KEY, one, kept)


@pytest.mark.parametrize("at", [1, 2, 3, 4, 5])
def test_a_power_cut_while_the_key_changes_loses_nothing(at, tmp_path, monkeypatch):
    """Ended at each step of the files; the same command, with the new key, takes it along."""
    import hilum.store.livers as livers

    folder = tmp_path / "data"
    cases, one, _, kept = filled(folder, KEY if at % 2 else None)
    cases.engine.dispose()
    left = [at]

    def ends(real):
        def called(*given, **named):
            left[0] -= 1
            if not left[0]:
                raise KeyboardInterrupt
            return real(*given, **named)

        return called

    with monkeypatch.context() as patch:
        for name in ("_whole", "open_folder", "seal_folder"):
            patch.setattr(livers, name, ends(getattr(livers, name)))
        patch.setattr(livers.shutil, "rmtree", ends(shutil.rmtree))
        with pytest.raises(KeyboardInterrupt):
            rekeyed(folder, KEY if at % 2 else None, OTHER)
    assert rekeyed(folder, OTHER, OTHER) == 7
    same(folder, OTHER, one, kept)
    assert in_files(folder) == []


def test_every_text_of_a_patient_is_sealed():
    """A new column of text is sealed, or named here with why it need not be."""
    sealed = {(one.table, one.column) for one in CELLS}
    open_ = {("accounts", "password"), ("seals", "wrapped"), ("copies", "place")}
    free = {(table.name, column.name) for table in METADATA.tables.values()
            for column in table.columns if str(column.type) == "TEXT"}  # fmt: skip
    assert free == sealed | open_
    for cell in CELLS:
        assert {cell.column, *cell.key} <= set(METADATA.tables[cell.table].c.keys())


def test_keys_are_read_from_where_no_list_of_programs_shows_them(tmp_path):
    file = tmp_path / "key"
    said = new_key()
    for content in (said, f"{said}\n", base64.b64decode(said), base64.b64decode(said).hex()):
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        assert given_key(file, {}).secret == base64.b64decode(said)
    assert given_key(None, {"HILUM_KEY": said}).secret == base64.b64decode(said)
    assert given_key(None, {"HILUM_PASSPHRASE": "a" * 12}).kind == "passphrase"
    assert given_key(None, {}) is None
    assert said not in repr(given_key(None, {"HILUM_KEY": said}))
    for wrong in ("", "x" * 31, "not a key", said[:-4], "ü" * 32):
        file.write_text(wrong, "utf-8")
        with pytest.raises(InputError) as caught:
            given_key(file, {})
        assert not wrong or wrong not in str(caught.value)
    with pytest.raises(InputError, match="can be read"):
        given_key(tmp_path / "none", {})
    with pytest.raises(InputError, match="12 characters"):
        given_key(None, {"HILUM_PASSPHRASE": "a" * 11})


def test_an_empty_store_takes_the_key_it_is_opened_with(tmp_path):
    engine = opened(tmp_path / "data")
    assert unlocked(engine, None) is PLAIN
    first = unlocked(engine, KEY)
    assert first.number == 1
    assert unlocked(engine, KEY).keys == first.keys
    with engine.connect() as connection:
        connection.execute(text("PRAGMA integrity_check"))
    engine.dispose()


@pytest.mark.parametrize("given", [None, KEY], ids=["plain", "sealed"])
def test_a_copy_holds_everything_and_is_remembered(given, tmp_path):
    folder, file = tmp_path / "data", tmp_path / "copy.zip"
    cases, one, livers, kept = filled(folder, given)
    made = copied(folder, file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert made.size == file.stat().st_size
    assert list(tmp_path.glob(".*")) == []
    with pytest.raises(InputError, match="not there yet"):
        copied(folder, file)
    cases.remove(one, ME)
    livers.remove(one)
    (known,) = copies(cases.engine)
    assert (known.place, known.sha256, known.there) == (str(file), made.sha256, True)
    cases.engine.dispose()
    with zipfile.ZipFile(file) as archive:
        archive.extractall(tmp_path / "again")
    same(tmp_path / "again", given, one, kept)
    assert (in_files(tmp_path / "again") == []) is (given is not None)
    file.unlink()
    again = Cases(opened(folder))
    assert copies(again.engine)[0].there is False
    again.engine.dispose()
