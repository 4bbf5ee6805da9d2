"""Asks through the unmodified clients of Triton and KServe, and prints what they saw as JSON."""

import asyncio
import json
import sys

import numpy as np
import tritonclient.http as triton
import tritonclient.http.aio as triton_aio
from kserve import InferenceRESTClient, InferInput, InferRequest, RESTConfig
from tritonclient.http.auth import BasicAuth
from tritonclient.utils import InferenceServerException

url, key = sys.argv[1], sys.argv[2]
headers = {"Authorization": f"Bearer {key}"}
rows = 300


def ask():
    """tritonclient writes into the headers that it is given."""
    return {"headers": dict(headers)}


def triton_inputs(binary, real="FP64", whole="INT64"):
    """The columns of `echo`, all types."""
    numpy_types = {"FP64": np.float64, "FP32": np.float32, "INT64": np.int64, "INT32": np.int32}
    values = {
        "real": (real, np.arange(rows, dtype=numpy_types[real]) / 4),
        "whole": (whole, np.arange(rows, dtype=numpy_types[whole])),
        "word": ("BYTES", np.array([f"wörd {i}" for i in range(rows)], dtype=object)),
        "yes": ("BOOL", np.arange(rows) % 2 == 0),
        "when": ("INT64", np.full(rows, 5000, dtype=np.int64)),
    }
    inputs = []
    for name, (datatype, data) in values.items():
        tensor = triton.InferInput(name, [rows], datatype)
        tensor.set_data_from_numpy(data, binary_data=binary)
        inputs.append(tensor)
    return inputs


def triton_seen(result):
    return {
        "real": float(result.as_numpy("real").sum()),
        "whole": int(result.as_numpy("whole").sum()),
        "word": [word.decode() if isinstance(word, bytes) else word for word in result.as_numpy("word")[[0, 299]]],
        "yes": float(result.as_numpy("yes").sum()),
        "late": int(result.as_numpy("late").sum()),
        "dtypes": [str(result.as_numpy(name).dtype) for name in ("real", "late")],
    }


def error_of(call):
    try:
        call()
        return None
    except InferenceServerException as error:
        return [error.status(), error.message()]


seen = {}
with triton.InferenceServerClient(url, concurrency=4) as client:
    seen["live"] = [client.is_server_live(), client.is_server_ready(), client.is_model_ready("risk", "2", **ask())]
    seen["notReady"] = client.is_model_ready("no such", **ask())
    seen["server"] = client.get_server_metadata(**ask())
    seen["model"] = client.get_model_metadata("risk", **ask())
    seen["config"] = client.get_model_config("risk", **ask())["input"][1]
    seen["index"] = client.get_model_repository_index(**ask())
    seen["binary"] = triton_seen(client.infer("echo", triton_inputs(True), **ask()))
    asked = [triton.InferRequestedOutput(name, binary_data=False) for name in ("real", "whole", "word", "yes", "late")]
    seen["json"] = triton_seen(client.infer("echo", triton_inputs(False), outputs=asked, **ask()))
    seen["mixed"] = triton_seen(client.infer("echo", triton_inputs(True, "FP32", "INT32"), outputs=asked, **ask()))
    for coding in ("gzip", "deflate"):
        result = client.infer(
            "echo",
            triton_inputs(True),
            **ask(),
            request_compression_algorithm=coding,
            response_compression_algorithm=coding,
        )
        seen[coding] = triton_seen(result)
    pending = [client.async_infer("echo", triton_inputs(True), request_id=f"r{i}", **ask()) for i in range(8)]
    results = [one.get_result() for one in pending]
    seen["async"] = [result.get_response()["id"] for result in results]
    seen["asyncSame"] = all(triton_seen(result) == seen["binary"] for result in results)
    account = triton.InferInput("account", [2, 1], "BYTES")
    account.set_data_from_numpy(np.array([["h1"], ["h2"]], dtype=object))
    cents = triton.InferInput("cents", [2, 1], "INT64")
    cents.set_data_from_numpy(np.array([[100], [1900]]))
    options = {"priority": 1, "timeout": 1000, "request_id": "seven", **ask()}
    risk = client.infer("risk", [account, cents], model_version="2", **options)
    seen["risk"] = {
        "verdicts": [one.decode() for one in risk.as_numpy("verdict")],
        "scores": risk.as_numpy("score").tolist(),
        "version": risk.get_response()["model_version"],
        "id": risk.get_response()["id"],
        "predictions": len(risk.get_response()["parameters"]["prediction_ids"].split(",")),
    }
    matrix = triton.InferInput("input", [2, 4], "FP32")
    matrix.set_data_from_numpy(np.array([[1, 2, 3, 1], [1, np.nan, 3, 1]], dtype=np.float32))
    seen["matrix"] = client.infer("numbers", [matrix], **ask()).as_numpy("sum").tolist()
    stats = client.get_inference_statistics("echo", **ask())["model_stats"][0]
    seen["stats"] = [stats["inference_count"], stats["inference_stats"]["success"]["count"]]
    client.load_model("risk", **ask())
    seen["errors"] = {
        "model": error_of(lambda: client.infer("nothing", [account], **ask())),
        "keyless": error_of(lambda: client.get_model_metadata("risk")),
        "input": error_of(lambda: client.infer("risk", [account], **ask())),
        "output": error_of(lambda: client.infer("echo", triton_inputs(True), outputs=[triton.InferRequestedOutput("no")], **ask())),
        "load": error_of(lambda: client.load_model("risk", config="{}", **ask())),
        "unload": error_of(lambda: client.unload_model("risk", **ask())),
        "trace": error_of(lambda: client.get_trace_settings(**ask())),
    }
    client.register_plugin(BasicAuth("any", key))
    seen["basic"] = client.is_model_ready("echo")


async def triton_async():
    async with triton_aio.InferenceServerClient(url) as client:
        metadata = await client.get_model_metadata("echo", **ask())
        plain = await client.infer("echo", triton_inputs(True), **ask())
        zipped = await client.infer("echo", triton_inputs(True), response_compression_algorithm="gzip", **ask())
        return [len(metadata["inputs"]), triton_seen(plain) == triton_seen(zipped), triton_seen(plain)["real"]]


seen["aio"] = asyncio.run(triton_async())


def kserve_request(binary):
    word = InferInput("word", [rows], "BYTES")
    word.set_data_from_numpy(np.array(["ü"] * rows, dtype=object), binary_data=binary)
    inputs = [word]
    for name, datatype, data in (
        ("real", "FP32", np.full(rows, 0.5, dtype=np.float32)),
        ("whole", "INT64", np.arange(rows, dtype=np.int64)),
        ("yes", "BOOL", np.arange(rows) > 9),
    ):
        tensor = InferInput(name, [rows], datatype)
        tensor.set_data_from_numpy(data, binary_data=binary)
        inputs.append(tensor)
    return InferRequest(model_name="echo", infer_inputs=inputs, request_id="k1", parameters={"binary_data_output": binary})


async def kserve():
    base = f"http://{url}"
    found = {}
    v2 = InferenceRESTClient(RESTConfig(protocol="v2"))
    found["live"] = [await v2.is_server_live(base), await v2.is_server_ready(base), await v2.is_model_ready(base, "risk", headers=headers)]
    for form, binary in (("json", False), ("binary", True)):
        result = await v2.infer(base, kserve_request(binary), model_name="echo", headers=dict(headers))
        outputs = {output.name: output.as_numpy() for output in result.outputs}
        word = outputs["word"][299]
        sums = [float(outputs[name].sum()) for name in ("real", "whole", "yes", "late")]
        found[form] = [result.id, sums, str(word, "utf8") if isinstance(word, bytes) else word]
    try:
        await v2.infer(base, kserve_request(False), model_name="nothing", headers=dict(headers))
    except Exception as error:  # noqa: BLE001
        found["error"] = str(error)
    v1 = InferenceRESTClient(RESTConfig(protocol="v1"))
    found["v1"] = [await v1.is_server_live(base), await v1.is_model_ready(base, "risk", headers=headers)]
    body = {"instances": [{"account": "h1", "cents": 100}, {"account": "h2", "cents": 1900}]}
    found["predictions"] = (await v1.infer(base, body, model_name="risk", headers=headers))["predictions"]
    prefixed = f"{base}/kserve"
    found["prefix"] = [await v1.is_server_live(prefixed), await v1.is_model_ready(prefixed, "risk", headers=headers)]
    found["prefixed"] = [await v2.is_server_live(f"{base}/oip"), await v2.is_model_ready(f"{base}/oip", "risk", headers=headers)]
    await v1.close()
    await v2.close()
    return found


seen["kserve"] = asyncio.run(kserve())
print("RESULT " + json.dumps(seen))
