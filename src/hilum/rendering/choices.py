"""What the codes that an analysis lets one choose are called, whatever the analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.answers import treatments
from hilum.answers.words import labels
from hilum.rendering.curve_models import FAMILIES, VARIES
from hilum.rendering.measures import measure_name
from hilum.rendering.rank import OUTCOMES
from hilum.sheet.present import DESIGN_LABELS, POPULATION_LABELS
from hilum.synthesis.effects import MEASURES

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.language import Words

BOUNDARIES: Final = {
    "none": "no boundary",
    "OF": "O'Brien-Fleming",
    "P": "Pocock",
    "WT": "Wang-Tsiatis",
    "asOF": "spent as by O'Brien-Fleming",
    "asP": "spent as by Pocock",
    "asHSD": "spent as by Hwang, Shih and DeCani",
    "asKD": "spent as by Kim and DeMets",
}
CHOICES: Final[dict[str, dict[str, str]]] = {
    "alternative": {
        "greater": "small p values above no effect",
        "less": "small p values below no effect",
    },
    "method": {
        "EE": "equal effects",
        "DL": "random effects, DerSimonian-Laird",
        "HE": "random effects, Hedges",
        "HS": "random effects, Hunter-Schmidt",
        "SJ": "random effects, Sidik-Jonkman",
        "ML": "random effects, maximum likelihood",
        "REML": "random effects, restricted maximum likelihood",
        "EB": "random effects, empirical Bayes",
        "PM": "random effects, Paule-Mandel",
        "PMM": "random effects, Paule-Mandel, median unbiased",
        "GLMM": "exact likelihood",
        "MH": "Mantel-Haenszel",
        "HC": "common effect by Henmi and Copas",
        "Peto": "Peto",
        "joint": "maximum likelihood of the curves",
        "bayes": "posterior of the curves",
        "combescure": "no family, random effects (Combescure 2014)",
        "combescure-fixed": "no family, fixed effects (Combescure 2014)",
        "exact": "exact binomial",
        "normal": "normal approximation",
        "normal-unpooled": "normal approximation, variances not pooled",
        "continuity": "normal approximation with continuity correction",
        "fisher": "Fisher's exact test",
        "boschloo": "Boschloo's exact test",
        "z-pooled": "exact test of the pooled z",
        "schoenfeld": "Schoenfeld",
        "freedman": "Freedman",
        "lakatos": "Lakatos",
        "maxcombo": "the best of several weighted log-rank tests (MaxCombo)",
        "rmst": "difference of restricted mean survival",
    },
    "test": {
        "z": "normal (z)",
        "t": "Student's t",
        "knha": "Hartung-Knapp",
        "adhoc": "Hartung-Knapp, never narrower than the model",
        "dunnett": "Dunnett",
        "simes": "Simes",
        "bonferroni": "Bonferroni",
        "spiessens-debois": "Spiessens and Debois",
        "sidak": "Šidák",
    },
    "model": {
        "BN": "binomial-normal",
        "PN": "Poisson-normal",
        "CM.EL": "conditional",
        "CM.AL": "conditional, approximate",
        "UM.FS": "unconditional, fixed study effects",
        "joint": "the joint model of all evidence",
        "pooled": "each treatment's own series",
        "svm": "words of title and abstract together",
        "svm-parts": "words of title and abstract apart",
    },
    "to": {
        "only0": "only tables with an empty cell",
        "all": "all tables",
        "if0all": "all tables as soon as one has an empty cell",
        "none": "no table",
    },
    "robust": {
        "CR1": "by cluster, plain correction",
        "CR2": "by cluster, holds with few clusters",
    },
    "prior": {
        "half-normal": "half-normal",
        "half-cauchy": "half-Cauchy",
        "uniform": "uniform",
    },
    "family": FAMILIES,
    "random": VARIES,
    "rates": {
        "auto": "as the figures show",
        "percent": "percent",
        "share": "shares from 0 to 1",
    },
    "small_values": {
        "desirable": "good for the patient",
        "undesirable": "bad for the patient",
    },
    "on": {
        "both": "single arms and comparisons without randomisation",
        "single": "single arms",
        "comparative": "comparisons without randomisation",
    },
    "joint": OUTCOMES,
    "outcome": OUTCOMES,
    "population": POPULATION_LABELS,
    "decision": {"pair": "between the two treatments", "all": "between all treatments"},
    "design": DESIGN_LABELS,
    "unreported": {"apart": "counted apart", "with": "in the map with the others"},
    "without": {
        "arm_n": "figures whose number of patients is the arm's",
        "unstated_criteria": "responses without stated criteria",
        "unverified": "figures that nobody has verified",
        "inferred_cohorts": "cohorts that are inferred, not stated",
        "derived": "figures that were computed from others",
    },
    "only": {"recist": "responses by RECIST", "prospective": "prospective studies"},
    "engine": {"numpy": "on the processor (NumPy)", "jax": "on an accelerator (JAX)"},
    "outside": {"drop": "drop what lies outside the liver", "keep": "keep it"},
    "formula": {
        "vauthey": "Vauthey",
        "urata": "Urata",
        "feng": "Feng",
        "korean": "Korean formula",
        "chan": "Chan",
    },
    "sex": {"male": "male", "female": "female"},
    "condition": {
        "normal": "healthy liver",
        "chemotherapy_over_3_months": "chemotherapy for more than 3 months",
        "fibrosis_or_cirrhosis": "fibrosis or cirrhosis",
        "chronic_hepatitis": "chronic hepatitis",
    },
    "product": {"glass": "glass microspheres", "resin": "resin microspheres"},
    "better": {"higher": "more is better", "lower": "less is better"},
    "variant": {
        "optimal": "fewest patients expected where the treatment is no better (optimal)",
        "minimax": "fewest patients at most (minimax)",
    },
    "by": {
        "predictive": "predictive probability at the end",
        "posterior": "posterior probability now",
    },
    "hypothesis": {
        "superiority": "superiority",
        "noninferiority": "non-inferiority",
        "equivalence": "equivalence",
    },
    "scenarios": {
        "delayed-effect": "the effect comes late",
        "slow-accrual": "slower accrual",
        "slow-accrual-closed": "slower accrual, closed on the day planned",
        "crossover": "patients of the control cross over",
        "drop-out": "patients drop out, or outcomes are missing",
        "smaller-effect": "a smaller effect",
        "higher-control": "a higher rate without the treatment",
        "lower-control": "a lower rate without the treatment",
        "longer-control": "a longer median without the treatment",
        "shorter-control": "a shorter median without the treatment",
        "more-control-events": "more events without the treatment",
        "fewer-control-events": "fewer events without the treatment",
        "larger-sd": "a larger standard deviation",
        "more-dispersion": "counts that vary more",
        "misread": "outcomes are misread",
    },
    "kind": BOUNDARIES,
    "shape": BOUNDARIES,
    "select": {
        "best": "the best",
        "keep": "a set number of the best",
        "epsilon": "all within a set difference",
        "all": "all",
        "threshold": "by thresholds of the effects",
        "power": "by conditional power",
        "both": "both",
    },
    "power_of": {
        "either": "in the subgroup or in all",
        "subgroup": "in the subgroup",
        "full": "in all patients",
    },
    "at": {"observed": "the effect observed", "planned": "the effect planned"},
    "stage": {"title": "titles and abstracts", "full-text": "full texts"},
    "order": {"order": "as they are to be discussed", "name": "by name"},
    "level": {"report": "reports", "work": "works", "study": "studies"},
    "service": {
        "pubmed": "PubMed",
        "europepmc": "Europe PMC",
        "ctgov": "ClinicalTrials.gov",
        "openalex": "OpenAlex",
        "crossref": "Crossref",
    },
    "preset": {
        "couinaud": "Couinaud's segments, numbered 1 to 8",
        "lits": "LiTS: liver and lesions",
        "msd-liver": "Medical Segmentation Decathlon: liver and lesions",
        "msd-hepaticvessel": "Medical Segmentation Decathlon: vessels and lesions",
        "totalsegmentator": "TotalSegmentator: all organs",
        "totalsegmentator-segments": "TotalSegmentator: segments of the liver",
        "totalsegmentator-vessels": "TotalSegmentator: vessels of the liver",
        "3dircadb": "3D-IRCADb: liver and lesions",
        "crlm-ct-seg": "TCIA colorectal liver metastases: liver, remnant, veins, lesions",
        "names": "as the structures are named in the file",
        "liver": "every label is liver",
        "lesions": "every label is a lesion of its own",
        "vessels": "every label is a vessel",
    },
}
"""By the field and the code, which stays the value; a new choice is a row here."""
LABELLED: Final = {"site": "site", "grade": "grade", "line": "asked"}
"""Fields whose words are those of the cells: the kind of their labels."""


def choice_words(field: str, code: str, words: Words) -> str:
    """A choice in words; empty for what is no choice, the code for a record added in a program.

    That every choice that hilum ships has words is a test's.
    """
    if not code:
        return ""
    if field in OWN:
        return OWN[field](code, words)
    said = CHOICES.get(field, {}).get(code)
    return code if said is None else words(said)


def _labelled(kind: str) -> Callable[[str, Words], str]:
    return lambda code, words: words(labels()[kind, code])


OWN: Final[dict[str, Callable[[str, Words], str]]] = {
    "measure": measure_name,
    "treatment": lambda code, words: words(treatments()[code].label),
    **{field: _labelled(kind) for field, kind in LABELLED.items()},
}
"""Fields whose words stand in another table."""


def messages() -> set[str]:
    """Ids that stand in the table."""
    names = {one.name for one in MEASURES.values() if one.name not in ("", one.code)}
    return names | {text for table in CHOICES.values() for text in table.values()}
