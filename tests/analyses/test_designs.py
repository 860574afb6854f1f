"""A design and an output format are one record each: made-up ones go all the way."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import pytest
from typer.testing import CliRunner

from hilum.analyses import analysis
from hilum.analyses.asked import Option
from hilum.analyses.designs import DESIGNS, Design, design_of
from hilum.analyses.designs.asked import DesignAsked
from hilum.analyses.forms import from_json, to_json
from hilum.cli.main import app
from hilum.errors import InputError, UnknownCode
from hilum.language import words
from hilum.rendering.sheet.synopsis import FORMATS, Format, render_synopsis, text
from hilum.trials.synopsis.record import Look, Operating, Step, Synopsis


@dataclass(frozen=True, kw_only=True)
class CoinAsked(DesignAsked):
    """A design that nobody needs."""

    design: ClassVar[str] = "coin"

    tosses: Annotated[int, Option("Tosses of a coin.", at_least=1)] = 10


def coin(asked, source):
    """As many patients as tosses."""
    n = asked.tosses
    return Synopsis(
        kind="coin", method="coin", hypothesis="superiority", scale="proportion",
        question=source.pico(single=True), alpha=0.5, power=0.5, sided=1, patients=n,
        per_arm=(("treatment", n),), events=None, months=None, expected_n0=None, expected_n1=None,
        steps=(Step("tossed", {"n": n}), Step("exact_interval")), looks=(Look(1, n=n),),
        operating=(Operating("null", 0.5, 0.5),), curve=(), assumptions=(), analysis=(),
    )  # fmt: skip


@pytest.fixture
def made(monkeypatch):
    record = Design(
        "coin", CoinAsked, coin, "Toss a coin.", "Trial by coin", {"tossed": "{n} tosses."}
    )
    monkeypatch.setitem(DESIGNS, "coin", record)
    return record


def test_a_design(made, tmp_path):
    said = CliRunner().invoke(app, ["trials", "design", "coin", "--tosses", "7"])
    assert said.exit_code == 0, said.exception
    assert said.output.startswith("Trial by coin\n")
    assert "  1. 7 tosses.\n  2. Response rate with the Clopper-Pearson" in said.output
    shown = CliRunner().invoke(app, ["trials", "design", "coin", "--help"]).output
    assert "Tosses of a coin." in shown
    assert "Toss a coin." in CliRunner().invoke(app, ["trials", "design", "--help"]).output
    path = tmp_path / "coin.html"
    done = CliRunner().invoke(app, ["trials", "design", "coin", "--out", str(path)])
    assert done.exit_code == 0, done.exception
    assert "10 tosses." in path.read_text("utf-8")
    record = analysis("design-coin")
    answer = record.run(record.Asked(tosses=3))
    assert from_json(record.Answered, to_json(answer)) == answer
    with pytest.raises(InputError, match="tosses: '0'"):
        record.Asked(tosses=0)


def test_a_format(made, monkeypatch, tmp_path):
    monkeypatch.setitem(
        FORMATS, "txt", Format("txt", lambda one, tongue: text(one, tongue).encode())
    )
    path = tmp_path / "coin.txt"
    done = CliRunner().invoke(app, ["trials", "design", "coin", "--out", str(path)])
    assert done.exit_code == 0, done.exception
    assert "10 tosses." in path.read_text("utf-8")


def test_unknown_codes_list_the_known():
    with pytest.raises(UnknownCode, match="expected one of simon, single-stage"):
        design_of("guess")
    with pytest.raises(UnknownCode, match="html, docx, pdf, json"):
        render_synopsis(None, "xls", words("en"))


def test_faults_name_fields_not_options():
    record = analysis("design-platform")
    with pytest.raises(InputError) as caught:
        record.run(record.Asked(arms=30, p1=0.5, p2=0.2))
    assert {one.column for one in caught.value.faults} <= set(record.Asked.__dataclass_fields__)
    assert all(one.file == "" for one in caught.value.faults)
    for code, one in DESIGNS.items():
        assert one.Asked.design == code
