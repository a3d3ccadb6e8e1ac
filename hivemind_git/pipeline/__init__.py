"""The edge of each stage: reads what the stage needs, calls its pure core, and writes what that made."""
