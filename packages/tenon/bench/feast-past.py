"""Feast's file store over the rows of wide-table.ts: the seconds of one point-in-time join, and the sum of what it answered."""

import json
import resource
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from feast import Entity, FeatureStore, FeatureView, Field, FileSource, ValueType
from feast.types import Float64

rows, visits, accounts, columns, begin_ms, step_ms = (int(word) for word in sys.argv[1:])
repo = Path(tempfile.mkdtemp())
(repo / "feature_store.yaml").write_text(
    f"""project: bench
provider: local
registry: {repo}/registry.db
online_store: {{type: sqlite, path: "{repo}/online.db"}}
offline_store: {{type: file}}
entity_key_serialization_version: 3
"""
)


def key_of(row):
    return [f"a{one}" for one in (row * 7919) % accounts]


def time_of(row, after_ms):
    return pd.to_datetime(begin_ms + row * step_ms + after_ms, unit="ms", utc=True)


row = np.arange(rows, dtype=np.int64)
frame = pd.DataFrame({f"c{column}": ((row * 31 + column * 17) % 1009).astype(float) for column in range(columns)})
frame["account"] = key_of(row)
frame["event_timestamp"] = time_of(row, 0)
frame.to_parquet(repo / "wide.parquet")
visit = np.arange(0, rows, rows // visits, dtype=np.int64)
asked = pd.DataFrame({"account": key_of(visit + 3), "event_timestamp": time_of(visit, step_ms // 2)})

account = Entity(name="account", join_keys=["account"], value_type=ValueType.STRING)
source = FileSource(name="wide", path=str(repo / "wide.parquet"), timestamp_field="event_timestamp")
names = [f"c{column}" for column in range(columns)]
wide = FeatureView(
    name="wide",
    entities=[account],
    ttl=timedelta(0),
    schema=[Field(name=name, dtype=Float64) for name in names],
    source=source,
)
store = FeatureStore(repo_path=str(repo))
store.apply([account, wide])


def cpu_seconds():
    spent = resource.getrusage(resource.RUSAGE_SELF)
    return spent.ru_utime + spent.ru_stime


begun, cpu = time.perf_counter(), cpu_seconds()
answered = store.get_historical_features(entity_df=asked, features=[f"wide:{name}" for name in names]).to_df()
print(
    json.dumps(
        {
            "seconds": time.perf_counter() - begun,
            "cpuSeconds": cpu_seconds() - cpu,
            "rows": len(answered),
            "sum": float(np.nansum(answered[names].to_numpy())),
        }
    )
)
