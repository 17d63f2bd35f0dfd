"""Writes answers in the formats people and programs read: one file a format."""
