"""What a long analysis is doing, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.records import found

if TYPE_CHECKING:
    from hilum.language import Words

STAGES: Final = {
    "answers": "Evidence is being read and pooled",
    "document": "The document is being set",
    "cases": "judging the cases",
    "pool": "pooling",
    "refits": "fitting again to fewer studies",
    "subgroups": "pooling subgroups",
    "gosh": "fitting subsets of studies",
    "bootstrap": "resampling studies",
    "permutation": "permuting",
    "checks": "checking",
    "network": "fitting the network",
    "splitting": "splitting comparisons",
    "reconstructing": "reconstructing",
    "families": "fitting families of curves",
    "draws": "weighing draws",
    "curve": "pooling the curve",
    "sampling": "compiling, then sampling",
    "sampling_again": "sampling again, more carefully",
    "figure": "reading the figure",
    "evidence": "reading the evidence",
    "cells": "answering from the evidence",
    "reading": "reading label maps",
    "measuring": "measuring lesions",
    "margins": "margins around lesions",
    "plans": "trying plans",
    "drawing": "drawing",
    "segmenting": "segmenting",
    "design": "sizing the trial",
    "design_ends": "sizing at the ends of the interval",
    "sizes": "searching for the smallest trial",
    "protocol": "writing the protocol",
    "simulating": "simulating trials",
    "ranking": "ranking comparisons",
    "searching": "asking the services",
    "joint": "fitting the joint model",
    "verdicts": "judging the plans",
    "references": "reading references",
    "pairing": "comparing records",
    "texts": "reading the texts",
    "further": "drawing further studies",
    "replays": "replaying the screening",
}
"""Stages by the code that :meth:`hilum.watch.Watch.stage` is told."""


def stage_words(code: str, words: Words) -> str:
    """The stage in words; an unknown code lists the known ones."""
    return words(found(STAGES, code, "stage"))


def messages() -> set[str]:
    """Ids that stand in the table."""
    return set(STAGES.values())
