"""Evaluate: what it changed. Frames in, results out, no disk."""
