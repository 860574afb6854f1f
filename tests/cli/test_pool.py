"""``hilum pool`` and ``hilum sensitivity`` as a stranger uses them."""

import csv
import json
import math

import pytest

from tests.cli.test_cli import hilum
from tests.synthesis.reference import FILES, agree

KEYS = ("beta", "se", "zval", "pval", "ci_lb", "ci_ub", "tau2", "I2", "H2", "QE", "QEp", "k")


def _table(path, columns):
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    return path


@pytest.fixture
def bcg(tmp_path):
    data = FILES["bcg"]
    columns = {"study": [f"s{i}" for i in range(13)], **data["input"]}
    columns["ablat"] = data["moderator"]["values"]
    columns["half"] = ["north" if value > 33 else "south" for value in columns["ablat"]]
    columns["risk"] = ["low", "some", "high", ""] * 3 + ["low"]
    return _table(tmp_path / "bcg.csv", columns)


def _json(*arguments):
    done = hilum(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("method", ["EE", "DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM", "PMM"])
def test_two_stage_methods_print_the_reference_keys(bcg, method):
    found = _json("pool", bcg, "--measure", "RR", "--method", method, "--test", "z")
    expected = FILES["bcg"]["effects"]["RR"]["fits"][f"{method}_z"]
    for key in KEYS:
        agree(found[key], expected[key], 1e-6, 1e-9, key)
    for key, value in found["predict"].items():
        if value is not None:
            agree(value, expected["predict"][key], 1e-6, 1e-9, key)


def test_confint_and_transformed(bcg):
    found = _json("pool", bcg, "--measure", "RR", "--test", "knha")
    for key, value in FILES["bcg"]["effects"]["RR"]["fits"]["confint_REML"].items():
        agree(found["confint"][key], value, 1e-6, 1e-9, key)
    # exp of the reference's -0.714532342158139 and limits, by calculator.
    agree(found["transformed"]["pred"], [0.4894209], 1e-6, 0, "pred")


def test_glmm_is_the_default_for_proportions(tmp_path):
    data = FILES["pritz1997"]
    path = _table(tmp_path / "x.csv", {"x": data["input"]["xi"], "n": data["input"]["ni"]})
    found = _json("pool", path, "--measure", "PLO", "--xi", "x", "--ni", "n")
    expected = data["glmm_PLO"]["nAGQ21"]
    assert found["method"] == "GLMM"
    for key in ("beta", "se", "tau2"):
        agree(found[key], expected[key], 2e-5, 1e-8, key)
    for key, value in expected["predict"].items():
        agree(found["transformed"][key], value, 2e-5, 0, key)


@pytest.mark.parametrize(("method", "block"), [("MH", "mh"), ("Peto", "peto")])
def test_stratified_methods(bcg, method, block):
    found = _json("pool", bcg, "--measure", "OR", "--method", method)
    expected = FILES["bcg"][block]
    expected = expected["OR"] if block == "mh" else expected
    for key in ("beta", "se", "QE"):
        agree(found[key], expected[key], 1e-10, 0, key)


def test_moderators(bcg):
    found = _json("pool", bcg, "--measure", "RR", "--mods", "~ ablat", "--test", "z")
    expected = FILES["bcg"]["effects"]["RR"]["fits"]["metareg_REML"]
    assert found["coef_names"] == ["intrcpt", "ablat"]
    for key in ("beta", "se", "tau2", "QM", "QMp", "R2"):
        agree(found[key], expected[key], 1e-6, 1e-6, key)


def test_subgroups_with_their_own_or_one_tau2(bcg):
    own = _json("pool", bcg, "--measure", "RR", "--by", "half")
    one = _json("pool", bcg, "--measure", "RR", "--by", "half", "--same-tau2")
    taus = [part["tau2"] for part in own["subgroups"].values()]
    assert taus[0] != taus[1]
    shared = {part["tau2"] for part in one["subgroups"].values()}
    assert len(shared) == 1
    # With one tau2, subgroups are a meta-regression on their names.
    mods = _json("pool", bcg, "--measure", "RR", "--mods", "~ half")
    assert one["between"]["QM"] == pytest.approx(mods["QM"], rel=1e-9)
    assert shared.pop() == pytest.approx(mods["tau2"], rel=1e-9)


def test_one_model_of_subgroups_is_tested_by_f_where_its_coefficients_are_by_t(bcg):
    """As metafor's omnibus test of moderators is, which Fit.QM is held against elsewhere."""
    asked = ("pool", bcg, "--measure", "RR", "--test", "knha")
    one = _json(*asked, "--by", "half", "--same-tau2")["between"]
    mods = _json(*asked, "--mods", "~ half")
    assert (one["QM"], one["QMp"]) == pytest.approx((mods["QM"], mods["QMp"]), rel=1e-9)
    assert (one["df"], one["dfs"]) == (1, 11)
    told = hilum(*map(str, asked), "--by", "half", "--same-tau2").stdout
    assert f"between subgroups: F {one['QM']:.2f}, df 1 and 11" in told
    # Subgroups apart have no degrees of freedom in common: chi-squared, and that is said.
    apart = hilum(*map(str, asked), "--by", "half").stdout
    assert "by chi-squared, which is too sure with few studies" in apart
    plain = hilum("pool", str(bcg), "--measure", "RR", "--by", "half", "--test", "z").stdout
    assert "between subgroups: Q" in plain
    assert "too sure" not in plain


def test_xlsx_is_read_like_csv(bcg, tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    with bcg.open() as file:
        for row in csv.reader(file):
            book.active.append([float(c) if c.replace(".", "").isdigit() else c for c in row])
    book.save(tmp_path / "bcg.xlsx")
    first = _json("pool", bcg, "--measure", "OR")
    second = _json("pool", tmp_path / "bcg.xlsx", "--measure", "OR")
    assert (first.pop("asked")["table"]["file"], second.pop("asked")["table"]["file"]) == (
        "bcg.csv",
        "bcg.xlsx",
    )
    assert second == first


def test_rows_with_missing_cells_are_left_out_by_name(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("yi,vi\n1,0.5\n,0.4\n2,0.3\nNA,1\n1.5,0.2\n")
    found = _json("pool", path)
    assert found["k"] == 3
    assert found["left_out"] == [
        {"row": 3, "reason": "missing", "column": "yi"},
        {"row": 5, "reason": "missing", "column": "yi"},
    ]


def test_degenerate_proportions_have_an_exact_interval(tmp_path):
    path = _table(tmp_path / "x.csv", {"xi": [0, 0], "ni": [10, 20]})
    found = _json("pool", path, "--measure", "PLO")
    assert found["method"] == "exact-binomial"
    assert found["transformed"]["ci_lb"] == 0.0
    # Clopper-Pearson of 0/30: 1 - 0.025^(1/30).
    assert found["transformed"]["ci_ub"] == pytest.approx(1 - 0.025 ** (1 / 30), rel=1e-9)


@pytest.mark.parametrize(
    ("content", "arguments", "words"),
    [
        ("yi,vi\n1,0.5\nx,0.4\n", (), ("x.csv:3", "yi", "'x'", "number")),
        ("yi,vi\n1,0.5\n2,-0.4\n", (), ("x.csv:3", "vi -0.4", "vi > 0")),
        ("yi,vi\n1,0.5\n2,inf\n", (), ("x.csv:3", "vi", "finite")),
        ("xi,ni\n5,4\n1,2\n", ("--measure", "PLO"), ("x.csv:2", "xi 5", "0 <= xi <= ni")),
        ("yi,v\n1,0.5\n", (), ("vi", "column")),
        ("yi,vi\n1,0.5,3\n", (), ("x.csv:2", "cells")),
        ("yi,vi\n", (), ("at least one row",)),
        ("yi,vi\n,\n,1\n", (), ("no complete row",)),
        ("yi,vi\n1,1\n2,1\n", ("--measure", "XX"), ("XX", "PLO")),
        ("yi,vi\n1,1\n2,1\n", ("--method", "XX"), ("XX", "REML")),
        ("yi,vi\n1,1\n2,1\n", ("--test", "XX"), ("--test", "XX", "knha")),
        ("yi,vi\n1,1\n2,1\n", ("--level", "1"), ("--level", "above 0 and below 1")),
        ("yi,vi\n1,1\n2,1\n", ("--add", "-1"), ("--add", "0 or more")),
        ("yi,vi\n1,1\n2,1\n", ("--model", "UM.FS"), ("--model", "GLMM")),
        ("yi,vi\n1,1\n2,1\n", ("--method", "MH"), ("--method", "OR, RR")),
        ("yi,vi\n1,1\n2,1\n", ("--same-tau2",), ("--same-tau2", "by")),
        ("yi,vi\n1,1\n2,1\n", ("--to", "XX", "--test", "YY"), ("--to", "--test")),
        ("yi,vi\n1,1\n2,1\n", ("--language", "fr"), ("--language", "zh-Hans")),
        ("yi,vi\n1,1\n2,1\n", ("--plot", "x.svg", "--kind", "XX"), ("--kind", "forest")),
        ("yi,vi,a\n1,1,1\n2,1,1\n3,1,1\n", ("--mods", "~ a"), ("collinear",)),
        ("yi,vi,a\n1,1,1\n2,1,1\n3,1,1\n", ("--mods", "~ b"), ("b", "column")),
        ("yi,vi,a\n1,1,1\n2,1,1\n3,1,1\n", ("--mods", "~ (a"), ("formula",)),
        ("yi,vi\n1,1\n2,1\n", ("--plot", "x.bmp"), (".svg",)),
        ("yi,sei\n1,1\n2,0\n", (), ("x.csv:3", "sei", "above 0")),
        ("hr,ci_lb,ci_ub\n0.6,0.7,0.9\n", ("--measure", "HR"), ("x.csv:2", "0.7", "low")),
        ("hr,x\n0.6,0.7\n", ("--measure", "HR"), ("ci_lb", "pval")),
    ],
)
def test_bad_input_names_the_place(tmp_path, content, arguments, words):
    path = tmp_path / "x.csv"
    path.write_text(content)
    done = hilum("pool", path, *arguments)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr, done.stderr


def test_sensitivity_prints_the_reference_keys(bcg):
    found = _json("sensitivity", bcg, "--measure", "RR", "--label", "study", "--order", "ablat")
    fits = FILES["bcg"]["effects"]["RR"]["fits"]
    for name, key in (("leave1out", "leave1out_REML"), ("influence", "influence_REML")):
        for column, values in fits[key].items():
            agree(found[name][column], values, 1e-6, 1e-6, (name, column))
    for name in ("egger", "ranktest"):
        for column, value in fits[name].items():
            agree(found[name][column], value, 1e-6, 1e-9, (name, column))
    assert found["egger_lm"]["zval"] == pytest.approx(fits["egger_lm"]["tval"], rel=1e-9)
    assert found["trimfill"]["k0"] == fits["trimfill_L0"]["k0"]
    assert found["cumul"]["order"] == "ablat"
    assert found["permutation"]["pval"] < 0.05
    assert found["cautions"] == []


def test_small_study_tests_say_when_not_to_be_used(tmp_path):
    data = FILES["pagliaro1992_trt1"]["input"]
    path = _table(tmp_path / "x.csv", data)
    found = _json("sensitivity", path, "--measure", "PLO")
    assert found["cautions"] == ["few_studies", "linked_variance"]
    said = hilum("sensitivity", path, "--measure", "PLO", "--method", "REML").stdout
    assert "fewer than 10" in said
    assert "single group" in said


@pytest.mark.parametrize("kind", ["forest", "funnel", "baujat", "influence", "gosh", "drapery"])
def test_plots_are_written_whole(bcg, tmp_path, kind):
    from xml.etree import ElementTree

    out = tmp_path / "plot.svg"
    done = hilum(
        "pool", bcg, "--measure", "RR", "--label", "study", "--plot", out, "--kind", kind,
        *(("--by", "half", "--bias", "risk") if kind == "forest" else ()),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    root = ElementTree.fromstring(out.read_text())
    assert root.tag.endswith("svg")
    words = " ".join(root.itertext())
    if kind == "forest":
        for expected in ("s3", "north: pooled", "a new study", "All studies (13)"):
            assert expected in words
        assert out.read_text().count('class="diamond"') == 3


def test_a_plot_that_cannot_be_made_leaves_the_old_one(bcg, tmp_path):
    out = tmp_path / "plot.svg"
    out.write_text("before")
    done = hilum("pool", bcg, "--measure", "RR", "--plot", out, "--kind", "bubble")
    assert done.returncode == 1
    assert out.read_text() == "before"
    assert (
        hilum(
            "pool", bcg, "--measure", "RR", "--mods", "~ ablat", "--plot", out, "--kind", "bubble"
        ).returncode
        == 0
    )
    assert "ablat" in out.read_text()


def test_hazard_ratios_as_printed(tmp_path):
    path = tmp_path / "hr.csv"
    path.write_text("study,hr,ci_lb,ci_ub,pval\nA,0.6,0.4,0.9,\nB,0.8,,,0.04\nC,1.1,,,\n")
    found = _json("pool", path, "--measure", "HR", "--method", "EE")
    # Parmar 1998 by calculator: se (ln 0.9 - ln 0.4) / 3.919928 = 0.206873, and
    # |ln 0.8| / 2.053749 = 0.108652.
    w = (0.206873**-2, 0.108652**-2)
    mean = (w[0] * math.log(0.6) + w[1] * math.log(0.8)) / sum(w)
    assert found["beta"] == pytest.approx([mean], abs=1e-5)
    assert found["left_out"] == [{"row": 4, "reason": "missing", "column": "yi"}]


def test_standard_errors_stand_in_for_variances(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("yi,sei\n0.5,0.1\n0.9,0.2\n")
    # (100 * 0.5 + 25 * 0.9) / 125
    assert _json("pool", path, "--method", "EE")["beta"] == pytest.approx([0.58], rel=1e-12)


def test_the_forest_names_studies_and_links_sources(bcg, tmp_path):
    rows = list(csv.DictReader(bcg.read_text().splitlines()))
    table = {name: [row[name] for row in rows] for name in rows[0]}
    table["doi"] = [f"10.1000/{i}" for i in range(13)]
    path, plot = _table(tmp_path / "y.csv", table), tmp_path / "forest.svg"
    done = hilum("pool", path, "--measure", "RR", "--source", "doi", "--plot", plot)
    assert done.returncode == 0, done.stderr
    drawn = plot.read_text("utf-8")
    assert '<a href="https://doi.org/10.1000/12">' in drawn
    assert ">s12<" in drawn


def test_freeman_tukey_says_what_is_wrong_with_it(tmp_path):
    data = FILES["pritz1997"]["input"]
    path = _table(tmp_path / "x.csv", {"xi": data["xi"], "ni": data["ni"]})
    assert _json("pool", path, "--measure", "PFT")["notes"] == ["freeman_tukey"]
    assert "harmonic mean" in hilum("pool", path, "--measure", "PFT").stdout
