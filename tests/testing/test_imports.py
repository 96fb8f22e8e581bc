"""What `geopolicy.testing` needs: no kernel, and Hypothesis only where examples are made."""

from __future__ import annotations

import subprocess
import sys

import pytest

from geopolicy import testing

WITHOUT_HYPOTHESIS = [
    *("ScriptedEngine", "ScriptedMonitor", "assert_not_looser", "assert_same_answers", "covers_slowly"),
    *("edge_instants", "edge_positions", "looser", "make_decision"),
]
WITH_HYPOTHESIS = sorted(set(testing.__all__) - set(WITHOUT_HYPOTHESIS))
BLOCK = "import sys; sys.modules[{!r}] = None; import geopolicy.testing as testing; "


def run(program):
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)


def test_names_are_sorted_and_all_there():
    assert testing.__all__ == sorted(testing.__all__) == dir(testing)
    for name in testing.__all__:
        assert getattr(testing, name).__name__ == name
        assert ">>> " in getattr(testing, name).__doc__
    with pytest.raises(AttributeError, match=r"^module 'geopolicy\.testing' has no attribute 'zone'$"):
        _ = testing.zone


def test_import_without_the_kernel_loads_every_name_and_answers():
    program = (
        "import geopolicy as gp; [getattr(testing, name) for name in testing.__all__]; "
        "zones = gp.read_zones('zones/worked-example.geojson'); "
        "print(testing.covers_slowly(zones.zones[0], 0.0, 0.0), len(list(testing.edge_positions(zones))) > 40)"
    )
    done = run(BLOCK.format("geopolicy._kernel") + program)
    assert (done.stdout, done.stderr) == ("False True\n", "")


def test_import_of_the_package_and_its_plugin_loads_no_hypothesis():
    program = "import sys, geopolicy.testing.plugin; print('hypothesis' in sys.modules, 'numpy' in sys.modules)"
    assert run(program).stdout == "False False\n"


def test_import_without_hypothesis_says_how_to_install_it():
    program = """
import geopolicy.testing as testing
for name in testing.__all__:
    try:
        getattr(testing, name)
    except ImportError as error:
        print(name, error)
"""
    done = run(BLOCK.format("hypothesis") + f"exec({program!r})")
    hint = "needs hypothesis: pip install 'geopolicy[testing]'"
    assert done.stdout.splitlines() == [f"{name} geopolicy.testing.{name} {hint}" for name in WITH_HYPOTHESIS]
    assert done.stderr == ""
