"""Trains boosted trees with LightGBM or XGBoost on the data and settings of a job file.

usage: trees.py JOB.json

The job names binary files of the columns (float32, column after column), targets (float64) and groups
(int32) and where the scores of the test rows belong (float64). One JSON object is printed: seconds by
the wall clock and of the processor, for the bins and for the trees.
"""

import json
import sys
import time

import numpy as np


def columns(path, features):
    values = np.fromfile(path, dtype=np.float32)
    return np.ascontiguousarray(values.reshape(features, -1).T)


def clocks():
    return np.array([time.perf_counter(), time.process_time()])


def lightgbm(job, train, target, sizes, test):
    import lightgbm as lgb

    objective = {"squared": "regression", "logistic": "binary", "ndcg": "lambdarank"}
    settings = {
        "objective": objective[job["loss"]],
        "num_leaves": job["leavesMax"],
        "learning_rate": job["learningRate"],
        "lambda_l2": job["l2"],
        "min_data_in_leaf": job["rowsMin"],
        "max_bin": job["binsMax"],
        "lambdarank_truncation_level": 30,
        "num_threads": job["threads"],
        "seed": job["seed"],
        "verbose": -1,
    }
    start = clocks()
    data = lgb.Dataset(train, target, group=sizes, params=settings).construct()
    binned = clocks()
    model = lgb.train(settings, data, job["trees"])
    done = clocks()
    scores = None if test is None else model.predict(test, raw_score=True)
    return binned - start, done - binned, scores


def xgboost(job, train, target, sizes, test):
    import xgboost as xgb

    objective = {"squared": "reg:squarederror", "logistic": "binary:logistic", "ndcg": "rank:ndcg"}
    settings = {
        "objective": objective[job["loss"]],
        "tree_method": "hist",
        "grow_policy": "lossguide",
        "max_leaves": job["leavesMax"],
        "max_depth": 0,
        "learning_rate": job["learningRate"],
        "reg_lambda": job["l2"],
        # The hessian of a row is 1 in a squared loss and at most 1/4 in the others.
        "min_child_weight": job["rowsMin"] if job["loss"] == "squared" else 1,
        "max_bin": job["binsMax"],
        "nthread": job["threads"],
        "seed": job["seed"],
    }
    if job["loss"] == "ndcg":
        settings |= {"lambdarank_pair_method": "topk", "lambdarank_num_pair_per_sample": 30}
    start = clocks()
    data = xgb.QuantileDMatrix(train, target, max_bin=job["binsMax"], nthread=job["threads"])
    if sizes is not None:
        data.set_group(sizes)
    binned = clocks()
    model = xgb.train(settings, data, job["trees"])
    done = clocks()
    scores = None
    if test is not None:
        scores = model.predict(xgb.DMatrix(test, nthread=job["threads"]), output_margin=True)
    return binned - start, done - binned, scores


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        job = json.load(file)
    train = columns(job["columns"], job["features"])
    target = np.fromfile(job["target"], dtype=np.float64)
    test = columns(job["testColumns"], job["features"]) if job["testColumns"] else None
    sizes = None
    if job["groupSize"]:
        sizes = np.full(len(target) // job["groupSize"], job["groupSize"])
    peer = {"lightgbm": lightgbm, "xgboost": xgboost}[job["peer"]]
    bins, trees, scores = peer(job, train, target, sizes, test)
    if scores is not None:
        np.asarray(scores, dtype=np.float64).tofile(job["scores"])
    print(json.dumps({"bins": bins.tolist(), "trees": trees.tolist()}))


main()
