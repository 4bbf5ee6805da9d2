"""Answers the Open Inference Protocol, version 2, on a Unix socket or on a port of this machine."""

import json
import os
import signal
import socketserver
import sys
import threading
from http.server import BaseHTTPRequestHandler

from .tensors import TensorError, read_request, write_answer

BODY_BYTES_MAX = 64 * 1024 * 1024
HEADER_LENGTH = "Inference-Header-Content-Length"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 600

    def do_GET(self):
        path = self.path.rstrip("/")
        if path == "/v2":
            told = {"name": "tenon_model", "version": "1", "extensions": ["binary_tensor_data"]}
        elif path == "/v2/health/live":
            told = {"live": True}
        elif path == "/v2/health/ready" or path.endswith("/ready"):
            told = {"ready": True}
        elif path.startswith("/v2/models/"):
            told = {"name": path.split("/")[3], "platform": "python"}
        else:
            return self.fail(404, f"{path} is no address of this server")
        return self.tell(200, json.dumps(told).encode())

    def do_POST(self):
        size = int(self.headers.get("Content-Length") or 0)
        if size > BODY_BYTES_MAX:
            self.close_connection = True
            return self.fail(413, f"the body has {size} bytes; this server takes {BODY_BYTES_MAX}")
        body = self.rfile.read(size)
        if not self.path.endswith("/infer"):
            return self.fail(404, f"{self.path} is no address of this server")
        try:
            header_bytes = self.headers.get(HEADER_LENGTH)
            header, inputs = read_request(body, None if header_bytes is None else int(header_bytes))
            with self.server.turns:
                outputs = self.server.predict(inputs)
            if not isinstance(outputs, dict):
                raise TensorError(f"the model answers a dict of arrays; it answered {type(outputs).__name__}")
            named = {"model_name": self.path.split("/")[3]}
            answer, json_bytes = write_answer(named, outputs, header_bytes is not None)
        except TensorError as error:
            return self.fail(400, str(error))
        except Exception as error:  # Whatever the model throws is an answer, and no end of the server.
            print(f"the model failed: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
            return self.fail(500, f"{type(error).__name__}: {error}")
        return self.tell(200, answer, json_bytes)

    def fail(self, status, message):
        self.tell(status, json.dumps({"error": message[:2000]}).encode())

    def tell(self, status, body, json_bytes=None):
        self.send_response_only(status)
        kind = "application/json" if json_bytes is None else "application/octet-stream"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if json_bytes is not None:
            self.send_header(HEADER_LENGTH, str(json_bytes))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self):
        return "socket"

    def log_message(self, *_):
        pass


class SocketServer(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


class PortServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


def serve(predict, socket_path=None, port=None, threads=1):
    """Serves until SIGTERM, or until the process that started it goes away."""
    server = SocketServer(socket_path, Handler) if socket_path else PortServer(("127.0.0.1", port or 0), Handler)
    server.predict = predict
    server.turns = threading.BoundedSemaphore(threads)
    if socket_path:
        os.chmod(socket_path, 0o600)
    else:
        print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)

    def stop(*_):
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN if socket_path else stop)
    if socket_path:
        # Whoever started it holds the other end of its input.
        threading.Thread(target=lambda: (sys.stdin.buffer.read(), stop()), daemon=True).start()
    server.serve_forever(poll_interval=0.1)
    # A call that is under way is answered.
    for _ in range(threads):
        server.turns.acquire(timeout=5)
    server.server_close()
