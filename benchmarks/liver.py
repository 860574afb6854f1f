"""Time and memory of a whole liver: 512 x 512 x 300 voxels, 40 lesions, 200 plans.

Beside SimpleITK's label statistics for the same volumes and diameters, and numpy that counts each
plan on the voxels again. Both sides are whole processes that read the same file; the medians of
three runs are printed with their ratio. ``python -m benchmarks.liver``.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

SEED = 20241125
SHAPE, SPACING = (512, 512, 300), (0.75, 0.75, 1.0)
PLANS, MARGIN = 200, 5.0

OURS = """
import sys
from hilum.patient.liver import measure_liver, read_liver
from hilum.patient.liver.tally import tally
from hilum.patient.liver.plan import count
from hilum.patient.liver.search import random_plans
anatomy = read_liver(sys.argv[1], mapping=sys.argv[2])
found = measure_liver(anatomy)
parts = tally(anatomy, {margin})
plans = random_plans(parts, {plans}, {seed})
kept = [count(parts, plan).kept for plan in plans]
assert len(found.lesions) == 40 and len(found.segments) == 8
# ru_maxrss would count the parent that the process was forked from.
status = open("/proc/self/status").read()
peak = status.split("VmHWM:")[1].split()[0]
print(sum(kept) * parts.voxel_ml, found.liver_ml, peak)
"""

PEER = """
import sys
import numpy as np
import SimpleITK as sitk
from scipy import ndimage
image = sitk.ReadImage(sys.argv[1])
shape = sitk.LabelShapeStatisticsImageFilter()
shape.ComputeFeretDiameterOn()
lesions = sitk.Threshold(image, 11, 50)
shape.Execute(lesions)
feret = [shape.GetFeretDiameter(label) for label in shape.GetLabels()]
volumes = sitk.LabelShapeStatisticsImageFilter()
volumes.Execute(image)
ml = [volumes.GetPhysicalSize(label) / 1000 for label in volumes.GetLabels()]
array = sitk.GetArrayViewFromImage(image)
spacing = image.GetSpacing()[::-1]
whole = np.nonzero(array)
place = tuple(slice(one.min(), one.max() + 1) for one in whole)
labels = np.array(array[place])
# What a script would do: the margin of each lesion by a distance transform, kept as a mask.
zones = {}
boxes = ndimage.find_objects(labels)
for label in range(11, 51):
    box = boxes[label - 1]
    grown = tuple(
        slice(max(0, s.start - int({margin} / e) - 2), s.stop + int({margin} / e) + 2)
        for s, e in zip(box, spacing)
    )
    far = ndimage.distance_transform_edt(labels[grown] != label, spacing)
    zones[label] = grown, far <= {margin}
rng = np.random.default_rng({seed})
voxel = float(np.prod(spacing)) / 1000
total = 0.0
# The nearest segment of each lesion voxel, as the label map has holes there.
near = ndimage.distance_transform_edt(
    (labels == 0) | (labels > 10), spacing, return_distances=False, return_indices=True
)
segments = np.where(labels > 10, labels[tuple(near)], labels)
for _ in range({plans}):
    chosen = np.flatnonzero(rng.random(8) < 0.4) + 1
    kind = rng.integers(0, 3, 40)
    kept = (labels > 0) & (labels < 11) & ~np.isin(segments, chosen)
    for label in range(11, 51):
        if kind[label - 11]:
            box, zone = zones[label]
            kept[box] &= ~zone
    total += np.count_nonzero(kept) * voxel
peak = open("/proc/self/status").read().split("VmHWM:")[1].split()[0]
print(total, sum(ml), peak)
"""


def phantom() -> np.ndarray:
    """An ellipsoid liver in eight parts with 40 spheres; labels 1-8 segments, 11-50 lesions."""
    rng = np.random.default_rng(SEED)
    axes = [(np.arange(n) - (n - 1) / 2) * s for n, s in zip(SHAPE, SPACING, strict=True)]
    x, y, z = np.meshgrid(*axes, indexing="ij", sparse=True)
    labels = ((x / 110) ** 2 + (y / 80) ** 2 + (z / 70) ** 2 <= 1).astype(np.uint8)
    labels *= (1 + np.searchsorted([-40, 0, 40], x) + 4 * (z > 0)).astype(np.uint8)
    for number in range(40):
        direction = rng.normal(size=3)
        direction /= np.linalg.norm(direction)
        centre = direction * rng.uniform(0.1, 0.75) * np.array([110, 80, 70])
        radius = rng.uniform(4, 14)
        ball = (x - centre[0]) ** 2 + (y - centre[1]) ** 2 + (z - centre[2]) ** 2 <= radius**2
        labels[ball & (labels > 0)] = 11 + number
    return labels


def run(script: str, *arguments: str) -> tuple[float, float, list[float]]:
    """Seconds and processor seconds of a whole process, and the numbers it prints."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True
    )
    after, seconds = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - start
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, used, [float(word) for word in done.stdout.split()]


def filled(script: str) -> str:
    """A script with the figures of the job."""
    for name, value in (("margin", MARGIN), ("plans", PLANS), ("seed", SEED)):
        script = script.replace(f"{{{name}}}", str(value))
    return script


def main() -> None:
    """Print the table."""
    import nibabel as nib

    with tempfile.TemporaryDirectory() as folder:
        path, mapping = Path(folder) / "labels.nii.gz", Path(folder) / "labels.toml"
        image = nib.Nifti1Image(phantom(), np.diag([*SPACING, 1.0]))
        image.header.set_xyzt_units("mm")
        nib.save(image, path)
        roles = {str(n): f"segment {n}" for n in range(1, 9)}
        roles |= {str(10 + n): f"lesion {n}" for n in range(1, 41)}
        lines = [f"{key} = {json.dumps(value)}" for key, value in roles.items()]
        mapping.write_text("[labels]\n" + "\n".join(lines) + "\n")
        runs = [
            (run(filled(OURS), str(path), str(mapping)), run(filled(PEER), str(path)))
            for _ in range(3)
        ]
    print(f"{'512 x 512 x 300, 40 lesions, 200 plans':44}{'seconds':>9}{'cpu s':>8}{'MB':>8}")
    walls = []
    for side, name in enumerate(
        ("hilum: read, measure, plans by tally", "SimpleITK statistics, plans by numpy")
    ):
        wall, used = (statistics.median(one[side][i] for one in runs) for i in (0, 1))
        walls.append((wall, used))
        print(f"{name:44}{wall:9.2f}{used:8.2f}{runs[0][side][2][2] / 1024:8.0f}")
    ratios = [b / a for a, b in zip(*walls, strict=True)]
    totals = " and ".join(f"{runs[0][side][2][0]:.1f}" for side in (0, 1))
    print(f"ratio {ratios[0]:.1f} (cpu {ratios[1]:.1f}); remnants summed: {totals} mL")


if __name__ == "__main__":
    main()
