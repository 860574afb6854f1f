"""Vector figures: drawn by R, whose numbers are known, and by matplotlib from known patients."""

from pathlib import Path

import numpy as np
import pytest

from hilum.errors import InputError
from hilum.literature.figures import checked, read_pdf
from hilum.literature.figures.axes import from_points
from hilum.synthesis.survival import compare_arms, fidelity, reconstruct
from tests.literature.figures import draw, trial
from tests.synthesis.reference import FILES
from tests.synthesis.survival.trials import at, kaplan_meier

HERE = Path(__file__).parent
LUNG = FILES["survival_lung"]


@pytest.mark.parametrize("name", ["lung_base.pdf", "lung_ggplot2.pdf"])
def test_figures_of_r_give_back_its_kaplan_meier(name):
    """R survival 3.5-3 on lung: every level to 1e-4, times to R's 0.01 points, the unit."""
    curves = read_pdf(HERE / name)
    assert len(curves) == 2
    for curve, group in zip(curves, ("1", "2"), strict=True):
        read = checked(curve.coordinates, None)
        assert read.unit == "days"
        inside = [i for i, s in enumerate(LUNG["strata"]) if s == f"group={group}"]
        when, level = (np.array(LUNG[key])[inside] for key in ("t", "surv"))
        died = np.array(LUNG["n_event"])[inside] > 0
        levels = at((np.array(read.time[1:]), np.array(read.survival[1:])), when + 0.3)
        np.testing.assert_allclose(levels, level, atol=1e-4)
        own = np.array(read.time)[1:]
        near = np.abs(own[:, None] - when[died]).min(axis=0)
        assert near.max() < 0.01 * curve.x.slope


@pytest.mark.parametrize("name", ["lung_base.pdf", "lung_ggplot2.pdf"])
def test_figures_of_r_give_back_its_patients(name):
    """Deaths exactly; hazard ratio of coxph within 1 %; medians to a day."""
    data = LUNG["input"]
    group = np.array(data["group"])
    arms = []
    for curve, one in zip(read_pdf(HERE / name), ("1", "2"), strict=True):
        time = np.array(data["time"])[group == one]
        status = np.array(data["status"])[group == one]
        columns = np.arange(0, 1000, 150)
        read = checked(curve.coordinates, None)
        found = reconstruct(
            read.time,
            read.survival,
            columns,
            [(time >= c).sum() for c in columns],
            censor_time=read.censor_time,
            precision=read.precision,
        )
        assert found.events == status.sum()
        median = {"1": 270, "2": 426}[one]
        assert LUNG["median"][int(one) - 1]["X50"] == median
        assert fidelity(found).median == pytest.approx(median, abs=1)
        arms.append(found)
    assert compare_arms(*arms).hazard_ratio == pytest.approx(np.exp(LUNG["cox"]["coef"]), rel=0.01)


@pytest.mark.parametrize("mark", ["|", "+", ""])
def test_a_round_trip_by_matplotlib(tmp_path, mark):
    """Survival RMSE below 0.003, RMST within 0.1 months, hazard ratio within 3 %."""
    arms = trial(3)
    draw(arms, tmp_path / "figure.pdf", mark=mark, percent=mark == "+")
    grid = np.linspace(0, 60, 3001)
    found = []
    for curve, (time, status) in zip(read_pdf(tmp_path / "figure.pdf"), arms, strict=True):
        read = checked(curve.coordinates, None)
        assert read.unit == "months"
        assert len(read.censor_time) == (len(np.unique(time[status == 0])) if mark else 0)
        columns = np.arange(0, 60, 7.5)
        counts = [(time >= c).sum() for c in columns]
        ours = reconstruct(
            read.time,
            read.survival,
            columns,
            counts,
            censor_time=read.censor_time or None,
            precision=read.precision,
        )
        gap = at(ours.product_limit(), grid) - at(kaplan_meier(time, status), grid)
        assert np.sqrt(np.mean(gap**2)) < 0.003
        assert abs(gap.mean() * 60) < 0.1
        assert abs(ours.events - status.sum()) <= 1
        found.append(ours)
    truth = [_Patients(time, status) for time, status in arms]
    assert compare_arms(*found).hazard_ratio == pytest.approx(
        compare_arms(*truth).hazard_ratio, rel=0.03
    )


class _Patients:
    def __init__(self, time, status):
        self.time, self.status, self.n = time, status, len(time)


def test_calibration_points_replace_the_labels(tmp_path):
    arms = trial(3)
    draw(arms, tmp_path / "figure.pdf", labels=False)
    with pytest.raises(InputError, match="x_axis") as error:
        read_pdf(tmp_path / "figure.pdf")
    assert "figure.pdf, page 1" in str(error.value)
    reference = draw(arms, tmp_path / "with.pdf")
    x, y = (from_points(places, values, 0.1) for places, values in reference.points)
    blind = read_pdf(tmp_path / "figure.pdf", x_axis=x, y_axis=y)
    seen = read_pdf(tmp_path / "with.pdf")
    for a, b in zip(blind, seen, strict=True):
        np.testing.assert_allclose(a.coordinates.survival, b.coordinates.survival, atol=1e-5)
        np.testing.assert_allclose(a.coordinates.time, b.coordinates.time, atol=1e-3)


def test_encrypted_broken_and_missing_files(tmp_path):
    from pypdf import PdfWriter

    writer = PdfWriter(clone_from=HERE / "lung_base.pdf")
    writer.encrypt("secret")
    writer.write(tmp_path / "locked.pdf")
    with pytest.raises(InputError, match=r"encrypted.*without password"):
        read_pdf(tmp_path / "locked.pdf")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    with pytest.raises(InputError, match="readable PDF"):
        read_pdf(tmp_path / "broken.pdf")
    with pytest.raises(InputError, match="existing PDF"):
        read_pdf(tmp_path / "absent.pdf")
    (tmp_path / "empty.pdf").write_bytes(b"")
    with pytest.raises(InputError, match="readable PDF"):
        read_pdf(tmp_path / "empty.pdf")


def test_a_huge_pdf_is_refused_without_unpacking_it(tmp_path):
    """A stream of 60 MB in a file of 60 kB, and a file that is large itself."""
    import zlib

    content = zlib.compress(b"0 0 m 1 1 l S\n" * 4_300_000, 9)
    head = (
        b"%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n"
        b"2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n"
        b"3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R>> endobj\n"
        b"4 0 obj <</Filter/FlateDecode/Length " + str(len(content)).encode() + b">> stream\n"
    )
    (tmp_path / "bomb.pdf").write_bytes(
        head + content + b"\nendstream endobj\ntrailer <</Root 1 0 R>>\n%%EOF"
    )
    with pytest.raises(InputError, match=r"page: 'too large'"):
        read_pdf(tmp_path / "bomb.pdf")
    with (tmp_path / "large.pdf").open("wb") as file:
        file.truncate(150_000_000)
    with pytest.raises(InputError, match="150 MB"):
        read_pdf(tmp_path / "large.pdf")


def test_pages_are_asked_for_and_a_page_without_curve_says_so(tmp_path):
    from pypdf import PdfWriter

    writer = PdfWriter(clone_from=HERE / "lung_base.pdf")
    writer.add_blank_page(200, 200)
    writer.write(tmp_path / "two.pdf")
    with pytest.raises(InputError, match="page: '': expected a number from 1 to 2"):
        read_pdf(tmp_path / "two.pdf")
    with pytest.raises(InputError, match="number from 1 to 2"):
        read_pdf(tmp_path / "two.pdf", page=3)
    assert len(read_pdf(tmp_path / "two.pdf", page=1)) == 2
    with pytest.raises(InputError, match="in steps or through four points or more"):
        read_pdf(tmp_path / "two.pdf", page=2)
