"""Stand-ins for servers on loopback: MLflow, trackio and Prometheus as far as they are asked here.

Each request is counted. Faults: a status for the next answers, a slow one, half of one.
"""

from __future__ import annotations

import json
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

Json = dict[str, Any]


class FakeServer:
    """One server; `answers` maps a path to JSON, or to a function of the fields that were sent."""

    def __init__(self, certificate: Path | None = None) -> None:
        self.answers: dict[str, Any] = {}
        self.requests: list[tuple[str, Json, dict[str, str]]] = []
        self.status = 200
        self.headers: dict[str, str] = {}
        self.half = False
        self.wants = ""
        """The Authorization header that is needed; empty: none."""
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                owner._serve(self, parts.path, parse_qs(parts.query))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                is_json = "json" in self.headers.get("Content-Type", "")
                fields = json.loads(body) if is_json else parse_qs(body)
                owner._serve(self, urlsplit(self.path).path, fields)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        scheme = "http"
        if certificate is not None:
            scheme = "https"
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, certificate.with_suffix(".key"))
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"{scheme}://localhost:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self._thread.start()

    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [path for path, _, _ in self.requests]

    def close(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _serve(self, handler: BaseHTTPRequestHandler, path: str, fields: Json) -> None:
        self.requests.append((path, fields, dict(handler.headers)))
        answer = self.answers.get(path)
        status = self.status
        if self.wants and handler.headers.get("Authorization") != self.wants:
            status = 401
        elif answer is None and status == 200:
            status = 404
        body = json.dumps(answer(fields) if callable(answer) else answer).encode()
        handler.send_response(status)
        for name, value in self.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[: len(body) // 2] if self.half else body)


def mlflow_run(number: int, status: str = "RUNNING", **metrics: tuple[float | str, int]) -> Json:
    """A run as `runs/search` gives it; metrics by name: (value, step)."""
    now = 1_700_000_000_000
    return {
        "info": {
            "run_id": f"{number:032x}", "run_name": f"run-{number}", "status": status,
            "start_time": now, "end_time": now + 5_000_000 if status != "RUNNING" else None,
        },
        "data": {
            "metrics": [
                {"key": name.replace("__", "/"), "value": value, "step": step,
                 "timestamp": now + 1000 * step}
                for name, (value, step) in metrics.items()
            ],
        },
    }  # fmt: skip


def serve_mlflow(server: FakeServer, runs: list[Json]) -> None:
    """Answer as MLflow does, about these runs; the list may change."""
    api = "/api/2.0/mlflow"

    def history(fields: Json) -> Json:
        key, first, last = (fields[name][0] for name in ("metric_key", "start_step", "end_step"))
        return {"metrics": [
            {"key": key, "value": 5.0 - 0.01 * step, "step": step,
             "timestamp": 1_700_000_000_000 + 1000 * step}
            for step in range(int(first), int(last) + 1, 10)
        ]}  # fmt: skip

    def one(fields: Json) -> Json:
        return {"run": next(r for r in runs if r["info"]["run_id"] == fields["run_id"][0])}

    server.answers = {
        f"{api}/experiments/search": {"experiments": [{"experiment_id": "1", "name": "sweep"}]},
        f"{api}/runs/search": lambda _: {
            "runs": [r for r in runs if r["info"]["status"] == "RUNNING"]
        },
        f"{api}/runs/get": one,
        f"{api}/metrics/get-history-bulk-interval": history,
    }


def serve_trackio(server: FakeServer, rows: list[Json]) -> None:
    """Answer as trackio does, about these rows of one project."""

    def query(fields: Json) -> Json:
        last = int(fields["query"].split("id > ")[1].split(" ")[0])
        new = [row for row in rows if row["id"] > last][:1000]
        return {"data": {"rows": new, "row_count": len(new)}}

    names = {"data": [{"id": "0" * 32, "name": "a"}, {"id": "1" * 32, "name": "b"}]}
    server.answers = {
        "/api/query_project": query, "/api/get_runs_for_project": lambda _: names,
    }  # fmt: skip


def trackio_row(id: int, run: str, step: int, metrics: str) -> Json:
    """One row as the server gives it; its metrics are JSON as a text."""
    stamp = "2026-03-04T12:00:00.5+00:00"
    return {"id": id, "run_name": run, "step": step, "timestamp": stamp, "metrics": metrics}


def serve_prometheus(server: FakeServer, nodes: int, per_node: int = 8, **labels: str) -> None:
    """Answer as a Prometheus on DCGM's exporter does; `labels` renames job and host ("" drops)."""
    names = {"job": "hpc_job", "host": "Hostname"} | labels

    def series(node: int, gpu: int, name: str, value: float, age: float = 5.0) -> Json:
        uid = (node - 1) * per_node + gpu
        metric = {
            "__name__": name, "gpu": str(gpu), "UUID": f"GPU-{uid:08x}-1f2e-4d3c",
            "modelName": "NVIDIA H100 80GB HBM3", "device": f"nvidia{gpu}", "job": "dcgm",
            "pci_bus_id": f"00000000:{16 + gpu:02X}:00.0", "DCGM_FI_DRIVER_VERSION": "550.90.07",
        }  # fmt: skip
        if names["host"]:
            metric[names["host"]] = f"n{node:03d}.cluster.example"
        if names["job"]:
            metric[names["job"]] = str(1001 + uid // 16)
        at = time.time() - age
        return {"metric": metric, "values": [[at - 30, str(value)], [at, str(value)]]}

    def query(fields: Json) -> Json:
        rows = []
        for node in range(1, nodes + 1):
            for gpu in range(per_node):
                busy = 0.0 if (node, gpu) == (1, 5) else 80.0
                age = 70.0 if (node, gpu) == (1, 6) or node == 2 else 5.0
                for name, value in (
                    ("DCGM_FI_DEV_GPU_UTIL", busy), ("DCGM_FI_DEV_FB_USED", 70_000.0),
                    ("DCGM_FI_DEV_FB_FREE", 10_000.0), ("DCGM_FI_DEV_POWER_USAGE", 400.0),
                    ("DCGM_FI_DEV_GPU_TEMP", 60.0), ("DCGM_FI_DEV_XID_ERRORS", 0.0),
                ):  # fmt: skip
                    rows.append(series(node, gpu, name, value, age))
        return {"status": "success", "data": {"resultType": "matrix", "result": rows}}

    known = ["__name__", "gpu", "UUID", "modelName", "job", *filter(None, names.values())]
    server.answers = {
        "/api/v1/labels": {"status": "success", "data": known},
        "/api/v1/query": query,
        "/api/v1/query_range": lambda fields: {"status": "success", "data": {"result": []}},
    }
