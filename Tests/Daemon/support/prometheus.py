"""A strict reader of the Prometheus text format, version 0.0.4: what it takes, any scraper takes."""

import math
import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (\S+)")
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("",), "gauge": ("",)}


class Metrics:
    def __init__(self):
        self.types = {}
        self.samples = {}

    def value(self, name, labels=None):
        """One sample; 0 where a labelled one has not been counted yet."""
        family = re.sub(r"_(bucket|sum|count)$", "", name)
        assert name in self.types or family in self.types, f"there is no metric {name}"
        return self.samples.get((name, frozenset((labels or {}).items())), 0)

    def labelled(self, name):
        return {labels: value for (sample, labels), value in self.samples.items() if sample == name}


def parse(text):
    """Reads a whole page; a mistake anywhere is an assertion that names the line."""
    assert text.endswith("\n"), "the last line has no end"
    metrics = Metrics()
    family, helped = None, set()
    for line in text[:-1].split("\n"):
        if found := re.fullmatch(rf"# HELP ({NAME}) (.+)", line):
            assert found[1] not in helped, f"a second HELP: {line}"
            helped.add(found[1])
            family = None
        elif found := re.fullmatch(rf"# TYPE ({NAME}) (counter|gauge|histogram)", line):
            family = found[1]
            assert family in helped and family not in metrics.types, f"TYPE without HELP, or twice: {line}"
            metrics.types[family] = found[2]
            assert found[2] != "counter" or family.endswith("_total"), f"a counter's name ends in _total: {line}"
        else:
            _sample(line, family, metrics)
    for name, kind in metrics.types.items():
        if kind == "histogram":
            _check_histogram(name, metrics)
    return metrics


def _sample(line, family, metrics):
    found = SAMPLE.fullmatch(line)
    assert found and family, f"no sample: {line!r}"
    name, labels, value = found.groups()
    kind = metrics.types[family]
    assert name in {family + suffix for suffix in SUFFIXES[kind]}, f"not of {family}: {line}"
    pairs = re.findall(r'([a-zA-Z0-9_]+)="((?:[^"\\]|\\.)*)"', labels or "")
    assert len({key for key, _ in pairs}) == len(pairs), f"a doubled label: {line}"
    key = (name, frozenset(pairs))
    assert key not in metrics.samples, f"a doubled sample: {line}"
    assert re.fullmatch(r"-?\d+(\.\d+)?(e[+-]?\d+)?", value), f"no number: {line}"
    number = float(value)
    assert math.isfinite(number) and (kind == "gauge" or number >= 0), f"no such value: {line}"
    metrics.samples[key] = number


def _check_histogram(name, metrics):
    """Buckets add up, end in +Inf, and agree with the count."""
    series = {}
    for labels, value in metrics.labelled(name + "_bucket").items():
        edges = dict(labels)
        edge = float(edges.pop("le").replace("+Inf", "inf"))
        series.setdefault(frozenset(edges.items()), {})[edge] = value
    assert series, f"{name} has no buckets"
    for labels, buckets in series.items():
        ordered = [buckets[edge] for edge in sorted(buckets)]
        assert ordered == sorted(ordered) and math.inf in buckets, f"{name} does not add up: {buckets}"
        assert buckets[math.inf] == metrics.samples[(name + "_count", labels)], name
        assert (name + "_sum", labels) in metrics.samples, name
