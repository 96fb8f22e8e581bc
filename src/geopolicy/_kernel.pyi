from collections.abc import Callable
from typing import Any, TypeAlias

from geopolicy.model.decisions import Decision

Buffer: TypeAlias = Any  # what has the buffer protocol; annotations can say so from Python 3.12 on

KERNEL_VERSION: int
OK: int
ERR_SIZE: int
ERR_MAGIC: int
ERR_FORMAT: int
ERR_SECTION: int
ERR_INDEX: int
ERR_RECORD: int
ERR_CAPACITY: int
BUILD_OK: int
BUILD_MEMORY: int
BUILD_CROWDED: int
BUILD_LARGE: int
UNKNOWN_COVERAGE: int
UNKNOWN_POLE: int
UNKNOWN_POSITION: int
UNKNOWN_ACCURACY: int
BATCH_POSSIBLE: int
KEPT_ZONES: int
EDGE_COVERS: int
EDGE_BORDERS: int
FAMILY_WGS84: int
FAMILY_GCJ02: int
FAMILY_BD09: int
FORMAT: int
FORMAT_OVERLAY: int
HEADER_BYTES: int
HALF_TURN: int
POLE: int
MAX_LAT_E7: int
LIMIT_M: int

class Core:
    def decide(self, lat: float, lon: float, accuracy_95_m: float = 0.0) -> Decision: ...
    def decide_path(
        self, lat0: float, lon0: float, lat1: float, lon1: float, accuracy_95_m: float = 0.0
    ) -> Decision: ...
    def safe_radius(self, lat: float, lon: float, limit_m: float = 10_000.0) -> float: ...
    def _near(self, lat: float, lon: float, radius_m: float) -> list[tuple[int, float]]: ...
    def _many(
        self,
        batch: object,
        lat: Buffer,
        lon: Buffer,
        accuracy_95_m: Buffer | None,
        codes: Buffer,
        effects: Buffer,
        demands: Buffer,
        is_in_force: Buffer,
        /,
    ) -> bool: ...
    def _open(
        self,
        pack: Buffer,
        make_decision: Callable[[tuple[int, ...], tuple[int, ...], int], Decision],
        raise_invalid: Callable[[float, float, str, float | None], None],
        is_overlay: bool,
        /,
    ) -> int: ...

def verify(pack: Buffer, /) -> int: ...
def build(
    vertices: Buffer, flags: Buffer, ends: Buffer, families: Buffer, origins: Buffer, leaf_edges: int, /
) -> tuple[Any, ...]: ...
def examine_rings(
    corners: Buffer, ring_ends: Buffer, polygon_ends: Buffer, /
) -> tuple[list[tuple[int, int, float, float]], bool, list[int]]: ...
def examine_zones(corners: Buffer, ring_ends: Buffer, polygon_ends: Buffer, zone_ends: Buffer, /) -> bytes: ...
def read_json(text: bytes, coordinates: Callable[..., object] | None, /) -> tuple[Any] | None: ...
def batch() -> object: ...
def join_batch(batch: object, other: object, codes: Buffer, /) -> bool: ...
def batch_rows(batch: object, /) -> tuple[tuple[bytes, bytes, bytes], tuple[bytes, bytes, bytes]]: ...
def list_ends(numbers: Buffer, begins: Buffer, values: Buffer, ends: Buffer, /) -> None: ...
def list_values(numbers: Buffer, begins: Buffer, values: Buffer, into: Buffer, /) -> None: ...
