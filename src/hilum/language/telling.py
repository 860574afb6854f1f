"""An error in the words of a language: its sentences and, inside them, the sentences it quotes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.errors import HilumError, Phrase

if TYPE_CHECKING:
    from hilum.language.words import Words


def told(error: HilumError, words: Words) -> str:
    """What an error says, a line a fault."""
    return "\n".join(sentence(one, words) for one in error.phrases)


def sentence(said: str, words: Words) -> str:
    """A phrase with its facts in a language; a plain sentence is its own id."""
    if not isinstance(said, Phrase):
        return words(said)
    facts = {
        name: sentence(fact, words) if isinstance(fact, str) and _speaks(name, fact) else fact
        for name, fact in said.facts.items()
    }
    return words(said.message, **facts)


def _speaks(name: str, fact: str) -> bool:
    """Whether a fact is a sentence itself, and no value as it was written."""
    return isinstance(fact, Phrase) or name == "expected"
