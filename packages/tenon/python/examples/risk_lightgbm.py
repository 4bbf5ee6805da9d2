"""A LightGBM model of a file, asked for many rows at once.

    runtime: process(["python3", "-m", "tenon_model", "--entry", "risk_lightgbm:Risk"], { env: { MODEL: "risk.txt" } })
"""

import os

import lightgbm
import numpy as np


class Risk:
    def load(self):
        self.booster = lightgbm.Booster(model_file=os.environ["MODEL"])

    def predict(self, inputs):
        columns = [inputs[name].astype(np.float64) for name in self.booster.feature_name()]
        return {"score": self.booster.predict(np.column_stack(columns))}
