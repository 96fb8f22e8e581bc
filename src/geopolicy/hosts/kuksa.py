"""A KUKSA databroker: a monitor reads the signals of the vehicle there, and publishes what is asked of its sensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from geopolicy.base.arguments import check_kind, number
from geopolicy.engines.unmatched import warn_of_unmatched
from geopolicy.hosts.vss import (
    CERTAINTY,
    COUNT,
    INPUTS,
    POSITION,
    WITH_POSITION,
    branches_of,
    output_names,
    values_of,
    vss_state,
)
from geopolicy.model.fixes import Fix
from geopolicy.monitor.monitor import Monitor, engine_of
from geopolicy.monitor.track import as_float

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geopolicy.hosts.vss import Output
    from geopolicy.model.decisions import Decision

_BEGIN_S = 5.0
_APART_NS = 100_000_000
_WITH_POSITION_NS = 2_000_000_000


class _Point(NamedTuple):
    """A data point: its value, and its stamp in nanoseconds by whatever clock stamped it."""

    value: Any
    at_ns: int | None


class _NoAnswerError(Exception):
    """A request without an answer, and why."""

    def __init__(self, call: str, code: str) -> None:
        super().__init__(call, code)
        self.call, self.code = call, code


class _Seen(NamedTuple):
    """The stamp of a value, and the time before which it was not there; None for what was there from the beginning."""

    at_ns: int | None
    since_s: float | None


class KuksaVehicle:
    """A monitor between the signals of a KUKSA databroker: it reads where the vehicle is, and says what is asked.

    Call `update` ten times a second. Each call reads the signals (``GetValues``, which needs kuksa.val.v2), and
    publishes what changed in the overlay (`vss_overlay`), ``UpdateCount`` last. Nothing of the broker raises while
    driving: a broker that does not answer is a vehicle without fixes, and `trouble` says so.

    A broker keeps its last values for ever. So a position is a fix only when its stamps have changed, and counts as
    measured at the time of the call before, when it was not there yet; what the first call finds is none. Latitude and
    longitude that were stamped more than 0.1 s apart are not of one fix. Accuracy, speed, time and motion count only
    with stamps of at most 2 s from the position's.

    Parameters
    ----------
    monitor
        What decides.
    client
        A connected ``kuksa_client.grpc.VSSClient``.
    names
        The branches of sensors that are not those of `vss_overlay`, by sensor.
    confidence
        What ``HorizontalAccuracy`` holds, 68 or 95 %; None: not known, and no accuracy (`Fix.from_vss`).
    timeout_s
        How long one request may take while driving.

    Raises
    ------
    ImportError
        If kuksa-client is not installed.
    TypeError
        If something is of another kind.
    ValueError
        For a client that is not connected, another confidence, a timeout that is not above 0, names as `vss_overlay`
        refuses them, or a broker without the signals of the position or of the overlay.
    ConnectionError
        If the broker does not answer.

    Examples
    --------
    >>> with kuksa_client.grpc.VSSClient("127.0.0.1", 55555) as client:  # doctest: +SKIP
    ...     vehicle = KuksaVehicle(gp.Monitor(gp.open("zones/")), client, confidence=68)
    ...     while True:
    ...         decision = vehicle.update(time.monotonic())
    ...         time.sleep(0.1)
    """

    def __init__(
        self,
        monitor: Monitor,
        client: Any,
        *,
        names: Mapping[str, str] | None = None,
        confidence: int | None = None,
        timeout_s: float = 0.2,
    ) -> None:
        check_kind("monitor", monitor, Monitor, "a Monitor")
        self._branches = branches_of(monitor.vehicle, names)
        if confidence not in (None, 68, 95):
            raise ValueError(f"confidence must be 68, 95 or None, got {confidence!r}")
        self._timeout_s = number("timeout_s", timeout_s)
        if not 0.0 < self._timeout_s < 60.0:
            raise ValueError(f"timeout_s must be above 0 s and below 60 s, got {timeout_s!r}")
        self._messages = _kuksa()
        if not hasattr(client, "client_stub_v2"):
            raise TypeError(f"client must be a kuksa_client.grpc.VSSClient, got {type(client).__name__}")
        if client.client_stub_v2 is None:
            raise ValueError("client must be connected, got one that is not; call connect, or use it by 'with'")
        engine = engine_of(monitor)
        if engine is not None:
            warn_of_unmatched(engine, stacklevel=2)
        self._monitor = monitor
        self._client = client
        self._confidence = confidence
        self._inputs = [name for name in INPUTS if self._has(name)]
        self._check_signals()
        self._trouble: str | None = None
        self._read_s: float | None = None
        self._seen: dict[str, _Seen] = {}
        self._used: dict[str, int] = {}
        self._said: Decision | None = None
        self._written: dict[str, Output] = {}
        self._count = 0

    @property
    def monitor(self) -> Monitor:
        """What decides."""
        return self._monitor

    @property
    def trouble(self) -> str | None:
        """Why the broker was not read, or not told, at the last update; None if it was."""
        return self._trouble

    def update(self, now_s: float, *, emergency: bool | None = None) -> Decision:
        """The decision now, after the signals were read; the broker is told what changed. Never raises.

        Parameters
        ----------
        now_s
            The time of this call on the monotonic clock of the caller, taken before the call.
        emergency
            Whether there is an emergency (`Monitor.update`); VSS does not say. It counts with the next fix.
        """
        now_s = as_float(now_s)
        self._trouble = None
        points = self._read()
        fix = None
        if points is not None:
            fix, self._read_s = self._fix(points), now_s
        if fix is None or points is None:
            decision = self._monitor.tick(now_s)
        else:
            decision = self._monitor.update(fix, vss_state(points), now_s=now_s, emergency=emergency)
        self._tell(decision)
        return decision

    def _fix(self, points: dict[str, _Point]) -> Fix | None:
        """The fix that came since the last one; what is not of its time is taken out of the points."""
        for name in POSITION:
            at_ns = points[name].at_ns
            if name not in self._seen or self._seen[name].at_ns != at_ns:
                self._seen[name] = _Seen(at_ns, self._read_s)
        (lat_ns, lat_s), (lon_ns, lon_s) = (self._seen[name] for name in POSITION)
        if lat_ns is None or lat_s is None or lon_ns is None or lon_s is None or abs(lat_ns - lon_ns) > _APART_NS:
            return None
        stamps = dict(zip(POSITION, (lat_ns, lon_ns), strict=True))
        if any(self._used.get(name) == at_ns for name, at_ns in stamps.items()):
            return None
        self._used = stamps
        for name in WITH_POSITION:
            at_ns = points[name].at_ns if name in points else None
            if at_ns is None or abs(at_ns - lat_ns) > _WITH_POSITION_NS:
                points.pop(name, None)
        return Fix.from_vss(points, monotonic_s=min(lat_s, lon_s), confidence=self._confidence)

    # Requests --------------------------------------------------------------------

    def _request(self, call: str, request: Any, timeout_s: float | None = None) -> Any:
        stub = self._client.client_stub_v2
        if stub is None:
            raise _NoAnswerError(call, "NOT_CONNECTED")
        metadata = self._client.generate_metadata_header(None)
        try:
            return getattr(stub, call)(request, timeout=timeout_s or self._timeout_s, metadata=metadata)
        except self._messages.RpcError as error:
            raise _NoAnswerError(call, error.code().name) from None
        except ValueError:  # a channel that was closed meanwhile
            raise _NoAnswerError(call, "NOT_CONNECTED") from None

    def _has(self, name: str) -> bool:
        """Whether the broker has a signal."""
        kuksa = self._messages
        try:
            found = self._request("ListMetadata", kuksa.val.ListMetadataRequest(root=name), _BEGIN_S).metadata
        except _NoAnswerError as error:
            if error.code == "NOT_FOUND":
                return False
            raise ConnectionError(f"the KUKSA broker must answer ListMetadata, got {error.code}") from None
        return bool(found)

    def _check_signals(self) -> None:
        outputs = [name for branch in self._branches.values() for name in output_names(branch)]
        for name in (*POSITION, CERTAINTY, COUNT, *outputs):
            if name not in self._inputs and not self._has(name):
                remedy = "the broker must read the CurrentLocation of VSS"
                if name not in POSITION:
                    remedy = "give it the overlay that vss_overlay makes"
                raise ValueError(f"the KUKSA broker must have the signal {name!r}, got none; {remedy}")

    def _read(self) -> dict[str, _Point] | None:
        kuksa = self._messages
        ids = [kuksa.types.SignalID(path=name) for name in self._inputs]
        try:
            points = self._request("GetValues", kuksa.val.GetValuesRequest(signal_ids=ids)).data_points
        except _NoAnswerError as error:
            self._fail(error)
            return None
        if len(points) != len(ids):
            self._trouble = f"GetValues: {len(points)} values of {len(ids)}"
            return None
        return dict(zip(self._inputs, map(_point, points), strict=True))

    def _tell(self, decision: Decision) -> None:
        """What changed since it was told; after a failure all of it, since the broker may have forgotten it."""
        kuksa = self._messages
        values = self._written if decision is self._said else values_of(decision, self._branches)
        changed = [(name, value) for name, value in values.items() if self._written.get(name) != value]
        count = (self._count + 1) % 2**32
        try:
            for name, value in changed:
                self._request("PublishValue", kuksa.publication(name, value))
            self._request("PublishValue", kuksa.publication(COUNT, count))
        except _NoAnswerError as error:
            self._fail(error)
            return
        self._said, self._written, self._count = decision, values, count

    def _fail(self, error: _NoAnswerError) -> None:
        self._trouble = self._trouble or f"{error.call}: {error.code}"
        self._said, self._written = None, {}


def _point(message: Any) -> _Point:
    stamp, kind = message.timestamp, message.value.WhichOneof("typed_value")
    at_ns = stamp.seconds * 1_000_000_000 + stamp.nanos if message.HasField("timestamp") else None
    return _Point(None if kind is None else getattr(message.value, kind), at_ns)


class _Kuksa(NamedTuple):
    """The messages of kuksa.val.v2, which kuksa-client brings."""

    types: Any
    val: Any
    RpcError: Any

    def publication(self, name: str, value: Output | int) -> Any:
        kinds: dict[type, str] = {bool: "bool", int: "uint32", str: "string"}
        if isinstance(value, list):
            content = self.types.Value(string_array=self.types.StringArray(values=value))
        else:
            content = self.types.Value(**{kinds[type(value)]: value})
        point = self.types.Datapoint(value=content)
        return self.val.PublishValueRequest(signal_id=self.types.SignalID(path=name), data_point=point)


def _kuksa() -> _Kuksa:
    try:
        from grpc import RpcError
        from kuksa.val.v2 import types_pb2, val_pb2
    except ImportError as error:
        raise ImportError(f"KuksaVehicle needs kuksa-client ({error}); pip install 'geopolicy[kuksa]'") from None
    return _Kuksa(types_pb2, val_pb2, RpcError)
