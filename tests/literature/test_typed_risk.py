"""Numbers at risk of a reading: typed, or said to be missing; the curve is written all the same."""

import numpy as np
import pytest
from typer.testing import CliRunner

from hilum.cli.main import app
from hilum.errors import InputError
from hilum.literature.figures.printed_risk import ORDER, contradicted
from hilum.rendering.read_curves import NOT_GIVEN
from tests.literature import svg_plots
from tests.literature.figures import draw, trial
from tests.literature.test_names_and_rows import NAMES, at_risk, drawn
from tests.synthesis.survival.trials import at, kaplan_meier


@pytest.fixture(scope="module")
def figure(tmp_path_factory):
    path = tmp_path_factory.mktemp("f") / "f.pdf"
    arms = trial(9)
    draw(arms, path)
    return path, arms


def ask(path, *more):
    return CliRunner().invoke(app, ["curve", "read", str(path), *map(str, more)])


BOTH = ("--curve", "1=high", "--curve", "2=low")


def table(path, arms, scale=1.0):
    """The numbers at risk of the arms in the order of the figure's curves."""
    rows = ["arm,time,n"]
    for name, (time, _) in arms.items():
        rows += [f"{name},{t},{int(scale * (time >= t).sum())}" for t in (0, 12, 24, 36)]
    path.write_text("\n".join(rows))
    return path


def names_of(figure, folder):
    """Which arm is which curve, by its survival at two years."""
    _, arms = figure
    out = folder / "first.csv"
    assert ask(figure[0], *BOTH, "--out", out).exit_code == 0
    rows = [r.split(",") for r in out.read_text().splitlines()[1:] if r.startswith("high")]
    level = [float(r[2]) for r in rows if r[3] == "curve" and float(r[1]) <= 24][-1]
    own = sorted(arms, key=lambda arm: abs(at(kaplan_meier(*arm), np.array([24.0]))[0] - level))
    return {"high": own[0], "low": own[1]}


def test_a_curve_without_a_table_is_written_and_the_table_said_to_be_missing(figure, tmp_path):
    out, risk = tmp_path / "c.csv", tmp_path / "r.csv"
    answer = ask(figure[0], *BOTH, "--out", out, "--risk-out", risk)
    assert answer.exit_code == 0
    assert out.exists()
    assert not risk.exists()
    assert "no numbers at risk stand with the figure as text for high, low" in answer.output
    assert f"wrote {risk}" not in answer.output


def test_typed_numbers_are_checked_and_written(figure, tmp_path):
    arms = names_of(figure, tmp_path)
    typed, risk = table(tmp_path / "t.csv", arms), tmp_path / "r.csv"
    out = tmp_path / "c.csv"
    answer = ask(figure[0], *BOTH, "--at-risk", typed, "--out", out, "--risk-out", risk)
    assert answer.exit_code == 0
    assert "numbers at risk fit" in answer.output
    assert "WARNING" not in answer.output
    assert sorted(risk.read_text().split()) == sorted(typed.read_text().split())


def test_typed_numbers_that_do_not_fit_warn(figure, tmp_path):
    """The arms swapped: one curve asks for more patients than its numbers leave."""
    arms = names_of(figure, tmp_path)
    wrong = dict(zip(arms, reversed(arms.values()), strict=True))
    typed = table(tmp_path / "t.csv", wrong)
    answer = ask(figure[0], *BOTH, "--at-risk", typed, "--out", tmp_path / "c.csv")
    assert answer.exit_code == 0
    assert "more deaths in a stretch than patients left it" in answer.output


def test_a_table_of_no_curve_is_named(figure, tmp_path):
    typed = table(tmp_path / "t.csv", {"other": figure[1][0]})
    answer = ask(figure[0], *BOTH, "--at-risk", typed, "--out", tmp_path / "c.csv")
    assert answer.exit_code == 1
    assert isinstance(answer.exception, InputError)
    assert "t.csv:2" in str(answer.exception)
    assert "one of the curves 'high', 'low'" in str(answer.exception)


PRINTED = ((0.0, 60), (12.0, 40), (24.0, 22))


@pytest.mark.parametrize(
    ("time", "n", "with_"),
    [
        (12, 40, None),
        (12, 41, (12.0, 40)),
        (12, 39, (12.0, 40)),
        # To within the place of a number a time is the column's; further it is one after it.
        (12.24, 39, (12.0, 40)),
        (12.25, 39, (12.0, 40)),
        (12.26, 39, None),
        (12.26, 41, (12.0, 40)),
        # Between two columns any number from the one to the other can be true.
        (18, 22, None),
        (18, 21, (24.0, 22)),
        (18, 40, None),
        (18, 41, (12.0, 40)),
        (30, 22, None),
        (30, 23, (24.0, 22)),
    ],
)
def test_a_typed_number_is_held_against_the_columns_around_it(time, n, with_):
    found = contradicted(((time, n),), PRINTED, 0.25)
    assert [(one.time, one.n, (one.printed_time, one.printed_n)) for one in found] == (
        [] if with_ is None else [(time, n, with_)]
    )


def test_nothing_printed_contradicts_nothing():
    assert contradicted(((0, 5),), (), 0.25) == ()


def test_typed_numbers_that_are_not_those_of_the_page_are_named(tmp_path):
    """Which arm, which time, which numbers; those that the page prints too go without a word."""
    arms = trial(4)
    figure = drawn(tmp_path / "f.svg", arms)
    rows = dict(at_risk(arms[0]))
    rows[24.0] -= 1
    typed, out = tmp_path / "t.csv", tmp_path / "c.csv"
    lines = [f"{NAMES[0]},{t:g},{n}" for t, n in sorted(rows.items())]
    lines += [f"{NAMES[1]},{t:g},{n}" for t, n in at_risk(arms[1])]
    typed.write_text("\n".join(["arm,time,n", *lines]))
    asked = [more for name in NAMES for more in ("--curve", f"{name}={name}")]
    answer = ask(figure, *asked, "--at-risk", typed, "--out", out)
    assert answer.exit_code == 0
    said = " ".join(answer.output.split())
    printed = dict(at_risk(arms[0]))[24.0]
    assert f"numbers at risk, typed: {len(rows)}" in said
    assert said.count("are not those of the page") == 1
    assert (
        f"WARNING: {NAMES[0]}: the numbers at risk typed are not those of the page, and are taken "
        f"in their place: {printed - 1} at 24 where the page prints {printed}" in said
    )


NONE = "no numbers at risk stand with the figure as text for"
UNSURE = "the numbers that stand with the figure are not known to be the numbers at risk of"


def printed(path, rows, heading="Number at risk"):
    """A plot of two named arms over rows (label, cells)."""
    return svg_plots.plot(path / "f.svg", trial(4), rows=rows, heading=heading)


def rows_of(*own):
    return list(zip(svg_plots.NAMES, own, strict=False))


RIGHT = [svg_plots.at_risk(arm) for arm in trial(4)]
RISING = [(row[0], row[0] + 5, *row[2:]) for row in RIGHT]


@pytest.mark.parametrize(
    ("rows", "heading", "said", "reason"),
    [
        (rows_of(*RIGHT), "Number at risk", "", ""),
        ((), "", f"{NONE} Embolisation, Surgery: none are written", ""),
        ((), "Number at risk", f"{NONE} Embolisation, Surgery",
         "the page says 'Number at risk', but no row of numbers is read there"),
        (rows_of(RIGHT[0]), "Number at risk", f"{NONE} Surgery: none are written", ""),
        (rows_of(*RISING), "Number at risk", f"{UNSURE} Embolisation, Surgery",
         "row 'Surgery' (Number at risk): they rise, which numbers at risk never do"),
        (rows_of(RIGHT[0], RISING[1]), "At risk", f"{UNSURE} Surgery: none are written",
         "row 'Surgery' (At risk): they rise"),
        (rows_of(*([None, *row[1:]] for row in RIGHT)), "At risk", f"{UNSURE} Embolisation, Surgery",
         "row 'Embolisation' (At risk): they begin after time 0"),
        (rows_of(*RIGHT), "Percentage at risk", f"{UNSURE} Embolisation, Surgery",
         "row 'Surgery' (Percentage at risk): percentages, no numbers of patients"),
        (rows_of(*(sorted(row) for row in RIGHT)), "Events", f"{NONE} Embolisation, Surgery", ""),
    ],
)  # fmt: skip
def test_what_stands_with_the_figure_as_text_is_said(tmp_path, rows, heading, said, reason):
    """Whether numbers at risk are written, and of which arm and why not where they are not."""
    rows = [(name, ["" if n is None else n for n in cells]) for name, cells in rows]
    path, risk = printed(tmp_path, rows, heading), tmp_path / "r.csv"
    answer = ask(path, "--curve", "Embolisation", "--curve", "Surgery", "--out",
                 tmp_path / "c.csv", "--risk-out", risk)  # fmt: skip
    assert answer.exit_code == 0, answer.output
    assert said in answer.output
    assert reason in answer.output
    assert (NONE in answer.output) is (said.startswith(NONE))
    assert (UNSURE in answer.output) is (said.startswith(UNSURE))
    lines = risk.read_text().splitlines()[1:] if risk.exists() else []
    assert {line.split(",")[0] for line in lines} == {
        name for name in svg_plots.NAMES[:2] if name not in said
    }


def test_every_reason_has_its_sentence():
    assert {*ORDER, "two_curves", "whose", "hundred", "shares", "contradicted", "unproven"} == {
        *NOT_GIVEN, "at_risk", "unsaid",
    }  # fmt: skip
