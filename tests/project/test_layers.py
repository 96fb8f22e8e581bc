"""The shape of the source: imports go down only, one place prints, files stay short."""

from __future__ import annotations

import ast
import sys
from functools import cache
from pathlib import Path

import pytest

import geopolicy

ROOT = Path(geopolicy.__file__).resolve().parent
FILES = sorted(ROOT.rglob("*.py"))

# From the top down. A package may import what stands on a lower line, and its modules each other without a circle.
LAYERS = [
    ["testing"],
    ["__main__"],
    ["cli"],
    ["update"],
    ["authoring"],
    ["pages"],
    ["hosts"],
    ["replay"],
    ["monitor", "audit", "drives"],
    ["engines"],
    ["pack"],
    ["zonefile"],
    ["geometry", "policy"],
    ["model"],
    ["errors"],
    ["base"],
    ["_kernel"],
]
RANK = {name: len(LAYERS) - i for i, names in enumerate(LAYERS) for name in names}

# Upward imports that are meant, each with its reason.
UPWARD = {
    ("cli", ""): "doctor uses the public names, as a user does",
    ("__init__", "*"): "the public names, loaded when they are first asked for",
}

# The packages of others, and the modules that may import them: all of them only where they are used.
THIRD_PARTY = {
    "numpy": {
        "authoring.change_values",
        "authoring.formats.fences.allowed_ground",
        "authoring.formats.gbfs.winding",
        "authoring.formats.layered.first_wins",
        "authoring.formats.layered.meeting",
        "authoring.formats.gis.gdal_layers",
        "authoring.formats.gis.layer_fields",
        "authoring.lint.contradictions",
        "authoring.lint.crowds",
        "authoring.lint.effort",
        "authoring.lint.fixes",
        "authoring.lint.frame_twins",
        "authoring.lint.land",
        "authoring.lint.outlines",
        "authoring.lint.pairs",
        "authoring.lint.placed",
        "authoring.lint.placing",
        "authoring.metres",
        "authoring.obstacles",
        "authoring.outlines",
        "authoring.shortcuts",
        "authoring.simplify",
        "authoring.tips",
        "authoring.traces",
        "authoring.diff.exact_cover",
        "authoring.diff.explain",
        "authoring.diff.known_ground",
        "authoring.diff.local_time",
        "authoring.diff.moments",
        "authoring.diff.opaque",
        "authoring.diff.positions",
        "authoring.diff.rest",
        "authoring.diff.situations",
        "authoring.diff.turns",
        "authoring.diff.uncovered",
        "authoring.diff.zone_index",
        "engines.batch",
        "engines.joined_batch",
        "engines.kernel_batch",
        "engines.kernel_table",
        "engines.reference",
        "engines.reference_index",
        "geometry.areas.area",
        "geometry.areas.covering",
        "geometry.areas.inner",
        "geometry.areas.lattice_hulls",
        "geometry.areas.outer",
        "geometry.areas.overlay",
        "geometry.areas.region",
        "geometry.areas.rounding",
        "geometry.effective.at_once",
        "geometry.effective.borders",
        "geometry.effective.build",
        "geometry.effective.collapse",
        "geometry.effective.crowding",
        "geometry.effective.edge_sets",
        "geometry.effective.faults",
        "geometry.effective.repair",
        "geometry.effective.growth",
        "geometry.effective.meaning",
        "geometry.effective.polygon",
        "geometry.effective.rings",
        "geometry.effective.slivers",
        "geometry.effective.unwrap",
        "geometry.frames",
        "geometry.grid",
        "geometry.in_wgs84",
        "geometry.projection",
        "geometry.tangent_plane",
        "geometry.valid_outlines",
        "model.batches",
        "model.tables",
        "pack.compiler",
        "pack.decompile",
        "pages.edition_values",
        "pages.shapes",
        "pages.steps",
        "pages.still_changes",
        "pages.still_drive",
        "pages.still_ground",
        "pages.still_labels",
        "pages.still_lanes",
        "pages.still_legend",
        "pages.still_map",
        "pages.still_shapes",
        "pages.still_view",
        "pages.way",
        "testing.doubles",
        "zonefile.shape_mistakes",
    },
    "cryptography": {"update.keys"},
    "grpc": {"hosts.kuksa"},
    "kuksa": {"hosts.kuksa"},
    "libsumo": {"hosts.sumo"},
    "matplotlib": {
        "pages.still_changes",
        "pages.still_drive",
        "pages.still_ground",
        "pages.still_lanes",
        "pages.still_legend",
        "pages.still_map",
        "pages.still_shapes",
        "pages.still_sheet",
    },
    "hypothesis": {
        "testing.contract",
        "testing.drive_strategies",
        "testing.machine",
        "testing.rule_strategies",
        "testing.shape_strategies",
        "testing.zone_strategies",
    },
    "pytest": {"testing.plugin"},
    "rosbags": {"drives.bags.libraries"},
    "rtree": {"authoring.diff.zone_index", "engines.reference_index"},
    "lz4": {"drives.bags.libraries"},
    "mcap": {"drives.bags.libraries"},
    "pyarrow": {"drives.fcd_parquet", "model.arrow"},
    "pyogrio": {"authoring.formats.gis.gdal_access"},
    "shapely": {
        "authoring.change_values",
        "authoring.formats.fences.allowed_ground",
        "authoring.formats.gbfs.changed_zones",
        "authoring.formats.layered.first_wins",
        "authoring.formats.layered.meeting",
        "authoring.formats.gis.gdal_export",
        "authoring.formats.gis.gdal_layers",
        "authoring.lint.contradictions",
        "authoring.lint.frame_twins",
        "authoring.lint.land",
        "authoring.lint.pairs",
        "authoring.lint.placed",
        "authoring.lint.placing",
        "authoring.obstacles",
        "authoring.shortcuts",
        "authoring.diff.explain",
        "authoring.diff.known_ground",
        "authoring.diff.known_part",
        "authoring.diff.positions",
        "authoring.diff.rest",
        "authoring.diff.uncovered",
        "engines.reference_index",
        "geometry.areas.covering",
        "geometry.areas.inner",
        "geometry.areas.lattice_hulls",
        "geometry.areas.overlay",
        "geometry.areas.region",
        "geometry.areas.rounding",
        "geometry.effective.at_once",
        "geometry.effective.faults",
        "geometry.effective.collapse",
        "geometry.effective.crowding",
        "geometry.effective.edge_sets",
        "geometry.effective.repair",
        "geometry.effective.growth",
        "geometry.effective.slivers",
        "geometry.valid_outlines",
        "pages.shapes",
        "pages.still_drive",
        "zonefile.shape_mistakes",
    },
    "pyproj": {
        "authoring.diff.explain",
        "authoring.formats.fences.allowed_ground",
        "authoring.formats.gis.layer_frame",
        "geometry.effective.growth",
        "geometry.projection",
        "hosts.carla",
        "replay.steps",
    },
    "securesystemslib": {"update.drafts", "update.keys", "update.report", "update.role_keys", "update.signed_files"},
    "tuf": {
        "update.additions",
        "update.client",
        "update.delegated_drafts",
        "update.delegation",
        "update.drafts",
        "update.installed",
        "update.news",
        "update.publish",
        "update.repository_files",
        "update.signed_files",
        "update.signing",
        "update.standing",
        "update.trust",
    },
    "typer": {"cli"},
    "urllib3": {"update.fetch"},
    "zstandard": {"drives.bags.libraries"},
}
# Modules of the vehicle's half that work on numbers alone and use numpy only for arrays.
NUMPY_WHERE_USED = {
    "engines.batch",
    "geometry.frames",
    "geometry.grid",
    "geometry.tangent_plane",
    "model.batches",
    "model.tables",
}


def module_of(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def group_of(module):
    """The name that stands in the layers: of a package, or of a module beside them."""
    return module.partition(".")[0]


@cache
def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def is_type_checking(node):
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


@cache
def imports_of(path, *, with_types=False):
    """Every imported module that runs, with whether the import stands in a function; also for types, if asked."""
    found, waiting = [], [(tree_of(path), False)]
    while waiting:
        node, is_late = waiting.pop()
        if isinstance(node, ast.Import):
            found += [(alias.name, is_late) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            found += [(f"{node.module}.{alias.name}", is_late) for alias in node.names]
        is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        children = node.orelse if is_type_checking(node) and not with_types else ast.iter_child_nodes(node)
        waiting += [(child, is_late or is_function) for child in children]
    return found


def own_target(name):
    """The group that an import of geopolicy goes to; "" for the package itself, None for others."""
    if name.partition(".")[0] != "geopolicy":
        return None
    rest = name.split(".")[1:]
    return rest[0] if rest and (rest[0] in RANK or rest[0] == "cli") else ""


@cache
def edges():
    """What each module imports of the package: groups."""
    return [
        (path, target) for path in FILES for name, _ in imports_of(path) if (target := own_target(name)) is not None
    ]


def test_layers_name_every_package_once():
    names = [name for names in LAYERS for name in names]
    compiled = {"_kernel"}  # of src/geopolicy/kernel
    assert sorted(names) == sorted({group_of(module_of(path)) for path in FILES} - {"__init__"} | compiled)


def test_layers_imports_were_found():
    assert len(edges()) > 100
    assert ("engines", "pack") in {(group_of(module_of(path)), target) for path, target in edges()}


def test_layers_imports_go_down_only():
    upward = set()
    for path, target in edges():
        source = group_of(module_of(path))
        if source == target or (source, target) in UPWARD or (source, "*") in UPWARD:
            continue
        if target == "" or RANK[source] <= RANK[target]:
            upward.add(f"{path.relative_to(ROOT)} imports {target or 'geopolicy'}")
    assert sorted(upward) == []


def test_layers_nothing_imports_what_users_test_with():
    assert {path.parent.name for path, target in edges() if target == "testing"} == {"testing"}


def test_layers_upward_imports_that_are_listed_exist():
    assert ("cli", "") in {(group_of(module_of(path)), target) for path, target in edges()}


def modules_needed(path, modules):
    """The modules that a module imports: at once, late, or only for types."""
    for name, _ in imports_of(path, with_types=True):
        inner = name.removeprefix("geopolicy.")
        outer = inner.rpartition(".")[0]
        candidates = (inner, f"{inner}.__init__", outer, f"{outer}.__init__")
        yield from [candidate for candidate in candidates if candidate in modules][:1]


def without_ends(needs):
    """What is left when modules that need nothing that is left, or that nothing left needs, are taken away."""
    while ends := [
        module
        for module, needed in needs.items()
        if not needed & needs.keys() or not any(module in others for others in needs.values())
    ]:
        needs = {module: needed - set(ends) for module, needed in needs.items() if module not in ends}
    return needs


def test_layers_modules_do_not_import_each_other_in_a_circle_late_or_for_types_either():
    modules = {module_of(path) for path in FILES}
    needs = {}
    for path in FILES:
        module = module_of(path)
        needs[module] = set(modules_needed(path, modules)) - {module}
    assert without_ends(needs) == {}


def test_layers_a_circle_is_seen():
    assert without_ends({"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set()}) == {"b": {"c"}, "c": {"b"}}


def third_party():
    for path in FILES:
        for name, is_late in imports_of(path):
            top = name.partition(".")[0]
            if top != "geopolicy" and top not in sys.stdlib_module_names:
                module = module_of(path)
                yield "cli" if group_of(module) == "cli" else module, top, is_late


def test_third_party_packages_are_imported_only_where_they_belong():
    found = {}
    for module, package, _ in third_party():
        found.setdefault(package, set()).add(module)
    assert found == THIRD_PARTY


def test_third_party_numpy_of_the_runtime_half_is_imported_where_it_is_used():
    late = {(module, is_late) for module, package, is_late in third_party() if module in NUMPY_WHERE_USED}
    assert late == {(module, True) for module in NUMPY_WHERE_USED}


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_printing_is_left_to_the_command_line(path):
    prints = []
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("print", "input"):
            prints.append(f"{node.func.id}() at line {node.lineno}")
        is_sys = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "sys"
        if is_sys and node.attr in ("stdout", "stderr", "exit", "__stdout__", "__stderr__"):
            prints.append(f"sys.{node.attr} at line {node.lineno}")
        if isinstance(node, ast.ImportFrom | ast.Import) and any(a.name == "logging" for a in node.names):
            prints.append(f"logging at line {node.lineno}")
    if group_of(module_of(path)) not in ("cli", "__main__"):
        assert prints == []


def test_printing_is_seen_where_it_is():
    assert "sys.stdout" in (ROOT / "cli" / "console.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_source_file_is_short_enough_to_be_held(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def body_lines(function):
    """The lines of a function's body; its docstring is not counted."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_source_function_is_short_enough_to_be_held(path):
    functions = [n for n in ast.walk(tree_of(path)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert {own.name: body_lines(own) for own in functions if body_lines(own) > 40} == {}
