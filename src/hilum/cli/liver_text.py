"""A measurement, a plan or a search on the terminal."""

from __future__ import annotations

from typing import Any


def show(out: dict[str, Any]) -> None:
    """Print what was found, the figures that decide first."""
    from rich.console import Console

    console = Console(highlight=False, markup=False)
    low, high = out["liver_ml_range"]
    console.print(
        f"Liver {out['liver_ml']:.0f} mL ({low:.0f} to {high:.0f}), functional "
        f"{out['functional_liver_ml']:.0f} mL, tumour {out['tumour_ml']:.1f} mL: burden "
        f"{out['burden_percent']:.1f} %"
    )
    spread = out["distribution"] or "not told"
    console.print(
        f"{out['lesion_count']} lesions, distribution {spread.replace('_', ' ')} "
        f"({out['distribution_basis']})"
    )
    _segments(console, out)
    _lesions(console, out)
    if "flr_ml" in out:
        _remnant(console, out)
    if "doses" in out:
        _doses(console, out["doses"])
    if "plans" in out:
        _plans(console, out)
    for text in out["warnings"]:
        console.print(f"! {text}", soft_wrap=True)


def _segments(console: Any, out: dict[str, Any]) -> None:
    if not out["segments"]:
        return
    from rich.table import Table

    table = Table("segment", "mL", "range", "tumour mL", "burden %", "lesions", box=None)
    for name, one in out["segments"].items():
        low, high = one["ml_range"]
        table.add_row(
            name,
            f"{one['ml']:.1f}",
            f"{low:.0f} to {high:.0f}",
            f"{one['tumour_ml']:.1f}",
            f"{one['burden_percent']:.1f}",
            ", ".join(str(number) for number in one["lesions"]),
        )
    console.print(table)


def _lesions(console: Any, out: dict[str, Any]) -> None:
    if not out["lesions"]:
        return
    from rich.table import Table

    table = Table(
        "lesion", "mL", "axial mm", "longest mm", "segments", "to veins mm", "!", box=None
    )
    for one in out["lesions"]:
        table.add_row(
            str(one["id"]),
            f"{one['ml']:.2f}",
            f"{one['longest_axial_mm']:.1f}",
            f"{one['feret_mm']:.1f}",
            ", ".join(one["segments"]),
            ", ".join(f"{name} {mm:.1f}" for name, mm in one["vein_mm"].items()),
            f"{one['outside_ml']:.2f} mL outside the liver" if one["outside_ml"] else "",
        )
    console.print(table)


def _remnant(console: Any, out: dict[str, Any]) -> None:
    low, high = out["flr_percent_range"]
    name = out["plan"]["name"] or "plan"
    line = (
        f"{name}: remnant {out['flr_ml']:.0f} mL, {out['flr_percent']:.1f} % of the functional "
        f"liver ({low:.1f} to {high:.1f} with the outline one voxel in or out)"
    )
    if out["sflr_percent"] is not None:
        line += f", {out['sflr_percent']:.1f} % of the standard volume ({out['sflr_formula']})"
    if out["flr_body_weight_ratio"] is not None:
        line += f", {out['flr_body_weight_ratio']:.2f} % of body weight"
    console.print(line)
    for key, words in (
        ("lesions_resected", "resected"),
        ("lesions_ablated", "ablated"),
        ("lesions_left", "left"),
        ("lesions_margin_short", "cleared, but within the margin of what stays"),
    ):
        if out[key]:
            console.print(f"  lesions {words}: {', '.join(str(one) for one in out[key])}")
    for one in out["thresholds"]:
        if one["value"] is not None:
            console.print(
                f"  {one['value']:.1f} beside {one['threshold']:g} {one['units']} "
                f"({one['population']}): P(below) {one['p_below']:.3f}"
            )
    if "growth" in out:
        grown = out["growth"]
        console.print(
            f"  growth: {grown['degree_of_hypertrophy']:.1f} points of standardised remnant in "
            f"{grown['weeks']:g} weeks, {grown['kinetic_growth_rate']:.2f} a week"
        )


def _doses(console: Any, out: dict[str, Any]) -> None:
    console.print(
        f"{out['product']} ({out['method'].replace('_', ' ')}): {out['activity_gbq']:.2f} GBq to "
        f"{out['target_ml']:.0f} mL: mean {out['target_gy']:.0f} Gy, lungs {out['lung_gy']:.1f} Gy"
    )
    if out["tumour_gy"] is not None:
        console.print(
            f"  partition model: tumour {out['tumour_gy']:.0f} Gy, normal liver "
            f"{out['normal_gy']:.0f} Gy at a ratio of {out['tn_ratio']:g}"
        )
    for one in out["limits"]:
        word = "EXCEEDED" if one["exceeded"] else "not exceeded"
        console.print(
            f"  {one['rule_id']}: {one['attribute']} {one['value']:.3g}, limit {one['threshold']} "
            f"{one['unit']}: {word} ({one['source']})"
        )


def _plans(console: Any, out: dict[str, Any]) -> None:
    from rich.table import Table

    console.print(out["what_this_is"])
    table = Table(
        "resect", "wedge", "ablate", "left", "remnant mL", "%", "standardised %", box=None
    )
    for one in out["plans"]:
        table.add_row(
            one["name"] or "–",
            ", ".join(str(number) for number in one["lesions_wedged"]),
            ", ".join(str(number) for number in one["lesions_ablated"]),
            ", ".join(str(number) for number in one["lesions_left"]),
            f"{one['flr_ml']:.0f}",
            f"{one['flr_percent']:.1f}",
            "" if one["sflr_percent"] is None else f"{one['sflr_percent']:.1f}",
        )
    console.print(table)
    rule = out["ablation_limit_rule"] or "given"
    console.print(
        f"{out['plans_tried']} plans tried; margin {out['margin_mm']:g} mm; ablation up to "
        f"{out['ablation_limit_mm']:g} mm ({rule})"
    )
    if out["one_stage"] is False:
        console.print("One stage: no plan treats every lesion and leaves enough.")
    for one in out["growth_needed"]:
        console.print(
            f"  to {one['percent_needed']:g} {one['units']}: {one['missing_ml']:.0f} mL more "
            f"({one['growth_percent']:.0f} % growth; mean after embolisation "
            f"{one['mean_growth_percent_pve']:g} %, after ALPPS "
            f"{one['mean_growth_percent_alpps']:g} %), {one['weeks_at_2_percent_a_week']:.1f} "
            "weeks at 2 % a week"
        )
