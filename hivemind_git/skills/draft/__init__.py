"""The text of a skill: by templates always, its wording by a model where one is set up."""
