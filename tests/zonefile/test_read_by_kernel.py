"""JSON by the kernel: the same values as by Python, and nothing where Python has something to say."""

from __future__ import annotations

import itertools
import json
import random
import re
import signal
import struct

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import geopolicy as gp
from geopolicy.geometry.grid import to_grid
from geopolicy.zonefile import strict_json
from geopolicy.zonefile.geometry_json import Coordinates

kernel = pytest.importorskip("geopolicy._kernel")

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
SEEDS = [
    b'{"a":[1,-0,0.5,-0.0,1e3,"\\u00e9\\ud83d\\ude00\\n"],"b":{"c":null,"d":[true,false,[]]},"e":{}}',
    b' [ "x" , { "type" : "Feature" } , 12345678901234567890, 1.7976931348623157e308 ] ',
    '{"ä":"ü€","😀":[["a","a"],"a"]}'.encode(),
]
TOKENS = [b"NaN", b"-", b"0", b"1e999", b"[", b"]", b"{", b"}", b'"', b",", b":", b"\\", b"\\ud800", b"\xff", b"\x00"]
BLANKS = [b" ", b"\n", b"\t", b"\r", b"\x0c", b"\xc2\xa0"]
DIGITS = st.text("0123456789", min_size=1, max_size=25)


@st.composite
def numbers(draw):
    """Texts of numbers as JSON has them."""
    text = draw(st.sampled_from(["", "-"])) + (draw(DIGITS).lstrip("0") or "0")
    text += draw(st.just("") | DIGITS.map(lambda digits: f".{digits}"))
    exponents = st.tuples(st.sampled_from("eE"), st.sampled_from(["", "+", "-"]), st.integers(0, 330))
    return text + draw(st.just("") | exponents.map(lambda parts: "".join(map(str, parts))))


@st.composite
def long_numbers(draw):
    """Texts of numbers with many zeros, and an exponent that may make up for them."""
    zeros = draw(st.sampled_from([0, 250, 290, 295, 300, 999, 99_999, 100_000, 100_001]))
    digits = draw(DIGITS)
    exponent = draw(
        st.integers(-(10**7), 10**7)
        | st.integers(-340, 340).map(lambda more: zeros + more)
        | st.integers(-340, 340).map(lambda more: -zeros + more)
        | st.integers(0, 10**8).map(lambda more: 10 * zeros + more)
        | st.integers(10**15, 10**30)
    )
    text = draw(st.sampled_from([f"0.{'0' * zeros}{digits}", f"1{'0' * zeros}.{digits}", f"0.{'0' * zeros}"]))
    return draw(st.sampled_from(["", "-"])) + (text if text[-1] != "." else "0.0") + f"e{exponent}"


@st.composite
def halves(draw):
    """Texts of numbers near the middle between two doubles, where rounding decides."""
    value = draw(st.floats(1e-3, 360.0))
    (bits,) = struct.unpack("<q", struct.pack("<d", value))
    (above,) = struct.unpack("<d", struct.pack("<q", bits + 1))
    digits = draw(st.integers(14, 60))
    low, high = (int(number * 2**70) for number in (value, above))
    middle = (low + high) * 10**digits // 2**71 + draw(st.integers(-1, 1))
    whole, rest = divmod(middle, 10**digits)
    return f"{whole}.{rest:0{digits}d}"


def by_python(raw, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(strict_json, "_read_by_kernel", lambda *_: None)
        return outcome(raw)


def outcome(raw):
    """The value, told apart to the sign of zeros and the kind of numbers, or the problems."""
    try:
        return repr(strict_json.loads(raw))
    except gp.errors.ZoneFileError as error:
        return error.problems


@given(VALUES, st.booleans(), st.sampled_from([None, 0, 3]))
def test_loads_any_value_is_read_by_the_kernel_as_by_python(value, is_ascii, indent):
    raw = json.dumps(value, ensure_ascii=is_ascii, indent=indent).encode()
    assert repr(kernel.read_json(raw, None)) == repr((json.loads(raw),))


@given(st.integers(0, 2**32))
def test_loads_any_bytes_have_one_outcome_with_the_kernel_and_without(seed):
    chance = random.Random(seed)
    raw = chance.choice(SEEDS)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(raw) + 1)
        new = chance.choice([*TOKENS, *BLANKS, bytes([chance.randrange(256)]), raw[at : at + 9] * 2])
        raw = raw[:at] + new + raw[at + chance.randint(0, 4) :]
    with pytest.MonkeyPatch.context() as patch:
        assert outcome(raw) == by_python(raw, patch)


@given(st.binary(max_size=40))
def test_loads_of_noise_has_one_outcome_with_the_kernel_and_without(raw):
    with pytest.MonkeyPatch.context() as patch:
        assert outcome(raw) == by_python(raw, patch)


@given(numbers() | halves() | long_numbers())
@example("-0")
@example("-0.0")
@example("0e999999999999")
@example("-0e5")
@example("0." + "0" * 250 + "1")
@example("0." + "0" * 100_000 + "1e1000010")
@example("0." + "0" * 100_000 + "1e100001")
@example("1" + "0" * 400 + "e-400")
@example("0." + "0" * 1000)
@example("1e-99999999999999999999999999")
@example("9007199254740993")
@example("9007199254740993.0")
@example("18446744073709551616")
@example("9999999999999999999e-19")
@example("1e23")
@example("8.5")
@example("113.28060005")
@example("2.5e-8")
@example("4.35e-8")
@example("2.2250738585072011e-308")
@example("5e-324")
@example("1.7976931348623159e308")
def test_number_is_the_same_to_the_last_bit_alone_and_in_coordinates(text):
    raw = f"[{text}]".encode()
    with pytest.MonkeyPatch.context() as patch:
        assert outcome(raw) == by_python(raw, patch)
    wanted = float(json.loads(text))
    read = geometry_of(f"[[{text},1],[1,{text}]]")
    if len(text) >= 300 and re.match("-?[0.]*[1-9]", text):
        assert read is None  # Python reads it
        return
    if abs(wanted) >= 1e300:
        assert not isinstance(read, Coordinates)
        return
    assert isinstance(read, Coordinates)
    assert read.parts == ((struct.pack("=dddd", wanted, 1.0, 1.0, wanted),),)
    assert to_grid(struct.unpack("=d", read.parts[0][0][:8])[0]) == to_grid(wanted)
    assert read.lists == json.loads(f"[[{text},1],[1,{text}]]")


def geometry_of(coordinates):
    raw = '{"features":[{"geometry":{"coordinates":' + coordinates + "}}]}"
    read = kernel.read_json(raw.encode(), Coordinates)
    return read and read[0]["features"][0]["geometry"]["coordinates"]


@pytest.mark.parametrize(
    ("text", "depth"),
    [
        ("[[1,2],[3,4]]", 1),
        ("[ [ [1,2] ,[3,4]],\n[[5,6]]]", 2),
        ("[[[[1,2]],[[3,4],[5,6]]],[[[7,8]]]]", 3),
    ],
)
def test_coordinates_of_one_depth_are_doubles(text, depth):
    read = geometry_of(text)
    assert (read.depth, read.lists) == (depth, json.loads(text))
    polygons = {1: lambda ring: [[ring]], 2: lambda rings: [rings], 3: lambda parts: parts}[depth](json.loads(text))
    packed = [[struct.pack(f"={2 * len(r)}d", *(n for p in r for n in p)) for r in part] for part in polygons]
    assert [list(part) for part in read.parts] == packed


@pytest.mark.parametrize(
    "text",
    [
        *("[]", "[[]]", "[[[]]]", "[1,2]", "[[1]]", "[[1,2,3]]", "[[1,2],[3,4,5]]", "[[1,2],3]", "[[1,2],[[3,4]]]"),
        *("[[[1,2]],[]]", "[[[[[1,2]]]]]", '[["1",2]]', "[[true,2]]", "[[null,2]]", "[[1e300,2]]", "{}", "null", "7"),
    ],
)
def test_coordinates_of_any_other_form_are_read_as_they_stand(text):
    read = geometry_of(text)
    assert not isinstance(read, Coordinates)
    assert repr(read) == repr(json.loads(text))


@pytest.mark.parametrize(
    "text", [*("[[1,2],[3,4]", "[[01,2]]", "[[1,2],]", "[[1,NaN]]", "[[1,1e999]]", "[[1.,2]]", "[[1 2]]")]
)
def test_coordinates_that_are_no_json_are_left_to_python(text):
    assert geometry_of(text) is None


def test_coordinates_elsewhere_are_lists():
    text = '{"coordinates":[[1,2]],"geometry":{"coordinates":[[1,2]]},"features":{"geometry":{"coordinates":[[1,2]]}}}'
    assert kernel.read_json(text.encode(), Coordinates) == (json.loads(text),)


def test_read_json_wants_bytes():
    with pytest.raises(TypeError):
        kernel.read_json("[]", None)


@pytest.mark.parametrize("error", [ValueError, UnicodeError, KeyboardInterrupt])
def test_read_json_leaves_errors_of_others_as_they_are(error):
    def coordinates(*_: object):
        raise error

    with pytest.raises(error):
        kernel.read_json(b'{"features":[{"geometry":{"coordinates":[[1,2]]}}]}', coordinates)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timer of the system here")
@pytest.mark.parametrize(
    "huge",
    [b"1.5," * 5_000_000 + b"1", b'{"geometry":{"coordinates":[[' + b"[1.5,2.25]," * 3_000_000 + b"[1,2]]]}}"],
    ids=["list", "feature"],
)
def test_read_json_of_one_huge_value_is_interrupted(huge):
    def interrupt(*_: object):
        raise StopIteration  # which next() takes for the end of what read_json gives, if that is where it is raised

    reads = map(kernel.read_json, [b'{"features":[' + huge + b"]}"], [itertools.chain])
    before = signal.signal(signal.SIGPROF, interrupt)
    try:
        signal.setitimer(signal.ITIMER_PROF, 0.02)  # of the processor's time, a small part of what reading takes
        assert next(reads, "interrupted") == "interrupted"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def test_read_json_leaves_deep_nesting_to_python():
    assert kernel.read_json(b"[" * 60 + b"]" * 60, None) is not None
    assert kernel.read_json(b"[" * 100 + b"]" * 100, None) is None
