"""Ratios with standard errors by commune, stratified by village: one query over the CSV file."""
import sys

import duckdb

file, ratios = sys.argv[1], [r.split("/") for r in sys.argv[2:]]
columns = sorted({c for pair in ratios for c in pair})
pairs = {tuple(sorted((a, b))) for y, x in ratios for a, b in ((y, y), (y, x), (x, x))}
sums = ", ".join(
    [f"sum({c}) AS s_{c}" for c in columns] + [f"sum({a}::DOUBLE * {b}) AS s_{a}_{b}" for a, b in sorted(pairs)]
)


def product(a, b):
    a, b = sorted((a, b))
    return f"s_{a}_{b}"


query = f"""
WITH village AS (
    SELECT commune, village, any_value(village_households)::DOUBLE AS big_n, count(*)::DOUBLE AS n,
        any_value(w)::DOUBLE AS w, {sums}
    FROM read_csv('{file}', header = true) GROUP BY commune, village)
"""
parts = []
for y, x in ratios:
    squares = (
        f"({product(y, y)} - s_{y} * s_{y} / n) - 2 * r * ({product(x, y)} - s_{x} * s_{y} / n)"
        f" + r * r * ({product(x, x)} - s_{x} * s_{x} / n)"
    )
    parts.append(f"""
    SELECT commune, '{y}/{x}' AS name, any_value(r) AS estimate,
        sqrt(sum(w * w * (1 - n / big_n) * n / (n - 1) * ({squares}))) / any_value(bottom) AS se
    FROM (SELECT *, sum(w * s_{y}) OVER (PARTITION BY commune) / sum(w * s_{x}) OVER (PARTITION BY commune) AS r,
        sum(w * s_{x}) OVER (PARTITION BY commune) AS bottom FROM village) GROUP BY commune""")
for row in duckdb.sql(query + " UNION ALL ".join(parts)).fetchall():
    print(f"{row[0]},{row[1]},{row[2]!r},{row[3]!r}")
