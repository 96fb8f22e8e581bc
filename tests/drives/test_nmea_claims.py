"""NMEA 0183: what sentences without a position say of the fixes, and that none is passed over in silence."""

from __future__ import annotations

import io
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drive_samples import sentence
from geopolicy.drives.open import Drive, open_drive


def rmc(second: int = 0) -> str:
    return sentence(f"GPRMC,0800{second:02d}.00,A,4516.5,N,01342.3,E,0,0,050126,,,A")


def gga(second: int = 0) -> str:
    return sentence(f"GPGGA,0800{second:02d}.00,4516.5,N,01342.3,E,1,8,1,0,M,0,M,,")


def pubx(second: int | None = 0, status: str = "G3", radius: str = "2.5") -> str:
    time = "" if second is None else f"0800{second:02d}.00"
    return sentence(
        f"PUBX,00,{time},4516.50000,N,01342.30000,E,12.3,{status},{radius},3.1,0.1,0.0,0.0,,0.9,1.2,0.8,9,0,0"
    )


def gst(second: int = 0, deviations: str = "3.0,4.0") -> str:
    return sentence(f"GPGST,0800{second:02d}.00,1.0,,,,{deviations},2.0")


def pgrme(radius: str = "15.0", unit: str = "M") -> str:
    return sentence(f"PGRME,{radius},{unit},22.5,M,27.0,M")


def gsa(mode: str, talker: str = "GP") -> str:
    return sentence(f"{talker}GSA,A,{mode},04,05,,09,12,,,24,,,,,2.5,1.3,2.1")


def dtm(datum: str, offsets: str = "0.0,N,0.0,E") -> str:
    return sentence(f"GPDTM,{datum},,{offsets},0.0,W84")


def drive_of(log: str, confidence: int | None = None) -> Drive:
    return open_drive(io.BytesIO(log.encode()), format="nmea", confidence=confidence)


def validity(log: str) -> list[bool]:
    return [fix.valid for fix in drive_of(log)]


def radii(log: str, confidence: int | None = None) -> list[float | None]:
    return [fix.accuracy_95_m for fix in drive_of(log, confidence)]


@pytest.mark.parametrize(
    ("status", "is_valid"),
    [
        *((status, True) for status in ("G2", "G3", "D2", "D3", "RK")),
        *((status, False) for status in ("NF", "DR", "TT", "", "g3", "X9")),
    ],
)
@pytest.mark.parametrize("is_first", [True, False])
def test_pubx_refuses_the_fix_of_its_time_by_its_status(status: str, is_valid: bool, is_first: bool) -> None:
    order = [pubx(1, status), rmc(1)] if is_first else [rmc(1), pubx(1, status)]
    assert validity("".join([rmc(0), *order, rmc(2)])) == [True, is_valid, True]


def test_pubx_without_a_time_that_fits_refuses_what_it_may_mean() -> None:
    assert validity(rmc(0) + pubx(None, "NF") + rmc(1) + rmc(2)) == [False, False, True]
    assert validity(rmc(0) + pubx(7, "NF") + rmc(1) + rmc(2)) == [True, False, True]


@pytest.mark.parametrize(
    ("radius", "metres"),
    [("2.5", 5.0), ("30", 60.0), ("0", None), ("-1", None), ("nan", None), ("", None), ("1e999", None)],
)
def test_pubx_accuracy_is_doubled_or_not_known(radius: str, metres: float | None) -> None:
    drive = drive_of(rmc() + pubx(0, "G3", radius))
    assert [fix.accuracy_95_m for fix in drive] == [metres]
    assert drive.states_accuracy
    if metres is not None:
        assert "accuracy: hAcc of PUBX,00 is a 68 % radius; doubled to 95 %" in drive.assumptions


@pytest.mark.parametrize(
    ("log", "metres"),
    [
        (rmc() + gst() + pubx(0, "G3", "2.5"), 10.0),  # 2 x sqrt(3^2 + 4^2) m
        (rmc() + gst() + pubx(0, "G3", "6"), 12.0),
        (pubx(0, "G3", "6") + gst() + rmc(), 12.0),
        (rmc() + gst() + pgrme("7.5"), 15.0),
        (rmc() + gst() + pubx(0, "G3", "0"), None),
        (rmc() + gst(0, "0,0") + pubx(0, "G3", "6"), None),
        (rmc() + gst(0, ",") + pubx(0, "G3", "6"), 12.0),
        (rmc() + gst() + gst(0, "6.0,8.0") + gst(), 20.0),
        (rmc() + gst() + pubx(1, "G3", "50"), 10.0),
    ],
)
def test_largest_of_several_accuracies_counts(log: str, metres: float | None) -> None:
    assert radii(log) == [metres]


@pytest.mark.parametrize(("confidence", "metres"), [(None, 30.0), (68, 30.0), (95, 15.0)])
def test_pgrme_counts_as_68_unless_the_user_says_otherwise(confidence: int | None, metres: float) -> None:
    assert radii(rmc() + pgrme(), confidence) == [metres]
    assert radii(pgrme() + rmc(), confidence) == [metres]


@pytest.mark.parametrize(
    ("cells", "cause"),
    [
        (("", "M"), "PGRME states none"),
        (("0.0", "M"), "PGRME states one that is not above 0"),
        (("15.0", "F"), "PGRME states one that is not in metres"),
        (("15.0", ""), "PGRME states one that is not in metres"),
    ],
)
def test_pgrme_that_states_no_metres_leaves_no_accuracy(cells: tuple[str, str], cause: str) -> None:
    drive = drive_of(rmc() + pgrme(*cells))
    assert [fix.accuracy_95_m for fix in drive] == [None]
    assert drive.states_accuracy
    assert list(drive.causes) == [("without a usable accuracy", cause, 1, "line 1")]


def test_pgrme_has_no_time_and_counts_for_the_fix_on_either_side_if_it_restricts() -> None:
    assert radii(rmc(0) + pgrme("9") + rmc(1) + pgrme("4") + rmc(2)) == [18.0, 18.0, None]
    assert radii(rmc(0) + pgrme("") + rmc(1) + pgrme("4") + rmc(2) + pgrme("4")) == [None, None, 8.0]


@pytest.mark.parametrize("mode", ["1", "", "9"])
def test_gsa_without_a_fix_refuses_the_fix_on_either_side(mode: str) -> None:
    assert validity(rmc(0) + gga(0) + gsa("3") + rmc(1) + gsa(mode) + rmc(2) + gsa("3") + rmc(3) + gsa("2")) == [
        True, False, False, True,
    ]  # fmt: skip
    assert validity(gsa(mode) + rmc(0) + rmc(1)) == [False, True]


def test_gsa_of_a_constellation_without_satellites_refuses_nothing() -> None:
    assert validity(gga() + gsa("3") + gsa("1", "GL") + gsa("1", "GA") + rmc()) == [True]
    assert validity(gga() + gsa("1") + gsa("1", "GL") + rmc()) == [False]


@pytest.mark.parametrize("datum", ["P90", "S85", "W72", "999", "", "w84"])
def test_positions_on_another_datum_are_no_fixes_until_a_dtm_names_wgs_84(datum: str) -> None:
    drive = drive_of(rmc(0) + dtm("W84") + rmc(1) + dtm(datum) + rmc(2) + rmc(3) + dtm("W84") + rmc(4))
    fixes = list(drive)
    assert [fix.valid for fix in fixes] == [True, False, False, False, True]
    assert [fix.monotonic_s for fix in fixes] == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert [cause for _, cause, _, _ in drive.causes] == ["DTM says that the datum is not WGS 84"]


@pytest.mark.parametrize(
    ("offsets", "is_valid"),
    [("00.0000,N,00.0000,W", True), (",,,", True), ("0.08,N,0.0,E", False), ("0,N,0.01,W", False), ("x,N,0,W", False)],
)
def test_offsets_from_wgs_84_refuse(offsets: str, is_valid: bool) -> None:
    assert validity(dtm("W84", offsets) + rmc()) == [is_valid]


@pytest.mark.parametrize("datum", ["European 1950", "NAD27 Conus", "WGS 72", "wgs", ""])
def test_datum_of_pgrmm_counts_as_that_of_dtm(datum: str) -> None:
    other, wgs_84 = sentence(f"PGRMM,{datum}"), sentence("PGRMM,WGS 84")
    drive = drive_of(rmc(0) + other + rmc(1) + wgs_84 + rmc(2) + dtm("W84") + other + rmc(3) + dtm("W84") + rmc(4))
    assert [fix.valid for fix in drive] == [False, False, False, False, False]
    assert list(drive.causes) == [("without a valid position", "PGRMM says that the datum is not WGS 84", 5, "line 1")]
    assert validity(rmc(0) + wgs_84 + rmc(1) + dtm("P90") + wgs_84 + rmc(2)) == [True, False, False]


@pytest.mark.parametrize(
    ("before", "is_said"),
    [("2026-01-05T08:00:00Z ", True), ("[12.5] ", True), ("", False), ("  ", False), ("\ufeff", False)],
)
def test_text_before_a_sentence_is_not_read_and_said(before: str, is_said: bool) -> None:
    drive = drive_of(before + rmc(0) + before + rmc(1))
    assert [fix.valid for fix in drive] == [True, True]
    assert ("sentences: what stands before them in a line is not read" in drive.assumptions) == is_said


def test_sentences_that_are_not_read_are_counted_by_type() -> None:
    log = rmc() + sentence("GPGSV,1,1,00") * 3 + sentence("GLGSV,1,1,00") + sentence("GPVTG,,T,,M,0,N,0,K,A")
    log += sentence("PUBX,03,01,23") + sentence("PUBX,04,0,0") + sentence("PUBX,4516,x") + sentence("PMTK001,604,3")
    log += sentence("PGRMZ,93,f,3") + sentence("PASHR,080000.00") + sentence("GPGBS,080000,1,1,1,,,,")
    log += sentence("XY,4516.5,N") + sentence("PMTK000")
    drive = drive_of(log)
    assert len(list(drive)) == 1
    assert drive.skipped == {
        "sentence of GSV": 4,
        "sentence of VTG": 1,
        "sentence of PUBX,03": 1,
        "sentence of PUBX,04": 1,
        "sentence of PUBX": 1,
        "sentence of PMTK": 1,
        "sentence of PGRMZ": 1,
        "sentence of PASHR": 1,
        "sentence of GBS": 1,
        "sentence of other types": 2,
    }


def test_sentences_of_very_many_types_are_counted_together() -> None:
    kinds = [f"{chr(65 + number // 26 % 26)}Q{chr(65 + number % 26)}" for number in range(300)]
    drive = drive_of(rmc() + "".join(sentence(f"GP{kind},1") for kind in kinds))
    assert len(list(drive)) == 1
    assert len(drive.skipped) == 101
    assert sum(drive.skipped.values()) == 300


def test_damaged_sentences_of_makers_are_counted_and_say_nothing() -> None:
    drive = drive_of(rmc() + pubx(0, "NF").replace("NF", "G3") + pgrme()[:-5] + "\r\n")
    assert [(fix.valid, fix.accuracy_95_m) for fix in drive] == [(True, None)]
    assert drive.skipped == {"wrong checksum": 1, "no checksum": 1}
    assert not drive.states_accuracy


def test_addresses_of_makers_are_no_talkers() -> None:
    drive = drive_of(rmc(0) + sentence("PARMC,080001.00,A,4516.5,N,01342.3,E,0,0,050126,,,A"))
    assert len(list(drive)) == 1
    assert drive.skipped == {"sentence of PARMC": 1}


CLAIMS = st.one_of(
    st.builds(pubx, st.integers(0, 3), st.sampled_from(["G3", "NF", "DR"]), st.sampled_from(["1", "40", "0", ""])),
    st.builds(gst, st.integers(0, 3), st.sampled_from(["3.0,4.0", "0,0", ","])),
    st.builds(pgrme, st.sampled_from(["2", "40", ""])),
    st.builds(gsa, st.sampled_from(["1", "3"])),
    st.builds(dtm, st.sampled_from(["W84", "P90"])),
)


@given(st.lists(CLAIMS, max_size=4), st.lists(CLAIMS, max_size=4), st.lists(CLAIMS, max_size=4), CLAIMS)
def test_a_further_claim_never_makes_a_fix_looser(
    first: list[str], second: list[str], third: list[str], claim: str
) -> None:
    """But for GSA with a fix, which may speak for others, and for DTM, which ends what the one before began."""

    def log(*added: str) -> str:
        return "".join([*first, rmc(0), *second, *added, rmc(1), *third])

    without, extended = list(drive_of(gst(9) + log())), list(drive_of(gst(9) + log(claim)))
    for before, after in zip(without, extended, strict=True):
        if not before.valid and "GSA,A,3" not in claim and "DTM,W84" not in claim:
            assert not after.valid
        if before.accuracy_95_m is not None and after.accuracy_95_m is not None:
            assert after.accuracy_95_m >= before.accuracy_95_m
        assert after.accuracy_95_m is None or math.isfinite(after.accuracy_95_m)
