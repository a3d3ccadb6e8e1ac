"""Made by `python -m benchmarks.words.train`: do not edit.

`RESTATED` and `REFUSED` are the weights of the named features; those of n-grams are in `words_table.bin`.
"""

PERSON_BIAS = -0.3166
ABROAD_BIAS = -0.1516
AGENT_BIAS = -0.0302
RESTATED = {
    "words": 1.735,
    "reply": 1.47,
    "answer": -2.067,
    "brief": -0.689,
    "late": -1.101,
    "detour": -1.072,
    "failed": -1.235,
    "grown": -0.688,
    "unowned": -3.357,
    "long": -1.944,
    "named": 1.621,
    "bias": 2.138,
}
REFUSED = {
    "words": 2.111,
    "reply": 1.521,
    "edits": 0.8,
    "asked_back": -0.941,
    "bias": -0.142,
}
