"""Every command and tool that writes a file, with what has to lie there before and after."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from unittest import mock

from hilum.errors import HilumError
from proofs import seeds
from proofs.face import Done, called

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# A kill is tried so often for each; those that take long have fewer.
SIMULATION = """kind = "survival"
trials = 20
seed = 3

[scenario]
patients = 40
accrual_rate = 10
control_median = 12
events = [20]
efficacy = [1.96]

[grid]
hazard_ratio = [%s]
"""


@dataclass(frozen=True, slots=True)
class Writer:
    """A command and the file it writes; ``before`` makes an older file there.

    ``grows`` names a file to which rows are added: none of those before may be lost. ``act`` is
    called in the folder instead of the command where it is no command that writes. What is
    ``dated`` has another content on another day.
    """

    name: str
    share: int
    words: tuple[str, ...]
    out: str
    inputs: dict[str, Callable[[], bytes]] = field(default_factory=dict)
    before: tuple[str, ...] | None = None
    grows: bool = False
    act: Callable[[Path], None] | None = None
    dated: bool = False

    def write(self, folder: Path, words: tuple[str, ...]) -> Done:
        """What a shell sees of its work in a folder."""
        if self.act is None:
            return called(*words, cwd=folder)
        try:
            self.act(folder)
        except (HilumError, MemoryError) as error:
            return Done(1, "", str(error) or "not enough memory")
        return Done(0, "", "")


def _example(name: str) -> Callable[[], bytes]:
    return (seeds.EXAMPLES / name).read_bytes


def _text(text: str) -> Callable[[], bytes]:
    return text.encode


_CASE = {"case.toml": _example("midgut-multifocal.toml")}
_TABLE = {"t.csv": _text(seeds.PROPORTIONS)}
_POOL = ("pool", "t.csv", "--measure", "PLO", "--plot", "out.svg")
_READ = ("curve", "read", "f.png", "--x-axis", "20=0,180=60", "--y-axis", "10=100,130=0",
         "--unit", "months")  # fmt: skip
_RUN = ("trials", "simulate", "b.toml", "--out", "out.parquet")
_PLAN = ("liver", "measure", "l.nii.gz", "--mapping", "m.toml", "--picture", "out.png")
_SIMON = ("trials", "design", "simon", "--p0", "0.1", "--p1", "0.3", "--out")
_BUNDLE = ("case", "to-fhir", "case.toml", "--out", "out.json")
_FORM = ("evidence", "appraise", "template", "--tool", "rob2", "--out", "out.csv")


def _kept(folder: Path) -> None:
    """What ``tools.posterior`` keeps beside the evidence, with its fits made already."""
    from tools.posterior import keep

    from hilum.answers.posterior import kept

    keep(folder, {}, kept().values(), {})


def _review(folder: Path) -> None:
    """A new review, or an import into the one that is there; the log has always one time."""
    words = ("import", ".", "x.ris") if (folder / "datapackage.json").exists() else ("new", ".")
    with mock.patch("hilum.cli.literature_review.now", return_value="2026-01-31"):
        done = called("literature", *words, cwd=folder)
    if done.returncode:
        raise HilumError(done.stderr)


WRITERS: tuple[Writer, ...] = (
    Writer("case new", 14, ("case", "new", "out.toml"), "out.toml"),
    Writer("case new over one", 14, ("case", "new", "out.toml", "--force"), "out.toml",
           before=("case", "new", "out.toml", "--language", "zh")),
    Writer("case set", 20, ("case", "set", "case.toml", "egfr=25"), "case.toml", _CASE),
    Writer("board HTML", 4, ("board", "case.toml", "--out", "out.html"), "out.html", _CASE,
           ("board", "case.toml", "--out", "out.html", "--language", "zh")),
    Writer("board Word", 2, ("board", "case.toml", "--out", "out.docx"), "out.docx", _CASE),
    Writer("appraisal form", 6, _FORM, "out.csv"),
    Writer("findings", 2, ("evidence", "findings", "--treatment", "tace", "--out", "out.csv"),
           "out.csv"),
    Writer("curve read", 10, (*_READ, "--out", "out.csv"), "out.csv",
           {"f.png": lambda: seeds.figure("PNG")}),
    Writer("curve overlay", 4, (*_READ, "--plot", "out.png"), "out.png",
           {"f.png": lambda: seeds.figure("PNG")}),
    Writer("patients", 4, ("curve", "reconstruct", "k.csv", "--at-risk", "a.csv", "--out",
                           "out.csv"), "out.csv",
           {"k.csv": _example("simulated-curve.csv"), "a.csv": _text(seeds.AT_RISK)}),
    Writer("plot", 14, _POOL, "out.svg", _TABLE, (*_POOL, "--kind", "funnel")),
    Writer("simulation", 14, _RUN, "out.parquet",
           {"b.toml": _text(SIMULATION % "0.5, 0.7, 0.9, 1.0"),
            "a.toml": _text(SIMULATION % "0.5, 0.7")},
           ("trials", "simulate", "a.toml", "--out", "out.parquet"), grows=True),
    Writer("liver picture", 3, _PLAN, "out.png",
           {"l.nii.gz": seeds.nifti, "m.toml": _text(seeds.MAPPING)}),
    Writer("synopsis", 5, (*_SIMON, "out.html"), "out.html"),
    Writer("synopsis JSON", 5, (*_SIMON, "out.json"), "out.json"),
    Writer("case from FHIR", 6, ("case", "from-fhir", "b.json", "--out", "out.toml"), "out.toml",
           {"b.json": (seeds.TESTS / "patient" / "fhir" / "r4_transaction.json").read_bytes},
           dated=True),
    Writer("bundle", 6, _BUNDLE, "out.json", _CASE),
    Writer("appraisal plot", 3, ("evidence", "appraise", "plot", "rob.csv", "--out", "out.svg"),
           "out.svg",
           {"rob.csv": seeds.appraised}),
    Writer("ArviZ", 3, ("joint", "j.csv", "--arviz", "out.nc"), "out.nc",
           {"j.csv": _text(seeds.ARMS)}),
    Writer("import of references", 8, (), "datapackage.json",
           {"x.ris": _text(seeds.REFERENCES)}, before=(), act=_review),
    Writer("kept posteriors", 4, (), "posterior.json", before=(), act=_kept),
)  # fmt: skip
