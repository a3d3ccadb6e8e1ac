"""Made by `python -m benchmarks.words.train`: do not edit.

`RESTATED` and `REFUSED` are the weights of the named features; those of n-grams are in `words_table.bin`.
"""

PERSON_BIAS = -0.297
ABROAD_BIAS = -0.1374
AGENT_BIAS = -0.0302
RESTATED = {
    "words": 1.739,
    "reply": 1.472,
    "answer": -2.067,
    "brief": -0.692,
    "late": -1.07,
    "detour": -1.058,
    "failed": -1.206,
    "grown": -0.657,
    "unowned": -3.353,
    "long": -1.947,
    "named": 1.619,
    "bias": 2.479,
}
REFUSED = {
    "words": 2.09,
    "reply": 1.578,
    "edits": 0.83,
    "asked_back": -0.956,
    "bias": -0.11,
}
