"""English and Simplified Chinese words for everything a person reads."""

from hilum.language.choice import chosen, understood
from hilum.language.telling import told
from hilum.language.words import LANGUAGES, Words, languages, words

__all__ = ["LANGUAGES", "Words", "chosen", "languages", "told", "understood", "words"]
