"""Shares as percentages: in forms, in options, and nowhere else."""

import pytest

from hilum.analyses import analysis
from hilum.analyses.asked import Option, without_percent
from hilum.analyses.typed import from_texts
from hilum.cli.asking import _no_percent, _without_percent, numbers_of, shares_of
from hilum.errors import InputError

SIMON = analysis("design-simon").Asked


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("20%", "0.2"),
        ("20 %", "0.2"),
        ("20\uff05", "0.2"),
        ("2.5 %", "0.025"),
        (".5%", "0.005"),
        ("0.2", "0.2"),
        ("20", "20"),
        ("30% 60 % 1", "0.3 0.6 1"),
        ("20%%", "20%%"),
        ("1.2.3%", "1.2.3%"),
    ],
)
def test_a_percentage_is_the_share_that_it_is(text, plain):
    assert without_percent(text) == plain


@pytest.mark.parametrize(("p0", "p1"), [("20%", "40 %"), ("20 %", "0.4"), ("0.2", "40%")])
def test_forms_take_percentages(p0, p1):
    asked = from_texts(SIMON, {"p0": p0, "p1": p1, "alpha": "5%", "power": "80 %"})
    assert (asked.p0, asked.p1, asked.alpha, asked.power) == (0.2, 0.4, 0.05, 0.8)


@pytest.mark.parametrize(
    ("value", "hint"), [("20", True), ("100", True), ("1.5", True), ("100.5", False), ("-1", False)]
)
def test_a_percentage_without_its_sign_is_refused_with_the_hint(value, hint):
    with pytest.raises(InputError) as caught:
        from_texts(SIMON, {"p0": value, "p1": "40%"})
    said = str(caught.value)
    assert "a number above 0 and below 1" in said
    assert (f"a percentage is typed with its sign: {value} %" in said) is hint


def test_what_is_no_share_takes_none_and_says_what_to_write():
    form = analysis("design-survival").Asked
    with pytest.raises(InputError, match=r"'70%': expected a plain number, here 0\.7:"):
        from_texts(form, {"hazard_ratio": "70%", "accrual": "12", "follow_up": "12"})


@pytest.mark.parametrize("text", ["10%", "10 %", "10\uff05", "0.1"])
def test_a_margin_of_rates_is_a_share(text):
    form = analysis("design-two-proportions").Asked
    asked = from_texts(
        form, {"p1": "30%", "p2": "30%", "margin": text, "hypothesis": "noninferiority"}
    )
    assert asked.margin == 0.1
    assert "--margin" in shares_of("design-two-proportions")


def test_a_margin_of_means_or_of_any_outcome_is_none():
    for name in ("design-means", "joint", "design-survival"):
        numbers = numbers_of(name)
        assert "--margin" in numbers
        with pytest.raises(InputError, match=r"--margin: '10 %': .*, here 0\.1"):
            _no_percent(["--margin", "10 %"], numbers)
        with pytest.raises(InputError, match=r"--margin: '10%': .*, here 0\.1"):
            _no_percent(["--margin=10%"], numbers)


def test_options_take_percentages_where_they_are_shares():
    shares = shares_of("design-simon")
    assert {"--p0", "--p1", "--alpha", "--power"} <= shares
    args = ["--p0", "20%", "--p1=40 %", "--title", "20%"]
    assert _without_percent(args, shares) == ["--p0", "0.2", "--p1=0.4", "--title", "20%"]
    assert "--hazard-ratio" not in shares_of("design-survival")


def test_a_share_ends_at_1_or_says_so():
    assert Option("x", at_least=0, at_most=1).is_share
    assert Option("x", above=0, share=True).is_share
    assert not Option("x", at_least=0, at_most=100).is_share
