"""What importing costs, and that every public name is there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import geopolicy as gp

SOURCE = Path(gp.__file__).resolve().parent.parent
SLOW_TO_IMPORT = {"typing"}
LIGHT = [
    "errors",
    "model.decisions",
    "model.extent",
    "model.fixes",
    "model.limits",
    "model.rules",
    "model.sensors",
    "model.transitions",
    "model.windows",
    "model.zones",
    "policy.combine",
    "policy.conditions",
    "policy.policy",
]
MONITOR = ["monitor.monitor", "monitor.profile", "monitor.consent", "engines.views"]


def loaded_by(statement):
    """The modules that a statement loads in an interpreter that has loaded nothing but its own."""
    program = (
        f"import sys; sys.path.insert(0, {str(SOURCE)!r}); before = set(sys.modules); {statement}; "
        "loaded = sorted(set(sys.modules) - before); import json; print(json.dumps(loaded))"
    )
    done = subprocess.run([sys.executable, "-S", "-E", "-c", program], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


def foreign(modules):
    own = {name.partition(".")[0] for name in modules}
    return own - sys.stdlib_module_names - {"geopolicy"}


def test_import_geopolicy_loads_only_itself():
    assert loaded_by("import geopolicy") == {"geopolicy", "__future__"}


def test_import_geopolicy_with_every_package_at_hand_loads_none_of_them():
    program = "import sys; before = set(sys.modules); import geopolicy; print(*(set(sys.modules) - before))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(SOURCE)},
    )
    assert foreign(done.stdout.split()) == set()


def test_import_of_signed_updates_loads_nothing_of_the_extra():
    """Nor does what is needed of it to ask again and again."""
    assert loaded_by("import geopolicy.update") == {"geopolicy", "geopolicy.update", "__future__"}
    assert foreign(loaded_by("from geopolicy.update import delay_s, watched")) == set()


EACH_NAME = """
for name in gp.update.__all__:
    try:
        getattr(gp.update, name)
    except ImportError as error:
        said.append(str(error))
"""


def test_import_of_signed_updates_without_the_extra_says_how_to_get_it():
    """The interpreter sees the package and the standard library alone."""
    program = f"import json, sys; sys.path.insert(0, {str(SOURCE)!r}); import geopolicy as gp; said = []\n{EACH_NAME}"
    command = [sys.executable, "-S", "-E", "-c", f"{program}print(json.dumps(said))"]
    said = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    hint = re.compile(r"geopolicy\.update\.(\w+) needs \w+: pip install 'geopolicy\[update\]'")
    named = {hint.fullmatch(text)[1] for text in said}
    assert {"UpdateClient", "Fetcher", "Repository", "read_status"} <= named <= set(gp.update.__all__)


@pytest.mark.parametrize("module", LIGHT + MONITOR)
def test_import_of_a_runtime_module_loads_no_third_party_package_and_nothing_slow(module):
    loaded = loaded_by(f"import geopolicy.{module}")
    assert f"geopolicy.{module}" in loaded
    assert foreign(loaded) == set()
    assert loaded & SLOW_TO_IMPORT == set()


def test_import_light_modules_together_are_those_that_a_decision_is_made_of():
    loaded = loaded_by("; ".join(f"import geopolicy.{module}" for module in LIGHT))
    assert loaded & SLOW_TO_IMPORT == set()
    assert {name for name in loaded if name.startswith("geopolicy.")} <= {
        *(f"geopolicy.{module}" for module in LIGHT),
        "geopolicy.base",
        "geopolicy.base.arguments",
        "geopolicy.base.records",
        "geopolicy.model.times",
        "geopolicy.model",
        "geopolicy.policy",
        "geopolicy.policy.schedules",
        "geopolicy.policy.sun",
    }


@pytest.mark.parametrize("name", gp.__all__)
def test_public_name_resolves_to_the_object_of_that_name(name):
    found = getattr(gp, name)
    assert found is getattr(gp, name)
    assert found == gp.__version__ if name == "__version__" else found.__name__.rpartition(".")[2] == name


def test_public_names_are_sorted_unique_and_all_that_dir_shows():
    assert gp.__all__ == sorted(set(gp.__all__))
    assert dir(gp) == gp.__all__


def test_public_names_are_those_that_type_checkers_see():
    stub = (SOURCE / "geopolicy" / "__init__.pyi").read_text(encoding="utf-8")
    assert sorted([*re.findall(r" as (\w+)$", stub, re.MULTILINE), "__version__"]) == gp.__all__


def test_public_unknown_name_raises_attribute_error():
    with pytest.raises(AttributeError, match=r"^module 'geopolicy' has no attribute 'Opened'$"):
        _ = gp.Opened


def test_public_star_import_binds_every_name():
    space = {}
    exec("from geopolicy import *", space)
    assert set(gp.__all__) <= space.keys()
