"""Imports from and exports to the formats of other tools, one module a format."""
