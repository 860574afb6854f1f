"""Whatever a design is asked, it answers or says why not; no NaN stands as a figure."""

import json
import math

from hypothesis import strategies as st

from hilum.analyses.asked import options_of
from hilum.analyses.forms import to_json
from hilum.errors import HilumError
from hilum.language import words
from hilum.rendering.sheet.synopsis import text

# Values that a field of this type can hold; most of them are no more than unlikely.
FLOATS = (
    *(0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.5, 2.0, 5.0, 10.0, 16.0, 24.0) * 4,
    *(1e-300, 1e-9, 1e-4, 0.01, 0.025, 0.95, 0.999, 1 - 1e-12, 2.5, 3.0, 1e3, 1e6, 1e9, 1e300),
    *(0.0, -1.0, -1e9, math.inf, -math.inf, math.nan),
)  # fmt: skip
INTEGERS = (*(1, 2, 3, 5, 10, 30, 60) * 3, -1, 0, 100, 1000, 10**6, 10**12)
TEXTS = {
    "futility": (None, "asOF", "asP", "0", "0 0.5", "3 4", "-9 9", "nan", "inf -inf", "many"),
}
STRATA = ("1 .3", "0.5 12 low", "0.5 30", "0.5 1e-9", "0.5 0.999999", "1e-9 10", "1 1e300", "1 nan")
PRIOR = {"control_from_evidence": "tace", "outcome": "objective_response"}
SLOW = {"simulate": (None, 2, 3)}


def values(name, said, kind, default):
    """What a field may be asked."""
    if name in SLOW:
        return st.sampled_from(SLOW[name])
    if said.choices is not None:
        return st.sampled_from(said.choices())
    if name in TEXTS:
        return st.sampled_from(TEXTS[name])
    if kind == tuple[str, ...]:
        return st.lists(st.sampled_from(STRATA), min_size=1, max_size=3).map(tuple)
    if kind == tuple[float, ...]:
        some = st.lists(st.sampled_from(FLOATS), max_size=4).map(tuple)
        return st.one_of(st.just(default), some)
    if kind is bool:
        return st.booleans()
    whole = kind in (int, int | None)
    some = st.sampled_from(INTEGERS if whole else FLOATS)
    return some if default is None else st.one_of(st.just(default), some)


def asked(record):
    """Fields of a design with values of their types; what the record holds stays out of it."""
    own = {
        name: values(name, said, kind, default)
        for name, (said, kind, default) in options_of(record.Asked).items()
        if kind != str | None or name in TEXTS
    }
    return st.fixed_dictionaries(own)


def answered(record, given_values):
    """The answer checked for figures that are none; None where it was refused."""
    try:
        fixed = PRIOR if record.code == "borrowed" else {}
        answer = record.run(record.Asked(**given_values, **fixed))
    except HilumError:
        return None
    # A number that is not finite cannot be written.
    json.loads(to_json(answer))
    shown = text(answer, words("en"))
    assert "nan" not in shown.replace("financ", "")
    assert answer.patients >= 0
    for one in answer.operating:
        assert -1e-9 <= one.success <= 1 + 1e-9
    return answer
