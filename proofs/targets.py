"""What is attacked: every reader and command, the valid inputs, how they are made invalid."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from proofs import seeds

if TYPE_CHECKING:
    from collections.abc import Callable

Words = tuple[str, ...]
X_Y = ("--x-axis", "20=0,180=60", "--y-axis", "10=100,130=0", "--unit", "months")


@dataclass(frozen=True, slots=True)
class Target:
    """One kind of input.

    ``{file}`` in a command is the input, ``{folder}`` where it lies. ``files`` are names with
    their valid contents, one of which is spoilt in the given ``way``; ``beside`` lies there sound.
    Of the workbench (``web``) there is no command: ``proofs.web`` makes the request.
    """

    name: str
    share: int
    way: str
    files: dict[str, Callable[[], bytes]]
    commands: tuple[Words, ...]
    beside: dict[str, Callable[[], bytes]] = field(default_factory=dict)
    web: bool = False


def _text(text: str) -> Callable[[], bytes]:
    return text.encode


def _file(*parts: str) -> Callable[[], bytes]:
    return seeds.ROOT.joinpath(*parts).read_bytes


def _tab(text: str) -> bytes:
    return text.replace(",", "\t").encode()


_POOLS = tuple(
    ("pool", "{file}", "--measure", measure, "--json") for measure in ("PLO", "PR", "PFT", "PAS")
)
_DESIGNS: tuple[Words, ...] = (
    ("simon", "--p0", "0.1", "--p1", "0.3"),
    ("single-stage", "--p0", "0.1", "--p1", "0.3"),
    ("fleming", "--p0", "0.1", "--p1", "0.3"),
    ("bayesian", "--p0", "0.1", "--p1", "0.4", "--n-max", "30"),
    ("landmark", "--s0", "0.4", "--s1", "0.6", "--time", "12", "--accrual", "12",
     "--follow-up", "12"),
    ("one-sample-logrank", "--hazard-ratio", "0.6", "--control-median", "12", "--accrual", "12",
     "--follow-up", "12"),
    ("one-mean", "--difference", "1", "--sd", "2"),
    ("two-proportions", "--p1", "0.3", "--p2", "0.5"),
    ("means", "--difference", "1", "--sd", "2"),
    ("survival", "--hazard-ratio", "0.7", "--control-median", "12", "--accrual", "24",
     "--follow-up", "12"),
    ("sequential", "--hazard-ratio", "0.7"),
    ("stratified", "--hazard-ratio", "0.7", "--stratum", "0.5 12 a", "--stratum", "0.5 20 b",
     "--accrual", "24", "--follow-up", "12"),
    ("borrowed", "--n1", "20", "--n2", "10", "--p1", "0.6", "--control-from-evidence",
     "chemo_temozolomide", "--outcome", "objective_response"),
    ("multi-arm", "--arms", "2", "--p1", "0.5", "--p2", "0.3"),
    ("selection", "--arms", "2", "--p1", "0.5", "--p2", "0.3", "--simulate", "1000"),
    ("enrichment", "--subgroup", "SSTR-positive", "--prevalence", "0.4", "--p1", "0.5", "--p2",
     "0.2", "--simulate", "1000"),
    ("platform", "--arms", "2", "--p1", "0.5", "--p2", "0.3", "--n-max", "60", "--simulate", "20"),
    ("multi-arm-survival", "--arms", "2", "--hazard-ratio", "0.7", "--accrual", "10",
     "--control-median", "12"),
    ("reestimate", "--p1", "0.5", "--p2", "0.3"),
)  # fmt: skip
_LIVER: tuple[Words, ...] = (
    ("liver", "measure", "{file}", "--mapping", "{folder}/m.toml", "--json"),
    ("liver", "plan", "{file}", "--mapping", "{folder}/m.toml", "--resect", "right", "--margin",
     "5", "--height", "170", "--weight", "70", "--json"),
    ("liver", "dose", "{file}", "--mapping", "{folder}/m.toml", "--product", "glass", "--shunt",
     "5", "--dose", "120", "--json"),
    ("liver", "measure", "{file}", "--mapping", "{folder}/m.toml", "--spacing", "8,8,8"),
)  # fmt: skip
_M = {"m.toml": _text(seeds.MAPPING)}
_CASES = ("midgut-multifocal", "pancreas-few", "sparse", "midgut-imaging")
_CASE: tuple[Words, ...] = (
    ("case", "check", "{file}", "--json"), ("case", "check", "{file}"),
    ("verdict", "{file}", "--json"), ("verdict", "{file}", "--if", "egfr=25"),
    ("verdict", "{file}", "--if", "ki67_percent=12", "--language", "zh"),
    ("case", "set", "{file}", "egfr=25"), ("case", "check", "{file}", "--strict"),
    ("case", "set", "{file}", "albumin=38 g/L", "grade=G2"),
    ("case", "to-fhir", "{file}", "--json"),
    ("evidence", "cell", "tace", "objective_response", "--case", "{file}", "--json"),
)  # fmt: skip
_BUNDLES = ("r4_transaction", "mcode_old_and_new_profiles", "values_and_units",
            "tnm_without_prefix")  # fmt: skip
_TABLES = ("studies.csv", "arms.csv", "results.csv", "labels.csv", "selections.csv",
           "published.csv", "published_reasons.csv", "appraisal_facts.csv")  # fmt: skip

TARGETS: tuple[Target, ...] = (
    Target(
        "pool CSV", 10, "text",
        {"t.csv": _text(seeds.PROPORTIONS),
         "semicolons.csv": _text(seeds.PROPORTIONS.replace(",", ";"))},
        (*_POOLS, ("pool", "{file}", "--measure", "PLO", "--by", "arm"),
         ("sensitivity", "{file}", "--measure", "PLO", "--permutations", "20", "--json"),
         ("pool", "{file}", "--measure", "PLO", "--mods", "~ year")),
    ),
    Target(
        "pool TSV", 3, "text", {"t.tsv": lambda: _tab(seeds.PROPORTIONS)}, _POOLS[:2],
    ),
    Target(
        "pool two groups", 7, "text", {"bcg.csv": _file("examples", "bcg.csv")},
        (*(("pool", "{file}", "--measure", one, "--json") for one in ("RR", "OR", "RD", "PETO")),
         ("pool", "{file}", "--measure", "OR", "--method", "MH"),
         ("sensitivity", "{file}", "--measure", "RR", "--permutations", "20", "--json")),
    ),
    Target(
        "pool XLSX", 9, "workbook",
        {"t.xlsx": lambda: seeds.workbook(seeds.PROPORTIONS)}, _POOLS[:2],
    ),
    Target(
        "network", 6, "text", {"n.csv": _file("examples", "smoking.csv")},
        (("network", "{file}", "--draws", "200", "--json"),
         ("network", "{file}", "--draws", "200", "--reference", "no contact")),
    ),
    Target(
        "network XLSX", 2, "workbook",
        {"n.xlsx": lambda: seeds.workbook(_file("examples", "smoking.csv")().decode())},
        (("network", "{file}", "--draws", "200", "--json"),),
    ),
    Target(
        "survival", 4, "text",
        {"s.csv": _text(seeds.RATES), "tae.csv": _file("examples", "survival-tae.csv")},
        (("survival", "pool", "{file}", "--json"), ("survival", "pool", "{file}")),
    ),
    Target(
        "joint table", 4, "text", {"j.csv": _text(seeds.ARMS)},
        (("joint", "{file}", "--json"), ("joint", "{file}", "--covariates", "pct"),
         ("joint", "{file}", "--at", "pct=50")),
    ),
    Target(
        "joint priors", 2, "text", {"p.toml": _text(seeds.PRIORS)},
        (("joint", "{folder}/j.csv", "--priors", "{file}", "--json"),),
        {"j.csv": _text(seeds.ARMS)},
    ),
    Target(
        "clicks", 4, "text",
        {"c.csv": _text(seeds.CLICKS), "d.txt": lambda: _tab(seeds.CLICKS)},
        (("curve", "read", "{file}", "--curve", "1=a", "--unit", "months", "--json"),),
    ),
    Target(
        "curve export", 3, "text",
        {"k.csv": _file("examples", "simulated-curve.csv")},
        (("curve", "reconstruct", "{file}", "--at-risk", "{folder}/a.csv", "--json"),),
        {"a.csv": _text(seeds.AT_RISK)},
    ),
    Target(
        "at risk", 3, "text", {"a.csv": _text(seeds.AT_RISK)},
        (("curve", "reconstruct", "{folder}/k.csv", "--at-risk", "{file}", "--json"),),
        {"k.csv": _file("examples", "simulated-curve.csv")},
    ),
    Target(
        "PDF", 5, "pdf", {"f.pdf": seeds.pdf},
        (("curve", "read", "{file}", "--unit", "months", "--json"),),
    ),
    Target(
        "PNG", 5, "png", {"f.png": lambda: seeds.figure("PNG")},
        (("curve", "read", "{file}", *X_Y, "--json"),),
    ),
    Target(
        "JPEG", 3, "bytes", {"f.jpg": lambda: seeds.figure("JPEG")},
        (("curve", "read", "{file}", *X_Y, "--json"),),
    ),
    Target(
        "case TOML", 12, "nested", {f"{one}.toml": lambda one=one: seeds.case(one)
                                    for one in _CASES}, _CASE,
    ),
    Target(
        "case JSON", 8, "nested", {f"{one}.json": lambda one=one: seeds.case_json(one)
                                   for one in _CASES}, _CASE,
    ),
    Target(
        "board", 2, "nested", {f"{one}.toml": lambda one=one: seeds.case(one)
                               for one in ("midgut-multifocal", "sparse")},
        (("board", "{file}", "--json"), ("board", "{file}", "--out", "{folder}/out.html"),
         ("board", "{file}", "--out", "{folder}/out.docx")),
    ),
    Target("NIfTI", 8, "nifti", {"l.nii.gz": seeds.nifti}, _LIVER, _M),
    Target(
        "NRRD", 6, "nrrd",
        {"l.nrrd": lambda: seeds.nrrd("raw"), "z.nrrd": lambda: seeds.nrrd("gzip")}, _LIVER, _M,
    ),
    Target("MetaImage", 6, "metaimage", {"l.mha": seeds.metaimage}, _LIVER, _M),
    Target(
        "mapping", 3, "text", {"m.toml": _text(seeds.MAPPING)},
        (("liver", "measure", "{folder}/l.nii.gz", "--mapping", "{file}", "--json"),),
        {"l.nii.gz": seeds.nifti},
    ),
    Target(
        "DICOM SEG", 5, "dicom",
        {"a.dcm": lambda: seeds.unpacked("sparse-labelmap-noppv.dcm"),
         "b.dcm": lambda: seeds.unpacked("partial_overlaps.dcm.gz"),
         "c.dcm": lambda: seeds.unpacked("labelmap_seg_liver_portal.dcm.gz")},
        (("liver", "measure", "{file}", "--json"),),
    ),
    Target(
        "RTSTRUCT", 4, "dicom",
        {"r.dcm": _file("tests", "failing", "break_rtstruct_grid", "rt.dcm")},
        (("liver", "measure", "{file}", "--json"),),
    ),
    Target(
        "trial files", 5, "text", {"t.toml": _file("examples", "two-stage.toml")},
        (("trials", "simulate", "{file}", "--trials", "20", "--json"),
         ("trials", "simulate", "{file}", "--trials", "20", "--out", "{folder}/o.parquet")),
    ),
    Target(
        "trial designs", 8, "none", {},
        tuple(("trials", "design", *one, "--json") for one in _DESIGNS),
    ),
    Target(
        "appraisals", 3, "text",
        {"rob.csv": _file("proofs", "data", "appraisals.csv"), "answered.csv": seeds.appraised},
        (("evidence", "appraise", "check", "{file}", "--json"),
         ("evidence", "appraise", "plot", "{file}", "--out", "{folder}/o.svg")),
    ),
    Target(
        "evidence", 3, "text", {one: (seeds.EVIDENCE / one).read_bytes for one in _TABLES},
        (("evidence", "check", "{folder}", "--json"),
         ("evidence", "summary", "--evidence", "{folder}", "--json"),
         ("literature", "changes", "{folder}", "--json"),
         ("evidence", "cell", "tace", "objective_response", "--evidence", "{folder}", "--json")),
        {one: (seeds.EVIDENCE / one).read_bytes for one in _TABLES},
    ),
    Target(
        "certainty", 1, "text", {"c.toml": _text(seeds.CHANGES)},
        (("evidence", "findings", "--certainty", "{file}", "--treatment", "tace", "--json"),),
    ),
    Target(
        "rules", 4, "text", {"rules.csv": lambda: _rules("rules.csv", 8),
                             "treatments.csv": lambda: _rules("treatments.csv", 3),
                             "attributes.csv": lambda: _rules("attributes.csv", 4)},
        (("rules", "check", "{folder}"), ("rules", "list", "--rules", "{folder}", "--json"),
         ("verdict", "{case}", "--rules", "{folder}", "--json")),
    ),
    Target(
        "words", 3, "none", {},
        (("rules", "list", "--treatment", "tace", "--json"), ("rules", "show", "PRRT-30"),
         ("evidence", "cell", "tace", "objective_response", "--site", "any", "--grade", "G1-2"),
         ("evidence", "show", "gupta2005"), ("schema", "pool"),
         ("case", "set", "{case}", "egfr=25"), ("verdict", "{case}", "--if", "egfr=25"),
         ("curve", "reconstruct", "{example}", "--patients", "96", "--median", "20",
          "--total-events", "60", "--json")),
    ),
    Target(
        "FHIR bundle", 6, "nested",
        {f"{one}.json": _file("tests", "patient", "fhir", f"{one}.json") for one in _BUNDLES},
        (("case", "from-fhir", "{file}", "--json"), ("case", "from-fhir", "{file}"),
         ("case", "from-fhir", "{file}", "--out", "{folder}/c.toml")),
    ),
    Target(
        "settings", 3, "nested", {"s.toml": _text(seeds.SETTINGS)},
        (("board", "{case}", "--settings", "{file}", "--json"),),
    ),
    Target(
        "older sheet", 3, "nested", {"o.json": seeds.older},
        (("board", "{case}", "--compare", "{file}", "--json"),),
    ),
    Target(
        "order of a list", 1, "text", {"order": _text("sparse\n# kept for later\npancreas-few\n")},
        (("board", "{folder}", "--json"),),
        {f"{one}.toml": lambda one=one: seeds.case(one) for one in ("sparse", "pancreas-few")},
    ),
    Target(
        "changes of a network", 2, "text",
        {"c.toml": _text(seeds.NETWORK_CHANGES), "c.csv": _text(seeds.NETWORK_CHANGES_CSV)},
        (("network", "{folder}/n.csv", "--certainty", "--changes", "{file}", "--draws", "50",
          "--json"),),
        {"n.csv": _file("examples", "smoking.csv")},
    ),
    Target(
        "published figures", 2, "text",
        {one: (seeds.EVIDENCE / one).read_bytes for one in ("published.csv",
                                                            "published_reasons.csv")},
        (("evidence", "published", "--table", "{folder}", "--json"),),
        {one: (seeds.EVIDENCE / one).read_bytes for one in ("published.csv",
                                                            "published_reasons.csv")},
    ),
    Target(
        "appraisals of findings", 1, "text", {"rob.csv": seeds.appraised},
        (("evidence", "findings", "--treatment", "tace", "--appraisals", "{file}", "--json"),),
    ),
    Target(
        "lesions", 2, "nifti", {"l.nii.gz": seeds.lesion},
        (("liver", "measure", "{folder}/s.nii.gz", "--mapping", "{folder}/m.toml", "--lesions",
          "{file}", "--json"),),
        {**_M, "s.nii.gz": seeds.nifti},
    ),
    Target(
        "table of simulations", 3, "bytes", {"t.parquet": seeds.simulated},
        (("trials", "simulate", "{folder}/t.toml", "--trials", "20", "--out", "{file}"),),
        {"t.toml": _file("examples", "two-stage.toml")},
    ),
    Target(
        "own facts", 3, "text",
        {"derivations.csv": lambda: _rules("derivations.csv", 4),
         "switched_off.csv": _text("rule_id,reason\nPRRT-30,not used here\n")},
        (("rules", "check", "{folder}"), ("verdict", "{case}", "--rules", "{folder}", "--json")),
    ),
    *(
        Target(
            f"references {form}", 2, way,
            {name.split("/")[-1]: _file("tests", "literature", "exports", name)},
            (("literature", "check", "{file}", "--json"), ("literature", "check", "{file}"),
             ("literature", "dedupe", "{file}", "--json"), ("literature", "dedupe", "{file}")),
        )
        for form, way, name in (
            ("RIS", "text", "ovid_psycinfo.ris"), ("CSV", "text", "embase.csv"),
            ("NBIB", "text", "troubles/structured.nbib"), ("BibTeX", "text", "troubles/hard.bib"),
            ("PubMed XML", "text", "troubles/pubmed_hard.xml"),
            ("percent", "text", "troubles/refer_named.ris"),
        )
    ),
    Target(
        "full text", 2, "text", {"paper.txt": _file("examples", "paper.txt")},
        (("literature", "propose", "{file}", "--json"), ("literature", "propose", "{file}")),
    ),
    Target(
        "full text PDF", 1, "pdf", {"f.pdf": seeds.pdf},
        (("literature", "propose", "{file}", "--json"),),
    ),
    Target(
        "review", 1, "nested",
        {"datapackage.json": seeds.review},
        (("literature", "status", "{folder}", "--json"), ("literature", "status", "{folder}"),
         ("literature", "undo", "{folder}", "i001")),
    ),
    Target(
        "promises of a review", 1, "text", {"living.toml": _text(seeds.PROMISES)},
        (("literature", "report", "{folder}", "--json"),),
    ),
    Target("web cases", 6, "none", {}, (), web=True),
    Target("web plans", 2, "none", {}, (), web=True),
    Target("web designs", 4, "none", {}, (), web=True),
    Target("web addresses", 4, "none", {}, (), web=True),
    Target(
        "web tables", 4, "text",
        {"t.csv": _text(seeds.PROPORTIONS)}, (), web=True,
    ),
    Target(
        "web case files", 6, "nested",
        {**{f"{one}.toml": lambda one=one: seeds.case(one) for one in _CASES[:3]},
         **{f"{one}.json": lambda one=one: seeds.case_json(one) for one in _CASES[:3]},
         **{f"{one}.json": _file("tests", "patient", "fhir", f"{one}.json") for one in _BUNDLES}},
        (), web=True,
    ),
    Target(
        "web label maps", 2, "zip",
        {"maps.zip": lambda: seeds.zipped({"s.nii.gz": seeds.segments()}),
         "deep.zip": lambda: seeds.zipped({"a/b/s.nrrd": seeds.nrrd("raw")})}, (), web=True,
    ),
    Target("web volumes", 2, "nifti", {"l.nii.gz": seeds.segments}, (), web=True),
)  # fmt: skip


def _rules(name: str, lines: int) -> bytes:
    """The first lines of a shipped table, as a hospital's own rows."""
    text = seeds.ROOT.joinpath("src", "hilum", "patient", "pathway", name).read_text("utf-8")
    return "\n".join([*text.split("\n")[:lines], ""]).encode()
