"""The analyses by name: each is one record, loaded when it is used."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from hilum.analyses.designs.table import DESIGNS, Design
from hilum.records import found
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.watch import Watch


@dataclass(frozen=True, slots=True)
class Analysis:
    """One use of hilum, whatever face it is reached by.

    Parameters
    ----------
    name : str
    module : str
        Where its ``run`` is.
    asked, answered : str
        Names of its two forms there.
    summary : str
        A sentence, the id of its translations.
    """

    name: str
    module: str
    asked: str
    answered: str
    summary: str

    @property
    def Asked(self) -> type[Any]:  # noqa: N802
        """What can be asked."""
        return getattr(import_module(self.module), self.asked)

    @property
    def Answered(self) -> type[Any]:  # noqa: N802
        """What is answered."""
        return getattr(import_module(self.module), self.answered)

    def run(self, asked: Any, watch: Watch = SILENT) -> Any:
        """Answer what is asked."""
        return import_module(self.module).run(asked, watch)


ANALYSES: Final[dict[str, Analysis | Design]] = {
    one.name: one
    for one in (
        Analysis(
            "board",
            "hilum.analyses.board",
            "BoardAsked",
            "Sheet",
            "Make the tumour-board sheet of one patient.",
        ),
        Analysis(
            "pool",
            "hilum.analyses.pool",
            "PoolAsked",
            "PoolAnswered",
            "Pool one outcome over the studies of a table.",
        ),
        Analysis(
            "sensitivity",
            "hilum.analyses.sensitivity",
            "SensitivityAsked",
            "SensitivityAnswered",
            "Leave-one-out, cumulative, influence, small-study tests, trim and fill, resampling.",
        ),
        Analysis(
            "survival",
            "hilum.analyses.survival",
            "SurvivalAsked",
            "SurvivalAnswered",
            "Pool survival over studies, whatever each of them printed.",
        ),
        Analysis(
            "hazard_ratios",
            "hilum.analyses.hazard_ratios",
            "HazardRatiosAsked",
            "HazardRatiosAnswered",
            "Pool hazard ratios, from what trials printed or from their patients.",
        ),
        Analysis(
            "network",
            "hilum.analyses.network",
            "NetworkAsked",
            "NetworkAnswered",
            "Compare every pair of treatments in a network of studies.",
        ),
        Analysis(
            "joint",
            "hilum.analyses.joint",
            "JointAsked",
            "JointAnswered",
            "Joint model of one outcome: absolute outcomes, differences, what carries them.",
        ),
        Analysis(
            "summary",
            "hilum.analyses.summary",
            "SummaryAsked",
            "SummaryAnswered",
            "Print what the tables hold, and the ranges of embolisation series beside the "
            "review's.",
        ),
        Analysis(
            "findings",
            "hilum.analyses.findings",
            "FindingsAsked",
            "FindingsAnswered",
            "Every pooled figure and comparison with its certainty, by GRADE, and why.",
        ),
        Analysis(
            "cell",
            "hilum.analyses.cell",
            "CellAsked",
            "CellAnswered",
            "Show one cell: its figure, the studies in it, those left out and why, and what is "
            "beside.",
        ),
        Analysis(
            "evidence_map",
            "hilum.analyses.evidence_map",
            "MapAsked",
            "MapAnswered",
            "Map what has been published: treatments by outcomes, and what is missing.",
        ),
        Analysis(
            "evidence_study",
            "hilum.analyses.evidence_study",
            "StudyAsked",
            "StudyAnswered",
            "Show one study whole: arms, figures, conduct, appraisal, and what it feeds.",
        ),
        Analysis(
            "published",
            "hilum.analyses.published",
            "PublishedAsked",
            "PublishedAnswered",
            "Hold every cell against published syntheses; exit 1 where one differs without a "
            "reason.",
        ),
        Analysis(
            "appraise",
            "hilum.analyses.appraise",
            "AppraiseAsked",
            "AppraiseAnswered",
            "Report every fault of a table of appraisals, else what is judged and what is missing.",
        ),
        Analysis(
            "read",
            "hilum.analyses.read_curves",
            "ReadAsked",
            "ReadAnswered",
            "Read survival curves from a figure: its vector paths, its pixels, or clicked points.",
        ),
        Analysis(
            "reconstruct",
            "hilum.analyses.reconstruct",
            "ReconstructAsked",
            "ReconstructAnswered",
            "Individual patients (time, status) whose survival curve is the printed one.",
        ),
        Analysis(
            "simulate",
            "hilum.analyses.simulate",
            "SimulateAsked",
            "SimulateAnswered",
            "Simulate trials patient by patient and report operating characteristics.",
        ),
        Analysis(
            "rank",
            "hilum.analyses.rank",
            "RankAsked",
            "RankAnswered",
            "Rank comparisons by what the best trial that can be recruited would be worth.",
        ),
        Analysis(
            "protocol",
            "hilum.analyses.protocol",
            "ProtocolAsked",
            "ProtocolAnswered",
            "Write the protocol of a designed trial: estimand, criteria, endpoints, analysis.",
        ),
        Analysis(
            "liver_measure",
            "hilum.analyses.liver_measure",
            "LiverMeasureAsked",
            "LiverMeasureAnswered",
            "Volumes of liver, segments and lesions, tumour burden, distribution.",
        ),
        Analysis(
            "liver_plan",
            "hilum.analyses.liver_plan",
            "LiverPlanAsked",
            "LiverPlanAnswered",
            "What a resection leaves: remnant with its range, and the risk of too little.",
        ),
        Analysis(
            "liver_search",
            "hilum.analyses.liver_search",
            "LiverSearchAsked",
            "LiverSearchAnswered",
            "Plans that treat every lesion, by the remnant they leave and the ablations they need.",
        ),
        Analysis(
            "liver_dose",
            "hilum.analyses.liver_dose",
            "LiverDoseAsked",
            "LiverDoseAnswered",
            "Activity and mean doses of a radioembolisation, and the limits on the lungs.",
        ),
        *DESIGNS.values(),
        Analysis(
            "screening_next",
            "hilum.analyses.screening_next",
            "ScreeningNextAsked",
            "ScreeningNextAnswered",
            "What a reviewer screens next, how far they are, and whether they may stop.",
        ),
        Analysis(
            "screening_state",
            "hilum.analyses.screening_state",
            "ScreeningStateAsked",
            "ScreeningStateAnswered",
            "Where a screening stands: decisions, conflicts, agreement.",
        ),
        Analysis(
            "screening_replay",
            "hilum.analyses.screening_replay",
            "ScreeningReplayAsked",
            "ScreeningReplayAnswered",
            "Replay the screening of a labelled set: records saved, and where the rule stops.",
        ),
        Analysis(
            "flow",
            "hilum.analyses.flow",
            "FlowAsked",
            "FlowAnswered",
            "The PRISMA 2020 flow of a review: counts, the records behind each, what is open.",
        ),
        Analysis(
            "extraction",
            "hilum.analyses.extraction",
            "ExtractionAsked",
            "ExtractionAnswered",
            "Where an extraction stands: agreement, what is open, what nobody found.",
        ),
        Analysis(
            "confidence",
            "hilum.analyses.confidence",
            "ConfidenceAsked",
            "ConfidenceAnswered",
            "Would what a review has not read change its pooled answer: a hunch with its number.",
        ),
        Analysis(
            "board_list",
            "hilum.analyses.board_list",
            "BoardListAsked",
            "BoardListAnswered",
            "List a board's whole folder of cases: one line a patient.",
        ),
        Analysis(
            "references",
            "hilum.analyses.references",
            "ReferencesAsked",
            "ReferencesAnswered",
            "Read search exports: what of each file was kept, what could not be read and why.",
        ),
        Analysis(
            "proposals",
            "hilum.analyses.proposals",
            "ProposalsAsked",
            "ProposalsAnswered",
            "Propose the figures that full texts seem to print, and say what cannot fit.",
        ),
        Analysis(
            "review",
            "hilum.analyses.review",
            "ReviewAsked",
            "ReviewAnswered",
            "Show a review: its imports, its records, its duplicates.",
        ),
        Analysis(
            "dedupe",
            "hilum.analyses.dedupe",
            "DedupeAsked",
            "DedupeAnswered",
            "Find the duplicates among search exports: copies, versions, reports of one study.",
        ),
        Analysis(
            "search",
            "hilum.analyses.search",
            "SearchAsked",
            "SearchAnswered",
            "Run a review's saved searches: what came, what is new since the last time.",
        ),
        Analysis(
            "living",
            "hilum.analyses.living",
            "LivingAsked",
            "LivingAnswered",
            "What changed in the answers when rows of the evidence changed, and for whom.",
        ),
        Analysis(
            "living_report",
            "hilum.analyses.living_report",
            "ReportAsked",
            "ReportAnswered",
            "Make the monthly page of a living review: as of when, what is new, what changed.",
        ),
        Analysis(
            "from_fhir",
            "hilum.analyses.from_fhir",
            "FromFhirAsked",
            "FromFhirAnswered",
            "Read a FHIR R4 bundle (mCODE) into a case; say what became of everything in it.",
        ),
        Analysis(
            "to_fhir",
            "hilum.analyses.to_fhir",
            "ToFhirAsked",
            "ToFhirAnswered",
            "Write a case as a FHIR R4 bundle (mCODE); name what other systems will not know.",
        ),
    )
}
"""Analyses by their name; a new one is one record here and its file."""


def analysis(name: str) -> Analysis | Design:
    """The record of an analysis; an unknown name lists the known ones."""
    return found({**ANALYSES, **{one.name: one for one in DESIGNS.values()}}, name, "analysis")
