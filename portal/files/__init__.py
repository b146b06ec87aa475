"""Bytes: where files are kept, what they are, how they are named and cut for the wire."""
