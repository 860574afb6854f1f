"""``hilum curve`` as a stranger uses it."""

import csv
import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from tests.cli.test_cli import hilum
from tests.literature.figures import COLOURS, draw, trial
from tests.synthesis.reference import FILES
from tests.synthesis.survival.trials import at, kaplan_meier

IPD = FILES["ipd_radiotherapy"]
LUNG = Path(__file__).parents[1] / "literature" / "lung_base.pdf"


def table(path, header, *columns):
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(zip(*columns, strict=True))
    return path


@pytest.fixture
def published(tmp_path):
    data = IPD["radio"]
    coords = table(
        tmp_path / "coords.csv", ("time", "survival"), data["time"], data["surv_percent"]
    )
    columns = data["trisk"][: len(data["nrisk"])]
    return coords, table(tmp_path / "risk.csv", ("time", "n"), columns, data["nrisk"])


def rows(text):
    return list(csv.DictReader(text.splitlines()))


def test_reconstruct_as_the_issue_types_it(published):
    done = hilum("curve", "reconstruct", published[0], "--at-risk", published[1])
    assert done.returncode == 0, done.stderr
    patients = rows(done.stdout)
    # What the curve leaves open of the deaths goes with its patients.
    assert list(patients[0]) == ["time", "status", "events_low", "events_high"]
    assert len({(row["events_low"], row["events_high"]) for row in patients}) == 1
    died = sum(int(row["status"]) for row in patients)
    assert int(patients[0]["events_low"]) <= died <= int(patients[0]["events_high"])
    time = np.array([float(row["time"]) for row in patients])
    status = np.array([int(row["status"]) for row in patients])
    theirs = kaplan_meier(np.array(IPD["radio"]["ipd_time"]), np.array(IPD["radio"]["ipd_status"]))
    grid = np.linspace(0, 56, 5001)
    assert np.abs(at(kaplan_meier(time, status), grid) - at(theirs, grid)).max() < 0.01
    assert "met exactly" in done.stderr


def test_clicks_a_year_apart_are_said_with_their_patients(tmp_path):
    clicks = table(tmp_path / "c.csv", ("time", "survival"), (0, 12, 24, 36), (1, 0.9, 0.7, 0.6))
    done = hilum("curve", "reconstruct", clicks, "--patients", "70")
    assert done.returncode == 0, done.stderr
    first = rows(done.stdout)[0]
    assert {name: float(first[name]) for name in ("far_fall", "far_start", "far_stop")} == {
        "far_fall": 0.2,
        "far_start": 12,
        "far_stop": 24,
    }
    assert "between the points read at 12 and 24 survival falls by 20.0 %" in done.stderr
    assert "rows of kind curve" in done.stderr


def test_reconstruct_json_file_and_picture(published, tmp_path):
    out, plot = tmp_path / "patients.csv", tmp_path / "curve.svg"
    done = hilum(
        "curve", "reconstruct", published[0], "--at-risk", published[1], "--total-events", "134",
        "--median", "14.9", "--unit", "months", "--out", out, "--plot", plot, "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    (arm,) = found["arms"]
    assert (arm["n"], arm["events"], found["unit"]) == (213, 134, "months")
    assert arm["risk_table"]["printed"] == arm["risk_table"]["reconstructed"]
    assert arm["fidelity"]["reported_median"] == 14.9
    assert arm["fidelity"]["median"] == pytest.approx(14.8)
    assert arm["fidelity"]["rmse"] < 0.005
    assert len(rows(out.read_text())) == 213
    root = ElementTree.fromstring(plot.read_text())
    assert "213" in " ".join(root.itertext())


@pytest.mark.parametrize(
    ("numbers", "warned"),
    [
        (("--patients", "200"), False),
        # Six in ten die, but three patients, or ten deaths of 200, make no such curve.
        (("--patients", "3"), True),
        (("--patients", "200", "--total-events", "10"), True),
    ],
)
def test_patients_who_have_another_curve_are_a_warning(tmp_path, numbers, warned):
    points = "0,1\n6,0.93\n12,0.85\n18,0.76\n24,0.70\n36,0.55\n48,0.45\n60,0.38\n"
    (tmp_path / "c.csv").write_text("time,survival\n" + points)
    done = hilum("curve", "reconstruct", "c.csv", *numbers, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (arm,) = json.loads(done.stdout)["arms"]
    (check,) = [one for one in arm["checks"] if one["code"] == "patients_have_curve"]
    assert check["figure"] == pytest.approx(arm["fidelity"]["rmse"])
    assert check["outcome"] == ("warn" if warned else "ok")
    told = hilum("curve", "reconstruct", "c.csv", *numbers, cwd=tmp_path).stderr
    assert ("WARNING: the patients' curve is" in told) is warned


@pytest.mark.parametrize(
    ("last", "warned"), [(14.9, True), (15, False), (15.1, False), (5, True), (60, False)]
)
def test_numbers_at_risk_in_another_unit_are_a_warning(tmp_path, last, warned):
    """Five years typed beside a curve of sixty months leave all its later deaths to nobody."""
    points = "0,1\n6,0.93\n12,0.85\n18,0.76\n24,0.70\n36,0.55\n48,0.45\n60,0.38\n"
    (tmp_path / "c.csv").write_text("time,survival\n" + points)
    (tmp_path / "r.csv").write_text(f"time,n\n0,80\n{last},20\n")
    done = hilum("curve", "reconstruct", "c.csv", "--at-risk", "r.csv", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (arm,) = json.loads(done.stdout)["arms"]
    (check,) = [one for one in arm["checks"] if one["code"] == "at_risk_reaches"]
    assert check["figure"] == pytest.approx(last / 60)
    assert check["outcome"] == ("warn" if warned else "ok")


def test_all_deaths_at_time_zero(tmp_path):
    """A curve without any length has no share of it that the numbers at risk could reach."""
    (tmp_path / "c.csv").write_text("time,survival\n0,1\n0,0.5\n")
    (tmp_path / "r.csv").write_text("time,n\n0,80\n12,30\n")
    done = hilum("curve", "reconstruct", "c.csv", "--at-risk", "r.csv", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (arm,) = json.loads(done.stdout)["arms"]
    (check,) = [one for one in arm["checks"] if one["code"] == "at_risk_reaches"]
    assert check["outcome"] == "not_possible"


def test_two_arms_are_compared(tmp_path):
    names = ("radio", "radioplus")
    coords = [
        (n, t, s)
        for n in names
        for t, s in zip(IPD[n]["time"], IPD[n]["surv_percent"], strict=True)
    ]
    risk = [
        (n, t, k) for n in names for t, k in zip(IPD[n]["trisk"], IPD[n]["nrisk"], strict=False)
    ]
    done = hilum(
        "curve", "reconstruct",
        table(tmp_path / "c.csv", ("arm", "time", "survival"), *zip(*coords, strict=True)),
        "--at-risk", table(tmp_path / "r.csv", ("arm", "time", "n"), *zip(*risk, strict=True)),
        "--hazard-ratio", "0.7", "--p-value", "0.02", "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    both = json.loads(done.stdout)["comparison"]
    assert (both["of"], both["against"]) == ("radioplus", "radio")
    assert both["lower"] < both["hazard_ratio"] < both["upper"] < 1
    assert both["reported_hazard_ratio"] == 0.7


def test_from_a_pdf_to_patients(tmp_path):
    """R's own figure of lung: read, laid over, reconstructed; 112 and 53 deaths."""
    coords, picture = tmp_path / "coords.csv", tmp_path / "over.png"
    done = hilum(
        "curve", "read", LUNG, "--curve", "#b2182b=men", "--curve", "2=women",
        "--out", coords, "--plot", picture,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    from PIL import Image

    with Image.open(picture) as image:
        assert min(image.size) > 400
        # The ink of the first curve is on it.
        assert (255, 0, 200) in {colour for _, colour in image.getcolors(10**6)}
    data = FILES["survival_lung"]["input"]
    group, time = np.array(data["group"]), np.array(data["time"])
    at_risk = [
        (name, c, (time[group == one] >= c).sum())
        for name, one in (("men", "1"), ("women", "2"))
        for c in range(0, 1000, 200)
    ]
    risk = table(tmp_path / "r.csv", ("arm", "time", "n"), *zip(*at_risk, strict=True))
    done = hilum("curve", "reconstruct", coords, "--at-risk", risk, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["unit"] == "days"
    assert [arm["events"] for arm in found["arms"]] == [112, 53]
    # coxph of R survival 3.5-3.
    expected = np.exp(FILES["survival_lung"]["cox"]["coef"])
    assert found["comparison"]["hazard_ratio"] == pytest.approx(expected, rel=0.01)


def test_from_an_image(tmp_path):
    drawn = draw(trial(5), tmp_path / "figure.png")
    options = []
    for axis, (places, values) in zip("xy", drawn.pixels, strict=True):
        pairs = zip(places, values, strict=True)
        options += [f"--{axis}-axis", ",".join(f"{place:.0f}={value}" for place, value in pairs)]
    done = hilum(
        "curve", "read", tmp_path / "figure.png", *options, "--unit", "months", "--json",
        "--curve", f"{COLOURS[0]}=a", "--curve", f"{COLOURS[1]}=b", "--plot", tmp_path / "o.png",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    a, b = json.loads(done.stdout)["curves"]
    assert (a["arm"], a["colour"], b["colour"]) == ("a", *COLOURS)
    assert a["time"][-1] == pytest.approx(60, abs=0.5)
    assert (tmp_path / "o.png").exists()


def test_clicks_are_checked_and_passed_on(tmp_path, published):
    done = hilum("curve", "read", published[0], "--unit", "months")
    assert done.returncode == 0, done.stderr
    read = rows(done.stdout)
    assert list(read[0]) == ["time", "survival", "kind", "unit", "precision"]
    assert float(read[0]["survival"]) == pytest.approx(0.989)


BAD = {
    "rising": ("time,survival\n0,1\n5,0.7\n9,0.8\n", "coords.csv:4"),
    "swapped": ("time,survival\n1,0\n0.8,10\n0.4,60\n", "swapped"),
    "mixed": ("time,survival\n0,100\n5,98\n9,0.95\n", "coords.csv:4"),
    "contradiction": ("time,survival\n0,1\n5,0.5\n30,0.4\n", "risk.csv:3"),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_input_writes_nothing(tmp_path, kind):
    text, words = BAD[kind]
    coords, risk = tmp_path / "coords.csv", tmp_path / "risk.csv"
    coords.write_text(text)
    risk.write_text("time,n\n0,100\n12,80\n")
    out, plot = tmp_path / "patients.csv", tmp_path / "plot.svg"
    out.write_text("before")
    for extra in (("--out", out, "--plot", plot), ()):
        done = hilum("curve", "reconstruct", coords, "--at-risk", risk, *extra)
        assert done.returncode == 1
        assert words in done.stderr, done.stderr
        assert "Traceback" not in done.stderr
        assert done.stdout == ""
    assert out.read_text() == "before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["coords.csv", "patients.csv", "risk.csv"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--plot", "x.bmp"), ".svg"),
        ((), "--patients: '': expected the number of patients, or their numbers at risk"),
        (("--patients", "x"), "whole number"),
        (("--patients", "100", "--total-events", "B=4"), "a number alone: the file has one curve"),
        (("--patients", "100", "--hazard-ratio", "0.7"), "two arms"),
        (("--patients", "100", "--unit", "moons"), "one of days"),
        (("--patients", "100", "--total-events", "900"), "900 deaths"),
        (("--patients", "100", "--curve", "drug"), "--curve: 'drug': expected one of"),
    ],
)
def test_wrong_options(tmp_path, arguments, words):
    (tmp_path / "coords.csv").write_text("time,survival\n0,1\n5,0.9\n9,0.8\n")
    done = hilum("curve", "reconstruct", "coords.csv", *arguments, cwd=tmp_path)
    assert done.returncode == 1
    assert words in done.stderr, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "2 curves"),
        (("--curve", "3"), "one of 1"),
        (("--curve", "1", "--page", "4"), "from 1 to 1"),
        (("--curve", "1", "--unit", "months"), "days, as in the file"),
        (("--curve", "1", "--plot", "x.svg"), ".png"),
        (("--curve", "1", "--x-axis", "5"), "--x-axis"),
        (("--curve", "1", "--box", "5"), "LEFT,TOP"),
        (("--curve", "1=a", "--curve", "2=a"), "a name for each arm"),
    ],
)
def test_wrong_options_of_read(tmp_path, arguments, words):
    done = hilum("curve", "read", LUNG, *arguments, cwd=tmp_path)
    assert done.returncode == 1
    assert words in done.stderr, done.stderr
    assert not list(tmp_path.iterdir())
