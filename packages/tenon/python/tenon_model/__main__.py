import argparse
import os

from .entry import load_entry
from .server import serve

parser = argparse.ArgumentParser(prog="tenon_model", description="Serve a Python model to Tenon.")
parser.add_argument("--entry", required=True, help="module:function, or module:Class with predict() and perhaps load()")
parser.add_argument("--port", type=int, help="a port of 127.0.0.1, in place of the socket TENON_SOCKET")
parser.add_argument("--threads", type=int, default=1, help="calls that run beside each other; default 1")
options = parser.parse_args()
socket_path = None if options.port is not None else os.environ.get("TENON_SOCKET")
if options.port is None and not socket_path:
    parser.error("TENON_SOCKET is not set: give --port to serve by itself")
serve(load_entry(options.entry), socket_path, options.port, max(1, options.threads))
