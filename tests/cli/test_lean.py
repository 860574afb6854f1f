"""What a command does not need stays out of its process, and what passes plainly passes alike."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from hilum.cli import lean
from hilum.cli.plain import Plain

BCG = Path(__file__).parents[2] / "examples" / "bcg.csv"
# One process: the command as a shell runs it, then what a library would do after it.
CHILD = """
import sys
from hilum.cli.main import run
sys.argv = ["hilum", "pool", sys.argv[1], "--measure", "RR"]
try:
    run()
except SystemExit as stop:
    assert stop.code == 0, stop.code
heavy = ("scipy._lib._array_api", "scipy.special._basic", "scipy.optimize", "scipy.stats",
         "pydantic", "rich", "jinja2", "numpy.f2py", "hilum.cli.network", "hilum.sheet")
there = [name for name in heavy if name in sys.modules]
assert not there, there
from scipy import special
before = special.ndtri
assert special.digamma is special.psi
assert "scipy.special._basic" not in sys.modules
assert abs(special.logsumexp([0.0, 0.0]) - 0.6931471805599453) < 1e-15
assert "scipy.special._basic" in sys.modules
import scipy.stats
assert scipy.stats.norm.ppf(0.975) == before(0.975) and special.ndtri is before
assert special.__spec__.loader is special.__loader__ and type(special) is type(sys)
print("whole")
"""


# A second question of the shipped evidence: from the draws and the studies that are kept.
AGAIN = """
import sys
from hilum.cli.main import run
sys.argv = ["hilum", "joint"]
try:
    run()
except SystemExit as stop:
    assert not stop.code, stop.code
heavy = ("jax", "pydantic", "numpy.ma", "scipy.stats", "scipy.linalg", "importlib.metadata",
         "hilum.sheet.build", "hilum.evidence.records", "hilum.answers.select")
there = [name for name in heavy if name in sys.modules]
assert not there, there
"""


def test_a_kept_joint_answer_loads_no_evidence_and_no_sampler(tmp_path, monkeypatch):
    from hilum import derived
    from hilum.analyses import joint_kept
    from hilum.analyses.joint_asked import JointAsked
    from hilum.analyses.joint_laid import laid_out
    from hilum.synthesis.joint import Priors
    from tests.made_fit import made_fit

    monkeypatch.setenv(derived.VARIABLE, str(tmp_path))
    studies = laid_out(JointAsked()).studies
    key = joint_kept.key_of(
        studies, Priors(), weights=(1.0, 1.0), dial=None,
        size={"chains": 4, "seed": 1}, most=None,
    )  # fmt: skip
    made = made_fit(studies)
    # As many draws as may be made.
    draws = {
        name: np.tile(one, (1, 16) + (1,) * (one.ndim - 2)) for name, one in made.draws.items()
    }
    joint_kept.keep(key, {"one": replace(made, draws=draws)}, ())
    done = subprocess.run(
        [sys.executable, "-c", AGAIN], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert "and kept" in done.stdout


def test_a_pool_loads_what_it_needs_and_scipy_is_whole_when_asked():
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(BCG)], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.stdout.endswith("whole\n")


def test_scipy_is_untouched_where_it_is_there_or_takes_other_arrays(monkeypatch):
    import scipy.special  # noqa: F401

    before = list(sys.meta_path)
    lean.lean()
    assert sys.meta_path == before
    monkeypatch.delitem(sys.modules, "scipy.special")
    monkeypatch.setenv("SCIPY_ARRAY_API", "1")
    lean.lean()
    assert sys.meta_path == before


def parameter(kind, *, several=False, **said):
    """One as the framework makes it of an annotated option."""
    import typer

    def command(value):
        pass

    command.__annotations__ = {"value": kind}
    command.__defaults__ = (typer.Option([] if several else None, **said),)
    app = typer.Typer(add_completion=False)
    app.command()(command)
    return typer.main.get_command(app).params[0]


@pytest.mark.parametrize(
    ("kind", "said", "value"),
    [
        (str, {}, "RR"),
        (str, {}, "肝"),
        (str, {}, None),
        (str, {}, "\udcff"),
        (Path, {}, "a b/肝.csv"),
        (Path, {}, ""),
        (Path, {}, "\udcff.csv"),
        (Path, {"exists": True}, "no-such-file.csv"),
        (Path, {"dir_okay": False}, "/"),
        (float, {}, "0.95"),
        (float, {}, 0.95),
        (float, {}, "0,95"),
        (int, {"min": 1, "max": 600}, 300),
        (int, {"min": 1, "max": 600}, 601),
        (int, {"min": 1, "max": 600, "clamp": True}, 601),
        (int, {}, "1e3"),
        (bool, {}, "no"),
        (list[str], {"several": True}, []),
        (list[str], {"several": True}, ["a", "b"]),
        (list[str], {"several": True}, None),
    ],
)
def test_a_value_passes_as_the_framework_has_it(kind, said, value):
    from typer._coercion import build_runtime_param

    one = parameter(kind, **said)
    context = SimpleNamespace(obj=None)

    def outcome(way):
        try:
            made = way.coerce(value, param=one, ctx=context)
        except Exception as error:
            return type(error), str(error), getattr(error, "message", "")
        return type(made), made

    assert outcome(Plain()) == outcome(build_runtime_param(one.type_descriptor))
