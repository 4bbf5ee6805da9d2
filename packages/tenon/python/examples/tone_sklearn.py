"""A text classifier with scikit-learn, trained when it is loaded.

    runtime: process(["python3", "-m", "tenon_model", "--entry", "tone_sklearn:Tone"])
"""

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

GOOD = ["I love it", "works great", "very good", "excellent value", "happy with it"]
BAD = ["I hate it", "broke at once", "very bad", "a waste of money", "sad and slow"]


class Tone:
    def load(self):
        self.pipeline = make_pipeline(TfidfVectorizer(), LogisticRegression(C=10))
        self.pipeline.fit(GOOD + BAD, ["good"] * len(GOOD) + ["bad"] * len(BAD))

    def predict(self, inputs):
        scores = self.pipeline.predict_proba(inputs["text"].tolist())
        good = scores[:, list(self.pipeline.classes_).index("good")]
        return {"tone": np.where(good > 0.5, "good", "bad"), "score": good}
