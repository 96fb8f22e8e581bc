"""The figures to reach, each computed from the numbers of one run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Run = dict[str, Any]
NEAR = ("near", "on")


@dataclass(frozen=True)
class Figure:
    """What was asked, and what came out: ``found`` as text, ``is_reached`` None if it was not measured."""

    what: str
    reach: str
    found: str
    is_reached: bool | None


class _MissingError(Exception):
    """A number that this run does not have; the text says which."""


def look(run: Run, *path: str) -> Any:
    """A value of the run.

    Raises
    ------
    _MissingError
        If the run does not have it.
    """
    value: Any = run
    for name in path:
        if isinstance(value, dict) and value.get("error") and name not in value:
            raise _MissingError(f"{path[-1]}: {value['error']}")
        if not isinstance(value, dict) or value.get(name) is None:
            raise _MissingError(f"no {'/'.join(path)}")
        value = value[name]
    return value


def _own(run: Run, key: str, order: str, *path: str) -> float:
    if look(run, "workloads", key, "engine") != "kernel":
        raise _MissingError("the kernel was not measured")
    return float(look(run, "workloads", key, "orders", order, *path))


def _peer(run: Run, key: str, name: str, order: str, *path: str) -> float:
    return float(look(run, "workloads", key, "peers", name, "orders", order, *path))


def _build(run: Run, key: str, name: str) -> float:
    return float(look(run, "workloads", key, "build", name))


def _at_most(what: str, limit: float, unit: str, parts: Callable[[], dict[str, float]]) -> Figure:
    return _judged(what, f"at most {limit:g}{unit}", unit, parts, lambda value: value <= limit)


def _at_least(what: str, limit: float, parts: Callable[[], dict[str, float]]) -> Figure:
    return _judged(what, f"at least {limit:,g} x", " x", parts, lambda value: value >= limit)


def _judged(
    what: str, reach: str, unit: str, parts: Callable[[], dict[str, float]], is_good: Callable[[float], bool]
) -> Figure:
    try:
        values = parts()
    except _MissingError as error:
        return Figure(what, reach, f"not measured: {error}", None)
    texts = [f"{name} {_number(value)}{unit}".strip() for name, value in values.items()]
    return Figure(what, reach, ", ".join(texts), all(is_good(value) for value in values.values()))


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _mean(run: Run, key: str, order: str, call: str = "decide") -> float:
    return _own(run, key, order, "scalar", call, "mean") / _own(run, key, order, "scalar", "hypot", "mean")


def _median(run: Run, call: str) -> float:
    return _own(run, "W1", "drives", "scalar", call, "p50") / _own(run, "W1", "drives", "scalar", "hypot", "p50")


def _over_tree(run: Run, key: str, order: str, kind: str) -> float:
    return _peer(run, key, "STRtree", order, "batch", kind) / _own(run, key, order, "batch", "exact", "best")


def _singles(run: Run) -> list[Figure]:
    def look_up() -> dict[str, float]:
        own = look(run, "workloads", "W2", "look_ups")
        return {"": float(look(own, "p99")) / float(look(own, "p50"))}

    medians = (("`decide`, 10 m", "decide_10", 5), ("`near`, 100 m", "near", 15), ("`safe_radius`", "safe_radius", 10))
    asked = (*medians, ("`decide_path`, 30 m", "path", 10))
    return [
        _at_most(
            "`decide` along drives, W1: mean over that of `math.hypot`",
            1,
            " x",
            lambda: {"": _mean(run, "W1", "drives")},
        ),
        _at_most("`decide` in random order, W2", 3, " x", lambda: {"": _mean(run, "W2", "shuffled")}),
        _at_most("look-up in C, random order, W2: p99 over median", 8, " x", look_up),
        *(
            _at_most(f"{what}, along drives, W1: median over that of `math.hypot`", most, " x", _median_of(run, call))
            for what, call, most in asked
        ),
    ]


def _median_of(run: Run, call: str) -> Callable[[], dict[str, float]]:
    return lambda: {"": _median(run, call)}


def _batches(run: Run) -> list[Figure]:
    def per_call(name: str) -> Callable[[], dict[str, float]]:
        return lambda: {
            "": _peer(run, "W3", name, "uniform", "scalar", "mean")
            / _own(run, "W3", "uniform", "scalar", "decide", "mean")
        }

    def threads() -> dict[str, float]:
        asked = (("W1", "drives"), ("W2", "shuffled"))
        return {
            f"{key} {order}": _own(run, key, order, "batch", "exact", "best")
            / _own(run, key, order, "batch", "threads", "best")
            for key, order in asked
        }

    drives = "`decide_many`, drives, W1, against STRtree"
    return [
        _at_least(f"{drives} and its points", 60, lambda: {"": _over_tree(run, "W1", "drives", "best")}),
        _at_least(f"{drives} alone", 8, lambda: {"": _over_tree(run, "W1", "drives", "without_best")}),
        _at_least(
            "the same in random order, W2, against STRtree alone",
            10,
            lambda: {"": _over_tree(run, "W2", "shuffled", "without_best")},
        ),
        _at_least("W3, uniform, per call, against tzfpy", 50, per_call("Tzfpy")),
        _at_least("W3, uniform, per call, against timezonefinder", 50, per_call("Timezonefinder")),
        _at_least("W3, uniform, per call, against STRtree", 1_000, per_call("STRtree")),
        _at_least(
            "W3, uniform, in batch, against STRtree alone",
            1_000,
            lambda: {"": _over_tree(run, "W3", "uniform", "without_best")},
        ),
        _at_least("two threads in batch against one", 1.7, threads),
    ]


def _columns(run: Run) -> list[Figure]:
    """What a batch costs beside peers and beside the same single calls, and what it costs to look at it."""
    borders = [(key, order) for key in ("W1", "W2") for order in ("near", "on")]

    def over(name: str, peer: str, kind: str, own: str, asked: list[tuple[str, str]]) -> Callable[[], dict[str, float]]:
        return lambda: {
            f"{key} {order}": _own(run, key, order, "batch", own, "best") / _peer(run, key, name, order, peer, kind)
            for key, order in asked
        }

    def over_singles() -> dict[str, float]:
        calls = {"exact": "decide", "disc": "decide_10"}
        asked = [(key, order, own) for key in look(run, "workloads") for order in ("drives", *NEAR) for own in calls]
        ratios = {
            f"{key} {order}, {own}": _own(run, key, order, "batch", own, "best")
            / _own(run, key, order, "scalar", calls[own], "mean")
            for key, order, own in asked
        }
        most = max(ratios, key=lambda name: ratios[name])
        return {f"{most}:": ratios[most]}

    def each(*path: str) -> Callable[[], dict[str, float]]:
        orders = ("drives", "shuffled", *NEAR)
        return lambda: {f"{key} {order}": _own(run, key, order, *path) for key in ("W1", "W2") for order in orders}

    def one(order: str, *path: str) -> Callable[[], dict[str, float]]:
        return lambda: {"": _own(run, "W1", order, *path)}

    def tg() -> dict[str, float]:
        found = look(run, "workloads", "W1", "tg", "drives")
        return {"": float(look(found, "tg")) / float(look(found, "in_blocks"))}

    of_w2 = [("W2", order) for order in NEAR]
    return [
        _at_most("`decide_many`, drives, W1", 7, " ns", one("drives", "batch", "exact", "best")),
        _at_least("look-up in C, drives, W1, in blocks, against tg behind its box tree", 18, tg),
        _at_most(
            "`decide_many` against SedonaDB on both cores, borders of W2",
            0.6,
            " x",
            over("SedonaDB", "batch", "best", "exact", of_w2),
        ),
        _at_most(
            "`decide_many` against STRtree alone, borders of W2",
            0.3,
            " x",
            over("STRtree", "batch", "without_best", "exact", of_w2),
        ),
        _at_most("`decide_many` against as many calls of `decide`, the worst of all rows", 1, " x", over_singles),
        _at_most("`decide_many`, 10 m, drives, W1", 40, " ns", one("drives", "batch", "disc", "best")),
        _at_most(
            "`decide_many`, 10 m, against STRtree `dwithin` alone",
            0.5,
            " x",
            over("STRtree", "disc", "without_best", "disc", borders),
        ),
        _at_most("`decide`, 10 m, on borders of W1, a new answer: median", 3000, " ns", one("on", "met", "new")),
        _at_most("the same place again, of 1,000: median", 500, " ns", one("on", "met", "met_1000")),
        _at_most("`many.levels`, a million fixes", 5, " ns", each("columns", "levels")),
        _at_most("`many.zones`, a million fixes", 5, " ns", each("columns", "zones")),
    ]


def _reading(run: Run) -> list[Figure]:
    def each(value: Callable[[Run, float], float]) -> Callable[[], dict[str, float]]:
        return lambda: {
            key: value(look(run, "workloads", key, "reading"), look(run, "workloads", key, "vertices"))
            for key in ("W1", "W2")
        }

    def took(name: str) -> Callable[[Run], float]:
        return lambda found: float(look(found, name, "s"))

    own, geopandas = took("geopolicy"), took("geopandas")
    return [
        _at_most(
            "reading and checking a zone file, per vertex", 1.2, " µs", each(lambda found, n: 1e6 * own(found) / n)
        ),
        _at_most("the same over geopandas `read_file` + `is_valid`", 1, " x", each(lambda f, _: own(f) / geopandas(f))),
        _at_most(
            "its peak of memory, per vertex",
            300,
            " bytes",
            each(lambda found, n: float(look(found, "geopolicy", "peak_bytes")) / n),
        ),
    ]


def _packs(run: Run) -> list[Figure]:
    def each(value: Callable[[str], float], keys: Iterable[str] = ("W1", "W2", "W3")) -> Callable[[], dict[str, float]]:
        return lambda: {key: value(key) for key in keys if key in look(run, "workloads")} or _none()

    def per_vertex(name: str, scale: float = 1.0) -> Callable[[], dict[str, float]]:
        return each(lambda key: scale * _build(run, key, name) / look(run, "workloads", key, "vertices"))

    def first() -> dict[str, float]:
        return {"": float(look(run, "workloads", "W1", "first", "first", "best"))}

    modules = run.get("workloads", {}).get("W1", {}).get("first", {}).get("third_party")
    return [
        _at_most("pack, everything included, per vertex", 40, " bytes", per_vertex("pack_bytes")),
        _at_most("compile from checked zones, per vertex", 1, " µs", per_vertex("compile_s", 1e6)),
        _at_most("peak memory of compiling, per vertex", 250, " bytes", per_vertex("peak_bytes")),
        _at_most(
            "open with full verification over SHA-256 of the same bytes",
            1.4,
            " x",
            each(lambda key: _build(run, key, "open_s") / _build(run, key, "sha_s")),
        ),
        _at_most("open with `mmap=True`", 1, " ms", each(lambda key: 1e3 * _build(run, key, "mmap_s"))),
        _at_most("import, open and first decision beyond a bare interpreter, W1", 45, " ms", first),
        Figure(
            "third-party packages loaded until then",
            "none",
            modules or "not measured",
            modules == "[]" if modules else None,
        ),
    ]


def _none() -> dict[str, float]:
    raise _MissingError("no workload of W1 to W3")


def figures(run: Run) -> list[Figure]:
    """All figures, in the order in which they were asked."""
    return [*_singles(run), *_batches(run), *_columns(run), *_reading(run), *_packs(run)]
