"""Texts as they read: spaces that a number and its unit stand together by are spaces."""


def read(text):
    """A text with plain spaces."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def tight(text):
    """A text without any."""
    return "".join(text.split())
