"""A live cluster, read through the user's own kubectl and kept as one file."""
