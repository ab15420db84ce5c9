"""Ratios with standard errors by commune, stratified by village: a lazy plan over the CSV file."""
import sys

import polars as pl

file, ratios = sys.argv[1], [r.split("/") for r in sys.argv[2:]]
columns = sorted({c for pair in ratios for c in pair})
pairs = sorted({tuple(sorted((a, b))) for y, x in ratios for a, b in ((y, y), (y, x), (x, x))})
f = pl.Float64


def product(a, b):
    a, b = sorted((a, b))
    return pl.col(f"s_{a}_{b}")


village = (
    pl.scan_csv(file, schema_overrides={"w": f})
    .group_by("commune", "village")
    .agg(
        pl.col("village_households").first().cast(f).alias("big_n"),
        pl.len().cast(f).alias("n"),
        pl.col("w").first().cast(f),
        *[pl.col(c).cast(f).sum().alias(f"s_{c}") for c in columns],
        *[(pl.col(a).cast(f) * pl.col(b).cast(f)).sum().alias(f"s_{a}_{b}") for a, b in pairs],
    )
    .collect()
)
n, w = pl.col("n"), pl.col("w")
for y, x in ratios:
    sy, sx = pl.col(f"s_{y}"), pl.col(f"s_{x}")
    bottom = (w * sx).sum().over("commune")
    r = (w * sy).sum().over("commune") / bottom
    squares = (
        (product(y, y) - sy * sy / n) - 2 * r * (product(x, y) - sx * sy / n) + r * r * (product(x, x) - sx * sx / n)
    )
    out = (
        village.select("commune", r.alias("r"), bottom.alias("b"), (w * w * (1 - n / pl.col("big_n")) * n / (n - 1) * squares).alias("v"))
        .group_by("commune")
        .agg(pl.col("r").first(), (pl.col("v").sum().sqrt() / pl.col("b").first()).alias("se"))
    )
    for row in out.iter_rows():
        print(f"{row[0]},{y}/{x},{row[1]!r},{row[2]!r}")
