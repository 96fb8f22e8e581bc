"""What the compiled entries for batches refuse: arrays that are missing, of other items, or that do not fit."""

from __future__ import annotations

import numpy as np
import pytest

import contract
import geopolicy as gp
from geopolicy import _kernel

NAMES = ("lat", "lon", "accuracy_95_m", "codes", "effects", "demands", "is_in_force")


@pytest.fixture
def engine() -> gp.Engine:
    return gp.open(gp.ZoneSet([contract.yard()]), engine="kernel")


def arrays(engine: gp.Engine) -> dict[str, object]:
    """Arguments that fit, by name."""
    _, under = engine._own_effects()
    fixes = [np.full(3, value) for value in (45.005, 13.005, 1.0)]
    return dict(zip(NAMES, (*fixes, np.zeros(3, np.uint32), *under), strict=True))


def test_batch_without_accuracies_is_one_of_exact_positions(engine):
    own = arrays(engine) | {"accuracy_95_m": None}
    assert engine._many(_kernel.batch(), *own.values())
    assert own["codes"].tolist() == [0, 0, 0]


@pytest.mark.parametrize("name", [name for name in NAMES if name != "accuracy_95_m"])
def test_batch_without_an_array_that_it_needs_raises(engine, name):
    with pytest.raises(TypeError, match="NoneType"):
        engine._many(_kernel.batch(), *(arrays(engine) | {name: None}).values())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("other", ["signed", "longer", "two rows", "swapped"])
def test_batch_of_an_array_of_another_form_raises(engine, name, other):
    own = np.array(arrays(engine)[name]) if name != "is_in_force" else np.frombuffer(arrays(engine)[name], np.uint8)
    wrong = {
        "signed": own.view(own.dtype.str.replace("u", "i").replace("f", "i")),
        "longer": np.resize(own, len(own) + 1),
        "two rows": np.stack([own, own]),
        "swapped": own.astype(own.dtype.newbyteorder()) if own.itemsize > 1 else own.view(np.bool_),
    }[other]
    with pytest.raises(ValueError, match="arrays must have one length, and items"):
        engine._many(_kernel.batch(), *(arrays(engine) | {name: wrong}).values())


@pytest.mark.parametrize("code", [1, 2**32 - 1])
def test_joined_batch_refuses_a_code_that_is_none_of_its(engine, code):
    own = arrays(engine)
    other = _kernel.batch()
    engine._many(other, *own.values())
    assert _kernel.join_batch(_kernel.batch(), other, own["codes"])
    with pytest.raises(ValueError, match="codes must be numbers of answers in the other batch"):
        _kernel.join_batch(_kernel.batch(), other, np.array([0, code], np.uint32))
    with pytest.raises(TypeError, match="NoneType"):
        _kernel.join_batch(_kernel.batch(), other, None)
