"""Figures from tidy frames, one look for all; drawing never aggregates."""
