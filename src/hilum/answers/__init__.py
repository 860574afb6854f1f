"""Which figures answer which question: choosing rows, one figure a study, what may be printed.

A cell is one outcome of one treatment for one kind of patient. It never says more than its
studies, and never speaks of other patients without saying so; ``SELECTION.md`` of the evidence
tables is the specification.
"""

from hilum.answers.candidates import Index, Item, LeftOut, index
from hilum.answers.cell import Beside, Cell, Told, cell
from hilum.answers.patient import patient_cells
from hilum.answers.pool import Form
from hilum.answers.question import GRADES, LINES, SITES, Question, Switches
from hilum.answers.select import Selection, select
from hilum.answers.study import Reported
from hilum.answers.tables import OutcomeAsked, Treatment, outcomes, treatments
from hilum.answers.words import reason_label, sentence

__all__ = [
    "GRADES",
    "LINES",
    "SITES",
    "Beside",
    "Cell",
    "Form",
    "Index",
    "Item",
    "LeftOut",
    "OutcomeAsked",
    "Question",
    "Reported",
    "Selection",
    "Switches",
    "Told",
    "Treatment",
    "cell",
    "index",
    "outcomes",
    "patient_cells",
    "reason_label",
    "select",
    "sentence",
    "treatments",
]
