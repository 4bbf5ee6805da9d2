"""Trains tiny models of every kind with the libraries themselves, and writes the files, rows and predictions to a folder.

    python make-models.py FOLDER

`cases.json` lists a case a model: its file, the columns it takes, rows by column, and what the library answers for them.
"""

import json
import sys
import warnings
from pathlib import Path

import catboost
import lightgbm
import numpy as np
import onnxruntime
import pandas as pd
import xgboost
from onnx import TensorProto, helper, save
from onnxmltools import convert_lightgbm
from onnxmltools.convert.common.data_types import FloatTensorType
from skl2onnx import to_onnx
from sklearn.ensemble import (
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.tree import DecisionTreeClassifier

warnings.filterwarnings("ignore")
folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
random = np.random.default_rng(7)
cases = []

DOUBLE, SINGLE = 1e-9, 1e-5
COUNT, TESTED = 600, 60
PLANS = ["enterprise", "free", "pro", "team"]


def plain(values):
    """JSON values: a missing one is null."""
    return [None if value is None or value != value else value.item() if hasattr(value, "item") else value for value in values]


def add(name, file, columns, outputs, tolerance, **more):
    """`columns` are (name, type, values of rows), `outputs` are (name, type, what the library answers)."""
    cases.append(
        {
            "name": name,
            "file": file,
            "input": [{"name": n, "type": t, "rows": plain(rows)} for n, t, rows in columns],
            "output": [{"name": n, "type": t, "rows": plain(rows)} for n, t, rows in outputs],
            "tolerance": tolerance,
            **more,
        }
    )


def probabilities(matrix, names=("a", "b", "c")):
    return [(name, "real", np.asarray(matrix)[:, i].astype(float)) for i, name in enumerate(names)]


def value(numbers):
    return [("score", "real", np.asarray(numbers).astype(float).ravel())]


# Numbers, some of them missing, some zero; and a category as a data frame has it.
numbers = pd.DataFrame({name: random.normal(size=COUNT).round(3) for name in ["age", "Paid (EUR)", "visits"]})
numbers.loc[random.random(COUNT) < 0.2, "age"] = np.nan
numbers.loc[random.random(COUNT) < 0.3, "visits"] = 0.0
frame = numbers.assign(plan=pd.Categorical(random.choice(PLANS, COUNT), categories=PLANS))
frame.loc[random.random(COUNT) < 0.1, "plan"] = None
noise = random.normal(size=COUNT) * 0.3
score = numbers["Paid (EUR)"] + numbers["age"].fillna(1.5) + np.where(frame["plan"].isin(["pro", "free"]), 1, -1) + noise
two = (score > 0).astype(int).to_numpy()
three = np.digitize(score, [-0.8, 0.8])
labels = np.array(["high", "low", "mid"])[three]
amounts = np.exp(score.to_numpy() / 2)

# What is asked: the first rows, and rows that training never saw.
asked = frame.head(TESTED).reset_index(drop=True)
asked.loc[0, ["age", "Paid (EUR)", "visits"]] = np.nan
asked.loc[1, ["age", "Paid (EUR)", "visits"]] = 0.0
asked.loc[2, ["age", "Paid (EUR)", "visits"]] = [1e12, -1e12, 1e-36]
number_names = {"age": "age", "Paid (EUR)": "Paid_EUR", "visits": "visits"}


def number_columns(rows=asked):
    return [(number_names[name], "real", rows[name]) for name in number_names]


def all_columns():
    plan = [None if value != value else value for value in asked["plan"].astype(object)]
    return [*number_columns(), ("plan", "text", plan)]


x_numbers, x_asked = numbers, asked[list(numbers.columns)]
small = {"n_estimators": 15, "num_leaves": 6, "min_child_samples": 5, "verbosity": -1, "n_jobs": 1}


def light(name, model, x, y, columns, outputs_of, **more):
    model.fit(x, y)
    model.booster_.save_model(folder / f"{name}.txt")
    add(f"LightGBM, {name}", f"{name}.txt", columns, outputs_of(model), DOUBLE, format="LightGBM text", **more)


def second(x):
    return lambda model: value(model.predict_proba(x)[:, 1])


def regressed(x):
    return lambda model: value(model.predict(x))


classifier, regressor = lightgbm.LGBMClassifier, lightgbm.LGBMRegressor
light("lgb-categories", classifier(**small), frame, two, all_columns(), second(asked))
light("lgb-zero-missing", classifier(**small, zero_as_missing=True), x_numbers, two, number_columns(), second(x_asked))
light("lgb-no-missing", classifier(**small, use_missing=False), x_numbers, two, number_columns(), second(x_asked))
light("lgb-sigmoid", classifier(**small, sigmoid=0.7), x_numbers, two, number_columns(), second(x_asked))
light("lgb-dart", classifier(**small, boosting_type="dart"), x_numbers, two, number_columns(), second(x_asked))
light(
    "lgb-forest",
    classifier(**small, boosting_type="rf", bagging_freq=1, bagging_fraction=0.7),
    x_numbers, two, number_columns(), second(x_asked),
)
for objective in ["multiclass", "multiclassova"]:
    light(
        f"lgb-{objective}", classifier(**small, objective=objective), frame, three, all_columns(),
        lambda model: [*probabilities(model.predict_proba(asked)), ("class", "integer", model.predict(asked))],
    )
for objective in ["regression", "regression_l1", "huber", "quantile", "poisson", "gamma", "tweedie", "cross_entropy_lambda"]:
    target = two if objective == "cross_entropy_lambda" else amounts
    light(f"lgb-{objective}", regressor(**small, objective=objective), frame, target, all_columns(), regressed(asked))
light("lgb-sqrt", regressor(**small, reg_sqrt=True), x_numbers, score, number_columns(), regressed(x_asked))
light("lgb-numpy", regressor(**small), x_numbers.to_numpy(), amounts,
      [(f"c{i}", "real", x_asked.iloc[:, i]) for i in range(3)], lambda model: value(model.predict(x_asked.to_numpy())))
lightgbm.LGBMRegressor(**small, linear_tree=True).fit(x_numbers.fillna(0), amounts).booster_.save_model(folder / "lgb-linear.txt")
add("LightGBM, linear trees", "lgb-linear.txt", [], [], 0, refused="linear_tree")


def extreme(name, model, x, y, columns, outputs_of):
    model.fit(x, y)
    for ending in ["json", "ubj"]:
        model.save_model(folder / f"{name}.{ending}")
        add(f"XGBoost, {name}.{ending}", f"{name}.{ending}", columns, outputs_of(model), SINGLE,
            format="XGBoost JSON" if ending == "json" else "XGBoost UBJSON")


small = {"n_estimators": 12, "max_depth": 4, "n_jobs": 1}
classifier, regressor = xgboost.XGBClassifier, xgboost.XGBRegressor
extreme("xgb-logistic", classifier(**small), x_numbers, two, number_columns(), second(x_asked))
extreme("xgb-categories", classifier(**small, enable_categorical=True, max_cat_to_onehot=2), frame, two, all_columns(), second(asked))
extreme("xgb-one-hot", classifier(**small, enable_categorical=True, max_cat_to_onehot=9), frame, two, all_columns(), second(asked))
codes = frame.assign(plan=frame["plan"].cat.codes.replace(-1, np.nan)).to_numpy(dtype=float)
asked_codes = asked.assign(plan=asked["plan"].cat.codes.replace(-1, np.nan)).to_numpy(dtype=float)
extreme(
    "xgb-codes",
    classifier(**small, enable_categorical=True, feature_types=["q", "q", "q", "c"]), codes, two,
    [*[(f"c{i}", "real", asked_codes[:, i]) for i in range(3)], ("c3", "integer", asked_codes[:, 3])], second(asked_codes),
)
extreme("xgb-dart", classifier(**small, booster="dart", rate_drop=0.4), x_numbers, two, number_columns(), second(x_asked))
extreme("xgb-hinge", classifier(**small, objective="binary:hinge"), x_numbers, two, number_columns(),
        lambda model: value(model.predict(x_asked)))
extreme("xgb-forest", xgboost.XGBRFClassifier(**small), x_numbers, two, number_columns(), second(x_asked))
extreme("xgb-softprob", classifier(**small), x_numbers, three, number_columns(),
        lambda model: [*probabilities(model.predict_proba(x_asked)), ("class", "integer", model.predict(x_asked))])
for objective in ["reg:squarederror", "reg:absoluteerror", "count:poisson", "reg:gamma", "reg:tweedie", "reg:logistic", "binary:logitraw"]:
    target = two if "logi" in objective else amounts
    extreme(f"xgb-{objective.replace(':', '-')}", regressor(**small, objective=objective), x_numbers, target,
            number_columns(), regressed(x_asked))
extreme("xgb-base-score", regressor(**small, base_score=0.3, objective="count:poisson"), x_numbers, amounts, number_columns(), regressed(x_asked))
xgboost.XGBRegressor(booster="gblinear").fit(x_numbers.fillna(0), amounts).save_model(folder / "xgb-linear.json")
add("XGBoost, gblinear", "xgb-linear.json", [], [], 0, refused="gblinear")
targets = np.column_stack([amounts, score])
extreme("xgb-targets", regressor(**small), x_numbers, targets, number_columns(),
        lambda model: probabilities(model.predict(x_asked), ("first", "second")))
regressor(**small, multi_strategy="multi_output_tree").fit(x_numbers, targets).save_model(folder / "xgb-vector.json")
add("XGBoost, leaves that are vectors", "xgb-vector.json", [], [], 0, refused="one_output_per_tree")


def cat(name, model, x, y, columns, outputs_of):
    model.fit(x, y)
    model.save_model(str(folder / f"{name}.json"), format="json")
    add(f"CatBoost, {name}", f"{name}.json", columns, outputs_of(model), DOUBLE, format="CatBoost JSON")


small = {"iterations": 12, "depth": 4, "verbose": 0, "thread_count": 1, "allow_writing_files": False}
classifier, regressor = catboost.CatBoostClassifier, catboost.CatBoostRegressor
for mode in ["Min", "Max"]:
    cat(f"cat-{mode}", classifier(**small, nan_mode=mode), x_numbers, two, number_columns(), second(x_asked))
for policy in ["Depthwise", "Lossguide"]:
    cat(f"cat-{policy}", classifier(**small, grow_policy=policy), x_numbers, two, number_columns(), second(x_asked))
for loss in ["MultiClass", "MultiClassOneVsAll"]:
    cat(f"cat-{loss}", classifier(**small, loss_function=loss), x_numbers, labels, number_columns(),
        lambda model: [*probabilities(model.predict_proba(x_asked), ("high", "low", "mid")), ("class", "text", model.predict(x_asked).ravel())])
cat("cat-multi-grown", classifier(**small, loss_function="MultiClass", grow_policy="Depthwise"), x_numbers, labels,
    number_columns(), lambda model: probabilities(model.predict_proba(x_asked), ("high", "low", "mid")))
for loss in ["RMSE", "MAE", "Quantile:alpha=0.3", "Poisson", "Tweedie:variance_power=1.5"]:
    kind = "Exponent" if loss[:2] in ("Po", "Tw") else "RawFormulaVal"
    cat(f"cat-{loss.split(':')[0]}", regressor(**small, loss_function=loss), x_numbers, amounts, number_columns(),
        lambda model, kind=kind: value(model.predict(x_asked, prediction_type=kind)))
with_text = frame.assign(plan=frame["plan"].astype(object).fillna("none"))
classifier(**small, cat_features=["plan"]).fit(with_text, two).save_model(str(folder / "cat-text.json"), format="json")
add("CatBoost, categories", "cat-text.json", [], [], 0, refused="categorical_features")
classifier(**small).fit(x_numbers, two).save_model(str(folder / "cat.cbm"))
add("CatBoost, its binary format", "cat.cbm", [], [], 0, refused="format=\"json\"")


def onnx(name, model, y, outputs_of, x=None, dtype=np.float32):
    x = (x_numbers.fillna(0) if x is None else x).to_numpy(dtype=dtype)
    inputs = x_asked.fillna(0).to_numpy(dtype=dtype)
    model.fit(x, y)
    (folder / f"{name}.onnx").write_bytes(to_onnx(model, x[:1]).SerializeToString())
    session = onnxruntime.InferenceSession(folder / f"{name}.onnx")
    answer = session.run(None, {session.get_inputs()[0].name: inputs})
    add(f"ONNX, {name}", f"{name}.onnx", [(f"c{i}", "real", inputs[:, i].astype(float)) for i in range(3)],
        outputs_of(answer), SINGLE, format="ONNX")


def zipped(names, kind):
    def outputs_of(answer):
        matrix = [[row[key] for key in row] for row in answer[1]]
        return [*probabilities(matrix, names), ("class", kind, list(answer[0]))]
    return outputs_of


def one(answer):
    return value(answer[0])


high, ints = ("high", "low", "mid"), ("class_0", "class_1")
onnx("onnx-forest-2", RandomForestClassifier(8, max_depth=4, random_state=1), two, zipped(ints, "integer"))
onnx("onnx-forest-3", RandomForestClassifier(8, max_depth=4, random_state=1), labels, zipped(high, "text"))
onnx("onnx-boosting-2", GradientBoostingClassifier(n_estimators=8), two, zipped(ints, "integer"))
onnx("onnx-boosting-3", GradientBoostingClassifier(n_estimators=8), labels, zipped(high, "text"))
onnx("onnx-tree", DecisionTreeClassifier(max_depth=4), labels, zipped(high, "text"))
onnx("onnx-logistic-2", LogisticRegression(), two, zipped(ints, "integer"))
onnx("onnx-logistic-3", LogisticRegression(), labels, zipped(high, "text"))
onnx("onnx-boosting", GradientBoostingRegressor(n_estimators=8), amounts, one)
onnx("onnx-forest", RandomForestRegressor(8, max_depth=4, random_state=1), amounts, one)
onnx("onnx-doubles", RandomForestClassifier(8, max_depth=4, random_state=1), labels, zipped(high, "text"), dtype=np.float64)
onnx("onnx-linear", LinearRegression(), amounts, one)
both = lambda answer: probabilities(answer[0], ("first", "second"))
onnx("onnx-trees-2", ExtraTreesRegressor(8, max_depth=4, random_state=1), targets, both)
onnx("onnx-linear-2", LinearRegression(), targets, both)

model = lightgbm.LGBMClassifier(n_estimators=8, num_leaves=6, verbosity=-1).fit(x_numbers.to_numpy(), two)
converted = convert_lightgbm(model, initial_types=[("x", FloatTensorType([None, 3]))], target_opset=15)
save(converted, folder / "onnx-lightgbm.onnx")
session = onnxruntime.InferenceSession(folder / "onnx-lightgbm.onnx")
inputs = x_asked.to_numpy(dtype=np.float32)
add("ONNX, from LightGBM with missing values", "onnx-lightgbm.onnx", [(f"c{i}", "real", inputs[:, i].astype(float)) for i in range(3)],
    zipped(ints, "integer")(session.run(None, {"x": inputs})), SINGLE, format="ONNX")


def hand_made(mode, tracks, post="NONE", weights=(0.25, -1.5)):
    """One split of a mode, and two leaves."""
    node = helper.make_node(
        "TreeEnsembleClassifier", ["x"], ["label", "scores"], domain="ai.onnx.ml",
        nodes_treeids=[0, 0, 0], nodes_nodeids=[0, 1, 2], nodes_featureids=[0, 0, 0], nodes_values=[0.5, 0.0, 0.0],
        nodes_modes=[mode, "LEAF", "LEAF"], nodes_truenodeids=[1, 0, 0], nodes_falsenodeids=[2, 0, 0],
        nodes_missing_value_tracks_true=[tracks, 0, 0], class_treeids=[0, 0], class_nodeids=[1, 2], class_ids=[0, 0],
        class_weights=list(weights), classlabels_strings=["no", "yes"], post_transform=post,
    )
    graph = helper.make_graph(
        [node], "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 1])],
        [helper.make_tensor_value_info("label", TensorProto.STRING, [None]), helper.make_tensor_value_info("scores", TensorProto.FLOAT, [None, 2])],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("ai.onnx.ml", 3), helper.make_opsetid("", 15)], ir_version=8)
    name = f"onnx-{mode}-{tracks}-{post}-{len(cases)}.onnx"
    save(made, folder / name)
    rows = np.array([[0.5], [0.4], [0.6], [np.nan], [0.0], [-1.0]], dtype=np.float32)
    label, matrix = onnxruntime.InferenceSession(folder / name).run(None, {"x": rows})
    add(f"ONNX, {mode} with missing values to {tracks} and {post}", name, [("x", "real", rows[:, 0].astype(float))],
        [*probabilities(matrix, ("no", "yes")), ("class", "text", list(label))], SINGLE, format="ONNX")


for mode in ["LEQ", "LT", "GT", "GTE", "EQ", "NEQ"]:
    for tracks in [0, 1]:
        hand_made(f"BRANCH_{mode}", tracks)
hand_made("BRANCH_LEQ", 0, "LOGISTIC")
hand_made("BRANCH_LEQ", 0, "NONE", (0.25, 0.75))
hand_made("BRANCH_LEQ", 0, "SOFTMAX")

(folder / "cases.json").write_text(json.dumps({"cases": cases}))
print(len(cases))
