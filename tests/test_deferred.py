"""Packages whose names load late give the same as those that load early."""

from importlib import import_module

import pytest

from hilum.deferred import later

PACKAGES = (
    "hilum.evidence", "hilum.patient.liver", "hilum.sheet", "hilum.synthesis",
    "hilum.synthesis.effects", "hilum.synthesis.joint",
)  # fmt: skip


@pytest.mark.parametrize("package", PACKAGES)
def test_every_name_of_a_package_is_found_and_is_no_module(package):
    module = import_module(package)
    assert module.__all__
    for name in module.__all__:
        assert not isinstance(getattr(module, name), type(module)), name
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = module.nothing


def test_a_name_is_looked_for_once(monkeypatch):
    found = later("hilum.synthesis", {"fit": "hilum.synthesis.two_stage"})
    assert found("fit") is import_module("hilum.synthesis.two_stage").fit
