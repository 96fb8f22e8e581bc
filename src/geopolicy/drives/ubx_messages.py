"""Messages of u-blox receivers: position, velocity and time, and what they say of their signals."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from geopolicy.model.fixes import Fix
from geopolicy.model.receivers import of_ubx

if TYPE_CHECKING:
    from geopolicy.drives.receiver_bytes import Piece

NAV_PVT = b"\x01\x07"
_NAV_STATUS = b"\x01\x03"
_SEC_SIG = b"\x27\x09"
NavPvt = dict[str, int]
_FIELDS = (
    "iTOW", "year", "month", "day", "hour", "min", "sec", "valid", "nano", "fixType", "flags", "lon", "lat", "hAcc",
    "gSpeed", "headMot", "sAcc", "headAcc", "flags3",
)  # fmt: skip
_NAV_PVT = struct.Struct("<IH6B4xiBB2xii8xI16xiiII2xH")
_NAV_PVT_SIZES = (84, 92)  # of u-blox 7, and since u-blox 8
_FORGED = (2, 3)  # of NAV-STATUS: indicated, by several signs; of SEC-SIG: indicated, affirmed
_JAMMED = (2, 3)  # warning, critical


def nav_pvt_of(piece: Piece) -> NavPvt | None:
    """The fields of UBX-NAV-PVT of which fixes are made, in whole numbers as sent; None for another message."""
    if piece.kind != NAV_PVT or len(piece.payload) not in _NAV_PVT_SIZES:
        return None
    return dict(zip(_FIELDS, _NAV_PVT.unpack_from(piece.payload), strict=True))


class Signals:
    """What a receiver says of its signals: it holds for the fixes that follow, until it says otherwise."""

    def __init__(self) -> None:
        self._forged = {_NAV_STATUS: False, _SEC_SIG: False}
        self._is_jammed = False

    def note(self, piece: Piece) -> bool:
        """Take NAV-STATUS or SEC-SIG; False for another message."""
        payload = piece.payload
        if piece.kind == _NAV_STATUS and len(payload) == 16:
            self._forged[_NAV_STATUS] = (payload[7] >> 3 & 3) in _FORGED
        elif piece.kind == _SEC_SIG and len(payload) >= 12 and payload[0] == 1:
            self._is_jammed = (payload[4] >> 1 & 3) in _JAMMED
            self._forged[_SEC_SIG] = (payload[8] >> 1 & 7) in _FORGED
        elif piece.kind == _SEC_SIG and len(payload) >= 4 and payload[0] == 2:
            self._is_jammed = (payload[1] >> 1 & 3) in _JAMMED
            self._forged[_SEC_SIG] = (payload[1] >> 4 & 7) in _FORGED
        else:
            return False
        return True

    def fix_of(self, nav_pvt: NavPvt, monotonic_s: float) -> Fix:
        """The fix of a message, with what was said of the signals."""
        report = of_ubx(nav_pvt, monotonic_s)
        return Fix(*report._replace(spoofing=any(self._forged.values()), jamming=self._is_jammed))
