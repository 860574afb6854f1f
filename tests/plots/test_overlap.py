"""No words of any plot overlap or are cut, over random data."""

import numpy as np
import pytest

from tests.plots.drawings import DRAWINGS, MORE
from tests.plots.overlap import troubles

KINDS = {**DRAWINGS, **MORE}


def _found(kind, seeds):
    for seed in seeds:
        svg, *_ = KINDS[kind](np.random.default_rng(seed))
        for one in troubles(svg):
            yield f"{kind} {seed}: {one}"


@pytest.mark.parametrize("kind", KINDS)
def test_no_words_overlap_or_are_cut(kind):
    assert not list(_found(kind, range(12)))


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_no_words_overlap_or_are_cut_in_two_hundred(kind):
    assert not list(_found(kind, range(1000, 1200)))


def test_the_check_finds_what_it_looks_for():
    def drawn(x, more=""):
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 40">'
            f'<text x="10" y="20">first words</text><text x="{x}" y="20"{more}>others</text></svg>'
        )

    assert troubles(drawn(100)) == []
    assert troubles(drawn(40)) == ["overlap: 'first words' and 'others'"]
    assert troubles(drawn(190)) == ["cut: 'others'"]
    assert troubles(drawn(30, ' transform="translate(0,60) rotate(-45)"'))
