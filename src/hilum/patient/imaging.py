"""The table ``[imaging]`` of a case: which label maps, what they mean, what is planned."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from hilum.errors import Fault, phrased
from hilum.records import nearest

if TYPE_CHECKING:
    from collections.abc import Callable

KEYS = (
    "labels", "preset", "mapping", "lesions", "series", "outside", "resect", "wedge", "ablate",
    "margin_mm", "plane", "drawn_remnant", "segmentation_error_percent", "search", "formula",
    "before", "tare", "spacing",
)  # fmt: skip
BEFORE_KEYS = ("labels", "preset", "mapping", "lesions", "series", "weeks", "spacing")
TARE_KEYS = ("product", "dose_gy", "activity_gbq", "tn_ratio", "lung_mass_kg", "target")


@dataclass(frozen=True, slots=True)
class Before:
    """Label maps of an earlier time, before embolisation or the first stage.

    Without a preset or mapping of their own they are read as those of now.
    """

    labels: tuple[Path, ...]
    presets: tuple[str, ...]
    weeks: float
    spacing: tuple[float, ...] | None = None
    mapping: Path | None = None
    lesions: Path | None = None
    series: Path | None = None


@dataclass(frozen=True, slots=True)
class Tare:
    """A planned radioembolisation; ``target`` names segments, all of the liver when empty."""

    product: str
    dose_gy: float | None = None
    activity_gbq: float | None = None
    tn_ratio: float | None = None
    lung_mass_kg: float | None = None
    target: str = ""


@dataclass(frozen=True, slots=True)
class Imaging:
    """What a case says of its label maps; paths are resolved beside the case file."""

    labels: tuple[Path, ...]
    presets: tuple[str, ...] = ()
    mapping: Path | None = None
    lesions: Path | None = None
    series: Path | None = None
    outside: str = "drop"
    resect: str = ""
    wedge: tuple[int, ...] | Literal["all"] = ()
    ablate: tuple[int, ...] | Literal["all"] = ()
    margin_mm: float | None = None
    plane: tuple[tuple[float, ...], tuple[float, ...]] | None = None
    drawn_remnant: bool = False
    segmentation_error_percent: float | None = None
    search: bool = True
    formula: str = "vauthey"
    before: Before | None = None
    tare: Tare | None = None
    spacing: tuple[float, ...] | None = None

    @property
    def has_plan(self) -> bool:
        """Whether anything is to be taken out."""
        return bool(self.resect or self.wedge or self.ablate or self.plane or self.drawn_remnant)


def parse_imaging(
    table: dict[str, Any], folder: Path, file: str, line: Callable[[str], int | None]
) -> tuple[Imaging | None, list[Fault]]:
    """Read the table, or every fault in it; label maps are not opened yet."""
    reader = _Reader(table, folder, file, line)
    reader.known(table, KEYS, "")
    labels = reader.paths("labels")
    if not labels and not reader.faults:
        reader.fault("labels", "", "a label map, or a list of them")
    before = reader.table("before", BEFORE_KEYS)
    tare = reader.table("tare", TARE_KEYS)
    earlier: Before | None = None
    if before is not None:
        inner = _Reader(before, folder, file, line, reader.faults, "before.")
        weeks = inner.number("weeks", 0, 520)
        if weeks is None:
            inner.fault("weeks", "", "weeks between the two, above 0")
        earlier = Before(
            labels=inner.paths("labels"),
            presets=inner.words("preset"),
            weeks=weeks or 0.0,
            spacing=inner.spacing(),
            mapping=inner.path("mapping"),
            lesions=inner.path("lesions"),
            series=inner.path("series"),
        )
    planned: Tare | None = None
    if tare is not None:
        inner = _Reader(tare, folder, file, line, reader.faults, "tare.")
        planned = Tare(
            product=inner.word("product", ("glass", "resin"), ""),
            dose_gy=inner.number("dose_gy", 0, 10_000),
            activity_gbq=inner.number("activity_gbq", 0, 100),
            tn_ratio=inner.number("tn_ratio", 0, 1000),
            lung_mass_kg=inner.number("lung_mass_kg", 0, 10),
            target=inner.text("target"),
        )
    found = Imaging(
        labels=labels,
        presets=reader.words("preset"),
        mapping=reader.path("mapping"),
        lesions=reader.path("lesions"),
        series=reader.path("series"),
        outside=reader.word("outside", ("drop", "keep"), "drop"),
        resect=reader.text("resect"),
        wedge=reader.lesions("wedge"),
        ablate=reader.lesions("ablate"),
        margin_mm=reader.number("margin_mm", -1e-9, 100),
        plane=reader.plane(),
        drawn_remnant=reader.flag("drawn_remnant", False),
        segmentation_error_percent=reader.number("segmentation_error_percent", -1e-9, 50),
        search=reader.flag("search", True),
        formula=reader.text("formula") or "vauthey",
        before=earlier,
        tare=planned,
        spacing=reader.spacing(),
    )
    return (None if reader.faults else found), reader.faults


class _Reader:
    """Values of one table by kind; what does not fit is collected, not raised."""

    def __init__(
        self,
        table: dict[str, Any],
        folder: Path,
        file: str,
        line: Callable[[str], int | None],
        faults: list[Fault] | None = None,
        prefix: str = "",
    ) -> None:
        self.data, self.folder, self.file, self.line = table, folder, file, line
        self.faults: list[Fault] = [] if faults is None else faults
        self.prefix = prefix

    def fault(self, key: str, value: object, expected: str) -> None:
        """Note one fault."""
        name = f"imaging.{self.prefix}{key}"
        self.faults.append(Fault(self.file, self.line(key), name, str(value), expected))

    def known(self, table: dict[str, Any], keys: tuple[str, ...], prefix: str) -> None:
        """Note keys that mean nothing."""
        for key in table:
            if key not in keys:
                hint = nearest(str(key), keys, 1)
                self.fault(
                    f"{prefix}{key}",
                    table[key],
                    phrased("one of {known}{hint}", known=", ".join(keys), hint=hint),
                )

    def table(self, key: str, keys: tuple[str, ...]) -> dict[str, Any] | None:
        """An inner table."""
        value = self.data.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.fault(key, value, "a table")
            return None
        found = cast("dict[str, Any]", value)
        self.known(found, keys, f"{key}.")
        return found

    def text(self, key: str) -> str:
        """Words as written."""
        value = self.data.get(key, "")
        if isinstance(value, list):
            return ",".join(self.words(key))
        if not isinstance(value, str):
            self.fault(key, value, "text")
            return ""
        return value

    def words(self, key: str) -> tuple[str, ...]:
        """One word or a list of words."""
        value = self.data.get(key, [])
        found = [value] if isinstance(value, str) else value
        if not isinstance(found, list) or not all(
            isinstance(one, str) for one in cast("list[Any]", found)
        ):
            self.fault(key, value, "a word or a list of words")
            return ()
        return tuple(cast("list[str]", found))

    def word(self, key: str, allowed: tuple[str, ...], default: str) -> str:
        """One of a few words."""
        value = self.data.get(key, default)
        if (value not in allowed and value != default) or (not default and not value):
            self.fault(key, value, phrased("one of {known}", known=", ".join(allowed)))
            return default
        return str(value)

    def paths(self, key: str) -> tuple[Path, ...]:
        """Paths beside the case file."""
        return tuple(self.folder / one for one in self.words(key))

    def path(self, key: str) -> Path | None:
        """One path beside the case file."""
        text = self.text(key)
        return self.folder / text if text else None

    def number(self, key: str, above: float, below: float) -> float | None:
        """A number between two limits."""
        value = self.data.get(key)
        if value is None:
            return None
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not (above < value <= below)
        ):
            expected = phrased(
                "a number above {low:g}, at most {high:g}", low=max(above, 0), high=below
            )
            self.fault(key, value, expected)
            return None
        return float(value)

    def spacing(self) -> tuple[float, ...] | None:
        """The size of a voxel in mm, where the files' headers do not state it."""
        value = self.data.get("spacing")
        if value is None:
            return None
        numbers = cast("list[Any]", value) if isinstance(value, list) else []
        fits = len(numbers) == 3 and all(
            isinstance(one, int | float) and not isinstance(one, bool) and 0 < one <= 50
            for one in numbers
        )
        if not fits:
            self.fault("spacing", value, "[x, y, z]: three numbers in mm above 0")
            return None
        return tuple(float(one) for one in numbers)

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self.data.get(key, default)
        if not isinstance(value, bool):
            self.fault(key, value, "true or false")
            return default
        return value

    def lesions(self, key: str) -> tuple[int, ...] | Literal["all"]:
        """Numbers of lesions, or all."""
        value = self.data.get(key, [])
        if value == "all":
            return "all"
        if not isinstance(value, list) or not all(
            isinstance(one, int) and not isinstance(one, bool) for one in cast("list[Any]", value)
        ):
            self.fault(key, value, 'a list of lesion numbers, or "all"')
            return ()
        return tuple(cast("list[int]", value))

    def plane(self) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
        """A cutting plane: a point and a direction."""
        value = self.data.get("plane")
        if value is None:
            return None
        found: list[tuple[float, ...]] = []
        if isinstance(value, dict):
            for name in ("point", "normal"):
                numbers = cast("dict[str, Any]", value).get(name)
                if isinstance(numbers, list) and all(
                    isinstance(one, int | float) for one in cast("list[Any]", numbers)
                ):
                    found.append(tuple(float(one) for one in cast("list[float]", numbers)))
        if len(found) != 2 or any(len(one) != 3 for one in found):
            self.fault("plane", value, "{point = [x, y, z], normal = [x, y, z]} in RAS mm")
            return None
        return found[0], found[1]
