"""A claim that does not hold, and a program that breaks or does not end, is no success."""

import json
import shutil
import sys
from pathlib import Path

import pytest
from validation import __main__ as frame
from validation import claims, curves, forked, mutation
from validation.mutants import mutants
from validation.programs import Program

PROGRAM = """
import sys
from pathlib import Path
from validation.claims import Claims
made = Claims("{name}")
made.say("figure", {figure}, 1.0, 2.0)
sys.exit(made.finish())
"""
PROGRAMS = {
    "good": PROGRAM.format(name="good", figure=2.0),
    "bad": PROGRAM.format(name="bad", figure=2.0000001),
    "broken": "raise SystemExit('broken')",
    "silent": "from validation.claims import Claims\nraise SystemExit(Claims('silent').finish())",
    "slow": "import time\ntime.sleep(60)",
}


@pytest.fixture
def validate(tmp_path, monkeypatch):
    """The frame over programs made for the purpose: exit status and page."""
    folder = tmp_path / "validation"
    folder.mkdir()
    shutil.copy(claims.__file__, folder / "claims.py")
    for name, text in PROGRAMS.items():
        (folder / f"{name}.py").write_text(text)
    monkeypatch.setattr(frame, "ROOT", tmp_path)
    monkeypatch.setattr(frame, "PAGE", tmp_path / "page.md")
    monkeypatch.setattr(frame, "KEPT", tmp_path / "figures.json")

    def of(*names, seconds=30, minutes="1", known=()):
        made = tuple(Program(name, "nothing", seconds) for name in (*names, *known))
        monkeypatch.setattr(frame, "PROGRAMS", made)
        words = ["validation", "--minutes", minutes, "--page", str(tmp_path / "page.md")]
        monkeypatch.setattr(sys, "argv", [*words, "--only", *names])
        status = frame.main()
        return status, (tmp_path / "page.md").read_text("utf-8")

    return of


def test_claims_that_hold(validate):
    status, page = validate("good")
    assert status == 0
    assert "all passed" in page
    assert "| figure | 2 | at least 1, at most 2 |  |" in page


def test_what_is_not_run_anew_stands_as_it_ended_last(validate, tmp_path):
    assert validate("good")[0] == 0
    status, page = validate("bad", known=("good",))
    assert status == 1
    assert "- failed: bad\n" in page
    assert "passed: 1 claims" in page
    assert "## good\n" in page
    # What is no program any more is forgotten.
    validate("bad")
    assert set(json.loads((tmp_path / "figures.json").read_text("utf-8"))) == {"bad"}


def test_seconds_of_a_processor_are_told(validate, tmp_path):
    assert validate("good")[0] == 0
    (kept,) = json.loads((tmp_path / "figures.json").read_text("utf-8")).values()
    assert 0 < kept["processor"] < 30
    assert kept["day"] in (tmp_path / "page.md").read_text("utf-8")


@pytest.mark.parametrize("name", ["bad", "broken", "silent"])
def test_a_claim_that_fails_exits_non_zero(validate, name):
    status, page = validate("good", name)
    assert status == 1
    assert f"- failed: {name}\n" in page


def test_a_program_that_does_not_end_has_failed(validate):
    status, page = validate("good", "slow", seconds=3)
    assert status == 1
    assert "failed: ended after 3 s" in page


def test_what_did_not_fit_into_the_time_is_said_and_is_no_success(validate):
    status, page = validate("slow", minutes="0.02")
    assert status == 3
    assert "- not run: slow\n" in page
    assert validate("good", minutes="0")[0] == 3
    # What failed stays failed.
    broken = frame.Ran(Program("broken", ""), 1, 1.0, ())
    cut = frame.Ran(Program("slow", ""), None, 1.0, (), cut=True)
    assert frame.exit_status([cut, broken]) == 1


@pytest.mark.parametrize(
    ("figure", "held"),
    [(0.999, False), (1.0, True), (1.001, True), (2.0, True), (2.001, False),
     (float("nan"), False)],
)  # fmt: skip
def test_a_claim_holds_between_its_ends(figure, held):
    assert claims.Claim("p", "c", figure, 1.0, 2.0).passed is held
    assert claims.Claim("p", "c", figure, 1.0, None).passed is (figure >= 1)
    assert claims.Claim("p", "c", figure, None, 2.0).passed is (figure <= 2)


def test_one_fault_at_a_time():
    made = [(one.before, one.after) for one in mutants("f.py", "a = b >= 3 and not c\n")]
    assert made == [(">=", ">"), ("3", "4"), ("and", "or"), ("not", "")]
    twice = [one.nth for one in mutants("f.py", "a = 0 < b < c\n") if one.before == "<"]
    assert twice == [1, 2]
    table = "id,when,note\nx,age > 3,9\n"
    changed = {(one.before, one.after): one.text for one in mutants("f.csv", table)}
    assert changed == {
        (">", ">="): table.replace(">", ">="),
        ("3", "4"): table.replace("> 3", "> 4"),
    }


@pytest.mark.parametrize(
    ("status", "good"), [(0, True), (1 << 8, False), (2 << 8, False), (70 << 8, False), (14, False)]
)
def test_a_run_that_fails_or_hangs_has_noticed(status, good):
    # 14 is the alarm that ends a run which takes too long.
    assert forked.passed(status) is good


def test_the_page_of_faults_tells_what_each_part_s_last_run_found(tmp_path, monkeypatch):
    from validation.mutation import Survivor, Tried

    monkeypatch.setattr(mutation, "KEPT", tmp_path / "mutation.json")
    part = mutation.PARTS[1]
    file = part.files[0]
    made = tuple(mutants(file, "a = b >= 3 and not c\n"))
    monkeypatch.setattr(mutation, "read_reasons", lambda: {made[0].key: "nobody sees it"})
    run = Tried(part, 9, made, 60.0, tried=4, survivors=[made[0], made[1]])
    page = mutation.page(mutation.keep([run], 7, again=False))
    # Two of four noticed, one of the others is none: two of three.
    assert "| 9 | 7 | 4 | 2 | 2 | 66.7% | 1 | 1 |  |" in page
    assert "`>=` to `>` | nobody sees it |" in page
    assert "**to be noticed by a test**" in page
    assert f"| {mutation.PARTS[0].name} | | | | not tried |" in page
    # Tried again after a test was written: the share is of all that was tried.
    again = Tried(part, 9, made[:2], 60.0, tried=2, survivors=[made[0]])
    held = mutation.keep([again], 7, again=True)
    left = Survivor(file, 1, "a = b >= 3 and not c", ">=", ">", 1)
    assert held[part.name]["survivors"] == [left]
    assert "| 9 | 7 | 4 | 2 | 3 | 100.0% | 1 | 0 | 20" in mutation.page(held)
    # What the time did not allow stays; a line that is gone is no survivor.
    waits = Tried(part, 9, made[:1], 60.0, tried=0, survivors=[])
    assert mutation.keep([waits], 7, again=True)[part.name]["survivors"] == [left]
    gone = Tried(part, 9, (), 60.0, tried=0, survivors=[])
    assert mutation.keep([gone], 7, again=True)[part.name]["survivors"] == []


def test_every_part_names_files_and_tests_that_are_there():
    root = Path(mutation.__file__).parents[1]
    for part in mutation.PARTS:
        for name in part.files:
            assert (root / "src" / "hilum" / name).is_file(), (part.name, name)
        for name in (*part.tests, *part.wider):
            assert (root / "tests" / name).is_file(), (part.name, name)


def test_a_curve_in_percent_comes_back_from_vectors_and_pictures():
    """A trial of the program's own, so that it cannot fall behind what readers answer."""
    found = curves.trial(6)
    for way in ("vector", "raster"):
        arms, ratio = found[way]
        assert [one[0] < curves.AIMS[way][0] for one in arms] == [True, True]
        assert abs(ratio) < curves.AIMS[way][2]
