"""Frozen values: made, compared, shown, copied and changed by their fields."""

from __future__ import annotations

import copy
import pickle
import weakref

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geopolicy._value import Value


class Lamp(Value):
    colour: str
    watts: float = 5.0
    tags: tuple[str, ...] = ()


class Checked(Value):
    """Normalises its input, as rules and zones do."""

    __slots__ = ("_memo",)

    name: str

    def __init__(self, name) -> None:
        super().__init__(name.strip())


lamps = st.builds(Lamp, st.text(), st.floats(allow_nan=False), st.lists(st.text()).map(tuple))


def test_value_fields_by_position_and_name_are_the_same_value():
    assert Lamp("red", 3.0, ("a",)) == Lamp(tags=("a",), colour="red", watts=3.0) == Lamp("red", tags=("a",), watts=3.0)


def test_value_left_out_field_takes_its_default():
    assert (Lamp("red").watts, Lamp("red").tags) == (5.0, ())
    assert Lamp("red") == Lamp("red", 5.0, ())


def test_value_defaults_are_no_attributes_of_the_class_that_could_hide_a_field():
    assert Lamp._fields == ("colour", "watts", "tags")
    assert Lamp._defaults == {"watts": 5.0, "tags": ()}


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (Lamp, r"^Lamp needs 'colour'$"),
        (lambda: Lamp(watts=1.0), r"^Lamp needs 'colour'$"),
        (lambda: Lamp("red", 1.0, (), 4), r"^Lamp takes at most 3 values, got 4$"),
        (lambda: Lamp("red", colour="blue"), r"^Lamp got 'colour' twice$"),
        (lambda: Lamp("red", colours="blue"), r"^Lamp has no field 'colours'$"),
        (lambda: Lamp("red").replace(colours="blue"), r"^Lamp has no field 'colours'$"),
    ],
)
def test_value_wrong_fields_are_refused_by_name(make, match):
    with pytest.raises(TypeError, match=match):
        make()


def test_value_is_frozen():
    lamp = Lamp("red")
    with pytest.raises(AttributeError, match=r"^Lamp is frozen; use replace\(watts=...\)$"):
        lamp.watts = 7.0
    with pytest.raises(AttributeError, match=r"^Lamp is frozen; use replace\(other=...\)$"):
        lamp.other = 7.0
    with pytest.raises(AttributeError, match=r"^Lamp is frozen$"):
        del lamp.watts
    assert lamp == Lamp("red")
    assert not hasattr(lamp, "__dict__")


@given(lamps, lamps)
def test_value_equality_and_hash_are_those_of_the_fields(one, other):
    same = (one.colour, one.watts, one.tags) == (other.colour, other.watts, other.tags)
    assert (one == other) == same
    assert (one != other) == (not same)
    assert hash(one) == hash(one.replace())


def test_value_of_another_class_with_the_same_fields_is_another_value():
    class Bulb(Value):
        colour: str
        watts: float = 5.0
        tags: tuple[str, ...] = ()

    class Strip(Lamp):
        pass

    assert Lamp("red") != Bulb("red")
    assert Lamp("red") != ("red", 5.0, ())
    assert Lamp("red").__eq__(Bulb("red")) is NotImplemented
    assert Strip._fields == ()


@given(lamps)
def test_value_pickle_and_copies_are_equal(lamp):
    for again in (pickle.loads(pickle.dumps(lamp)), copy.copy(lamp), copy.deepcopy(lamp), lamp.replace()):
        assert again == lamp
        assert type(again) is Lamp


@given(lamps)
def test_value_repr_evaluates_to_the_value_and_leaves_defaults_out(lamp):
    assert eval(repr(lamp), {"Lamp": Lamp, "inf": float("inf")}) == lamp
    assert ("watts=" in repr(lamp)) == (lamp.watts != 5.0)


def test_value_repr_of_a_field_without_default_is_always_shown():
    assert repr(Lamp("")) == "Lamp(colour='')"
    assert repr(Lamp("red", tags=("x",))) == "Lamp(colour='red', tags=('x',))"


def test_value_replace_changes_the_named_fields_only_and_not_the_original():
    lamp = Lamp("red", 3.0, ("a",))
    assert lamp.replace(watts=4.0) == Lamp("red", 4.0, ("a",))
    assert lamp == Lamp("red", 3.0, ("a",))


def test_value_with_its_own_init_is_checked_by_replace_and_pickle_too():
    assert Checked("  a ") == Checked("a")
    assert Checked("a").replace(name=" b ").name == "b"
    assert pickle.loads(pickle.dumps(Checked(" a "))) == Checked("a")


def test_value_memo_is_no_part_of_the_value():
    one, other = Checked("a"), Checked("a")
    object.__setattr__(one, "_memo", 42)
    assert one == other
    assert hash(one) == hash(other)
    assert repr(one) == repr(other)
    assert not hasattr(pickle.loads(pickle.dumps(one)), "_memo")


def test_value_can_be_referred_to_weakly():
    lamp = Lamp("red")
    assert weakref.ref(lamp)() is lamp
