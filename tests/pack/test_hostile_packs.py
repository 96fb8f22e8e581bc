"""Packs changed in every byte and cut at every length: refused with PackError, or harmless."""

from __future__ import annotations

import struct
import sys
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import geopolicy as gp
from geopolicy.engines.kernel import KernelEngine
from geopolicy.pack import format as layout
from geopolicy.pack.pack import Pack
from geopolicy.pack.verify import status_without_kernel
from kernel_zones import units_zone

EXAMPLE = Path(__file__).resolve().parents[2] / "zones" / "worked-example.geojson"
MOMENT = datetime(2027, 7, 17, 20, 0, tzinfo=UTC)
PLACES = [
    (0.00015, 0.00015),
    (0.0, 0.0),
    (0.00035, 0.00035),
    (31.19, 121.3),
    (45.28, 13.72),
    (90.0, 0.0),
    (-85.0, -180.0),
]
LATS, LONS = (np.array(column) for column in zip(*PLACES, strict=True))


def tiny() -> bytes:
    """Two zones that overlap, one of them with a hole."""
    square = [(0, 0), (4000, 0), (4000, 4000), (0, 4000)]
    hole = [(1000, 1000), (1000, 2000), (2000, 2000), (2000, 1000)]
    first = replace(units_zone("a", [square, hole]), name="Hof")
    return bytes(gp.compile(gp.ZoneSet([first, units_zone("b", [[(3000, 3000), (9000, 3500), (3500, 9000)]])])).data)


def worded() -> bytes:
    """Zones with all that terms and a header can say: windows, exemptions, time zones, an expiry."""
    whole = gp.read_zones(EXAMPLE)
    kept = [own for own in whole if own.id in ("film-days", "exhibition-ground", "clinic")]
    circle = next(own for own in kept if own.id == "clinic")
    kept = [own for own in kept if own is not circle] + [own_box("clinic", circle)]
    return bytes(gp.compile(gp.ZoneSet(kept, replace(whole.header, coverages=()))).data)


def own_box(name: str, like: gp.Zone) -> gp.Zone:
    """A small zone with the rules of another, far fewer vertices than its circle has."""
    return replace(
        units_zone(name, [[(137_200_000, 452_700_000), (137_300_000, 452_700_000), (137_200_000, 452_800_000)]]),
        rules=like.rules,
    )


def with_checksum(data: bytearray) -> bytearray:
    """The same bytes, with the checksum that they should have."""
    view = memoryview(data)
    data[layout.DIGEST_AT : layout.COUNTS_AT] = layout.checksum(view[: layout.DIGEST_AT], view[layout.COUNTS_AT :])
    return data


def changed(data: bytes, at: int, value: int) -> bytearray:
    """The same bytes but one."""
    other = bytearray(data)
    other[at] = value
    return other


def ask_everything(engine: gp.Engine) -> None:
    """Every query, at positions near the zones of the packs here and far from them."""
    for lat, lon in PLACES:
        decision = engine.decide(lat, lon)
        assert decision == engine.decide(lat, lon)
        engine.decide(lat, lon, 12.5)
        engine.safe_radius(lat, lon)
        if abs(lat) <= 85:
            engine.near(lat, lon, 10_000.0)
    for (lat0, lon0), (lat1, lon1) in pairwise(PLACES):
        engine.decide_path(lat0, lon0, lat1, lon1, 3.0)
    many = engine.decide_many(LATS, LONS)
    assert [many[i] for i in range(len(PLACES))] == [engine.decide(lat, lon) for lat, lon in PLACES]
    engine.decide_many(LATS, LONS, np.full(len(LATS), 20.0))


def use(pack: Pack) -> None:
    """All that a caller may do with a pack that was not refused."""
    engine = KernelEngine(pack)
    ask_everything(engine)
    engine.when(MOMENT).decide(45.28, 13.72)
    assert len(engine.zone_ids) == len(list(pack))
    pack.info()


def is_refused(data: bytearray) -> bool:
    """Whether bytes are refused; whatever is not must be harmless."""
    try:
        pack = Pack(data)
    except gp.errors.PackError as error:
        return error.code.startswith("pack-")
    use(pack)
    return False


@pytest.fixture(scope="module", params=[tiny, worded], ids=["tiny", "worded"])
def data(request: pytest.FixtureRequest) -> bytes:
    return request.param()


def test_hostile_packs_as_they_were_answer(data):
    use(Pack(data))
    assert len(data) < 6000


def test_hostile_pack_any_byte_changed_as_is_is_refused(data):
    for at in range(len(data)):
        with pytest.raises(gp.errors.PackError, match="pack"):
            Pack(changed(data, at, data[at] ^ (1 + at % 255)))


def test_hostile_pack_truncated_anywhere_is_refused(data):
    for length in range(len(data)):
        with pytest.raises(gp.errors.PackError, match=r"header of 640|must have"):
            Pack(data[:length])


def test_hostile_pack_truncated_with_size_and_checksum_right_is_refused(data):
    for length in range(layout.HEADER_BYTES, len(data)):
        part = bytearray(data[:length])
        struct.pack_into("<Q", part, 16, length)
        with pytest.raises(gp.errors.PackError, match=r"section|must") as refusal:
            Pack(with_checksum(part))
        assert refusal.value.code in ("pack-section", "pack-meta")


def test_hostile_pack_longer_than_stated_is_refused(data):
    with pytest.raises(gp.errors.PackError, match="must have"):
        Pack(data + b"\0")


def test_hostile_pack_byte_changed_with_checksum_right_is_refused_or_harmless(data):
    refused = [
        is_refused(with_checksum(changed(data, at, data[at] ^ (1 + at * 37 % 255)))) for at in range(0, len(data), 3)
    ]
    assert 0.2 < np.mean(refused) < 0.95


@pytest.mark.parametrize("step", [12, pytest.param(4, marks=pytest.mark.slow)])
def test_hostile_pack_text_changed_with_checksum_right_is_refused_or_harmless(data, step):
    pack = Pack(data)
    for kind in (b"TEXT", b"META"):
        start, end = pack._raw.offsets[kind]
        for at in range(start, end, step):
            for value in (*b'"0{}[],:-eE\\ \n\t', 0, 0x80, 0xFF, data[at] ^ 1):
                is_refused(with_checksum(changed(data, at, value)))


@pytest.fixture
def without_kernel(monkeypatch):
    """As if the extension had not been built."""
    import geopolicy

    monkeypatch.setitem(sys.modules, "geopolicy._kernel", None)
    monkeypatch.delattr(geopolicy, "_kernel", raising=False)


def is_refused_by_reference(data: bytearray) -> bool:
    """Whether the reference engine refuses bytes: a pack that is none, or zones that are none."""
    try:
        engine = gp.open(Pack(data), engine="reference")
    except ValueError:  # PackError, ZoneFileError and what shapely says of a ring are all of this kind
        return True
    for lat, lon in PLACES[:5]:
        engine.decide(lat, lon, 12.5)
    return False


@pytest.mark.usefixtures("without_kernel")
def test_hostile_pack_without_kernel_is_refused_or_harmless(data):
    with pytest.raises(ImportError):
        from geopolicy import _kernel  # noqa: F401  # that it is not there is the point
    changes = [(at, data[at] ^ (1 + at * 37 % 255)) for at in range(0, len(data), 7)]
    start, end = Pack(data)._raw.offsets[b"RING"]
    changes += [(at, value) for at in range(start, end) for value in (0, 1, 2, 3, 255) if data[at] != value]
    refused = [is_refused_by_reference(with_checksum(changed(data, *change))) for change in changes]
    assert 0.1 < np.mean(refused) < 0.9


@pytest.mark.parametrize(
    ("section", "offset", "word"),
    [
        pytest.param(b"VERT", 4, 900_000_001, id="vertex-beyond-a-pole"),
        pytest.param(b"VERT", 12, 2**32 - 900_000_001, id="vertex-beyond-the-other-pole"),
        pytest.param(b"RING", 0, 1, id="first-ring-elsewhere"),
        pytest.param(b"RING", 4, 1, id="zone-that-begins-with-a-hole"),
        pytest.param(b"RING", 8, 1, id="ring-of-one-vertex"),
        pytest.param(b"RING", 12, 3, id="no-such-kind-of-ring"),
        pytest.param(b"ZONE", 4, 2**32 - 1, id="id-beyond-the-text"),
        pytest.param(b"ZONE", 12, 2**32 - 1, id="name-beyond-the-text"),
        pytest.param(b"ZONE", 16, 1, id="no-such-terms"),
        pytest.param(b"ZONE", 20, 1, id="ring-of-another-zone"),
        pytest.param(b"ZONE", 24, 0, id="no-ring"),
        pytest.param(b"ZONE", 24, 9, id="more-rings-than-there-are"),
        pytest.param(b"ZONE", 28, 3, id="no-such-family"),
        pytest.param(b"TEXT", 0, 0x80808080, id="text-within-a-character"),
        pytest.param(b"TERM", 4, 2**31, id="terms-beyond-the-text"),
    ],
)
def test_status_without_kernel_says_what_the_kernel_says(section, offset, word):
    from geopolicy import _kernel

    data = bytearray(tiny())
    assert status_without_kernel(Pack(data)._raw) == _kernel.verify(data) == 0
    struct.pack_into("<I", data, Pack(data)._raw.offsets[section][0] + offset, word)
    assert status_without_kernel(Pack(data, is_trusted=True)._raw) == _kernel.verify(data) == 6


@pytest.mark.campaign
def test_campaign_packs_with_every_change_of_a_byte_and_the_checksum_right(campaign, data):
    """A step is one byte with every other value: as many steps as the pack has bytes are all of them."""
    for step in campaign:
        at = step * 619 % len(data)  # all over the pack, however short the time is
        for value in set(range(256)) - {data[at]}:
            is_refused(with_checksum(changed(data, at, value)))
        campaign.add(packs=255)


@pytest.mark.parametrize("length", [0, 1, 639, 640])
def test_hostile_pack_read_mapped_and_short_is_refused(data, tmp_path, length):
    path = tmp_path / "short.gpol"
    path.write_bytes(data[:length])
    with pytest.raises(gp.errors.PackError, match=r"header of 640|must have"):
        gp.read_pack(path, mmap=True)


def test_hostile_pack_mapped_with_sections_out_of_place_is_refused_by_engine(data, tmp_path):
    for at in range(layout.SECTIONS_AT, layout.SECTIONS_AT + 24 * len(layout.SECTIONS) - 8):  # META may be shorter
        if (at - layout.SECTIONS_AT) % 24 in (4, 5, 6, 7):  # these bytes mean nothing
            continue
        path = tmp_path / f"{at}.gpol"
        path.write_bytes(changed(data, at, data[at] ^ 0x11))
        with pytest.raises(gp.errors.PackError, match="section"):
            gp.open(path, engine="kernel", mmap=True)


@pytest.mark.campaign
def test_campaign_packs_changed_in_several_bytes(campaign):
    packs = tiny(), worded()
    for step in campaign:
        random = np.random.default_rng([campaign.seed, step])
        for _ in range(20):
            data = bytearray(packs[step % len(packs)])
            for at in random.integers(len(data), size=random.integers(2, 9)):
                data[at] = random.integers(256)
            campaign.add(packs=1, refused=is_refused(with_checksum(data)))
    assert 0 < campaign.counts["refused"] < campaign.counts["packs"]
