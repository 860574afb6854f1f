"""The trials room: a form sizes what the command sizes, and a fault loses nothing."""

import json
import re
import time
from html import unescape
from types import SimpleNamespace

import pytest
from proofs.face import called

from hilum.analyses.designs import DESIGNS
from hilum.analyses.typed import KINDS, from_texts, typed_fields
from hilum.errors import InputError
from hilum.rendering.design_page import WITHOUT
from hilum.web.pages.trials import examples
from tests.web.test_synthesis import client  # noqa: F401

# What each design needs, as somebody would type it.
TYPED = {
    "simon": {"p0": "0.1", "p1": "0.3"},
    "survival": {"hazard_ratio": "0.6", "control_median": "12", "accrual": "24", "follow_up": "12"},
    "two-proportions": {"p1": "0.5", "p2": "0.3"},
    "one-mean": {"difference": "0.5", "sd": "1"},
}


@pytest.mark.parametrize("code", TYPED)
def test_a_form_sizes_what_the_command_sizes(client, code):  # noqa: F811
    page = client.post(f"/trials/{code}", data={"csrf": client.csrf, **TYPED[code]})
    assert page.status_code == 200, page.text
    options = [
        part for name, value in TYPED[code].items()
        for part in (f"--{name.replace('_', '-')}", value)
    ]  # fmt: skip
    done = called("trials", "design", code, *options, "--json")
    assert done.returncode == 0, done.stderr
    expected = json.loads(done.stdout)
    sent = client.get(f"{page.url.path}/synopsis.json")
    assert json.loads(sent.content) == expected
    whole = client.get(f"{page.url.path}/synopsis")
    assert "sandbox" in whole.headers["content-security-policy"]
    assert "<h1>" in whole.text
    for value in TYPED[code].values():
        assert f'value="{value}"' in page.text


def test_a_fault_speaks_of_fields_and_not_of_options(client):  # noqa: F811
    data = {"csrf": client.csrf, **TYPED["survival"], "delay": "3"}
    page = client.post("/trials/survival", data=data)
    assert page.status_code == 422
    assert "together with delay" in page.text
    # Secrets of a form are drawn by chance, and are nobody's words.
    assert "--" not in re.sub(r"<!.*?>", "", page.text.replace(client.csrf, ""))


@pytest.mark.parametrize("code", list(DESIGNS))
def test_every_design_has_a_form_with_every_option_but_files(client, code):  # noqa: F811
    page = client.get(f"/trials/{code}")
    assert page.status_code == 200
    for one in typed_fields(DESIGNS[code].Asked, WITHOUT):
        assert f'name="{one.name}"' in page.text
        assert one.kind in KINDS
    assert 'name="evidence"' not in page.text


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"p1": "much"}, "much"),
        ({"p1": "1"}, "p1"),
        ({"p0": "0.1"}, "a value"),
        ({"p0": "0.3", "p1": "0.1", "outcome": "objective_response"}, "p1"),
        ({"p0": "0.1", "p1": "0.3", "variant": "best"}, "best"),
    ],
)
def test_a_fault_names_its_field_and_keeps_what_was_typed(client, values, said):  # noqa: F811
    page = client.post("/trials/simon", data={"csrf": client.csrf, **values})
    assert page.status_code == 422
    assert said in unescape(page.text)
    for value in values.values():
        assert f'value="{value}"' in page.text or value == "best"


def test_a_folder_of_evidence_is_never_taken_from_a_form(client):  # noqa: F811
    data = {"csrf": client.csrf, **TYPED["simon"], "evidence": "/etc"}
    page = client.post("/trials/simon", data=data)
    assert (
        json.loads(client.get(f"{page.url.path}/synopsis.json").content)["asked"]["evidence"]
        is None
    )


def test_what_is_not_there(client):  # noqa: F811
    assert client.get("/trials/none").status_code == 404
    assert client.get(f"/trials/simon/{'0' * 32}").status_code == 404
    assert client.get(f"/trials/simon/{'0' * 32}/synopsis").status_code == 404


def test_a_field_takes_its_default_where_nothing_is_typed():
    form = DESIGNS["sequential"].Asked
    needed = {one.name: "1" for one in typed_fields(form) if one.needed}
    with pytest.raises(InputError):
        from_texts(form, {})
    found = {one.name: one for one in typed_fields(form)}
    assert found["binding"].usual == ""
    assert all(one.needed for one in list(typed_fields(form))[: len(needed)])


def test_what_takes_long_has_a_page_of_its_own_and_can_be_stopped(client, desk, monkeypatch):  # noqa: F811
    from hilum.web.pages import trials

    def slow(asked, watch):
        while True:
            watch.stage("sizes", 40)
            time.sleep(0.01)

    desk.doings.patience = 0.0
    held = SimpleNamespace(Asked=DESIGNS["simon"].Asked, run=slow)
    monkeypatch.setattr(trials, "design_of", lambda code: held)
    page = client.post("/trials/simon", data={"csrf": client.csrf, **TYPED["simon"]})
    assert page.url.path.startswith("/doing/")
    assert "The trial is being sized" in page.text
    page = client.post(f"{page.url.path}/stop", data={"csrf": client.csrf})
    for _ in range(200):
        page = client.get(page.url.path)
        if "Stopped, as you asked." in page.text:
            break
        time.sleep(0.02)
    assert 'role="alert"' in page.text
    assert 'href="/trials/simon"' in page.text
    assert 'value="0.3"' in client.get("/trials/simon").text


def test_what_is_typed_is_a_draft_in_every_language_until_it_is_cleared(client, desk):  # noqa: F811
    data = {"csrf": client.csrf, "p1": "0.27", "nonsense": "x"}
    assert (
        client.post("/trials/simon/typed", data=data, headers={"hx-request": "true"}).content == b""
    )
    assert 'value="0.27"' in client.get("/trials/simon").text
    page = client.post("/trials/simon/typed", data={**data, "language": "zh-Hans"})
    assert 'lang="zh-Hans"' in page.text
    assert 'value="0.27"' in page.text
    assert desk.drafts.of("owner", "trials/simon") == {"p1": "0.27"}
    assert desk.drafts.of("somebody else", "trials/simon") is None
    page = client.post("/trials/simon/clear", data={"csrf": client.csrf})
    assert 'value="0.27"' not in page.text


@pytest.mark.parametrize("code", list(DESIGNS))
def test_each_design_has_an_invented_trial_to_play_with(code):
    record = DESIGNS[code]
    asked = from_texts(record.Asked, examples()[code], WITHOUT)
    assert asked == asked
    needed = {one.name for one in typed_fields(record.Asked, WITHOUT) if one.needed}
    assert needed <= set(examples()[code])


def test_the_invented_trial_is_filled_in_and_sized(client):  # noqa: F811
    assert set(examples()) == set(DESIGNS)
    page = client.get("/trials/landmark?example=yes")
    assert 'value="0.65"' in page.text
    page = client.post("/trials/landmark", data={"csrf": client.csrf, **examples()["landmark"]})
    assert page.url.path.startswith("/trials/landmark/")
    assert "Sample size and its derivation" in page.text


SCENARIO = """
kind = "survival"
trials = 50
seed = 3
[scenario]
patients = 60
accrual_rate = 5
control_median = 16
hazard_ratio = 0.7
events = [30]
efficacy = [1.96]
"""


def test_a_scenario_is_simulated_as_the_command_does(client, tmp_path):  # noqa: F811
    file = tmp_path / "scenario.toml"
    file.write_text(SCENARIO)
    done = called("trials", "simulate", str(file), "--workers", "1", "--json")
    assert done.returncode == 0, done.stderr
    page = client.post("/trials/simulate", data={"csrf": client.csrf, "scenario": SCENARIO})
    sent = json.loads(client.get(f"{page.url.path}.json").content)
    assert sent["cells"] == json.loads(done.stdout)["cells"]
    assert "50 trials of each scenario, seed 3" in page.text
    table = client.get(f"{page.url.path}.csv").text.splitlines()
    assert table[0] == "cell,characteristic,mean,mcse,trials"
    assert len(table) == 1 + len(sent["cells"][0]["characteristics"])


def test_a_grid_is_a_row_each(client):  # noqa: F811
    grid = SCENARIO.replace("hazard_ratio = 0.7\n", "") + "[grid]\nhazard_ratio = [0.7, 1.0]\n"
    page = client.post("/trials/simulate", data={"csrf": client.csrf, "scenario": grid})
    assert re.findall(r'<th scope="row">([\d.]+)</th>', page.text) == ["0.7", "1.0"]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"scenario": "x ="}, "TOML"),
        ({"scenario": SCENARIO, "trials": "many"}, "a whole number"),
        ({"scenario": SCENARIO, "trials": "0"}, "trials"),
        ({"scenario": SCENARIO.replace("60", "-60")}, "patients"),
        ({}, "scenario"),
    ],
)
def test_a_scenario_that_is_none_stays_as_it_was_typed(client, sent, said):  # noqa: F811
    page = client.post("/trials/simulate", data={"csrf": client.csrf, **sent})
    assert page.status_code == 422
    assert said in unescape(page.text)
    assert sent.get("scenario", "").strip() in unescape(page.text)


def test_scenarios_to_start_from(client):  # noqa: F811
    assert 'kind = "survival"' in unescape(client.get("/trials/simulate").text)
    assert 'kind = "platform"' in unescape(client.get("/trials/simulate?kind=platform").text)
    assert 'kind = "survival"' in unescape(client.get("/trials/simulate").text), "only looked at"


def test_comparisons_are_ranked_as_the_command_does(client):  # noqa: F811
    texts = {
        "outcome": "objective_response",
        "population": "netlm",
        "model": "pooled",
        "draws": "1000",
    }
    page = client.post("/trials/rank", data={"csrf": client.csrf, **texts})
    assert page.status_code == 200, page.text
    options = [part for name, value in texts.items() for part in (f"--{name}", value)]
    done = called("trials", "rank", *options, "--json")
    assert done.returncode == 0, done.stderr
    sent = json.loads(client.get(f"{page.url.path}.json").content)
    assert sent["outcomes"] == json.loads(done.stdout)["outcomes"]
    assert "<svg" in client.get(f"{page.url.path}.svg").text
    assert "Assumptions" in page.text
    page = client.post("/trials/rank", data={"csrf": client.csrf, "draws": "3"})
    assert page.status_code == 422
    assert 'value="3"' in page.text
