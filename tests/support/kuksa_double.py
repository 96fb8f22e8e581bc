"""A KUKSA databroker without one: the services of kuksa.val by kuksa-client's own stubs, over loopback."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import grpc
from kuksa.val.v1 import val_pb2 as val_v1_pb2
from kuksa.val.v1 import val_pb2_grpc as val_v1_pb2_grpc
from kuksa.val.v2 import types_pb2, val_pb2, val_pb2_grpc
from kuksa_client.grpc import VSSClient

from geopolicy.hosts import vss

if TYPE_CHECKING:
    import geopolicy as gp

START_NS = 1_780_000_000_000_000_000
LATITUDE, LONGITUDE = vss.POSITION
ACCURACY = "Vehicle.CurrentLocation.HorizontalAccuracy"
SPEED = "Vehicle.Speed"
KINDS = {bool: "bool", str: "string", float: "double", int: "uint32"}


class Broker(val_pb2_grpc.VALServicer):
    """Keeps the last value of each signal that it knows, with its stamp."""

    def __init__(self, names: list[str]) -> None:
        self.points = {name: types_pb2.Datapoint() for name in names}
        self.published: list[tuple[str, Any]] = []
        self.tokens: list[str | None] = []
        self.refuses: str | None = None

    def put(self, at_s: float, **values: Any) -> None:
        """Values by the ends of their names, stamped at so many seconds."""
        stamp_ns = START_NS + round(at_s * 1e9)
        for end, value in values.items():
            name = next(name for name in self.points if name.endswith("." + end))
            point = self.points[name]
            point.value.CopyFrom(types_pb2.Value(**{KINDS[type(value)]: value}))
            point.timestamp.FromNanoseconds(stamp_ns)

    def values(self) -> dict[str, Any]:
        """What it was told and keeps."""
        return dict(self.published)

    def _check(self, call: str, context: grpc.ServicerContext, *names: str) -> None:
        self.tokens.append(dict(context.invocation_metadata()).get("authorization"))
        if self.refuses == call:
            context.abort(grpc.StatusCode.PERMISSION_DENIED, "not yours")
        for name in names:
            if name not in self.points:
                context.abort(grpc.StatusCode.NOT_FOUND, "Path not found")

    def ListMetadata(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802  # of the service
        self._check("ListMetadata", context, request.root)
        return val_pb2.ListMetadataResponse(metadata=[types_pb2.Metadata(path=request.root)])

    def GetValues(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        names = [signal.path for signal in request.signal_ids]
        self._check("GetValues", context, *names)
        return val_pb2.GetValuesResponse(data_points=[self.points[name] for name in names])

    def PublishValue(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        name, value = request.signal_id.path, request.data_point.value
        self._check("PublishValue", context, name)
        kind = value.WhichOneof("typed_value")
        plain = list(value.string_array.values) if kind == "string_array" else getattr(value, kind)
        self.published.append((name, plain))
        return val_pb2.PublishValueResponse()


def known(vehicle: gp.Vehicle) -> list[str]:
    """The signals of a broker with VSS and our overlay."""
    branches = vss.branches_of(vehicle, None)
    outputs = [name for branch in branches.values() for name in vss.output_names(branch)]
    return [*vss.INPUTS, vss.CERTAINTY, vss.COUNT, *outputs]


class Greeter(val_v1_pb2_grpc.VALServicer):
    """What a client asks of kuksa.val.v1 when it connects."""

    def GetServerInfo(self, _request: Any, _context: grpc.ServicerContext) -> Any:  # noqa: N802
        return val_v1_pb2.GetServerInfoResponse(name="double", version="0")


class Refusal(grpc.RpcError):
    """Why a request has no answer."""

    def __init__(self, code: grpc.StatusCode) -> None:
        super().__init__(code)
        self.code = lambda: code


def answering(refused: grpc.StatusCode | None = None, *, is_connected: bool = True) -> SimpleNamespace:
    """A client without a network, whose broker has every signal, or refuses all requests."""

    def answer(request: Any, **_: object) -> Any:
        if refused is not None:
            raise Refusal(refused)
        ids = getattr(request, "signal_ids", ())
        return SimpleNamespace(metadata=[request], data_points=[types_pb2.Datapoint() for _ in ids])

    calls = dict.fromkeys(("ListMetadata", "GetValues", "PublishValue"), answer)
    stub = SimpleNamespace(**calls) if is_connected else None
    return SimpleNamespace(client_stub_v2=stub, generate_metadata_header=lambda _: [])


class Served:
    """A broker on a free port, as long as it is entered."""

    def __init__(self, broker: Broker, port: int = 0) -> None:
        self.broker = broker
        self._server = grpc.server(ThreadPoolExecutor(2))
        val_pb2_grpc.add_VALServicer_to_server(broker, self._server)
        val_v1_pb2_grpc.add_VALServicer_to_server(Greeter(), self._server)
        self.port = self._server.add_insecure_port(f"127.0.0.1:{port}")

    def client(self, token: str | None = None) -> VSSClient:
        """A client that is not connected."""
        return VSSClient("127.0.0.1", self.port, token=token)

    def __enter__(self) -> Served:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop(None).wait()
