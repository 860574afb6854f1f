"""The trials room: a form sizes what the command sizes, and a fault loses nothing."""

import json
import re
from html import unescape

import pytest
from proofs.face import called

from hilum.analyses.designs import DESIGNS
from hilum.analyses.typed import KINDS, from_texts, typed_fields
from hilum.errors import InputError
from hilum.rendering.design_page import WITHOUT
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
    assert "--" not in re.sub(r"<!.*?>", "", page.text)


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
        ({"p0": "0.3", "p1": "0.1"}, "p1"),
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


def test_what_takes_too_long_is_ended_and_says_the_command(client, monkeypatch):  # noqa: F811
    from hilum.web.pages import trials

    monkeypatch.setattr(trials, "PATIENCE", -1.0)
    page = client.post("/trials/simon", data={"csrf": client.csrf, **TYPED["simon"]})
    assert page.status_code == 422
    assert "hilum trials design simon" in page.text
