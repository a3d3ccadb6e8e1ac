"""Skills: their documents, their drafts, their commits and their lineage."""
