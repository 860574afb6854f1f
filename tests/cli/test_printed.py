"""What the pages of the docs say a command prints is what it prints."""

import pytest
from tools.printed import filled, pages


def test_some_pages_show_what_is_printed():
    assert {page.name for page in pages()} >= {"verdict.md", "verdict.zh.md"}


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_the_page_shows_what_the_command_prints(page):
    text = page.read_text("utf-8")
    assert filled(text) == text, "make printed"
