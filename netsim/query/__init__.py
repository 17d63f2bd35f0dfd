"""Questions to a graph: one question, one file."""
