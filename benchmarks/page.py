"""The page `docs/performance.md`, written from the numbers of one run."""

from __future__ import annotations

from typing import Any

from figures import figures
from orders import ORDERS
from reading import READERS

Run = dict[str, Any]
CALLS = {
    "hypot": "`math.hypot(lat, lon)`",
    "decide": "`decide`",
    "decide_10": "`decide`, accuracy 10 m",
    "near": "`near`, 100 m",
    "safe_radius": "`safe_radius`",
    "path": "`decide_path`, 30 m",
}
NONE = "-"
BATCHES = {"exact": "`decide_many`", "threads": "`decide_many`, two threads"}
MET = {
    "new": "its answer is new",
    "met_1000": "asked again, 1,000 places in turn",
    "met_10000": "asked again, 10,000 places in turn",
}
COLUMNS = {"levels": "`many.levels(sensor)`", "zones": "`many.zones`", "reasons": "`many.reasons`"}
DISCS = {"disc": "`decide_many`, accuracy 10 m"}


def page(run: Run, pictures: list[tuple[str, str]]) -> str:
    """The whole page."""
    blocks = [_head(run), _reached(run), *[_picture(*picture) for picture in pictures]]
    for work in run["workloads"].values():
        blocks += [f"## {work['key']}: {work['title']}", _about(work), _disc_table(work)]
        blocks += [_scalar_table(work), _met_table(work), _peer_calls(work), _batch_table(work)]
        blocks += [_column_table(work), _path_table(work), _notes(work)]
    blocks += [f"## {key}\n\nNot measured: {text}." for key, text in run["missing"].items()]
    blocks += [_building(run), _reading(run), _starting(run), _growth(run), _floor(run), _worse(run), _method(run)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def number(value: float | None, digits: int = 3) -> str:
    """A number for a table: as many digits as say something."""
    if value is None:
        return NONE
    if value >= 1e5:
        return f"{value:,.0f}"
    return f"{value:,.0f}" if value >= 10 ** (digits - 1) else f"{value:.{digits}g}"


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table, numbers to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _head(run: Run) -> str:
    quick = " **A quick run: small workloads, few repetitions; for a look only.**" if run["quick"] else ""
    return (
        "# Performance\n\n"
        f"Made by `{run['command']}` in {run['took_s'] / 60:.0f} minutes on {run['machine']}.{quick}\n"
        f"{run['versions']}.\n\n"
        "Everything about one workload ran in one process, on the same fixes. Ratios are of numbers of this run."
    )


def _reached(run: Run) -> str:
    signs = {True: "reached", False: "**not reached**", None: NONE}
    rows = [[figure.what, figure.reach, figure.found, signs[figure.is_reached]] for figure in figures(run)]
    lines = ["| what | to reach | in this run | |", "|---|---|---|---|"]
    if not any(work["engine"] == "kernel" for work in run["workloads"].values()):
        return "## Figures to reach\n\nThis run measured the reference engine; the figures are those of the kernel."
    return "## Figures to reach\n\n" + "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def _picture(name: str, alt: str) -> str:
    return f"![{alt}](pictures/{name})"


def _about(work: Run) -> str:
    return (
        f"{work['zones']:,} zones with {work['vertices']:,} vertices, engine `{work['engine']}`. "
        f"Of the fixes along drives {100 * work['covered']['drives']:.1f} % lie in a zone, "
        f"of the uniform ones {100 * work['covered']['uniform']:.1f} %."
    )


def _scalar_table(work: Run) -> str:
    head = ["one call, ns: p50 / p99 / p99.9 (mean)", *(ORDERS[order] for order in work["orders"])]
    rows = []
    for call, title in CALLS.items():
        cells = [_spread(numbers["scalar"].get(call)) for numbers in work["orders"].values()]
        rows.append([title, *cells])
    return table(head, rows)


def _spread(found: Run | None) -> str:
    if not found:
        return NONE
    return f"{number(found['p50'])} / {number(found['p99'])} / {number(found['p99.9'])} ({number(found['mean'])})"


def _met_table(work: Run) -> str:
    return _own_table(work, "one `decide` with 10 m, ns: median", "met", MET)


def _column_table(work: Run) -> str:
    return _own_table(work, "columns of a batch of a million fixes, ns per fix", "columns", COLUMNS)


def _own_table(work: Run, title: str, kind: str, names: dict[str, str]) -> str:
    """What no peer has, in every order."""
    found = [numbers.get(kind) for numbers in work["orders"].values()]
    if not all(found):
        return ""
    rows = [[text, *(number(own[name]) for own in found)] for name, text in names.items()]
    return table([title, *(ORDERS[order] for order in work["orders"])], rows)


def _peer_calls(work: Run) -> str:
    own = {order: numbers["scalar"]["decide"]["mean"] for order, numbers in work["orders"].items()}
    head = ["one call of a peer, µs: p50 / p99 (times the mean of `decide`)", *(ORDERS[order] for order in own)]
    rows = []
    for name, peer in work["peers"].items():
        if peer.get("error"):
            rows.append([peer.get("title", name), peer["error"], *[NONE] * (len(own) - 1)])
        elif any("scalar" in numbers for numbers in peer["orders"].values()):
            cells = [_peer_call(peer["orders"].get(order, {}).get("scalar"), mean) for order, mean in own.items()]
            rows.append([peer["title"], *cells])
    return table(head, rows)


def _peer_call(found: Run | None, own: float) -> str:
    if not found:
        return NONE
    p99 = number(found["p99"] / 1e3) if found["p99"] is not None else NONE
    return f"{number(found['p50'] / 1e3)} / {p99} ({_times(found['mean'], own)})"


def _times(value: float, own: float) -> str:
    return f"{number(value / own)} x" if own > 0.0 else NONE


def _batch_table(work: Run) -> str:
    return _batches(work, "batch, ns per fix: best (median)", BATCHES, "batch")


def _disc_table(work: Run) -> str:
    return _batches(work, "batch, what lies within 10 m, ns per fix: best (median)", DISCS, "disc")


def _batches(work: Run, title: str, own_kinds: dict[str, str], peer_kind: str) -> str:
    """Batches of geopolicy, the first kind of which the peers are compared with, and those of the peers."""
    orders = work["orders"]
    rows = []
    for kind, name in own_kinds.items():
        if any(kind in numbers["batch"] for numbers in orders.values()):
            found = [numbers["batch"][kind] for numbers in orders.values()]
            rows.append([name, *(f"{number(f['best'])} ({number(f['median'])})" for f in found)])
    first = next(iter(own_kinds))
    own = {order: numbers["batch"][first]["best"] for order, numbers in orders.items()}
    for peer in work["peers"].values():
        numbers = {order: peer["orders"].get(order, {}).get(peer_kind) for order in orders}
        if not any(numbers.values()):
            continue
        rows.append([peer["title"], *(_peer_batch(numbers[order], "", own[order]) for order in orders)])
        if peer["has_conversion"]:
            cells = [_peer_batch(numbers[order], "without_", own[order]) for order in orders]
            rows.append([f"{peer['title']}, its points made before", *cells])
    return table([title, *(ORDERS[order] for order in orders)], rows)


def _peer_batch(found: Run | None, kind: str, own: float) -> str:
    if not found:
        return NONE
    best, median = found[f"{kind}best"], found[f"{kind}median"]
    return f"{number(best)} ({number(median)}), {_times(best, own)}"


def _path_table(work: Run) -> str:
    """Paths of geopolicy, one call each, beside batches of the peers."""
    orders = work["orders"]
    own = {order: numbers["scalar"]["path"]["mean"] for order, numbers in orders.items()}
    rows = [["`decide_path`, one by one: mean", *(number(mean) for mean in own.values())]]
    for peer in work["peers"].values():
        found = [peer["orders"].get(order, {}).get("path") for order in orders]
        if all(found):
            rows.append([peer["title"], *(_peer_batch(f, "", own[order]) for f, order in zip(found, own, strict=True))])
    return table(["straight paths of 30 m, ns each", *(ORDERS[order] for order in orders)], rows)


def _notes(work: Run) -> str:
    rows = []
    for name, peer in work["peers"].items():
        if "build_s" not in peer:
            continue
        differs = peer.get("differs")
        said = f"{differs['differ']:,} of {differs['of']:,}" if differs else NONE
        memory = number(peer["memory_bytes"] / 1e6) if peer["memory_bytes"] > 0 else NONE
        rows.append([peer.get("title", name), number(peer["build_s"]), memory, said, peer.get("note", "")])
    if not rows:
        return ""
    head = ["peer", "build, s", "resident, MB", "fixes within 50 m of a border answered otherwise", "remark"]
    return table(head, rows)


def _building(run: Run) -> str:
    works = [work for work in run["workloads"].values() if "compile_s" in work["build"]]
    if not works:
        return ""
    rows = [[title, *(value(work, work["build"], work["vertices"]) for work in works)] for title, value in _BUILT]
    return "## Building and opening\n\n" + table(["", *(work["key"] for work in works)], rows)


def _reading(run: Run) -> str:
    works = [work for work in run["workloads"].values() if "reading" in work]
    if not works:
        return ""
    rows = [
        [title, *(_reader(work["reading"].get(name, {}), work["vertices"]) for work in works)]
        for name, title in READERS.items()
    ]
    head = ["µs per vertex (peak bytes per vertex)", *(work["key"] for work in works)]
    return "## Reading and checking a file\n\n" + table(head, rows)


def _reader(found: Run, vertices: int) -> str:
    if "s" not in found:
        return str(found.get("error", NONE))
    peak = number(found["peak_bytes"] / vertices) if found["peak_bytes"] else NONE
    return f"{number(1e6 * found['s'] / vertices)} ({peak})"


def _memory(build: Run, mode: str) -> str:
    found = (build.get("memory") or {}).get(mode)
    return f"{number(found['resident'] / 1e6)} ({number(found['peak'] / 1e6)})" if found else NONE


_BUILT = (
    ("vertices", lambda _work, _b, n: f"{n:,}"),
    ("check (`ZoneSet`), µs per vertex", lambda _work, b, n: number(1e6 * b["validate_s"] / n)),
    ("compile, µs per vertex", lambda _work, b, n: number(1e6 * b["compile_s"] / n)),
    ("compile, peak bytes per vertex", lambda _work, b, n: number(b["peak_bytes"] / n) if b["peak_bytes"] else NONE),
    ("pack, MB", lambda _work, b, _n: number(b["pack_bytes"] / 1e6)),
    ("pack, bytes per vertex", lambda _work, b, n: number(b["pack_bytes"] / n)),
    ("save, ms", lambda _work, b, _n: number(1e3 * b["save_s"])),
    ("SHA-256 of the bytes, ms", lambda _work, b, _n: number(1e3 * b["sha_s"])),
    ("open, everything verified, ms", lambda _work, b, _n: number(1e3 * b["open_s"])),
    ("open with `mmap=True`, ms", lambda _work, b, _n: number(1e3 * b["mmap_s"])),
    ("memory of an open engine (peak while opening), MB", lambda _work, b, _n: _memory(b, "copy")),
    ("the same with `mmap=True`, MB", lambda _work, b, _n: _memory(b, "mmap")),
)


def _starting(run: Run) -> str:
    first = run["workloads"].get("W1", {}).get("first")
    if not first:
        return ""
    names = {
        "import": "`import geopolicy`",
        "first": "import, open the pack of W1, first decision",
        "shapely": "`import shapely`, for comparison",
    }
    rows = [[title, number(first[name]["best"]), number(first[name]["median"])] for name, title in names.items()]
    head = [f"ms beyond a bare interpreter of {number(first['bare']['best'])} ms", "best", "median"]
    return f"## Starting\n\n{table(head, rows)}\n\nThird-party packages loaded: `{first['third_party']}`."


def _growth(run: Run) -> str:
    sizes = run.get("growth", {}).get("sizes", [])
    if not sizes:
        return ""
    head = ["zones", "vertices", "`decide`, ns: p50 / p99 (mean)", "batch, random order", "uniform", "STRtree alone"]
    rows = []
    for size in sizes:
        call, batch = size["shuffled"]["scalar"], size["shuffled"]["batch"]
        rows.append(
            [
                f"{size['zones']:,}",
                f"{size['vertices']:,}",
                f"{number(call['p50'])} / {number(call['p99'])} ({number(call['mean'])})",
                number(batch["best"]),
                number(size["uniform"]["batch"]["best"]),
                number(size["strtree"]["without_best"]),
            ]
        )
    text = "Sites as in W1, towns in proportion; drives in random order. Nanoseconds per fix."
    return f"## As zones grow\n\n{text}\n\n{table(head, rows)}"


def _floor(run: Run) -> str:
    rows = []
    for work in run["workloads"].values():
        for order, found in work.get("floor", {}).items():
            own = work["orders"][order]
            numbers = [found.get("error", NONE), NONE]
            if "overlapped" in found:
                numbers = [number(found["overlapped"]["best"]), number(found["chained"]["best"])]
            call = own["scalar"]["decide"]["mean"]
            batch = own["batch"]["exact"]["best"]
            rows.append([f"{work['key']}, {ORDERS[order]}", *numbers, number(batch), number(call)])
    if not rows:
        return ""
    head = ["ns per fix", "floor, overlapped", "floor, one after the other", "`decide_many`", "`decide`"]
    text = "The floor is a C loop that turns a fix into grid integers and makes one dependent load from 16 MiB."
    look_ups = run["workloads"].get("W2", {}).get("look_ups", {})
    found = ""
    if "p50" in look_ups:
        found = "\n\nSingle look-ups of the kernel in C, W2 in random order: " + ", ".join(
            f"{name} {number(look_ups[name])} ns" for name in ("p50", "p99", "p99.9") if name in look_ups
        )
        found += "."
    return f"## Distance to the floor\n\n{text}\n\n{table(head, rows)}{found}{_beside_tg(run)}"


def _beside_tg(run: Run) -> str:
    rows = []
    for work in run["workloads"].values():
        for order, found in work.get("tg", {}).items():
            cells = (
                [str(found["error"]), NONE, NONE]
                if "error" in found
                else [
                    number(found["tg"]),
                    *(
                        f"{number(found[kind])} ({_times(found['tg'], found[kind])})"
                        for kind in ("one_by_one", "in_blocks")
                    ),
                ]
            )
            rows.append([f"{work['key']}, {ORDERS[order]}", *cells])
    if not rows:
        return ""
    head = ["ns of processor per fix in C", "tg behind its box tree", "kernel, one by one", "kernel, in blocks"]
    return f"\n\n{table(head, rows)}"


def _worse(run: Run) -> str:
    lines = [f"- {f.what}: {f.found} instead of {f.reach}." for f in figures(run) if f.is_reached is False]
    for work in run["workloads"].values():
        for peer in work["peers"].values():
            lines += _slower(work, peer, "scalar", "mean", "one call")
            if peer.get("has_conversion"):
                lines += _slower(work, peer, "batch", "without_best", "batch, its points made before")
            else:
                lines += _slower(work, peer, "batch", "best", "batch")
            lines += _slower(work, peer, "disc", "best", "batch, within 10 m")
    text = "\n".join(lines) or "Every figure was reached, and no peer was faster anywhere."
    return f"## What was worse\n\n{text}"


def _slower(work: Run, peer: Run, kind: str, field: str, text: str) -> list[str]:
    """A line about the orders in which a peer was faster."""
    found = []
    for order, numbers in work["orders"].items():
        own = _own_figure(numbers, kind)
        theirs = peer["orders"].get(order, {}).get(kind)
        if theirs and theirs[field] < own:
            found.append(f"{ORDERS[order]} ({number(own / theirs[field])} x)")
    return [f"- {work['key']}, {text}: {peer['title']} was faster: {', '.join(found)}."] if found else []


def _own_figure(numbers: Run, kind: str) -> float:
    if kind == "scalar":
        return float(numbers["scalar"]["decide"]["mean"])
    return float(numbers["batch"]["exact" if kind == "batch" else kind]["best"])


def _method(run: Run) -> str:
    return f"""## How it is measured

- Fixes are whole units of 1e-7 degrees, {run["fixes"]:,} in each order. A drive is 1,000 fixes at 1 Hz and 8 to 35
  m/s. Fixes on borders are vertices and, every other one, grid points inside an edge.
- One call: the mean is that of a loop less that of the same loop which does nothing, in chunks of 1,000 calls, each
  the fastest of 5 interleaved rounds. Percentiles are of calls timed one by one, less the median of the clock itself,
  whose ticks are interpolated.
  p99 needs 200 calls, p99.9 needs 2,000.
- Batch: the fastest of 2 to 25 runs, the median in brackets. Slow peers get fewer fixes, as many as they answer in a
  given time, which favours them where their zones fit a cache. Peers that take both cores may; `decide_many` takes one
  unless told.
- Paths: geopolicy is asked one by one, peers in batches, their lines made anew.
- Within 10 m: geopolicy judges metres on the Earth and answers with decisions; shapely, geopandas and the databases
  judge degrees, as many as 10 m of latitude are.
- An answer is new if no call before gave the same object; 20,000 calls, less what the clock takes. Of places asked
  again, the best median of four rounds over them; 10,000 touch more memory than caches hold.
- Readers get the same file; their first run, which imports what they need, is not counted.
- tg is compiled from its own source into the program that also holds our kernel; both count processor time.
- Peers get floats and make their own objects; where these could be kept, the second line leaves their making out.
  They answer with numbers or names of zones, geopolicy with decisions.
- Peak memory of compiling is what a forked process adds to what was resident; memory of an engine is that of a new
  process beyond the imported package.
- Garbage collection is off while the clock runs."""
