"""Reads and writes through Feast's own SDK with `online_store: {type: remote}`, and prints what it saw as JSON."""

import json
import sys
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pandas as pd
from feast import Entity, FeatureService, FeatureStore, FeatureView, Field, FileSource, PushSource, ValueType
from feast.types import Bool, Float64, Int64, String

url = sys.argv[1]
repo = Path(tempfile.mkdtemp())
(repo / "feature_store.yaml").write_text(
    f"""project: shop
provider: local
registry: {repo}/registry.db
online_store: {{type: remote, path: "{url}"}}
offline_store: {{type: file}}
entity_key_serialization_version: 3
"""
)
account = Entity(name="account", join_keys=["account"], value_type=ValueType.STRING)
source = FileSource(name="plans", path=str(repo / "plans.parquet"), timestamp_field="event_timestamp")
plan = FeatureView(
    name="plan",
    entities=[account],
    ttl=timedelta(days=400),
    schema=[Field(name="tier", dtype=String), Field(name="seats", dtype=Int64), Field(name="live", dtype=Bool)],
    source=source,
)
spend = FeatureView(
    name="spend",
    entities=[account],
    schema=[
        Field(name="paid_30d", dtype=Int64),
        Field(name="country_30d", dtype=String),
        Field(name="median_30d", dtype=Float64),
    ],
    source=source,
)
store = FeatureStore(repo_path=str(repo))
store.apply([account, source, plan, spend, FeatureService(name="risk", features=[spend, plan])])

now = datetime.now(timezone.utc)
frame = pd.DataFrame(
    {
        "account": ["f1", "f2"],
        "tier": ["pro", None],
        "seats": [5, 7],
        "live": [True, False],
        "event_timestamp": [now - timedelta(hours=1)] * 2,
        "created": [now] * 2,
    }
)
store.write_to_online_store("plan", frame)
rows = [{"account": name} for name in ["f1", "f2", "payer", "nobody"]]
features = ["plan:tier", "plan:seats", "plan:live", "spend:paid_30d", "spend:country_30d", "spend:median_30d"]
seen = {
    "read": store.get_online_features(features=features, entity_rows=rows).to_dict(),
    "full": store.get_online_features(
        features=["spend:paid_30d"], entity_rows=rows[2:3], full_feature_names=True
    ).to_dict(),
    "service": store.get_online_features(
        features=store.get_feature_service("risk"), entity_rows=rows[2:3]
    ).to_dict(),
}
# Feast's client knows a view that the server does not: its error is raised again by its class.
ghost = FeatureView(name="ghost", entities=[account], schema=[Field(name="x", dtype=Int64)], source=source)
store.apply([ghost])
try:
    store.get_online_features(features=["ghost:x"], entity_rows=rows[:1])
    seen["ghost"] = None
except Exception as error:  # noqa: BLE001
    seen["ghost"] = type(error).__name__
print("RESULT " + json.dumps(seen))
