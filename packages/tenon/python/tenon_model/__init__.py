"""Serves a Python model to Tenon: `python -m tenon_model --entry module:predict`."""

from .entry import load_entry
from .server import serve
from .tensors import TensorError

__all__ = ["TensorError", "load_entry", "serve"]
