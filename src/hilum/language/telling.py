"""An error in the words of a language: its sentences and, inside them, the sentences it quotes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

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
    facts = {name: _fact(name, fact, words) for name, fact in said.facts.items()}
    return words(said.message, **facts)


# Facts that are sentences themselves, also where they are plain.
SPEAKING: Final = frozenset(
    {"expected", "first", "second", "detail", "reason", "error", "what", "unit", "strerror"}
)
# What a system says of a file, by the names of its reasons; English on most systems.
SYSTEM: Final = {
    "ENOENT": "No such file or directory",
    "EACCES": "Permission denied",
    "EPERM": "Operation not permitted",
    "EISDIR": "Is a directory",
    "ENOTDIR": "Not a directory",
    "EEXIST": "File exists",
    "ENOSPC": "No space left on device",
    "EROFS": "Read-only file system",
    "ENAMETOOLONG": "File name too long",
    "EIO": "Input/output error",
    "EPIPE": "Broken pipe",
    "EMFILE": "Too many open files",
}


def _fact(name: str, fact: object, words: Words) -> object:
    """A fact in a language where it is a sentence itself, and as it was written where not."""
    # An error has its sentence; an expectation of a case says itself in a language.
    own: object = getattr(fact, "sentence", fact)
    says: object = getattr(own, "said", None)
    if callable(says):
        return says(words)
    if isinstance(own, Phrase) or (isinstance(own, str) and name in SPEAKING):
        return sentence(own, words)
    return own
