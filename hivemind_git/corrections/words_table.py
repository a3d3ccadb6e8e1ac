"""Made by `python -m benchmarks.words.train`: do not edit.

`RESTATED` and `REFUSED` are the weights of the named features; those of n-grams are in `words_table.bin`.
"""

PERSON_BIAS = -0.297
ABROAD_BIAS = -0.1374
AGENT_BIAS = -0.0302
RESTATED = {
    "words": 1.748,
    "reply": 1.469,
    "answer": -2.068,
    "brief": -0.692,
    "late": -1.072,
    "detour": -1.059,
    "failed": -1.209,
    "grown": -0.659,
    "unowned": -3.357,
    "long": -1.947,
    "named": 1.616,
    "bias": 2.471,
}
REFUSED = {
    "words": 2.09,
    "reply": 1.578,
    "edits": 0.83,
    "asked_back": -0.958,
    "bias": -0.111,
}
