"""A commented case file to start from."""

from __future__ import annotations

from hilum.patient.attributes import Attribute, attributes

HEAD = """\
# A case for hilum: remove the '#' before what is known, leave the rest. Nothing is required; what
# is missing is shown on the sheet. The file stays on your machine.

[patient]
"""

TAIL = """
# Label maps beside this file (docs/liver.md): they fill count, distribution, burden and remnant.
# [imaging]
# labels = "segments.nii.gz"
# preset = "couinaud"
# lesions = "lesions.nii.gz"
# resect = "right"
# margin_mm = 5.0
"""


def case_template() -> str:
    """TOML with every attribute, commented out, its unit, allowed values and why it is asked."""
    return HEAD + "".join(_lines(one) for one in attributes().values() if _asked(one)) + TAIL


def _asked(attribute: Attribute) -> bool:
    return attribute.name != "bsa_m2"


def _lines(attribute: Attribute) -> str:
    if attribute.type == "enum":
        what = " | ".join(attribute.allowed)
    elif attribute.low is not None and attribute.high is not None:
        what = f"{attribute.low:g} to {attribute.high:g} {attribute.unit}".rstrip()
    else:
        what = attribute.unit or attribute.type
    return f"\n# {what}  ({attribute.why_needed})\n# {attribute.name} = {_example(attribute)}\n"


def _example(attribute: Attribute) -> str:
    if attribute.type == "enum":
        return f'"{attribute.allowed[0]}"'
    if attribute.type == "boolean":
        return "false"
    if attribute.type == "list":
        return "[]"
    return "0" if attribute.type == "integer" else "0.0"
