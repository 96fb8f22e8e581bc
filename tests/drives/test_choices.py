"""What a user says of a drive: what is taken, and what is refused in which words."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from geopolicy.drives.choices import FIELDS, choices_of, meaning_by_choice, units_for
from geopolicy.drives.names import EPOCHS
from geopolicy.drives.open import open_drive
from geopolicy.errors import DriveFileError

if TYPE_CHECKING:
    from geopolicy.model.fixes import Fix

_FIELDS, _EPOCHS = ", ".join(FIELDS), ", ".join(EPOCHS)


def only_fix(content: str, **options: Any) -> Fix:
    (fix,) = open_drive(io.BytesIO(content.encode()), format="csv", **options)
    return fix


def test_choices_of_a_text_and_of_a_mapping_are_the_same() -> None:
    text = " lat = Y , lon=X,time=stamp:POSIX,my col=-"
    mapping = {"lat": "Y", "lon": "X", "time": "stamp:posix", "my col": "-"}
    choices = choices_of(text, None, None)
    assert choices == choices_of(mapping, None, None)
    assert choices.fields == {"lat": ("Y", None), "lon": ("X", None), "time": ("stamp", "posix")}
    assert choices.names() == {"Y", "X", "stamp", "my col"}
    assert choices_of(None, "Europe/Berlin", 95).zone == ZoneInfo("Europe/Berlin")
    assert choices_of(None, None, None).names() == set()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("lat", None, None), "columns must be like lat=Y,lon=X,time=stamp:posix,status=-"),
        (("lat=", None, None), "columns must be like lat=Y,lon=X,time=stamp:posix,status=-"),
        (("=Y", None, None), "columns must be like lat=Y,lon=X,time=stamp:posix,status=-"),
        (("lat=Y,", None, None), "columns must be like lat=Y,lon=X,time=stamp:posix,status=-"),
        (("lat=Y,lat=X", None, None), "columns must say each thing once, got 'lat' twice"),
        (("alt=Y", None, None), f"columns must name one of {_FIELDS} before =, or a column before =-, got 'alt'"),
        (("time=t:days", None, None), f"columns must have one of {_EPOCHS}, dmy, .* after .* of time, got 'days'"),
        (("date=t:posix", None, None), "columns must have one of dmy, mdy, utc after .* of date, got 'posix'"),
        (("accuracy=a:99", None, None), "columns must have one of 95, 68, 50, drms, m, .* of accuracy, got '99'"),
        (("valid=q:7", None, None), "columns must have one of flag, gga, .* after the colon of valid, got '7'"),
        (("speed=v:c", None, None), "columns must have one of m/s, .* after the colon of speed, got 'c'"),
        (("lat=Y:ddm", None, None), "columns must have one of deg, .*, ddmm-s after the colon of lat, got 'ddm'"),
        (("lat=Y:ddmm", None, None), "columns must say ddmm of both lat and lon, got it of lat alone"),
        (("lon=X:ddmm-w,lat=Y", None, None), "columns must say ddmm of both lat and lon, got it of lon alone"),
        (("valid=no_fix", None, None), "columns must say which words of 'no_fix' are fixes, as valid=no_fix:SET .*"),
        (("lat=Y,lon=Y", None, None), "columns must say one thing of each column, got 'Y' twice"),
        (("Y=-,lon=Y", None, None), "columns must say one thing of each column, got 'Y' twice"),
        ((None, "Mars/Base", None), "timezone must be a name such as Europe/Berlin or UTC, got 'Mars/Base'"),
        ((None, "", None), "timezone must be a name such as Europe/Berlin or UTC, got ''"),
        ((None, "../etc/passwd", None), "timezone must be a name such as Europe/Berlin or UTC, got '../etc/passwd'"),
        ((None, None, 90), "confidence must be 68 or 95, got 90"),
    ],
)  # fmt: skip
def test_choice_that_is_none_is_refused_with_what_it_must_be(arguments: tuple[Any, Any, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        choices_of(*arguments)


def test_colon_in_a_name_is_part_of_it_where_the_field_has_no_units() -> None:
    assert choices_of({"ns": "GPS:ref", "ew": "a:b", "lat": ":"}, None, None).fields == {
        "ns": ("GPS:ref", None),
        "ew": ("a:b", None),
        "lat": (":", None),
    }
    assert choices_of("time=GPS:time:posix", None, None).fields == {"time": ("GPS:time", "posix")}
    fix = only_fix("lat,GPS:ref,lon\n33.5,S,151\n", columns="ns=GPS:ref")
    assert (fix.lat, fix.lon) == (-33.5, 151.0)


@pytest.mark.parametrize("field", FIELDS)
def test_every_unit_that_is_offered_for_a_field_is_taken(field: str) -> None:
    for unit in units_for(field):
        others = {"lat": {"lon": "X:ddmm"}, "lon": {"lat": "Y:ddmm"}}.get(field, {}) if "ddmm" in unit else {}
        assert choices_of({field: f"name:{unit}", **others}, None, None).fields[field] == ("name", unit)
        assert meaning_by_choice(field, "name", unit).field == field


@pytest.mark.parametrize(
    ("columns", "metres"),
    [("a", 8.0), ("a:95", 4.0), ("a:68", 8.0), ("a:50", 12.0), ("a:drms", 8.0), ("a:ft", 2.4384), ("a:mm", 0.008)],
)
def test_accuracy_by_choice_has_the_level_or_the_unit_that_is_said(columns: str, metres: float) -> None:
    fix = only_fix("lat,lon,a\n45,13,4\n", columns=f"accuracy={columns}")
    assert fix.accuracy_95_m == pytest.approx(metres)


@pytest.mark.parametrize(
    ("unit", "mps"), [("km/h", 10.0), ("mph", 16.0934), ("kn", 18.52), ("m/s", 36.0), ("cm/s", 0.36), ("ft/s", 10.9728)]
)
def test_speed_by_choice_has_the_unit_that_is_said(unit: str, mps: float) -> None:
    assert only_fix("lat,lon,v\n45,13,36\n", columns=f"speed=v:{unit}").speed_mps == pytest.approx(mps, rel=1e-5)


@pytest.mark.parametrize(
    ("unit", "fixes", "others"),
    [
        ("flag", "1", "2"),
        ("gga", "5", "6"),
        ("gpsd-mode", "2", "1"),
        ("fix-type", "3", "4"),
        ("mavlink", "4", "7"),
        ("rtklib", "6", "7"),
        ("fix-word", "A", "V"),
    ],
)
def test_validity_by_choice_uses_the_words_that_are_said(unit: str, fixes: str, others: str) -> None:
    drive = open_drive(
        io.BytesIO(f"lat,lon,q\n45,13,{fixes}\n45,13,{others}\n45,13,\n".encode()), columns=f"valid=q:{unit}"
    )
    assert [fix.valid for fix in drive] == [True, False, False]


@pytest.mark.parametrize("field", ["spoofing", "jamming", "mock"])
def test_alarms_by_choice_refuse_what_is_not_plainly_none(field: str) -> None:
    clean, alarm = (only_fix(f"lat,lon,q\n45,13,{value}\n", columns=f"{field}=q") for value in ("0", "1"))
    assert (clean.valid, clean.spoofing, clean.jamming) == (True, False, False)
    assert (alarm.valid, alarm.spoofing, alarm.jamming) == (field != "mock", field == "spoofing", field == "jamming")


def test_choice_for_a_field_sets_the_other_columns_of_it_aside() -> None:
    content = "lat,lon,latitude,time,posix\n45,13,46,2026-01-05T08:00:00Z,99\n"
    drive = open_drive(io.BytesIO(content.encode()), format="csv", columns="lat=latitude,time=time")
    (fix,) = drive
    assert (fix.lat, str(fix.time)) == (46.0, "2026-01-05 08:00:00+00:00")
    assert drive.not_read == ["lat", "posix"]


def test_choice_of_a_name_that_the_table_knows_keeps_what_the_table_says_of_it() -> None:
    assert only_fix("lat,lon,h_acc_mm\n45,13,4000\n", columns="accuracy=h_acc_mm").accuracy_95_m == 8.0
    assert only_fix("lat,lon,h_acc_mm\n45,13,4000\n", columns="accuracy=h_acc_mm:95").accuracy_95_m == 4.0
    assert str(only_fix("lat,lon,posix\n45,13,1767600000\n", columns="time=posix").time) == "2026-01-05 08:00:00+00:00"


@pytest.mark.parametrize(
    ("columns", "rule"),
    [
        ("lat=Y,lon=X,valid=q:gga", "nothing called 'q'"),
        ("lat=Y,lon=X,a=-,b=-", "nothing called 'a', 'b'"),
    ],
)
def test_choice_of_what_is_not_in_the_file_is_refused(columns: str, rule: str) -> None:
    with pytest.raises(ValueError, match=f"^drive 'stream': must have what --columns names, got {re.escape(rule)}$"):
        list(open_drive(io.BytesIO(b"Y,X\n45,13\n"), columns=columns))


def test_columns_for_the_position_make_a_table_of_a_file_of_no_known_format() -> None:
    drive = open_drive(io.BytesIO(b"Y,X\n45,13\n"), columns="lat=Y,lon=X")
    assert (drive.format, [(fix.lat, fix.lon) for fix in drive]) == ("csv", [(45.0, 13.0)])


@pytest.mark.parametrize("name", ["err, 68%", "fix=ok", "a\\b", "% UTC", "time:of=fix,x"])
def test_every_name_can_be_left_out_as_the_message_says(name: str) -> None:
    pasted = name.replace("\\", "\\\\").replace(",", "\\,")
    assert choices_of(f"lat=Y,{pasted}=-,lon=X", None, None).left_out == {name}


def test_name_with_a_comma_can_be_chosen_as_the_message_says() -> None:
    content = 'lat,lon,"acc, est"\n45,13,4\n'
    with pytest.raises(DriveFileError) as refused:
        only_fix(content)
    choice = re.search(r"--columns '(accuracy=[^']*)'", str(refused.value))
    assert choice is not None
    assert only_fix(content, columns=choice[1]).accuracy_95_m == 8.0
