"""What Prometheus is told: requests, how long they took, how many are open, steps. Several processes add up.

prometheus_client is loaded only when metrics are wanted, and after its folder is known: it decides once, when it is
loaded, whether processes share files. Knows no route by name.
"""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
"""Seconds; a long stream is as long as its reader is slow."""


class Metrics:
    """The counters. With `shared`, those of all processes that are forked from here on are kept in one folder."""

    def __init__(self, *, shared: bool = False) -> None:
        self.folder: str | None = None
        if shared:
            memory = "/dev/shm"  # noqa: S108 - writable where the disk is not; the folder in it is our own
            self.folder = tempfile.mkdtemp(prefix="gatescope-", dir=memory if os.access(memory, os.W_OK) else None)
            os.environ[FOLDER] = self.folder
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram  # noqa: PLC0415 - see above

        self._own = CollectorRegistry()
        self._requests = Counter(
            "gatescope_requests", "Requests answered.", ("route", "status", "outcome"), registry=self._own
        )
        self._seconds = Histogram(
            "gatescope_request_seconds",
            "From a request to the end of its answer.",
            ("route",),
            registry=self._own,
            buckets=BUCKETS,
        )
        self._open = Gauge(
            "gatescope_requests_open",
            "Requests that are being answered, streams among them.",
            registry=self._own,
            multiprocess_mode="livesum",
        )
        self._steps = Counter(
            "gatescope_steps", "Steps of the runs that were asked for.", ("model",), registry=self._own
        )

    def opened(self) -> None:
        """A request has come."""
        self._open.inc()

    def closed(
        self, route: str, status: int, outcome: str, seconds: float, model: str | None, steps: int | None
    ) -> None:
        """Its answer has ended."""
        self._open.dec()
        self._requests.labels(route, str(status), outcome).inc()
        self._seconds.labels(route).observe(seconds)
        if model is not None and steps is not None:
            self._steps.labels(model).inc(steps)

    def registry(self) -> CollectorRegistry:
        """What is to be shown: this process's counters, or where a folder is shared, the sum of all."""
        if self.folder is None:
            return self._own
        from prometheus_client import CollectorRegistry, multiprocess  # noqa: PLC0415

        everything = CollectorRegistry()
        multiprocess.MultiProcessCollector(everything, path=self.folder)  # type: ignore[no-untyped-call]
        return everything

    def show(self, port: int, host: str) -> None:
        """Answer GET /metrics in a thread of its own. Raises OSError where the address cannot be had."""
        from prometheus_client import start_http_server  # noqa: PLC0415

        start_http_server(port, host, self.registry())

    def died(self, process: int) -> None:
        """A process that shared the folder is gone, and with it what it had open; what it counted stays."""
        if self.folder is not None:
            from prometheus_client import multiprocess  # noqa: PLC0415

            multiprocess.mark_process_dead(process, self.folder)  # type: ignore[no-untyped-call]
