"""A real Prometheus on loopback that asks a pretend exporter of DCGM: own folder, own ports."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PROMETHEUS = shutil.which("prometheus")
PATIENCE_S = 60.0


def missing() -> str:
    """What has to be installed for this; empty if all is there."""
    return "" if PROMETHEUS else "prometheus"


class Exporter:
    """Nodes of eight GPUs with the figures of DCGM; sixteen GPUs, two nodes, make a job.

    A GPU's use in per cent is its number in the fleet, modulo 100.
    """

    def __init__(self, nodes: int) -> None:
        self.nodes = nodes
        self.gone: set[int] = set()
        """Nodes that tell nothing any more."""
        self.xids: dict[int, int] = {}
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = owner.page().encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with suppress(OSError):  # it is in the middle of being ended
                    self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        ).start()

    def page(self) -> str:
        """What a scrape gets."""
        lines = []
        for node in range(self.nodes):
            if node in self.gone:
                continue
            for gpu in range(8):
                n = node * 8 + gpu
                labels = (
                    f'gpu="{gpu}",UUID="GPU-{n:05}",device="nvidia{gpu}",modelName="NVIDIA H100",'
                    f'Hostname="n{node:04}.cluster.example",hpc_job="{node // 2}"'
                )
                figures = {
                    "GPU_UTIL": n % 100, "FB_USED": 40_000, "FB_FREE": 41_559,
                    "POWER_USAGE": 512.5, "GPU_TEMP": 61, "XID_ERRORS": self.xids.get(n, 0),
                    "CLOCK_THROTTLE_REASONS": 0, "SM_CLOCK": 1980,
                }  # fmt: skip
                lines += [f"DCGM_FI_DEV_{name}{{{labels}}} {v}" for name, v in figures.items()]
        return "\n".join(lines) + "\n"

    def close(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()


class RealPrometheus:
    """The server, which scrapes `exporter` every `every_s` seconds."""

    def __init__(self, folder: Path, exporter: Exporter, every_s: int = 1) -> None:
        assert PROMETHEUS is not None
        folder.mkdir(parents=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        config = folder / "prometheus.yml"
        config.write_text(
            f"global: {{scrape_interval: {every_s}s, scrape_timeout: {every_s}s}}\n"
            "scrape_configs:\n"
            "- job_name: dcgm\n"
            "  honor_labels: true\n"
            f"  static_configs: [{{targets: ['127.0.0.1:{exporter.port}']}}]\n"
        )
        self._log = (folder / "log").open("wb")
        self._process = subprocess.Popen(
            [
                PROMETHEUS, f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn",
            ],
            cwd=folder, stdout=self._log, stderr=self._log, start_new_session=True,
            env={"PATH": os.defpath, "HOME": str(folder)},
        )  # fmt: skip
        self.until(lambda: self.count("DCGM_FI_DEV_SM_CLOCK") == exporter.nodes * 8, "all GPUs")

    def count(self, query: str) -> float:
        """How many series a question gives; 0 while the server is not ready."""
        try:
            with urllib.request.urlopen(
                f"{self.url}/api/v1/query?query=count({query})", timeout=10
            ) as answer:
                rows = json.load(answer)["data"]["result"]
        except (OSError, urllib.error.URLError, ValueError):
            return 0
        return float(rows[0]["value"][1]) if rows else 0

    def until(self, true: Callable[[], object], what: str) -> None:
        """Wait until `true()`; fails with `what`."""
        end = time.monotonic() + PATIENCE_S
        while not true():
            assert self._process.poll() is None, "Prometheus has ended"
            assert time.monotonic() < end, f"never came true: {what}"
            time.sleep(0.1)

    def cpu_s(self) -> float:
        """Seconds of processor time that it has taken so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        """End it."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait(20)
        self._log.close()
