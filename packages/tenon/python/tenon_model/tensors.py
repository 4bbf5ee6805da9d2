"""Tensors of the Open Inference Protocol, version 2, with its extension for binary data."""

import json

import numpy as np

NUMBERS = {
    "BOOL": np.dtype("bool"),
    "UINT8": np.dtype("u1"),
    "UINT16": np.dtype("<u2"),
    "UINT32": np.dtype("<u4"),
    "UINT64": np.dtype("<u8"),
    "INT8": np.dtype("i1"),
    "INT16": np.dtype("<i2"),
    "INT32": np.dtype("<i4"),
    "INT64": np.dtype("<i8"),
    "FP16": np.dtype("<f2"),
    "FP32": np.dtype("<f4"),
    "FP64": np.dtype("<f8"),
}
NAMES = {dtype: name for name, dtype in NUMBERS.items()}


class TensorError(ValueError):
    """A request that is not of the protocol, or an answer that cannot be told by it."""


def read_request(body, header_bytes=None):
    """The JSON of a request and its inputs by name: arrays of numbers, or of texts with dtype object."""
    size = len(body) if header_bytes is None else header_bytes
    try:
        header = json.loads(bytes(body[:size]))
    except ValueError as error:
        raise TensorError(f"the body is not JSON: {error}") from None
    if not isinstance(header, dict) or not isinstance(header.get("inputs"), list):
        raise TensorError('the body has no list "inputs"')
    rest = memoryview(body)[size:]
    inputs = {}
    for tensor in header["inputs"]:
        name, array, rest = _read(tensor, rest)
        inputs[name] = array
    if len(rest):
        raise TensorError(f"{len(rest)} bytes stand behind the last tensor")
    return header, inputs


def _read(tensor, rest):
    name, kind, shape = tensor.get("name"), tensor.get("datatype"), tensor.get("shape")
    if not isinstance(name, str) or not isinstance(shape, list):
        raise TensorError("a tensor has a name and a shape")
    if not all(isinstance(size, int) and size >= 0 for size in shape):
        raise TensorError(f'"{name}": a shape is of whole numbers')
    if kind != "BYTES" and kind not in NUMBERS:
        raise TensorError(f'"{name}": {kind} is no datatype')
    size = (tensor.get("parameters") or {}).get("binary_data_size")
    if size is None:
        return name, _of_json(name, kind, shape, tensor.get("data")), rest
    if not isinstance(size, int) or size < 0 or size > len(rest):
        raise TensorError(f'"{name}": {size} bytes are said, {len(rest)} are there')
    return name, _of_bytes(name, kind, shape, rest[:size]), rest[size:]


def _of_json(name, kind, shape, data):
    dtype = object if kind == "BYTES" else NUMBERS[kind]
    try:
        if dtype is not object and kind.startswith("FP"):
            data = [np.nan if value is None else value for value in np.asarray(data, object).ravel()]
        return np.asarray(data, dtype).reshape(shape)
    except (TypeError, ValueError, OverflowError) as error:
        raise TensorError(f'"{name}": {error}') from None


def _of_bytes(name, kind, shape, part):
    count = 1
    for size in shape:
        count *= size
    if kind != "BYTES":
        dtype = NUMBERS[kind]
        if count * dtype.itemsize != len(part):
            raise TensorError(f'"{name}": {count} elements of {kind} are not {len(part)} bytes')
        return np.frombuffer(part, dtype).reshape(shape)
    texts, at = [], 0
    while at + 4 <= len(part) and len(texts) < count:
        end = at + 4 + int.from_bytes(part[at : at + 4], "little")
        if end > len(part):
            break
        try:
            texts.append(bytes(part[at + 4 : end]).decode("utf-8"))
        except UnicodeDecodeError as error:
            raise TensorError(f'"{name}": {error}') from None
        at = end
    if len(texts) != count or at != len(part):
        raise TensorError(f'"{name}": {len(part)} bytes are not {count} texts')
    array = np.empty(count, object)
    array[:] = texts
    return array.reshape(shape)


def write_answer(header, outputs, is_binary):
    """The body of an answer, and how many bytes of it are JSON (None: all of them)."""
    described, parts = [], []
    for name, value in outputs.items():
        array = np.asarray(value)
        tensor = {"name": str(name), "shape": list(array.shape)}
        if array.dtype.kind in "OUS":
            texts = [_text(one) for one in array.ravel().tolist()]
            tensor["datatype"] = "BYTES"
            data = None if None in texts else b"".join(_prefixed(text) for text in texts)
            plain = texts
        else:
            dtype = array.dtype.newbyteorder("<") if array.dtype.itemsize > 1 else array.dtype
            if dtype not in NAMES:
                raise TensorError(f'"{name}": {array.dtype} is no datatype of the protocol')
            array = np.ascontiguousarray(array, dtype)
            tensor["datatype"] = NAMES[dtype]
            data, plain = array.tobytes(), array
        if is_binary and data is not None:
            tensor["parameters"] = {"binary_data_size": len(data)}
            parts.append(data)
        else:
            tensor["data"] = plain if isinstance(plain, list) else _plain(plain)
        described.append(tensor)
    text = json.dumps({**header, "outputs": described}).encode()
    if not parts:
        return text, None
    text += b" " * (-len(text) % 8)
    return text + b"".join(parts), len(text)


def _plain(array):
    values = array.ravel().tolist()
    if array.dtype.kind != "f":
        return values
    return [value if value == value and abs(value) != float("inf") else None for value in values]


def _text(value):
    if value is None or isinstance(value, str):
        return value
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def _prefixed(text):
    data = text.encode("utf-8")
    return len(data).to_bytes(4, "little") + data
