"""Small files that people write: what is wrong is named, and nothing endless is read whole."""

import tomllib

import pytest
from proofs.face import called
from proofs.seeds import EVIDENCE, EXAMPLES, ROOT

from hilum.tabular.small import (
    DEEPEST,
    MAX_BYTES,
    has_endless_key,
    parse_json,
    parse_toml,
    small_bytes,
    small_text,
)

DEEP = "[" * 2 * DEEPEST + "]" * 2 * DEEPEST
DIGITS = "9" * 5000


def test_a_file_is_read_to_its_bound(tmp_path):
    path = tmp_path / "a.toml"
    path.write_bytes(b"12345")
    assert small_bytes(path, 5) == b"12345"
    with pytest.raises(OSError, match="over 4 bytes"):
        small_bytes(path, 4)
    path.write_bytes("\ufeffa = 1".encode())
    assert small_text(path) == "a = 1"


@pytest.mark.parametrize("text", [f"a = {DEEP}", f"a = {DIGITS}", "a = [", "a." * 500 + "a = 1"])
def test_whatever_is_wrong_with_toml_is_said_as_such(text):
    with pytest.raises(tomllib.TOMLDecodeError):
        parse_toml(text)


@pytest.mark.parametrize("text", [f'{{"a": {DEEP}}}', f'{{"a": {DIGITS}}}', "{", '{"a": NaN}', "é"])
def test_whatever_is_wrong_with_json_is_one_kind_of_error(text):
    with pytest.raises(ValueError, match=r".+"):
        parse_json(text.encode("latin-1"))


def nested(depth):
    return "[" * depth + "]" * depth


def test_lists_in_lists_to_the_bound():
    # The table of the file is the first layer.
    assert parse_toml(f"a = {nested(DEEPEST - 1)}")
    with pytest.raises(tomllib.TOMLDecodeError, match="lists in lists"):
        parse_toml(f"a = {nested(DEEPEST)}")
    assert parse_json(nested(DEEPEST).encode())
    with pytest.raises(ValueError, match="lists in lists"):
        parse_json(nested(DEEPEST + 1).encode())


@pytest.mark.parametrize("part", ["a", '"a.b"', "'a'", "a "])
def test_parts_of_a_key_to_the_bound(part):
    dots = 2 * DEEPEST if "." in part else DEEPEST
    assert not has_endless_key(f"{'.'.join([part] * (DEEPEST // (dots // DEEPEST) + 1))} = 1")
    assert has_endless_key(f"{'.'.join([part] * (DEEPEST + 2))} = 1")


def test_a_case_whose_key_has_no_end(tmp_path):
    """Read by Python alone it takes two gigabytes."""
    path = tmp_path / "c.toml"
    path.write_text("[patient]\n" + ".".join(["a"] * 20_000) + " = 1\n")
    done = called("case", "check", path)
    assert done.returncode == 1
    assert "nested lists" in done.stderr


def test_a_long_word_is_looked_at_once():
    assert not has_endless_key("a" * 10_000_000)
    assert not has_endless_key('"' * 1_000_000)


CASE = str(EXAMPLES / "sparse.toml")
SMOKING = str(EXAMPLES / "smoking.csv")
READERS = {
    "settings": ("s.toml", ("board", CASE, "--json", "--settings")),
    "older sheet": ("o.json", ("board", CASE, "--json", "--compare")),
    "changes": ("c.toml", ("board", CASE, "--json", "--certainty")),
    "FHIR": ("b.json", ("case", "from-fhir")),
    "case": ("c.toml", ("case", "check")),
    "priors": ("p.toml", ("joint", SMOKING, "--priors")),
    "scenario": ("t.toml", ("trials", "simulate")),
}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("value", [DEEP, DIGITS])
def test_a_reader_names_the_file(tmp_path, name, value):
    file, words = READERS[name]
    path = tmp_path / file
    path.write_text(f'{{"a": {value}}}' if file.endswith("json") else f"a = {value}\n")
    done = called(*words, path)
    assert (done.returncode, done.stdout) == (1, "")
    assert file in done.stderr
    assert "unforeseen" not in done.stderr


@pytest.mark.parametrize("name", READERS)
def test_a_reader_of_what_has_no_end(name):
    done = called(*READERS[name][1], "/dev/zero")
    assert done.returncode == 1
    assert "zero" in done.stderr
    assert "unforeseen" not in done.stderr
    assert "memory" not in done.stderr


@pytest.fixture
def record(tmp_path):
    for one in EVIDENCE.glob("*.csv"):
        (tmp_path / one.name).write_bytes(one.read_bytes())
    return tmp_path


@pytest.mark.parametrize("name", ["studies.csv", "results.csv", "appraisal_facts.csv"])
@pytest.mark.parametrize("spoilt", ['"', "b" * 140_000 + ","])
def test_a_header_that_is_no_csv(record, name, spoilt):
    path = record / name
    path.write_text(spoilt + path.read_text("utf-8"), "utf-8")
    done = called("evidence", "check", record)
    assert done.returncode == 1
    assert name in done.stdout + done.stderr
    assert "unforeseen" not in done.stderr


@pytest.mark.parametrize("spoilt", ['"', "b" * 140_000 + ","])
def test_a_header_of_appraisals_that_is_no_csv(tmp_path, spoilt):
    path = tmp_path / "rob.csv"
    text = (ROOT / "proofs" / "data" / "appraisals.csv").read_text("utf-8")
    path.write_text(spoilt + text, "utf-8")
    done = called("evidence", "appraise", "check", path)
    assert done.returncode == 1
    assert "rob.csv:" in done.stderr + done.stdout
    assert "unforeseen" not in done.stderr


def test_the_bound_is_ten_million_bytes():
    assert MAX_BYTES == 10_000_000


@pytest.mark.parametrize(("n", "read"), [("50000", True), ("50001", False), (DIGITS, False)])
def test_patients_at_risk_to_the_bound(tmp_path, n, read):
    from hilum.errors import InputError
    from hilum.literature.figures.risk import read_risk_table

    path = tmp_path / "a.csv"
    path.write_text(f"time,n\n0,{n}\n")
    if read:
        assert read_risk_table(path)[""].n == (50_000,)
        return
    with pytest.raises(InputError, match="at most 50,000 patients"):
        read_risk_table(path)


@pytest.mark.parametrize("field", ["patients", "total_events"])
def test_patients_of_a_curve_to_the_bound(field):
    from hilum.analyses.reconstruct import ReconstructAsked
    from hilum.errors import InputError

    assert ReconstructAsked(curves=(), **{field: {"": 50_000.0}})
    with pytest.raises(InputError, match="at most 50,000 patients"):
        ReconstructAsked(curves=(), **{field: {"": 50_001.0}})


@pytest.mark.parametrize("field", ["n_max", "first", "cohort"])
def test_patients_of_a_watched_trial_to_the_bound(field):
    from hilum.analyses.designs.one_group import BayesianAsked
    from hilum.errors import InputError

    assert getattr(BayesianAsked(p0=0.1, p1=0.4, **{field: 1000}), field) == 1000
    with pytest.raises(InputError):
        BayesianAsked(p0=0.1, p1=0.4, **{field: 1001})


MARK = "\u202e"


def test_faults_of_tables_hold_nothing_that_acts_on_a_terminal(tmp_path, record):
    """A column's name, an id, a tool: each as its table has it, each named as a fault."""
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "switched_off.csv").write_text(f"rule_id,reason\nPRRT{MARK},no\n", "utf-8")
    path = record / "studies.csv"
    path.write_text(path.read_text("utf-8").replace("gupta2005", f"gupta{MARK}", 1), "utf-8")
    form = tmp_path / "rob.csv"
    text = (ROOT / "proofs" / "data" / "appraisals.csv").read_text("utf-8")
    form.write_text(text.replace("outcome", f"outcome{MARK}", 1), "utf-8")
    for words in (
        ("rules", "check", rules),
        ("evidence", "check", record),
        ("evidence", "appraise", "check", form),
    ):
        done = called(*words)
        assert done.returncode == 1
        assert "\\u202e" in done.stdout + done.stderr
        assert MARK not in done.stdout + done.stderr


def test_a_thread_for_which_there_is_no_memory_is_said(monkeypatch):
    """It is begun and never runs: what waits for it ends, and says why."""
    from hilum import apart
    from hilum.watch import SILENT

    monkeypatch.setattr(apart, "BEGINS", 0.1)
    monkeypatch.setattr(apart._thread, "start_new_thread", lambda *_: 1)
    with pytest.raises(MemoryError):
        apart.run_apart("hilum.literature.figures:read_image", SILENT)


def test_a_child_that_ended_unheard_ends_the_wait(monkeypatch):
    from hilum import apart
    from hilum.errors import NotConverged
    from hilum.watch import SILENT

    monkeypatch.setattr(apart, "_begin", lambda *_: None)
    monkeypatch.setattr(apart, "CHILD", "")
    with pytest.raises(NotConverged):
        apart.run_apart("hilum.literature.figures:read_image", SILENT)


@pytest.mark.parametrize("number", ["9" * 20, "9" * 400, "-" + "9" * 400])
def test_a_number_of_more_digits_than_a_float_has_is_refused(number):
    done = called("trials", "simulate", EXAMPLES / "two-stage.toml", f"--trials={number}")
    assert done.returncode == 1
    assert "--trials: '" in done.stderr
    assert "expected a number" in done.stderr
    assert max(map(len, done.stderr.split())) < 40
