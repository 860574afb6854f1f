"""``hilum trials design`` as a stranger uses it: every kind, every form, every impossible value."""

import json
import math

import jsonschema_rs
import pytest
from typer.testing import CliRunner

from hilum.cli.main import app
from hilum.errors import HilumError
from hilum.language import words
from hilum.trials.fixed.exact_tests import exact_test
from hilum.trials.single_arm.simon import simon
from tests.cli.test_cli import hilum
from tests.synthesis.reference import FILES

SURVIVAL = ("--accrual", "24", "--follow-up", "12")
KINDS = {
    "simon": ("--p0", ".1", "--p1", ".3"),
    "single-stage": ("--p0", ".1", "--p1", ".3"),
    "fleming": ("--p0", ".1", "--p1", ".3", "--n", "15 25 40"),
    "bayesian": ("--p0", ".2", "--p1", ".4", "--n-max", "36"),
    "landmark": ("--s0", ".4", "--s1", ".6", "--time", "12", *SURVIVAL),
    "one-sample-logrank": ("--hazard-ratio", ".6", "--control-median", "10", *SURVIVAL),
    "one-mean": ("--difference", "5", "--sd", "10"),
    "two-proportions": ("--p1", ".5", "--p2", ".2"),
    "means": ("--difference", "5", "--sd", "10"),
    "survival": ("--hazard-ratio", ".6", "--control-median", "16", *SURVIVAL, "--drop-out", ".1"),
    "sequential": ("--hazard-ratio", ".6", "--control-median", "16", *SURVIVAL),
    "stratified": (
        *("--hazard-ratio", ".65", *SURVIVAL),
        *("--stratum", "0.4 30 burden up to 25 %", "--stratum", "0.6 14 burden above 25 %"),
    ),
    "reestimate": ("--hazard-ratio", ".6", "--control-median", "16", *SURVIVAL),
    "multi-arm": ("--arms", "3", "--p1", ".5", "--p2", ".25"),
    "selection": ("--arms", "2", "--p1", ".5", "--p2", ".25", "--simulate", "1000"),
    "enrichment": (
        *("--subgroup", "SSTR-positive", "--prevalence", ".4", "--p1", ".6", "--p2", ".2"),
        *("--simulate", "1000"),
    ),
    "multi-arm-survival": (
        *("--arms", "3", "--hazard-ratio", ".7", "--control-median", "40", "--accrual", "12"),
        *("--intermediate-median", "14", "--drop-out", ".05", "--ratio", "1.5"),
    ),
    "borrowed": (
        *("--n1", "30", "--n2", "15", "--p1", ".8"),
        *("--control-from-evidence", "tace", "--outcome", "objective_response"),
    ),
    "platform": ("--arms", "3", "--p1", ".5", "--p2", ".25"),
}
SIMULATED = ("--simulate", "100", "--n-max", "80")


def run(*arguments):
    return CliRunner().invoke(app, ["trials", "design", *arguments])


def as_json(*arguments):
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.exception
    return json.loads(result.stdout)


PRRT = ("--control-from-evidence", "prrt_lu177", "--outcome", "progression_free_survival")
TACE = ("--control-from-evidence", "tace", "--outcome", "objective_response")
STRATA = ("--stratum", "0.4 1 low", "--stratum", "0.6 1.8 high")
MORE = [
    ("single-stage", "--p0", ".1", "--p1", ".3", "--method", "normal"),
    ("bayesian", "--p0", ".2", "--p1", ".4", "--n-max", "36", "--by", "posterior"),
    ("two-proportions", "--p1", ".5", "--p2", ".3", "--method", "normal", "--effect-sd", ".3",
     "--assurance", ".7"),
    ("two-proportions", "--p1", ".7", *TACE, "--method", "normal"),
    ("survival", "--hazard-ratio", ".6", *SURVIVAL, *PRRT, "--effect-sd", ".2", "--assurance",
     ".8"),
    ("survival", "--hazard-ratio", ".6", "--control-median", "12", *SURVIVAL, "--method",
     "lakatos", "--delay", "3", "--hazard-ratio-before", "1.2", "--until", "30", "--weights",
     "0 1"),
    ("stratified", "--odds-ratio", "2.5", *STRATA, *TACE),
    ("stratified", "--hazard-ratio", ".65", *SURVIVAL, *STRATA, *PRRT, "--method", "lakatos"),
    ("sequential", "--p1", ".45", "--p2", ".25", "--sided", "2", "--alpha", ".05", "--futility",
     "asP"),
    ("reestimate", "--p1", ".45", "--p2", ".25", "--kind", "asOF", "--futility", "0", "--at",
     "planned", "--interim-z", "1.1"),
    *(("reestimate", *KINDS["reestimate"], "--interim-z", z) for z in ("0.5", "1.4", "2.6")),
    ("reestimate", "--hazard-ratio", ".6", *SURVIVAL, *PRRT),
    ("borrowed", *KINDS["borrowed"], "--power-prior", "0.3"),
    ("platform", *KINDS["platform"], *SIMULATED),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [*KINDS.items(), *((kind, tuple(rest)) for kind, *rest in MORE)],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_kind_in_both_languages(kind, arguments, monkeypatch):
    """All words are translated, pictures drawn, and no number is missing or not one."""
    from hilum.analyses import analysis
    from hilum.analyses.forms import from_json, schema, to_json
    from hilum.rendering.sheet import synopsis as rendering

    seen = []
    with monkeypatch.context() as patched:
        patched.setattr(rendering, "text", lambda synopsis, _: seen.append(synopsis))
        result = run(kind, *arguments)
    assert result.exit_code == 0, result.exception
    (synopsis,) = seen
    record = analysis(f"design-{kind}")
    assert from_json(record.Answered, to_json(synopsis)) == synopsis
    assert from_json(record.Asked, to_json(synopsis.asked)) == synopsis.asked
    jsonschema_rs.validate(schema(record.Answered), json.loads(to_json(synopsis)))
    render_synopsis = rendering.render_synopsis
    for language, title in (("en", "Sample size"), ("zh-Hans", "样本量")):
        tongue = words(language)
        tongue.missing.clear()
        page = render_synopsis(synopsis, "html", tongue).decode()
        assert tongue.missing == set()
        assert title in page
        assert "nan" not in page.lower().replace("financ", "")
        assert "None" not in page
        assert "<script" not in page
        assert "http" not in page or "--outcome" in arguments or "www.w3.org" in page
        body = page.partition("</style>")[2]
        assert "{" not in body.replace("<style>", "").partition("<svg")[0]
        bounds = ("efficacy_z", "futility_z", "efficacy_count", "futility_count", "critical_ratio")
        bounded = [look for look in synopsis.looks if any(getattr(look, one) for one in bounds)]
        # A single bound, at the end alone, is no picture.
        if synopsis.curve or len(bounded) > 1:
            assert "<svg" in page
    assert synopsis.spirit
    assert json.loads(render_synopsis(synopsis, "json", words("en")))["kind"] == kind


def test_simon_says_what_the_function_says():
    found = as_json("simon", *KINDS["simon"])
    best = simon(0.1, 0.3).optimal
    assert found["patients"] == best.n == 29
    assert [look["n"] for look in found["looks"]] == [10, 29]
    assert [look["futility_count"] for look in found["looks"]] == [1, 5]
    assert found["operating"][0]["success"] == pytest.approx(best.alpha, rel=1e-9)
    assert found["expected_n0"] == pytest.approx(best.expected_n0, rel=1e-9)
    minimax = as_json("simon", *KINDS["simon"], "--variant", "minimax")
    assert minimax["patients"] == 25


def test_two_proportions_reach_their_power():
    found = as_json("two-proportions", *KINDS["two-proportions"])
    n = found["per_arm"][0][1]
    assert exact_test(n, n, 0.025, "boschloo").power(0.5, 0.2) >= 0.8
    assert found["operating"][1]["success"] >= 0.8
    assert {one["code"] for one in found["alternatives"]} == {
        "boschloo", "fisher", "z-pooled", "normal",
    }  # fmt: skip


def test_the_other_hypotheses():
    common = ("--p1", ".5", "--p2", ".5", "--margin", ".15")
    (one,) = [
        one
        for one in FILES["rpact_trials"]["designs"]
        if one["kind"] == "noninferior_rates" and (one["margin"], one["ratio"]) == (0.15, 1)
    ]
    found = as_json("two-proportions", *common, "--hypothesis", "noninferiority")
    assert found["patients"] == 2 * math.ceil(one["n"] / 2)
    for arguments in (
        ("two-proportions", *common, "--hypothesis", "equivalence"),
        ("two-proportions", "--p1", ".5", "--p2", ".2", "--method", "continuity", "--sided", "2"),
        ("means", "--difference", "0", "--sd", "1", "--margin", ".5",
         "--hypothesis", "equivalence"),
        ("survival", "--hazard-ratio", "1", "--control-median", "12", *SURVIVAL, "--margin", "1.3"),
        ("survival", "--hazard-ratio", ".7", "--control-median", "12", *SURVIVAL,
         "--method", "lakatos"),
        ("sequential", "--p1", ".45", "--p2", ".25", "--kind", "asHSD", "--futility", "0 0.5"),
        ("sequential", *KINDS["sequential"], "--futility", "asOF", "--binding",
         "--information-rates", "0.5 0.75 1"),
    ):  # fmt: skip
        assert as_json(*arguments)["patients"] > 20


def test_assumptions_come_from_the_record_with_their_studies():
    found = as_json("simon", "--p1", ".5", "--control-from-evidence", "prrt_lu177",
                    "--outcome", "objective_response", "--treatment", "tare",
                    "--despite-evidence", "one study of 30 patients")  # fmt: skip
    (p0,) = [one for one in found["assumptions"] if one["parameter"] == "p0"]
    board = hilum("evidence", "summary", "--json")
    assert board.returncode == 0
    import hilum as package
    from hilum.sheet.assumptions import answer_for

    answer = answer_for(package.read_evidence(), "prrt_lu177", "objective_response")
    assert p0["source"] == "evidence"
    assert p0["value"] == pytest.approx(answer.value, rel=1e-12)
    assert p0["prediction"] == pytest.approx(answer.prediction, rel=1e-12)
    assert [one["study_id"] for one in p0["studies"]] == [s.study_id for s in answer.studies]
    assert all(one["source"] for one in p0["studies"])
    assert found["looks"][0]["n"] < found["patients"]
    assert [arm["treatment"] for arm in found["why"]["arms"]] == ["tare", "prrt_lu177"]
    assert found["why"]["randomised"] == 0


def test_sizes_at_the_ends_of_the_interval():
    """The same as typing the ends oneself, with the difference hoped for kept."""
    found = as_json("simon", "--p1", ".5", "--control-from-evidence", "prrt_lu177",
                    "--outcome", "objective_response")  # fmt: skip
    (p0,) = [one for one in found["assumptions"] if one["parameter"] == "p0"]
    assert [one["value"] for one in found["sensitivity"]] == p0["interval"]
    for one in found["sensitivity"]:
        assert one["hoped"] - one["value"] == pytest.approx(0.5 - p0["value"])
        assert one["patients"] == simon(one["value"], one["hoped"]).optimal.n
    assert as_json("simon", *KINDS["simon"])["sensitivity"] == []


def test_two_outcomes_of_one_control_come_from_the_record():
    found = as_json("multi-arm-survival", "--arms", "2", "--hazard-ratio", ".7", "--accrual", "10",
                    "--control-from-evidence", "prrt_lu177", "--outcome", "overall_survival",
                    "--intermediate-outcome", "progression_free_survival")  # fmt: skip
    known = {one["parameter"]: one for one in found["assumptions"]}
    assert known["intermediate_median"]["value"] < known["control_median"]["value"]
    assert len(known["intermediate_median"]["studies"]) >= 3
    outcomes = [look["outcome"] for look in found["looks"]]
    assert outcomes == ["progression_free_survival"] * 2 + ["overall_survival"]
    assert found["looks"][-1]["passing1"] == pytest.approx(found["power"])
    codes = [one["code"] for one in found["operating"]]
    assert codes[:3] == ["null", "null_any", "null_largest"]


def test_a_platform_has_error_and_power_only_where_it_was_simulated():
    plain = as_json("platform", *KINDS["platform"])
    assert plain["alpha"] is None
    assert plain["power"] is None
    assert plain["operating"] == []
    found = as_json("platform", *KINDS["platform"], "--simulate", "200", "--seed", "4")
    rows = {one["code"]: one for one in found["operating"]}
    assert found["alpha"] == rows["null_any"]["success"]
    assert found["power"] == rows["one_good"]["success"] > found["alpha"]
    assert all(0 < one["mcse"] < 0.04 for one in found["operating"])
    assert found == as_json("platform", *KINDS["platform"], "--simulate", "200", "--seed", "4")
    shown = run("platform", *KINDS["platform"], "--simulate", "200", "--language", "zh-Hans").output
    assert "±" in shown


def test_medians_come_from_the_record():
    found = as_json("sequential", "--hazard-ratio", ".65", *SURVIVAL,
                    "--control-from-evidence", "prrt_lu177",
                    "--outcome", "progression_free_survival")  # fmt: skip
    (median,) = [one for one in found["assumptions"] if one["parameter"] == "control_median"]
    assert median["unit"] == "months"
    assert len(median["studies"]) >= 3
    assert median["population"] == "mixed_net"


@pytest.mark.parametrize("form", ["html", "docx", "pdf", "json"])
def test_every_form_is_written(form, tmp_path):
    path = tmp_path / "deep" / f"synopsis.{form}"
    result = run("sequential", *KINDS["sequential"], "--out", str(path), "--language", "zh-Hans",
                 "--title", "LIVER-1")  # fmt: skip
    assert result.exit_code == 0, result.exception
    content = path.read_bytes()
    assert len(content) > 2000
    if form == "html":
        assert "LIVER-1" in content.decode()
    if form == "docx":
        from io import BytesIO

        from docx import Document

        document = Document(BytesIO(content))
        assert "LIVER-1" in document.paragraphs[0].text
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        assert "3.710" in cells
        shown = [one._inline.docPr.get("descr") for one in document.inline_shapes]
        assert shown == ["停止界值", "操作特征"]
    if form == "pdf":
        from io import BytesIO

        from pypdf import PdfReader

        assert "LIVER-1" in PdfReader(BytesIO(content)).pages[0].extract_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("simon", "--p0", ".3", "--p1", ".2", "--better", "higher"), "--p1: '0.2'"),
        (("simon", "--p0", "1.3", "--p1", ".2"), "--p0: '1.3'"),
        (("simon", "--p0", ".1", "--p1", ".3", "--power", ".03"), "--power: '0.03'"),
        (("simon", "--p0", ".1", "--p1", ".3", "--alpha", "0"), "--alpha: '0'"),
        (("simon", "--p0", ".1", "--p1", ".3", "--variant", "best"), "'best'"),
        (("simon", "--p1", ".3"), "--p0: ''"),
        (("simon", "--p0", "nan", "--p1", ".3"), "'nan'"),
        (("survival", "--hazard-ratio", "1", "--control-median", "12", *SURVIVAL),
         "--hazard-ratio: '1'"),
        (("survival", "--hazard-ratio", ".7", "--control-median", "12", "--accrual", "-24",
          "--follow-up", "12"), "--accrual: '-24'"),
        (("survival", "--hazard-ratio", ".7", "--control-median", "0", *SURVIVAL),
         "--control-median: '0'"),
        (("survival", "--hazard-ratio", ".7", "--control-median", "12", *SURVIVAL,
          "--drop-out", "1.5"), "--drop-out: '1.5'"),
        (("survival", "--hazard-ratio", ".9", "--control-median", "12", *SURVIVAL,
          "--margin", "0.8"), "--margin: '0.8'"),
        (("sequential", *KINDS["sequential"], "--information-rates", "0.5 0.4 1"),
         "--information-rates: '0.5 0.4 1'"),
        (("sequential", *KINDS["sequential"], "--information-rates", "half"), "'half'"),
        (("sequential", *KINDS["sequential"], "--kind", "asXX"), "'asXX'"),
        (("sequential", *KINDS["sequential"], "--futility", "0"), "--futility: '0'"),
        (("sequential", "--hazard-ratio", ".6", "--control-median", "12"), "--accrual"),
        (("sequential", "--alpha", ".05"), "--hazard-ratio"),
        (("sequential", "--accrual", "12"), "--follow-up"),
        (("sequential", *KINDS["sequential"], "--sided", "2", "--futility", "0 0.5"),
         "--futility: "),
        (("two-proportions", "--p1", ".1", "--p2", ".3", "--better", "higher"), "--p1: '0.1'"),
        (("two-proportions", "--p1", ".5", "--p2", ".5", "--hypothesis", "noninferiority"),
         "--margin"),
        (("two-proportions", "--p1", ".5", "--p2", ".2", "--method", "guess"), "'guess'"),
        (("two-proportions", "--p1", ".5", "--p2", ".2", "--ratio", "-1"), "--ratio: '-1'"),
        (("means", "--difference", "5", "--sd", "-1"), "--sd: '-1'"),
        (("one-mean", "--difference", "0", "--sd", "1"), "--difference: '0'"),
        (("single-stage", "--p0", ".1", "--p1", ".3", "--method", "t"), "--method: 't'"),
        (("bayesian", "--p0", ".2", "--p1", ".4", "--by", "luck"), "--by: 'luck'"),
        (("stratified", "--hazard-ratio", ".6", *SURVIVAL, "--stratum", ".5 10", "--stratum",
          ".4 20"), "--stratum: '0.5 + 0.4'"),
        (("stratified", "--hazard-ratio", ".6", *SURVIVAL, "--stratum", "half ten"),
         "--stratum: 'half ten'"),
        (("stratified", "--hazard-ratio", ".6", *SURVIVAL, "--stratum", "1"), "'1'"),
        (("stratified", "--hazard-ratio", "1", *SURVIVAL, "--stratum", "1 10"),
         "--hazard-ratio: '1'"),
        (("stratified", "--hazard-ratio", ".6", "--odds-ratio", "2", "--stratum", "1 10"),
         "not both"),
        (("stratified", "--hazard-ratio", ".6", "--stratum", "1 10"), "--accrual"),
        (("stratified", "--odds-ratio", ".8", "--better", "higher", "--stratum", "1 .3"),
         "--odds-ratio: '0.8'"),
        (("stratified", "--odds-ratio", "2", "--stratum", "1 30"), "--stratum: '30'"),
        (("stratified", "--odds-ratio", "2", "--stratum", "1 .3", "--power", ".01"),
         "--power: '0.01'"),
        (("reestimate", *KINDS["reestimate"], "--most", "1"), "--most: '1'"),
        (("reestimate", *KINDS["reestimate"], "--interim", "1.2"), "--interim: '1.2'"),
        (("reestimate", *KINDS["reestimate"], "--interim-z", "nan"), "--interim-z"),
        (("reestimate", *KINDS["reestimate"], "--promising-from", ".95"), "--promising-from"),
        (("reestimate", *KINDS["reestimate"], "--promising-from", "0", "--at", "planned"),
         "--promising-from: '0'"),
        (("reestimate", *KINDS["reestimate"], "--at", "random"), "--at: 'random'"),
        (("reestimate", *KINDS["reestimate"], "--kind", "WT"), "--kind: 'WT'"),
        (("reestimate", "--p1", ".2", "--p2", ".2"), "--p1: '0.2'"),
        (("reestimate",), "--hazard-ratio"),
        (("borrowed", *KINDS["borrowed"], "--power-prior", "1.2"),
         "--power-prior: '1.2'"),
        (("borrowed", *KINDS["borrowed"], "--power-prior", ".2", "--robust", ".1"), "--robust"),
        (("survival", *KINDS["survival"], "--assurance", ".8"), "--effect-sd"),
        (("survival", *KINDS["survival"], "--effect-sd", "-1"), "--effect-sd: '-1'"),
        (("survival", *KINDS["survival"], "--effect-sd", "2", "--assurance", ".99"),
         "assurance 0.99"),
        (("survival", *KINDS["survival"], "--delay", "3"), "--method: 'schoenfeld'"),
        (("survival", *KINDS["survival"], "--method", "lakatos", "--delay", "-3"), "--delay"),
        (("survival", *KINDS["survival"], "--hazard-ratio-before", "1.2"), "--delay"),
        (("survival", *KINDS["survival"], "--method", "lakatos", "--delay", "3", "--until", "2"),
         "--until: '2'"),
        (("survival", *KINDS["survival"], "--method", "lakatos", "--weights", "1"),
         "--weights: '1'"),
        (("survival", *KINDS["survival"], "--method", "lakatos", "--delay", "3",
          "--hazard-ratio-before", "9"), "--hazard-ratio"),
        (("two-proportions", "--p1", ".5", "--p2", ".5", "--hypothesis", "noninferiority",
          "--margin", ".1", "--effect-sd", ".2"), "--effect-sd"),
        (("sequential", "--p1", ".5", "--p2", ".3", "--effect-sd", ".2"), "--effect-sd"),
        (("stratified", "--odds-ratio", "2", "--stratum", "1 .3", "--effect-sd", ".2"),
         "--effect-sd"),
        (("sequential", *KINDS["sequential"], "--effect-sd", "0"), "--effect-sd"),
        (("fleming", "--p0", ".1", "--p1", ".3", "--n", "25 15"), "--n: '25 15'"),
        (("bayesian", "--p0", ".2", "--p1", ".4", "--prior", "1"), "--prior: '1'"),
        (("landmark", "--s0", ".4", "--s1", ".6", "--time", "60", *SURVIVAL), "--follow-up"),
        (("multi-arm", "--arms", "0", "--p1", ".5", "--p2", ".2"), "--arms: '0'"),
        (("platform", "--arms", "3", "--p1", ".5", "--p2", ".2", "--n-max", "5"), "--n-max"),
        (("platform", *KINDS["platform"], "--simulate", "0"), "--simulate: '0'"),
        (("multi-arm-survival", "--arms", "3", "--hazard-ratio", ".7", "--accrual", "9",
          "--control-median", "40", "--alphas", "0.1 0.5"), "--alphas: '0.1 0.5'"),
        (("multi-arm-survival", "--arms", "3", "--hazard-ratio", ".7", "--accrual", "9",
          "--control-median", "40", "--recruiting", "3 1.5 1"), "--recruiting: '1.5'"),
        (("multi-arm-survival", "--arms", "3", "--hazard-ratio", ".7", "--accrual", "9",
          "--control-median", "40", "--intermediate-outcome", "progression_free_survival"),
         "--intermediate-median"),
        (("borrowed", "--n1", "30", "--n2", "15", "--p1", ".6"), "--control-from-evidence"),
        (("simon", "--p1", ".3", "--control-from-evidence", "tace"), "--outcome"),
        (("simon", "--p1", ".3", "--control-from-evidence", "magic", "--outcome",
          "objective_response"), "'magic'"),
        (("simon", "--p1", ".3", "--control-from-evidence", "tace", "--outcome", "joy"), "'joy'"),
        (("simon", "--p1", ".3", "--control-from-evidence", "prrt_lu177", "--outcome",
          "progression_free_survival"), "an outcome measured as proportion"),
        (("simon", "--p1", ".9", "--p0", ".2", "--control-from-evidence", "tace", "--outcome",
          "objective_response"), "no value beside"),
        (("simon", "--p1", ".3", "--control-from-evidence", "mwa", "--outcome",
          "symptom_response"), "give the assumption itself"),
        (("simon", *KINDS["simon"], "--language", "fr"), "'fr'"),
        (("simon", *KINDS["simon"], "--out", "x.xls"), "--out: 'x.xls'"),
    ],
)  # fmt: skip
def test_the_impossible_is_said_at_once_with_the_value(arguments, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    assert isinstance(result.exception, HilumError), result.output
    assert said in str(result.exception)
    assert list(tmp_path.iterdir()) == []


def test_no_traceback_reaches_a_user(tmp_path):
    out = tmp_path / "x.html"
    asked = ("--p0", ".3", "--p1", ".2", "--outcome", "objective_response", "--out", str(out))
    done = hilum("trials", "design", "simon", *asked)
    assert done.returncode == 1
    assert done.stderr.startswith("hilum: --p1: '0.2': expected a rate above 0.3, since higher")
    assert "Traceback" not in done.stderr
    assert not out.exists()


def test_ways_to_fail_are_codes_and_files(tmp_path):
    """With commas between; a file of one's own beside them, its faults with the line."""
    own = tmp_path / "ways.toml"
    own.write_text('[[scenario]]\nname = "half the effect"\neffect = 0.5\n', "utf-8")
    given = ["simon", "--p0", "0.1", "--p1", "0.3", "--simulate", "200", "--scenarios"]
    shown = run(*given, f"misread,{own}").stdout
    assert "10 % of the good outcomes are read as bad ones" in shown
    assert "half the effect: 50 % of the effect hoped for is true" in shown
    own.write_text('[[scenario]]\nname = "x"\ncrossover = 0.5\n', "utf-8")
    for scenarios, said in (
        (str(own), "ways.toml:3: crossover"),
        ("crossover", "expected one of slow-accrual, drop-out, smaller-effect"),
        (str(tmp_path / "none.toml"), "none.toml"),
    ):
        found = run(*given, scenarios)
        assert found.exit_code == 1
        assert said in str(found.exception)
