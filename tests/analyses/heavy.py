"""For each analysis that can take over a second, a question that takes it long."""

import tempfile
from pathlib import Path

import numpy as np

from hilum.analyses import analysis
from hilum.analyses.scenario import ScenarioText
from hilum.literature.figures import Coordinates
from tests.analyses.tables import BCG, SMOKING, TAE, table

ARMS = table(
    "study treatment design event n",
    *((f"t{i}", t, "randomised", 5 + i + 4 * (t == "B"), 60) for i in range(4) for t in "AB"),
    *((f"s{i}", "C", "single_arm", 10 + i, 50) for i in range(3)),
)
LUNG = str(Path(__file__).parents[1] / "literature" / "lung_base.pdf")
SCENARIO = ScenarioText(
    "s.toml",
    """
kind = "survival"
[scenario]
patients = 300
accrual_rate = 12.5
control_median = 16
hazard_ratio = 0.7
events = [120, 240]
efficacy = [2.797, 1.977]
""",
)
CASES = Path(__file__).parents[2] / "examples"
FOLLOWED = {"accrual": 24, "follow_up": 12}
CHOSEN = {"control_from_evidence": "everolimus", "outcome": "objective_response"}
STEPS = np.linspace(0, 60, 2000)
FINE = Coordinates(
    "c.csv",
    "",
    tuple(STEPS.tolist()),
    tuple(np.exp(-STEPS / 40).round(6).tolist()),
    tuple(range(2, 2002)),
    precision=1e-5,
)


def asked(name, **given):
    """A question to an analysis, by its name."""
    record = analysis(name)
    return lambda watch: record.run(record.Asked(**given), watch)


EXPORTS = Path(__file__).parents[1] / "literature" / "exports"
REFERENCES = (str(EXPORTS / "scopus.ris"),) * 60


def replayed(watch):
    """The screening of a set of two thousand made records."""
    rng = np.random.default_rng(1)
    words = np.array([f"w{i}" for i in range(20_000)])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "set.csv"
        rows = [f"{' '.join(rng.choice(words, 150))},{i % 20 == 0:d}" for i in range(2000)]
        file.write_text("\n".join(["title,label", *rows]))
        return asked("screening_replay", file=str(file), seeds=50)(watch)


def proposed(watch):
    """A thousand pages of figures."""
    page = (CASES / "paper.txt").read_text()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "paper.txt"
        file.write_text("\f".join([page] * 1000))
        return asked("proposals", files=(str(file),))(watch)


HEAVY = {
    "screening_replay": replayed,
    "proposals": proposed,
    "dedupe": asked("dedupe", files=REFERENCES),
    "references": asked("references", files=REFERENCES),
    "pool": asked("pool", table=BCG, measure="RR", by="alloc", beside=("gosh",)),
    "sensitivity": asked("sensitivity", table=BCG, measure="RR", permutations=2_000_000),
    "survival": asked("survival", table=TAE, method="bayes", family="mspline"),
    "network": asked("network", table=SMOKING, draws=1_000_000, certainty=True, contributions=True),
    "joint": asked("joint", table=ARMS, priors={"tau": 0.3}, draws=20_000),
    "findings": asked("findings"),
    "published": asked("published"),
    "read": asked("read", figure=LUNG, curve=("1=men", "2=women")),
    "reconstruct": asked(
        "reconstruct", curves=(FINE,), patients={"": 3000.0}, total_events={"": 2331.0}
    ),
    "rank": asked("rank", draws=1_000_000),
    "board": asked("board", case=CASES / "midgut-multifocal.toml", joint=("objective_response",)),
    "board_list": asked("board_list", folder=CASES),
    "simulate": asked("simulate", file=SCENARIO, trials=1_000_000),
    "simulate by jax": asked("simulate", file=SCENARIO, trials=1_000_000, engine="jax"),
    "design-bayesian": asked("design-bayesian", p0=0.3, p1=0.4, cohort=1),
    "design-borrowed": asked("design-borrowed", n1=2000, n2=2000, p1=0.3, **CHOSEN),
    "design-two-proportions": asked("design-two-proportions", p1=0.42, p2=0.27, power=0.81),
    "design-multi-arm": asked("design-multi-arm", arms=10, p1=0.5, p2=0.3, stages=3),
    "design-non-proportional": asked(
        "design-non-proportional",
        hazard_ratio=0.6,
        control_median=15,
        delay=4,
        simulate=100_000,
        **FOLLOWED,
    ),
    "design-selection": asked("design-selection", arms=6, p1=0.5, p2=0.3, simulate=1_000_000),
    "design-enrichment": asked(
        "design-enrichment",
        subgroup="SSTR-positive",
        prevalence=0.4,
        hazard_ratio=0.7,
        control_median=16,
        simulate=1_000_000,
        **FOLLOWED,
    ),
    "design-platform": asked(
        "design-platform", arms=10, p1=0.5, p2=0.3, n_max=5000, simulate=100_000
    ),
    "design-multi-arm-survival": asked(
        "design-multi-arm-survival",
        arms=8,
        hazard_ratio=0.8,
        accrual=20,
        control_median=12,
        intermediate_ratio=0.75,
        intermediate_median=6,
        alphas=(0.5, 0.4, 0.3, 0.2, 0.025),
        powers=(0.95,) * 4 + (0.9,),
    ),
}

# Those that are done in less than a second, whatever they are asked; the liver's own tests stop
# the search among its plans, and those of the services a search that waits for one.
QUICK = {
    "appraise", "cell", "review", "living", "living_report",
    "evidence_map", "evidence_study", "search", "summary", "from_fhir", "to_fhir",
    "screening_next", "screening_state", "flow", "extraction", "confidence", "protocol",
    "living_table",
    "hazard_ratios",
    "liver_measure", "liver_plan", "liver_search", "liver_dose",
    "design-simon", "design-single-stage", "design-fleming", "design-landmark",
    "design-one-sample-logrank", "design-one-mean", "design-means", "design-survival",
    "design-stratified", "design-sequential", "design-reestimate", "design-counts",
}  # fmt: skip
