"""What answers: a function of columns, or an object with `predict`, and `load` where it has one."""

import importlib
import inspect
import sys


def load_entry(entry):
    """The function of `module:name`. A class is made, its `load()` called once, and its `predict` answers."""
    module_name, _, name = entry.partition(":")
    if not module_name or not name:
        raise SystemExit(f'--entry is "module:function" or "module:Class"; found "{entry}"')
    sys.path.insert(0, "")
    found = getattr(importlib.import_module(module_name), name, None)
    if found is None:
        raise SystemExit(f'module "{module_name}" has no "{name}"')
    model = found() if inspect.isclass(found) else found
    if hasattr(model, "load"):
        model.load()
    predict = getattr(model, "predict", model)
    if not callable(predict):
        raise SystemExit(f'"{entry}" is no function, and has no method "predict"')
    return predict
