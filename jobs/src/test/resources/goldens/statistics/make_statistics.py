#!/usr/bin/env python3
"""Writes statistics.json beside this file: what NumPy and SciPy say of small samples, for RecoveryStatisticsTest and FamiliesTest.

    python3 make_statistics.py        # needs numpy and scipy; the file says which versions

Samples are chosen to be awkward: ties, one value, none, missing pairs, all alike, thirteen (all sign flips are enumerated) and fourteen
values. The indices that the bootstrap draws are part of the file, so that both sides resample the same pairs.
"""
import json
import pathlib

import numpy as np
import scipy
from scipy import stats

RESAMPLES = 1000
FLIPS = 9999
random = np.random.default_rng(20261125)


def none_if_nan(value):
    value = float(value)
    return None if np.isnan(value) else value


def interval(values):
    return [none_if_nan(v) for v in np.quantile(values, [0.025, 0.975])] if len(values) else [None, None]


def bootstrap(indices, values, divisors=None):
    """Percentile interval of the mean of what is defined in each resample (or of a ratio of means); `indices` are of all pairs."""
    if np.sum(~np.isnan(values)) < 2:
        return [None, None]
    means = []
    for resample in indices:
        drawn = values[resample]
        if divisors is None:
            drawn = drawn[~np.isnan(drawn)]
            if len(drawn):
                means.append(np.mean(drawn))
        else:
            below = divisors[resample]
            both = ~np.isnan(drawn) & ~np.isnan(below)
            if both.any() and np.sum(below[both]) != 0:
                means.append(np.sum(drawn[both]) / np.sum(below[both]))
    return interval(np.array(means))


def p_value(sample):
    """SciPy's own where it enumerates all sign flips; elsewhere the two-sided count over this file's flips is tested for what it is."""
    if len(sample) == 0 or 2 ** len(sample) > FLIPS + 1:
        return None
    if len(sample) == 1:
        return 1.0  # SciPy wants two; both flips of one value are as extreme as it is
    result = stats.permutation_test(
        (sample,), np.sum, permutation_type="samples", n_resamples=np.inf, alternative="two-sided", vectorized=False)
    return float(result.pvalue)


def case(name, ratios, indirect, total):
    ratios, indirect, total = (np.array(v, dtype=float) for v in (ratios, indirect, total))
    pairs = len(ratios)
    indices = random.integers(0, pairs, size=(RESAMPLES, pairs)) if pairs else np.zeros((RESAMPLES, 0), dtype=int)
    sample = ratios[~np.isnan(ratios)]
    n = len(sample)
    mean = np.mean(sample) if n else np.nan
    deviation = np.std(sample, ddof=1) if n > 1 else np.nan
    t = stats.t.interval(0.95, n - 1, loc=mean, scale=stats.sem(sample)) if n > 1 else (np.nan, np.nan)
    if n > 1 and deviation == 0:
        t = (mean, mean)  # SciPy has no t distribution of scale 0
    quantiles = np.quantile(sample, [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1]) if n else [np.nan] * 7
    both = ~np.isnan(indirect) & ~np.isnan(total)
    average_total = np.mean(total[both]) if both.any() else np.nan
    average_indirect = np.mean(indirect[both]) if both.any() else np.nan
    ratio = average_indirect / average_total if both.any() and average_total != 0 else np.nan
    return {
        "name": name,
        "ratios": [none_if_nan(v) for v in ratios],
        "indirect": [none_if_nan(v) for v in indirect],
        "total": [none_if_nan(v) for v in total],
        "indices": indices.tolist(),
        "n": n,
        "mean": none_if_nan(mean),
        "standard_deviation": none_if_nan(deviation),
        "t": [none_if_nan(v) for v in t],
        "bootstrap": bootstrap(indices, ratios),
        "quantiles": [none_if_nan(v) for v in quantiles],
        "average_total_effect": none_if_nan(average_total),
        "average_indirect_effect": none_if_nan(average_indirect),
        "ratio_of_means": none_if_nan(ratio),
        "ratio_of_means_interval": bootstrap(indices, indirect, total) if not np.isnan(ratio) else [None, None],
        "p_value": p_value(sample),
    }


def of(name, ratios, missing=()):
    ratios = np.array(ratios, dtype=float)
    total = random.normal(4, 1, len(ratios))
    indirect = ratios * total
    ratios[list(missing)] = indirect[list(missing)] = total[list(missing)] = np.nan
    return case(name, ratios, indirect, total)


cases = [
    of("ordinary", random.normal(0.3, 0.2, 24)),
    of("missing pairs", random.normal(0.3, 0.2, 24), missing=(0, 7, 8, 23)),
    of("ties", [0.5, 0.5, 0.25, 0.25, 0.25, 0, 0, 1, 1, 0.5, -0.5, -0.5]),
    of("all alike", [0.25] * 9),
    of("all zero", [0.0] * 12),
    of("one value", [0.7]),
    of("one value among many pairs", [0.7, 1, 1, 1, 1], missing=(1, 2, 3, 4)),
    of("two values", [0.7, -0.1]),
    of("no value", [1.0, 1.0, 1.0], missing=(0, 1, 2)),
    of("thirteen", random.normal(0.1, 0.2, 13)),
    of("fourteen", random.normal(0.1, 0.2, 14)),
    of("negative", random.normal(-0.2, 0.1, 11)),
    # A rank has no recovery, but it has an effect in its own unit.
    case("without ratios", [np.nan] * 6, random.integers(-9, 0, 6), random.integers(-20, -9, 6)),
    case("no total effect", [np.nan] * 4, [1, 2, 3, 4], [0, 0, 0, 0]),
]

p_values = np.array([0.01, 0.04, 0.04, 0.03, 0.9, 0.001, 0.5, 0.2])
means = np.array([0.3, 0.1, 0.1, 0.5, -0.2, 0.9, 0.1, 0.0])
document = {
    "made_by": {"numpy": np.__version__, "scipy": scipy.__version__},
    "cases": cases,
    "family": {
        "p_values": p_values.tolist(),
        "q_values": stats.false_discovery_control(p_values, method="bh").tolist(),
        "means": means.tolist(),
        "ranks": stats.rankdata(-means, method="min").astype(int).tolist(),
    },
}
pathlib.Path(__file__).with_name("statistics.json").write_text(json.dumps(document) + "\n")
