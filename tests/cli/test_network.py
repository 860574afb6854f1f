"""``hilum network`` as a stranger uses it: good tables, and every kind of bad one."""

import csv
import json
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from hilum.analyses.network_figures import suggested_reference
from hilum.cli.main import run
from tests.cli.test_cli import hilum
from tests.synthesis.network.cases import NETWORKS
from tests.synthesis.reference import FILES, agree

CONTRAST = ("studlab", "treat1", "treat2", "TE", "seTE")
TRIANGLE = [
    ("s1", "A", "B", 0.5, 0.2),
    ("s2", "B", "C", 0.3, 0.2),
    ("s3", "A", "C", 0.9, 0.3),
    ("s4", "A", "B", 0.2, 0.25),
]


def write(path, header, rows):
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


@pytest.fixture
def command(monkeypatch, capsys):
    """The command in this process: exit status, standard output, standard error."""

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["hilum", "network", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            run()
        text = capsys.readouterr()
        return stop.value.code or 0, text.out, text.err

    return call


def contrast_file(path, name):
    inputs = NETWORKS[name]["input"]
    return write(path, CONTRAST, zip(*(inputs[key] for key in CONTRAST), strict=True))


# Names of the reference that are no names of fields.
RENAMED = {"_row": "row", "tau.within": "tau_within"}


def compare(found, expected, what):
    """Every key of the reference is there, with its value to 1e-8."""
    if isinstance(expected, dict):
        for key, value in expected.items():
            # Patients behind a direct estimate ("n") are null in every reference.
            if value is not None:
                compare(found[RENAMED.get(key, key)], value, (*what, key))
    elif isinstance(expected, list) and expected and isinstance(expected[0], dict):
        assert len(found) == len(expected), what
        for one, two in zip(found, expected, strict=True):
            compare(one, two, what)
    elif (isinstance(expected, list) and expected and isinstance(expected[0], str)) or isinstance(
        expected, str
    ):
        assert found == expected, what
    elif expected is not None:
        agree(
            np.ravel(np.array(found, float)), np.ravel(np.array(expected, float)), 1e-8, 1e-12, what
        )


@pytest.mark.parametrize("name", NETWORKS)
def test_json_has_the_reference_keys_and_values(tmp_path, command, name):
    data = NETWORKS[name]
    more = {"netmeta_senn2013": ["plac"], "netmeta_smokingcessation": ["A"]}.get(name)
    status, out, err = command(
        contrast_file(tmp_path / "c.csv", name),
        *("--small-values", data["input"]["small_values"], "--draws", 1000, "--json"),
        *(["--reference", *more] if more else []),
    )
    assert status == 0, err
    found = json.loads(out)
    # REML of the reference is another model (tests/synthesis/network/test_reference.py).
    left = {"name", "versions", "input", "raw", "REML"}
    for key in set(data) - left:
        compare(found[key], data[key], (name, key))
    assert set(data["REML"]) <= set(found["REML"])


def arms(name):
    """Arm rows of a reference file's raw data."""
    raw = NETWORKS[name]["raw"]
    if name == "netmeta_dogliotti2014":
        return list(zip(raw["study"], raw["treatment"], raw["stroke"], raw["total"], strict=True))
    if name == "netmeta_gurusamy2011":
        return list(zip(raw["study"], raw["treatment"], raw["death"], raw["n"], strict=True))
    return [
        (i + 1, raw[f"treat{a}"][i], raw[f"event{a}"][i], raw[f"n{a}"][i])
        for i in range(len(raw["n1"]))
        for a in (1, 2, 3)
        if raw[f"n{a}"][i] is not None
    ]


@pytest.mark.parametrize(
    "name", ["netmeta_dogliotti2014", "netmeta_gurusamy2011", "netmeta_smokingcessation"]
)
def test_arm_rows_give_the_reference(tmp_path, command, name):
    path = write(tmp_path / "a.csv", ("studlab", "treat", "event", "n"), arms(name))
    status, out, err = command(path, "--measure", "OR", "--draws", 100, "--json")
    assert status == 0, err
    found = json.loads(out)
    for key in ("TE_random", "seTE_random", "tau", "Q", "k", "m", "trts"):
        compare(found[key], NETWORKS[name][key], (name, key))
    if name == "netmeta_gurusamy2011":
        assert [one["studlab"] for one in found["left_out"]] == [
            "Pugliese 2007",
            "Himmelreich 1992",
            "Williamson 1999",
        ]


def test_additive_components(tmp_path, command):
    del tmp_path
    source = Path(__file__).parents[1] / "synthesis" / "network" / "linde2016.csv"
    status, out, err = command(
        source,
        *("--studlab", "id", "--TE", "lnOR", "--seTE", "selnOR", "--measure", "OR"),
        *("--additive", "--draws", 100, "--json"),
    )
    assert status == 0, err
    found, expected = json.loads(out)["additive"], FILES["netcomb_linde2016"]
    assert found["comps"] == expected["comps"]
    # 1e-8 absolute: the published contrasts do not add up exactly (see there).
    for key in ("Comp_random", "seComp_random", "tau"):
        agree(found[key], expected[key], 1e-8, 1e-8, key)


def test_contributions_are_asked_for(tmp_path, command):
    path = contrast_file(tmp_path / "c.csv", "netmeta_parkinson")
    _, out, _ = command(path, "--contributions", "--draws", 10, "--json")
    found = json.loads(out)["contribution"]
    assert len(found["comparison"]) == 10
    assert len(found["studies"]) == 7
    for key in ("share", "study_share"):
        assert np.array(found[key]).sum(1) == pytest.approx(1)


def test_words_and_another_process(tmp_path):
    path = contrast_file(tmp_path / "c.csv", "netmeta_senn2013")
    done = hilum("network", path, "--measure", "MD", "--reference", "plac")
    assert done.returncode == 0
    # Senn 2013: 26 trials, 10 treatments; Q 96.99 on 18 df, of which 22.53 between designs.
    assert "26 studies, 10 treatments, 28 contrasts" in done.stdout
    assert "Q total 96.99, df 18" in done.stdout
    assert "Q between designs 22.53, df 7" in done.stdout


@pytest.mark.parametrize(
    "kind", ["graph", "league", "rankogram", "forest", "comparisons", "heat", "funnel"]
)
def test_plots(tmp_path, command, kind):
    path = contrast_file(tmp_path / "c.csv", "netmeta_senn2013")
    target = tmp_path / "plot.svg"
    order = "vild,sita,rosi,piog,migl,metf,benf,acar,sulf,plac"
    status, _, err = command(
        *(path, "--measure", "MD", "--plot", target, "--kind", kind, "--order", order),
        *("--draws", 500, "--small-values", "desirable"),
    )
    assert status == 0, err
    text = target.read_text("utf-8")
    ElementTree.fromstring(text)
    words = {"forest": "against plac", "funnel": "rosi - plac", "heat": "rosi : sulf"}
    assert words.get(kind, "rosi") in text
    assert "nan" not in text.lower().replace("nant", "")


def test_nothing_is_ranked_before_a_direction_is_said(tmp_path, command):
    path = contrast_file(tmp_path / "c.csv", "netmeta_senn2013")
    status, said, _ = command(path, "--measure", "MD")
    assert status == 0
    assert "P-score" not in said
    assert "say whether a small MD is desirable or undesirable" in said
    # No name says that it has no effect; most trials had plac.
    assert "against plac (suggested; see --reference)" in said
    status, _, err = command(
        path, "--measure", "MD", "--plot", tmp_path / "r.svg", "--kind", "rankogram"
    )
    assert status == 1
    assert "--small-values" in err
    status, said, _ = command(path, "--measure", "MD", "--small-values", "undesirable")
    assert "P-score: small values undesirable" in said


@pytest.mark.parametrize(
    ("names", "studies", "suggested"),
    [
        (("everolimus", "Placebo", "PRRT"), (9, 1, 3), "Placebo"),
        (("TACE", "best supportive care"), (5, 5), "best supportive care"),
        (("PRRT", "安慰剂"), (2, 1), "安慰剂"),
        (("A", "B", "C"), (2, 5, 5), "B"),
    ],
)
def test_a_reference_is_suggested(names, studies, suggested):
    assert suggested_reference(names, studies) == suggested


def faulty(rows, header=CONTRAST):
    return lambda path: write(path, header, rows)


ARM = ("studlab", "treat", "event", "n")
MEAN = ("studlab", "treat", "mean", "sd", "n")
RATE = ("studlab", "treat", "event", "time")
GOOD = [("s1", "A", 3, 20), ("s1", "B", 5, 22), ("s2", "A", 4, 30), ("s2", "B", 9, 31)]
MULTI = [("m", "A", "B", 0.5, 0.3), ("m", "A", "C", 0.9, 0.3), ("m", "B", "C", 0.4, 0.3)]

BAD = {
    "no such file": (lambda path: path, [], ["existing CSV"]),
    "no known columns": (faulty([(1, 2)], ("a", "b")), [], ["header", "treat1"]),
    "column absent": (faulty([("s1", "A", "B", 1)], CONTRAST[:4]), [], ["t.csv:1", "seTE"]),
    "text in a number column": (
        faulty([*TRIANGLE, ("s5", "A", "B", "high", "wide")]),
        [],
        ["t.csv:6: TE: 'high'", "t.csv:6: seTE: 'wide'"],
    ),
    "zero standard error": (
        faulty([*TRIANGLE, ("s5", "A", "B", 1, 0)]), [], ["t.csv:6: seTE: '0'", "above 0"],
    ),
    "negative standard error": (
        faulty([*TRIANGLE, ("s5", "A", "B", 1, -0.2)]), [], ["t.csv:6: seTE: '-0.2'"],
    ),
    "a treatment against itself": (
        faulty([*TRIANGLE, ("s5", "A", "A", 1, 1)]), [], ["t.csv:6: treat2: 'A'", "another"],
    ),
    "no name": (faulty([*TRIANGLE, ("s5", "A", "", 1, 1)]), [], ["t.csv:6: treat2: ''", "a name"]),
    "two spellings": (
        faulty([*TRIANGLE, ("s5", "a", "B", 1, 1)]), [], ["t.csv:6: treat1: 'a'", "'A' (row 2)"],
    ),
    "comparison twice in a study": (
        faulty([*TRIANGLE, ("s1", "B", "A", 1, 1)]), [], ["t.csv:6: treat2: 'A'", "(row 2)"],
    ),
    "multi-arm contrast missing": (faulty(MULTI[:2]), [], ["t.csv:3: studlab: 'm'", "B - C"]),
    "multi-arm effect missing": (
        faulty([*MULTI[:2], ("m", "B", "C", "", 0.3)]), [], ["t.csv:4: TE: ''", "3 arms"],
    ),
    "multi-arm effects contradict": (
        faulty([*MULTI[:2], ("m", "B", "C", -0.4, 0.3)]), [], [": TE:", "must add up"],
    ),
    "multi-arm errors contradict": (
        faulty([*MULTI[:2], ("m", "B", "C", 0.4, 0.9)]), [], [": seTE:", "independent arms"],
    ),
    "not connected": (
        faulty([*TRIANGLE, ("s5", "D", "E", 1, 1)]), [], ["2 parts", "D, E", "--separate"],
    ),
    "unknown reference": (faulty(TRIANGLE), ["--reference", "AA"], ["--reference", "nearest: 'A"]),
    "unknown in the order": (
        faulty(TRIANGLE),
        ["--kind", "funnel", "--order", "A,B,X", "--plot", "x.svg"],
        ["--order", "'X'"],
    ),
    "order incomplete": (
        faulty(TRIANGLE),
        ["--kind", "funnel", "--order", "A,B", "--plot", "x.svg"],
        ["--order", "missing: C"],
    ),
    "no order": (faulty(TRIANGLE), ["--kind", "funnel", "--plot", "x.svg"], ["--order"]),
    "unknown kind": (faulty(TRIANGLE), ["--kind", "pie", "--plot", "x.svg"], ["'pie'", "graph"]),
    "other file type": (faulty(TRIANGLE), ["--plot", "x.bmp"], [".svg"]),
    "unknown method": (faulty(TRIANGLE), ["--method", "XX"], ["--method", "REML"]),
    "unknown measure": (faulty(TRIANGLE), ["--measure", "PLO"], ["--measure", "HR"]),
    "unknown small values": (faulty(TRIANGLE), ["--small-values", "bad"], ["desirable"]),
    "level": (faulty(TRIANGLE), ["--level", "1.5"], ["--level", "above 0 and below 1"]),
    "draws": (faulty(TRIANGLE), ["--draws", "0"], ["--draws"]),
    "unknown inactive": (faulty(TRIANGLE), ["--additive", "--inactive", "Z"], ["'Z'", "A, B, C"]),
    "inactive without additive": (
        faulty(TRIANGLE), ["--inactive", "A"], ["--inactive", "additive"],
    ),
    "errors too far apart": (
        faulty([("s1", "A", "B", 1, 1e3), ("s2", "B", "C", 1, 1e-9)]), [], ["too far apart"],
    ),
    "no such interaction": (
        faulty(TRIANGLE), ["--additive", "--interaction", "A*B"], ["'A*B'", "together"],
    ),
    "one arm": (
        faulty([*GOOD, ("s3", "A", 1, 9)], ARM), [], ["t.csv:6: studlab: 's3'", "second arm"],
    ),
    "treatment twice": (
        faulty([*GOOD, ("s2", "A", 1, 9)], ARM), [], ["t.csv:6: treat: 'A'", "once", "(row 4)"],
    ),
    "events above n": (
        faulty([*GOOD[:3], ("s2", "B", 40, 31)], ARM), [], ["t.csv:5: event: '40'", "n = 31"],
    ),
    "negative events": (
        faulty([*GOOD[:3], ("s2", "B", -1, 31)], ARM), [], ["t.csv:5: event: '-1'"],
    ),
    "nobody": (faulty([*GOOD[:3], ("s2", "B", 0, 0)], ARM), [], ["t.csv:5: n: '0'"]),
    "one arm without a number": (
        faulty([*GOOD[:3], ("s2", "B", "", 31)], ARM), [], ["t.csv:5: event:", "every arm"],
    ),
    "nothing but empty arms": (
        faulty([("s1", "A", 0, 20), ("s1", "B", 0, 22)], ARM), [], ["no study with information"],
    ),
    "sd of 0": (
        faulty([("s1", "A", 1, 2, 9), ("s1", "B", 2, 0, 9)], MEAN), [], ["t.csv:3: sd: '0'"],
    ),
    "a ratio of negative means": (
        faulty([("s1", "A", 1, 2, 9), ("s1", "B", -2, 1, 9)], MEAN),
        ["--measure", "ROM"],
        ["t.csv:3: mean: '-2'"],
    ),
    "no time": (
        faulty([("s1", "A", 1, 0), ("s1", "B", 2, 50)], RATE), [], ["t.csv:2: time: '0'"],
    ),
    "Peto of three arms": (
        faulty([*GOOD[:2], ("s1", "C", 1, 20)], ARM), ["--measure", "PETO"], ["PETO", "2 arms"],
    ),
    "means asked of counts": (faulty(GOOD, ARM), ["--measure", "MD"], ["t.csv:1: mean"]),
    "treatments without numbers": (
        faulty([("s1", "A"), ("s1", "B")], ("studlab", "treat")), [], ["event and n"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_bad_input(tmp_path, command, monkeypatch, what):
    monkeypatch.chdir(tmp_path)
    make, more, expected = BAD[what]
    status, out, err = command(make(tmp_path / "t.csv"), *more)
    assert status == 1, (out, err)
    assert err.startswith("hilum: ")
    assert "Traceback" not in err
    for words in expected:
        assert words in err, err
    assert not list(tmp_path.glob("x.*"))


def test_several_faults_at_once(tmp_path, command):
    rows = [("s1", "A", "A", 1, 1), ("s2", "B", "C", 1, -1), ("s3", "B", "", 1, 1)]
    _, _, err = command(write(tmp_path / "t.csv", CONTRAST, rows))
    assert [line.split(": ")[1 if i else 2] for i, line in enumerate(err.splitlines())] == [
        "treat2",
        "treat2",
        "seTE",
    ]


def test_zero_cells_are_corrected_in_every_arm(tmp_path, command):
    """With 1/2 in all cells of the study: log(0.5/20.5 * 22.5/0.5...) by hand below."""
    rows = [("s1", "A", 0, 20), ("s1", "B", 4, 22), ("s1", "C", 6, 21)]
    path = write(tmp_path / "a.csv", ARM, rows)
    status, out, _ = command(path, "--draws", 10, "--json")
    assert status == 0
    found = json.loads(out)
    odds = np.log([0.5 / 20.5, 4.5 / 18.5, 6.5 / 15.5])
    variance = np.array([1 / 0.5 + 1 / 20.5, 1 / 4.5 + 1 / 18.5, 1 / 6.5 + 1 / 15.5])
    agree(np.ravel(found["TE_common"]), np.ravel(odds[:, None] - odds), 1e-12, 1e-13, "TE")
    se = np.sqrt(variance[:, None] + variance) * (1 - np.eye(3))
    agree(np.ravel(found["seTE_common"]), np.ravel(se), 1e-12, 1e-13, "seTE")


def test_parts_are_analysed_apart(tmp_path, command):
    path = write(tmp_path / "t.csv", CONTRAST, [*TRIANGLE, ("s5", "D", "E", 1, 0.5)])
    status, out, _ = command(path, "--separate", "--draws", 10, "--json")
    found = json.loads(out)
    assert (status, found["connected"]) == (0, False)
    assert found["parts"] == [["A", "B", "C"], ["D", "E"]]
    first, second = found["networks"]
    assert (first["k"], second["k"]) == (4, 1)
    assert second["TE_random"] == [[0, 1], [-1, 0]]
    status, out, _ = command(path, "--separate", "--draws", 10)
    assert "not connected: 2 parts" in out


def test_shared_components_join_parts(tmp_path, command):
    """D+E - D and E: one component seen twice, so E - D + ... is determined only where it is."""
    rows = [("s1", "A", "B", 0.5, 0.2), ("s2", "A+C", "A", 0.3, 0.2), ("s3", "D", "D+C", -0.3, 0.2)]
    path = write(tmp_path / "t.csv", CONTRAST, rows)
    status, out, _ = command(path, "--additive", "--draws", 10, "--json")
    found = json.loads(out)
    assert (status, found["connected"]) == (0, False)
    additive = found["additive"]
    agree(additive["Comp_random"][2], [0.3], 1e-12, 0, "C")
    agree(additive["seComp_random"][2], [0.2 / 2**0.5], 1e-12, 0, "C")
    assert additive["estimable"] == [False, False, True, False]
    assert additive["Comp_random"][0] is None


def test_hazard_ratios_with_limits_are_contrasts(tmp_path, command):
    """As oncology prints them: their logs with standard errors give the same (Parmar 1998)."""
    rows = [("a", "P", "Q", 0.5, 0.3, 0.8), ("b", "R", "Q", 0.7, 0.5, 0.95)]
    z = 2 * 1.959963984540054
    logs = [(*row[:3], np.log(row[3]), np.log(row[5] / row[4]) / z) for row in rows]
    own = write(tmp_path / "hr.csv", ("Study", "T1", "T2", "HR", "LCL", "UCL"), rows)
    named = "studlab=Study,treat1=T1,treat2=T2,hr=HR,lower=LCL,upper=UCL"
    code, out, _ = command(own, "--columns", named, "--json")
    plain = command(write(tmp_path / "te.csv", CONTRAST, logs), "--measure", "HR", "--json")
    assert code == plain[0] == 0
    found, expected = json.loads(out), json.loads(plain[1])
    assert found["measure"] == "HR"
    for one in ("TE_random", "seTE_random"):
        assert np.allclose(np.array(found[one], float), np.array(expected[one], float), atol=1e-14)


@pytest.mark.parametrize(
    ("row", "more", "said"),
    [
        (("b", "R", "Q", "", 0.5, 0.9), [], "hr.csv:3: hr: '': expected a hazard ratio with both"),
        (("b", "R", "Q", 0.7, "", 0.9), [], "hr.csv:3: hr: '': expected a hazard ratio with both"),
        (("b", "R", "Q", 0.7, 0.8, 0.9), [], "hr.csv:3: hr, ci_lb, ci_ub"),
        (("b", "R", "Q", 0.7, 0.5, 0.9), ["--measure", "OR"], "expected HR"),
    ],
)
def test_hazard_ratios_that_cannot_be_are_named(tmp_path, command, row, more, said):
    header = ("studlab", "treat1", "treat2", "hr", "ci_lb", "ci_ub")
    path = write(tmp_path / "hr.csv", header, [("a", "P", "Q", 0.5, 0.3, 0.8), row])
    code, _, error = command(path, *more)
    assert code
    assert said in error


# The shared arm's variance is (0.04 + 0.04 - V) / 2 of the largest, V: a thousandth at 0.0798403.
@pytest.mark.parametrize(
    ("variance", "refused"),
    [(0.08, True), (0.07985, True), (0.0798, False), (0.06, False)],
)
def test_a_multi_arm_trial_entered_as_independent_comparisons(tmp_path, command, variance, refused):
    rows = [
        ("m", "A", "B", 0.5, 0.2),
        ("m", "A", "C", 0.3, 0.2),
        ("m", "B", "C", -0.2, variance**0.5),
    ]
    code, _, error = command(write(tmp_path / "m.csv", CONTRAST, rows))
    assert bool(code) is refused
    assert ("as if its comparisons were independent" in error) is refused
    assert ("arms that share 'A'" in error) is refused


@pytest.mark.parametrize(("k", "said"), [(1, False), (2, True), (4, True), (5, False)])
def test_few_degrees_of_freedom_are_said(tmp_path, command, k, said):
    """Two treatments in k trials: tau2 has k - 1."""
    rows = [(f"s{i}", "A", "B", 0.1 * i, 0.2) for i in range(k)]
    code, out, _ = command(write(tmp_path / "few.csv", CONTRAST, rows))
    assert code == 0
    assert (f"tau2 rests on few studies (df {k - 1})" in out) is said


def test_the_first_line_is_in_words(tmp_path, command):
    rows = [("s1", "A", "B", 0.5, 0.2), ("s2", "A", "B", 9.9, 0.3)]
    _, out, _ = command(write(tmp_path / "w.csv", CONTRAST, rows), "--measure", "OR")
    head, counts = out.splitlines()[0].split(": ")
    assert head == "odds ratio, random effects, 95 % interval"
    assert counts == "2 studies, 2 treatments, 2 contrasts (OR, DL, z)"
    assert "e+0" not in out
