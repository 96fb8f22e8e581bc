"""What an update of a vehicle between the signals of a KUKSA broker costs, by a double that answers and keeps nothing.

    python benchmarks/host_vss.py [UPDATES]

Of geopolicy and its glue seconds are those of the processor, the best of five runs along a road through a zone, without
a network. Of gRPC they are those of the clock, for a request over loopback to a service in Python in this process; how
long a broker thinks is not in them.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import grpc
from kuksa.val.v2 import types_pb2, val_pb2, val_pb2_grpc
from kuksa_client.grpc import VSSClient

import geopolicy as gp
from geopolicy.hosts import vss
from machine import machine

if TYPE_CHECKING:
    from collections.abc import Callable

SQUARE = [[13.709, 45.269], [13.711, 45.269], [13.711, 45.271], [13.709, 45.271], [13.709, 45.269]]
ACCURACY = vss.LOCATION + "HorizontalAccuracy"


class Road(val_pb2_grpc.VALServicer):
    """Has every signal; the vehicle drives eastward at 8 m/s, and each reading is a tenth of a second later."""

    def __init__(self) -> None:
        self.step = 0

    def ListMetadata(self, request: Any, _: object = None, **__: object) -> Any:  # noqa: N802  # of the service
        """Every signal is known."""
        return val_pb2.ListMetadataResponse(metadata=[types_pb2.Metadata(path=request.root)])

    def GetValues(self, request: Any, _: object = None, **__: object) -> Any:  # noqa: N802
        """The next place, stamped."""
        self.step += 1
        lon = 13.705 + self.step % 10_000 * 1e-6
        known = {vss.POSITION[0]: 45.27, vss.POSITION[1]: lon, ACCURACY: 2.0, vss.SPEED: 28.8}
        points = []
        for signal in request.signal_ids:
            point = types_pb2.Datapoint()
            if signal.path in known:
                point.value.double = known[signal.path]
                point.timestamp.FromMilliseconds(1_780_000_000_000 + self.step * 100)
            points.append(point)
        return val_pb2.GetValuesResponse(data_points=points)

    def PublishValue(self, *_: object, **__: object) -> Any:  # noqa: N802
        """Nothing is kept."""
        return val_pb2.PublishValueResponse()


def best_us(call: Callable[[float], object], count: int, clock: Callable[[], float]) -> float:
    """Microseconds of a call, at one tenth of a second after another."""
    best_s = float("inf")
    for run in range(5):
        before_s = clock()
        for step in range(count):
            call((run * count + step) / 10.0)
        best_s = min(best_s, clock() - before_s)
    return best_s / count * 1e6


def main() -> None:
    """Measures, and prints each part."""
    count = int((sys.argv[1:] or ["5000"])[0])
    polygon = {"type": "Polygon", "coordinates": [SQUARE]}
    engine = gp.open(gp.ZoneSet([gp.Zone("square", polygon, [gp.Rule(["camera"], gp.Level.OFF)])]))
    client = SimpleNamespace(client_stub_v2=Road(), generate_metadata_header=lambda _: [])
    vehicle = gp.hosts.KuksaVehicle(gp.Monitor(engine), client, confidence=68)
    whole_us = best_us(vehicle.update, count, time.process_time)
    road = client.client_stub_v2
    request = val_pb2.GetValuesRequest(signal_ids=[types_pb2.SignalID(path=name) for name in vss.INPUTS])
    double_us = best_us(lambda _: road.GetValues(request), count, time.process_time)
    monitor = gp.Monitor(engine)
    fixes = iter(
        [gp.Fix(45.27, 13.705 + n % 10_000 * 1e-6, 4.0, monotonic_s=n / 10.0, speed_mps=8.0) for n in range(5 * count)]
    )
    monitor_us = best_us(lambda now_s: monitor.update(next(fixes), "driving", now_s=now_s), count, time.process_time)

    server = grpc.server(ThreadPoolExecutor(2))
    val_pb2_grpc.add_VALServicer_to_server(Road(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with VSSClient("127.0.0.1", port, ensure_startup_connection=False) as connected:
        stub = connected.client_stub_v2
        request_us = best_us(lambda _: stub.GetValues(request), max(count // 10, 1), time.perf_counter)
    server.stop(None).wait()

    print(machine())
    print(f"update, without the double: {whole_us - double_us:.1f} us")
    print(f"of which the monitor: {monitor_us:.1f} us, the glue: {whole_us - double_us - monitor_us:.1f} us")
    print(f"a request over loopback: {request_us:.0f} us of the clock")


if __name__ == "__main__":
    main()
