"""``hilum network --certainty``: CINeMA's draft beside the network's answer."""

import csv
import json
from pathlib import Path

import pytest

from tests.cli.test_cli import hilum

EXAMPLE = Path(__file__).parents[2] / "examples" / "smoking.csv"


def _judged(tmp_path, risk):
    rows = list(csv.DictReader(EXAMPLE.read_text("utf-8").splitlines()))
    for row in rows:
        row["risk"], row["far"] = risk(row["studlab"]), "low"
    path = tmp_path / "judged.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def _certainty(path, *more):
    done = hilum(
        "network", path, "--certainty", "--bias", "risk", "--draws", "100", "--json", *more
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["certainty"]


def test_every_comparison_has_six_domains_with_reasons(tmp_path):
    found = _certainty(_judged(tmp_path, lambda _: "low"), "--indirectness", "far")
    assert len(found) == 6
    for one in found.values():
        assert len([name for name in one["domains"] if name != "start"]) == 6
        assert all(part["reason"] for part in one["domains"].values())
        assert one["domains"]["within_study_bias"]["judgement"] == "no_concerns"
        assert one["domains"]["indirectness"]["judgement"] == "no_concerns"


def test_biased_studies_lower_the_confidence(tmp_path):
    good = _certainty(_judged(tmp_path, lambda _: "low"))
    bad = _certainty(_judged(tmp_path, lambda _: "high"))
    order = ("very_low", "low", "moderate", "high")
    for name, one in bad.items():
        assert one["domains"]["within_study_bias"]["judgement"] == "major_concerns"
        assert order.index(one["level"]) < order.index(good[name]["level"])


def test_imprecision_follows_the_interval(tmp_path):
    """The network's own interval crosses both limits of 1/1.25 and 1.25, or it does not."""
    path = _judged(tmp_path, lambda _: "low")
    done = hilum("network", path, "--certainty", "--draws", "100", "--json")
    out = json.loads(done.stdout)
    place = {name: i for i, name in enumerate(out["trts"])}
    for name, one in out["certainty"].items():
        a, b = (place[part] for part in name.split(":"))
        low, high = out["transformed"]["lower"][a][b], out["transformed"]["upper"][a][b]
        both = low < 1 / 1.25 and high > 1.25
        assert (one["domains"]["imprecision"]["judgement"] == "major_concerns") == both, name


def test_a_change_keeps_its_reason(tmp_path):
    path, changes = _judged(tmp_path, lambda _: "low"), tmp_path / "changes.csv"
    changes.write_text(
        "subject,domain,from,to,who,when,reason\n"
        "no contact:self-help,reporting_bias,not_assessed,no_concerns,"
        "AB,2026-01-05,registers read\n"
    )
    one = _certainty(path, "--changes", changes)["no contact:self-help"]["domains"][
        "reporting_bias"
    ]
    assert (one["judgement"], one["changed_by"]) == ("no_concerns", "AB")
    assert one["reason"] == "registers read"


@pytest.mark.parametrize(
    ("cell", "words"), [("perhaps", ("judged.csv:2", "risk", "'perhaps'", "low"))]
)
def test_a_word_that_is_no_judgement_is_named(tmp_path, cell, words):
    path = _judged(tmp_path, lambda _: cell)
    done = hilum("network", path, "--certainty", "--bias", "risk", "--draws", "100")
    assert done.returncode == 1
    for word in words:
        assert word in done.stderr


def test_a_difference_needs_the_smallest_that_matters(tmp_path):
    path = _judged(tmp_path, lambda _: "low")
    done = hilum("network", path, "--measure", "RD", "--certainty", "--draws", "100")
    assert done.returncode == 1
    assert "--important" in done.stderr
