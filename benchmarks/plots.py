"""The pictures of the page, as SVG with text as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

OWN, OTHER, THIRD = "#0b6e4f", "#8a8f98", "#c2571a"


def _style() -> Any:
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams.update(
        {
            "svg.fonttype": "none",
            "svg.hashsalt": "geopolicy",
            "font.family": "sans-serif",
            "font.size": 10,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "axes.axisbelow": True,
            "grid.color": "#e3e5e8",
            "legend.frameon": False,
        }
    )
    import matplotlib.pyplot as plt

    return plt


def _save(plt: Any, figure: Any, path: Path) -> str:
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
    return path.name


def draw(run: dict[str, Any], folder: Path) -> list[tuple[str, str]]:
    """Draws what the run has numbers for; file names and what they show."""
    folder.mkdir(parents=True, exist_ok=True)
    plt = _style()
    drawn = []
    works = run.get("workloads", {})
    if len(run.get("growth", {}).get("sizes", [])) > 1:
        name = _growth(plt, run["growth"], folder / "performance-growth.svg")
        drawn.append((name, "What one fix costs as zones grow"))
    for key in ("W1", "W3"):
        if key in works:
            title = f"{key}: {works[key]['title']}"
            name = _calls(plt, works[key], title, folder / f"performance-calls-{key.lower()}.svg")
            drawn.append((name, f"{key}: single calls, median and p99"))
    if works:
        name = _batches(plt, works, folder / "performance-batches.svg")
        drawn.append((name, "Batches along drives, objects of the peers included"))
    return drawn


def _growth(plt: Any, growth: dict[str, Any], path: Path) -> str:
    sizes = growth["sizes"]
    zones = [size["zones"] for size in sizes]
    engine = f"geopolicy {growth['engine']}"
    lines = [
        (f"{engine}, `decide`, random order", [s["shuffled"]["scalar"]["mean"] for s in sizes], OWN, "o-"),
        (f"{engine}, `decide`, p99", [s["shuffled"]["scalar"]["p99"] for s in sizes], OWN, "^:"),
        (f"{engine}, batch, random order", [s["shuffled"]["batch"]["best"] for s in sizes], THIRD, "o-"),
        (f"{engine}, batch, uniform", [s["uniform"]["batch"]["best"] for s in sizes], THIRD, "s--"),
        ("STRtree, batch, points included", [s["strtree"]["best"] for s in sizes], OTHER, "o-"),
        ("STRtree, batch, points made before", [s["strtree"]["without_best"] for s in sizes], OTHER, "s--"),
    ]
    figure, axes = plt.subplots(figsize=(7.2, 5.0))
    for label, values, colour, style in lines:
        known = [(z, v) for z, v in zip(zones, values, strict=True) if v]
        if known:
            axes.plot(*zip(*known, strict=True), style, color=colour, label=label, markersize=4)
    axes.set(xscale="log", yscale="log", xlabel="zones", ylabel="ns per fix")
    axes.legend(fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.15), ncols=2)
    return _save(plt, figure, path)


def _calls(plt: Any, work: dict[str, Any], title: str, path: Path) -> str:
    scalar = work["orders"]["drives"]["scalar"]
    rows = [("math.hypot", scalar["hypot"], OTHER), (f"geopolicy {work['engine']}: decide", scalar["decide"], OWN)]
    for peer in work["peers"].values():
        found = peer["orders"].get("drives", {}).get("scalar")
        if found:
            rows.append((peer["title"].replace("`", ""), found, OTHER))
    rows.reverse()
    figure, axes = plt.subplots(figsize=(7.2, 0.9 + 0.32 * len(rows)))
    for place, (_, found, colour) in enumerate(rows):
        axes.barh(place, max(found["p50"], 1.0), color=colour, height=0.6)
        if found["p99"]:
            axes.plot([found["p99"]], [place], "|", color="black", markersize=11)
    axes.set(xscale="log", xlabel="ns per call, along drives: bar to the median, stroke at p99", title=title)
    axes.set_xlim(left=10.0)
    axes.set_yticks(range(len(rows)), [name for name, _, _ in rows])
    axes.title.set_fontsize(10)
    return _save(plt, figure, path)


def _batches(plt: Any, works: dict[str, Any], path: Path) -> str:
    figure, panels = plt.subplots(1, len(works), figsize=(3.4 * len(works) + 2.0, 3.6), sharey=True, squeeze=False)
    titles: dict[str, str] = {}
    for work in works.values():
        titles |= {name: peer["title"] for name, peer in work["peers"].items() if peer.get("title")}
    names = [name for name in titles if any(_batch_of(work, name) for work in works.values())]
    for axes, (key, work) in zip(panels[0], works.items(), strict=True):
        axes.barh(len(names), work["orders"]["drives"]["batch"]["exact"]["best"], color=OWN, height=0.6)
        for place, name in enumerate(reversed(names)):
            axes.barh(place, _batch_of(work, name) or 0.0, color=OTHER, height=0.6)
        axes.set(xscale="log", title=key, xlabel="ns per fix")
        axes.set_xlim(left=1.0)
    labels = [*(titles[name].replace("`", "") for name in reversed(names)), "geopolicy: decide_many"]
    panels[0][0].set_yticks(range(len(labels)), labels)
    return _save(plt, figure, path)


def _batch_of(work: dict[str, Any], name: str) -> float | None:
    return work["peers"].get(name, {}).get("orders", {}).get("drives", {}).get("batch", {}).get("best")
