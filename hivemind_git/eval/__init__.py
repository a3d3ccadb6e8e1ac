"""How good the stages are: precision and recall on labelled cases, and on what was planted."""
