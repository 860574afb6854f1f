"""The plain reference of the cells, and its words for hilum's."""

import gc
import importlib.util
import warnings
from functools import cache
from importlib.resources import files
from pathlib import Path

from hilum.answers import outcomes
from hilum.evidence import read_evidence

FOLDER = Path(__file__).parents[1] / "reference" / "evidence"
TABLES = Path(str(files("hilum.evidence"))) / "netlm"
REASONS = {"the_study's": "not_main_figure", "not_the_study's_main_figure": "not_main_figure"}


@cache
def module():
    spec = importlib.util.spec_from_file_location("reference_cells", FOLDER / "cells.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@cache
def data():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # it leaves its files to the collector
        made = module().load(str(TABLES))
        gc.collect()
    return made


@cache
def record():
    """The shipped evidence, where a fixture's value would be printed whole in a failure."""
    return read_evidence()


@cache
def key_of():
    """hilum's key of an outcome by the reference's (outcome, measure, time)."""
    return {
        (str(one.outcome), str(one.measure), one.time_months): key
        for key, one in outcomes().items()
    }


def reason_of(text):
    """hilum's (reason, detail group) of a reference reason."""
    if text.startswith("same_cohort"):
        return "same_cohort"
    return REASONS.get(text, text)
