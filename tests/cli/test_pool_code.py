"""``hilum pool --code``: the lines printed make the same answer again."""

import csv
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hilum.synthesis.effects import MEASURES
from tests.cli.test_cli import hilum

BCG = Path(__file__).parents[2] / "examples" / "bcg.csv"
R = shutil.which("Rscript")
NEEDS_R = pytest.mark.skipif(R is None, reason="R is not installed")
ONE = "study,xi,ni,group\nA,0,20,x\nB,7,30,x\nC,9,33,y\nD,4,41,y\nE,2,25,y\n"
RATES = "study,xi,ti\nA,3,20.5\nB,7,30\nC,9,33\nD,4,41\n"
TWO_RATES = "study,x1i,t1i,x2i,t2i\nA,3,20.5,5,30\nB,7,30,2,10\nC,9,33,8,31\nD,4,41,6,44\n"
MEANS = (
    "study,m1i,sd1i,n1i,m2i,sd2i,n2i\nA,3,1.5,20,5,2,22\nB,2.7,1,30,2,1.1,31\nC,3.9,2,33,4.8,1,30\n"
)
ONE_MEAN = "study,mi,sdi,ni\nA,3,1.5,20\nB,2.7,1,30\nC,3.9,2,33\n"
GIVEN = "study,yi,vi\nA,-0.3,0.05\nB,-0.1,0.02\nC,0.2,0.08\nD,-0.5,0.04\n"
TABLES = {
    ("xi", "ni"): ONE,
    ("xi", "ti"): RATES,
    ("mi", "sdi", "ni"): ONE_MEAN,
    ("x1i", "t1i", "x2i", "t2i"): TWO_RATES,
    ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i"): MEANS,
    ("yi", "vi"): GIVEN,
}
TWO = "study,ai,n1i,ci,n2i,site\nA,0,20,4,22,x\nB,7,30,9,31,x\nC,9,33,12,35,y\nD,4,41,11,40,y\n"
TABLES["ai", "n1i", "ci", "n2i"] = TWO
HOWS = (
    [(code, ()) for code in MEASURES]
    + [("OR", ("--method", "MH")), ("RR", ("--method", "MH")), ("PETO", ("--method", "Peto"))]
    + [("OR", ("--method", "GLMM", "--model", one)) for one in ("UM.FS", "CM.AL", "CM.EL")]
    + [("PLO", ("--method", "REML", "--test", test)) for test in ("t", "knha", "adhoc")]
    + [("RR", ("--method", one)) for one in ("EE", "DL", "ML", "EB", "PM", "SJ", "HE", "HS")]
    + [("RR", ("--method", "HC")), ("RR", ("--multilevel", "site"))]
    + [("RR", ("--robust", "CR1", "--cluster", "site"))]
    + [("RR", ("--add", "0.25", "--to", "all", "--level", "0.9"))]
)


def printed(folder, measure, more, code="R"):
    """The lines, and what the command answers."""
    file = folder / "table.csv"
    file.write_text(TABLES[MEASURES[measure].columns], encoding="utf-8")
    asked = ("pool", file, "--measure", measure, *more)
    answer = json.loads(hilum(*asked, "--json").stdout)
    return hilum(*asked, "--code", code).stdout, answer


@pytest.fixture(scope="module")
def metafor(tmp_path_factory):
    """What R says to the lines of every way, in one process: loading metafor is most of the work.

    A list beside ``HOWS`` of (the command's answer, R's figures, R's error).
    """
    folder = tmp_path_factory.mktemp("again")
    answers, script = [], ["suppressMessages(library(metafor))"]
    ends = "format(c(res$beta[1], res$ci.lb[1], res$ci.ub[1]), digits=12)"
    for at, (measure, more) in enumerate(HOWS):
        lines, answer = printed(folder, measure, more)
        answers.append(answer)
        script += [
            f"tryCatch(local({{\n{lines}\ncat('\\nENDS{at} ', {ends}, '\\n')\n}}),",
            f"error=function(e) cat('\\nFAILS{at} ', conditionMessage(e), '\\n'))",
        ]
    (folder / "again.R").write_text("\n".join(script), encoding="utf-8")
    done = subprocess.run(
        [R, "--vanilla", folder / "again.R"], capture_output=True, text=True, check=True
    )

    def said(word, at):
        found = re.search(rf"^{word}{at} (.*)$", done.stdout, re.MULTILINE)
        return found and found[1]

    return [(one, said("ENDS", at), said("FAILS", at)) for at, one in enumerate(answers)]


@NEEDS_R
@pytest.mark.parametrize("at", range(len(HOWS)), ids=[" ".join((m, *more)) for m, more in HOWS])
def test_metafor_says_the_same(metafor, at):
    _, more = HOWS[at]
    answer, figures, error = metafor[at]
    if error is not None and "Please install" in error:
        pytest.skip(error.strip())
    assert figures is not None, error
    found = [float(one) for one in figures.split()]
    limits = answer["predict"]
    wanted = [limits["pred"], limits["ci_lb"], limits["ci_ub"]]
    if "CM.EL" in more:
        # Its Hessian by differences fails in metafor 3.8: an interval of no width.
        found, wanted = found[:1], wanted[:1]
    # metafor's climbs end earlier than hilum's.
    near = 2e-3 if answer["exact"] else 5e-5
    assert found == pytest.approx(wanted, abs=near, rel=near)


@pytest.mark.parametrize("measure", ["PLO", "RR", "GEN"])
def test_python_says_the_same(tmp_path, measure):
    lines, answer = printed(tmp_path, measure, (), "python")
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["beta"] == answer["beta"]


def test_what_is_written_of_a_name_stays_a_name(tmp_path):
    file = tmp_path / "evil.csv"
    name = 'x"); system("touch gone") #\\'
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([["study", "xi", "ni"], [name, 3, 20], ["B", 4, 31]])
    lines = hilum("pool", file, "--measure", "PLO", "--code", "R").stdout
    assert 'x\\U00000022); system(\\U00000022touch gone\\U00000022) #\\U0000005c"' in lines
    assert '"); system' not in lines


def test_another_language_is_refused(tmp_path):
    file = tmp_path / "one.csv"
    file.write_text(ONE, encoding="utf-8")
    done = hilum("pool", file, "--measure", "PLO", "--code", "Stata")
    assert done.returncode == 1
    assert "one of r, python" in done.stderr


def test_subgroups_and_moderators_are_in_the_lines():
    by = hilum("pool", BCG, "--measure", "RR", "--by", "alloc", "--code", "R").stdout
    assert 'subset=(dat[["alloc"]] == one)' in by
    mods = hilum("pool", BCG, "--measure", "RR", "--mods", "~ ablat", "--code", "R").stdout
    assert "mods = ~ ablat" in mods
    assert "ablat=c(44, 55" in mods
