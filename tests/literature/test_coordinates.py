"""Files of clicks: the programs' exports, and every fault with its line."""

import numpy as np
import pytest

from hilum.errors import InputError
from hilum.literature.figures import check_against_curve, checked, choose, read_coordinates
from hilum.literature.figures.risk import read_risk_table

POINTS = [(0.0, 1.0), (5.5, 0.9), (12.25, 0.75), (30.0, 0.5)]
EXPORTS = {
    "plain table": "time,survival\n0,1\n5.5,0.9\n12.25,0.75\n30,0.5\n",
    "months": "months,survival\n0,1\n5.5,0.9\n12.25,0.75\n30,0.5\n",
    "WebPlotDigitizer, one data set": "0, 1\n5.5, 0.9\n12.25, 0.75\n30, 0.5\n",
    "WebPlotDigitizer, several": (
        "arm A,,arm B,\nX,Y,X,Y\n0,1,0,1\n5.5,0.9,3,0.8\n12.25,0.75,,\n30,0.5,,\n"
    ),
    "WebPlotDigitizer, European": "0;1\n5,5;0,9\n12,25;0,75\n30;0,5\n",
    "DigitizeIt, tabs": "0\t1\n5.5\t0.9\n12.25\t0.75\n30\t0.5\n",
    "DigitizeIt, named": (
        "# exported\nx\tarm A\tarm B\n0\t1\t1\n5.5\t0.9\t\n12.25\t0.75\t0.7\n30\t0.5\t\n"
    ),
    "blanks": "0 1\n5.5 0.9\n12.25 0.75\n30 0.5\n",
    "byte order mark": "\ufefftime,survival\n0,1\n5.5,0.9\n12.25,0.75\n30,0.5\n",
}


def write(tmp_path, content, name="coords.csv"):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    return path


@pytest.mark.parametrize("form", EXPORTS)
def test_every_form_gives_the_same_points(tmp_path, form):
    curves = read_coordinates(write(tmp_path, EXPORTS[form]))
    first = curves[0]
    assert list(zip(first.time, first.survival, strict=True)) == POINTS
    if len(curves) > 1:
        assert [curve.name for curve in curves] == ["arm A", "arm B"]
        assert len(curves[1].time) == 2
        assert choose(curves, "arm B") is curves[1]
        assert choose(curves, "2") is curves[1]
        with pytest.raises(InputError, match="curve: '': expected one of arm A, arm B"):
            choose(curves, None)
    assert first.unit == ("months" if form == "months" else None)


def test_percent_becomes_shares(tmp_path):
    text = "time,survival\n0,100\n5,4\n10,0.8\n"
    read = checked(read_coordinates(write(tmp_path, text))[0], "months")
    np.testing.assert_allclose(read.survival, [1, 0.04, 0.008])


def test_what_read_writes_is_read_again(tmp_path):
    text = (
        "arm,time,survival,kind,unit,precision\n"
        "a,0,1,curve,weeks,0.0001\na,5,0.9,curve,weeks,0.0001\na,3,1,censor,weeks,0.0001\n"
        "b,0,1,curve,weeks,\nb,5,0.8,curve,weeks,\n"
    )
    a, b = (checked(one, None) for one in read_coordinates(write(tmp_path, text)))
    assert (a.name, a.unit, a.precision, a.censor_time) == ("a", "weeks", 0.0001, (3.0,))
    assert (b.name, b.precision, b.censor_time) == ("b", None, ())


@pytest.mark.parametrize(
    ("text", "unit", "words"),
    [
        # Rising curve.
        ("time,survival\n0,1\n5,0.7\n9,0.8\n", "months", ("coords.csv:4", "0.8", "never rises")),
        # Swapped axes, in shares and in percent, down to 0 or not.
        ("time,survival\n1,0\n0.8,10\n0.4,60\n", "months", ("coords.csv:2", "swapped")),
        ("time,survival\n100,0\n80,10\n40,60\n", "months", ("coords.csv:2", "swapped")),
        ("time,survival\n1,0\n0.5,30\n0,60\n", "months", ("coords.csv:2", "swapped")),
        # Percent mixed with shares, in both orders.
        ("time,survival\n0,100\n5,98\n9,0.95\n", "months", ("coords.csv:4", "percent throughout")),
        ("time,survival\n0,1\n5,98\n9,95\n", "months", ("coords.csv:2", "percent throughout")),
        # Beginning, ends.
        ("time,survival\n0,0.6\n5,0.5\n", "months", ("coords.csv:2", "starts at 1")),
        ("time,survival\n0,1.2\n5,0.5\n", "months", ("coords.csv:2", "from 0 to 1")),
        ("time,survival\n0,1\n5,-0.5\n", "months", ("coords.csv:3", "from 0 to 1")),
        ("time,survival\n0,1\n-5,0.9\n9,0.8\n", "months", ("coords.csv:3", "time from 0")),
        ("time,survival\n0,1\n", "months", ("coords.csv", "two points")),
        # Unit.
        ("time,survival\n0,1\n5,0.5\n", None, ("one of days", "months")),
        ("time,survival\n0,1\n5,0.5\n", "moons", ("'moons'", "one of days")),
        ("months,survival\n0,1\n5,0.5\n", "years", ("'years'", "months, as in the file")),
        # Cells.
        ("time,survival\n0,1\nx,0.9\n7,y\n", "months", ("coords.csv:3", "coords.csv:4", "number")),
        ("time,survival\n0,1\n5\n", "months", ("coords.csv:3", "1 cell")),
        ("time,survival\n0,1\n5,inf\n", "months", ("coords.csv:3", "finite")),
        ("time,os rate\n0,1\n5,0.9\n", "months", ("header", "time and survival")),
        (
            "time,survival,kind\n0,1,curve\n5,0.9,dot\n",
            "months",
            ("coords.csv:3", "curve or censor"),
        ),
        (
            "time,survival,kind\n0,1,curve\n5,0.9,curve\n50,0.9,censor\n",
            "months",
            ("coords.csv:4", "tick"),
        ),
    ],
)
def test_faults_name_the_line(tmp_path, text, unit, words):
    with pytest.raises(InputError) as error:
        [checked(one, unit) for one in read_coordinates(write(tmp_path, text))]
    for word in words:
        assert word in str(error.value), str(error.value)


def test_files_that_are_none(tmp_path):
    with pytest.raises(InputError, match="existing file"):
        read_coordinates(tmp_path / "absent.csv")
    path = tmp_path / "latin.csv"
    path.write_bytes("time,überleben\n0,1\n".encode("latin-1"))
    with pytest.raises(InputError, match=r"überleben.*time and survival"):
        read_coordinates(path)
    with path.open("wb") as file:
        file.truncate(30_000_000)
    with pytest.raises(InputError, match="20 MB"):
        read_coordinates(path)


def test_a_curve_outside_its_axis(tmp_path):
    one = read_coordinates(write(tmp_path, "time,survival\n0,1\n5,0.9\n70,0.8\n"))[0]
    with pytest.raises(InputError, match=r"coords.csv:4: time.*inside the axis, 0 to 60"):
        checked(one, "months", limits=(0, 60))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("time,n\n0,100\n12,60\n24,70\n", ("risk.csv:4", "'70'", "at most 60", "never rises")),
        ("time,n\n0,100\n12,60.5\n", ("risk.csv:3", "60.5", "whole")),
        ("time,n\n0,100\nx,60\n", ("risk.csv:3", "'x'", "time from 0")),
        ("time,n\n0,100\n0,90\n", ("risk.csv:3", "once")),
        ("time,number\n0,100\n", ("risk.csv:1", "time,n")),
        ("time,n\n", ("risk.csv:1", "at least one row")),
        ("", ("risk.csv:1", "time,n")),
    ],
)
def test_faults_of_the_risk_table(tmp_path, text, words):
    with pytest.raises(InputError) as error:
        read_risk_table(write(tmp_path, text, "risk.csv"))
    for word in words:
        assert word in str(error.value), str(error.value)


def test_a_risk_table_that_contradicts_the_curve(tmp_path):
    curve = checked(
        read_coordinates(write(tmp_path, "time,survival\n0,1\n5,0.7\n10,0.5\n20,0.4\n"))[0],
        "months",
    )
    risk = read_risk_table(write(tmp_path, "time,n\n0,100\n12,80\n", "risk.csv"))[""]
    with pytest.raises(InputError) as error:
        check_against_curve(risk, curve)
    for word in ("risk.csv:3", "'80'", "20 deaths", "50.0"):
        assert word in str(error.value)
