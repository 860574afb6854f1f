"""Languages as the services name them."""

from __future__ import annotations

from typing import Final

LANGUAGES: Final = {
    "en": ("english", "eng"),
    "zh": ("chinese", "chi"),
    "de": ("german", "ger"),
    "es": ("spanish", "spa"),
    "fr": ("french", "fre"),
    "it": ("italian", "ita"),
    "ja": ("japanese", "jpn"),
    "ko": ("korean", "kor"),
    "nl": ("dutch", "dut"),
    "pl": ("polish", "pol"),
    "pt": ("portuguese", "por"),
    "ru": ("russian", "rus"),
}
"""By two-letter code: PubMed's word and the three letters of MEDLINE."""
