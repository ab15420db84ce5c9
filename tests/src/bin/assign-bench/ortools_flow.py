"""OR-Tools' SimpleMinCostFlow on instances in the format of tests/reference/assign, pairwise model.

    python3 ortools_flow.py REPEATS INSTANCE.json...

Prints one line of JSON per instance: objective, arcs, seconds of the fastest solve() (without the
making of arcs), processor seconds of it, and the megabytes by which the process grew from before the
solver had its arcs until after the solve.
"""

import json
import resource
import sys
import time

import numpy as np
from ortools.graph.python import min_cost_flow


def peak_mib():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def resident_mib():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * resource.getpagesize() / 2**20


def arcs(instance):
    p, communes, teams = instance["params"], instance["communes"], instance["teams"]
    n, m = len(communes), len(teams)
    required = {tuple(r) for r in instance.get("required", [])}
    forbidden = {tuple(r) for r in instance.get("forbidden", [])}
    place = {t["id"]: j for j, t in enumerate(teams)}
    tx = np.array([t["x"] for t in teams], dtype=np.int64)
    ty = np.array([t["y"] for t in teams], dtype=np.int64)
    skills = np.array([sum(1 << c for c in t["skills"]) for t in teams], dtype=np.int64)
    bits = np.array([bin(i).count("1") for i in range(1 << 10)], dtype=np.int64)
    count = lambda a: bits[a & 1023] + bits[(a >> 10) & 1023] + bits[a >> 20]
    taken, fixed_cost = np.zeros(m, dtype=np.int64), 0
    tails, heads, costs, supply = [], [], [], []
    for i, c in enumerate(communes):
        square = (tx - c["x"]) ** 2 + (ty - c["y"]) ** 2
        metres = np.floor(np.sqrt(square.astype(np.float64))).astype(np.int64)
        cost = metres // p["travel_unit_m"]
        cost += p["w_miss"] * count(sum(1 << f for f in c["fail"]) & ~skills)
        for t in c["prev"]:
            if t in place:
                cost[place[t]] -= p["w_keep"]
        ok = square <= p["dmax_m"] ** 2
        left = c["k"]
        for t, j in place.items() if required or forbidden else ():
            if (c["id"], t) in required:
                ok[j] = False
                taken[j] += 1
                left -= 1
                fixed_cost += int(cost[j])
            elif (c["id"], t) in forbidden:
                ok[j] = False
        (js,) = np.nonzero(ok)
        tails.append(np.full(len(js), i))
        heads.append(n + js)
        costs.append(cost[js])
        supply.append(left)
    pairs = sum(map(len, tails))
    candidates = np.bincount(np.concatenate(heads) - n, minlength=m)
    sink = n + m
    tails.append(np.arange(n))
    heads.append(np.full(n, sink))
    costs.append(np.full(n, p["m_unmet"]))
    capacity = [np.ones(pairs, dtype=np.int64), np.maximum(np.array(supply), 1)]
    constant = fixed_cost
    for j, t in enumerate(teams):
        constant += p["w_fair"] * int(taken[j]) ** 2 + p["m_low"] * max(0, t["cap_min"] - int(taken[j]))
        last = min(t["cap_max"], int(taken[j] + candidates[j]))
        ms = np.arange(taken[j] + 1, last + 1)
        tails.append(np.full(len(ms), n + j))
        heads.append(np.full(len(ms), sink))
        costs.append(p["w_fair"] * (2 * ms - 1) - p["m_low"] * (ms <= t["cap_min"]))
        capacity.append(np.ones(len(ms), dtype=np.int64))
    flat = lambda parts, kind: np.concatenate(parts).astype(kind)
    arcs = (flat(tails, np.int32), flat(heads, np.int32), flat(capacity, np.int64), flat(costs, np.int64))
    return arcs, supply, constant, pairs


def main():
    repeats = int(sys.argv[1])
    for name in sys.argv[2:]:
        with open(name) as f:
            instance = json.load(f)
        made, supply, constant, pairs = arcs(instance)
        before, best = resident_mib(), None
        for _ in range(repeats):
            flow = min_cost_flow.SimpleMinCostFlow()
            flow.add_arcs_with_capacity_and_unit_cost(*made)
            nodes = np.arange(len(supply), dtype=np.int32)
            flow.set_nodes_supplies(nodes, np.array(supply, dtype=np.int64))
            flow.set_node_supply(len(supply) + len(instance["teams"]), -sum(supply))
            wall, cpu = time.perf_counter(), time.process_time()
            status = flow.solve()
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            assert status == flow.OPTIMAL, status
            if best is None or cpu < best[1]:
                best = (wall, cpu)
        print(json.dumps({
            "objective": flow.optimal_cost() + constant, "pairs": pairs,
            "wall_s": best[0], "cpu_s": best[1], "grown_mib": peak_mib() - before,
        }), flush=True)


main()
