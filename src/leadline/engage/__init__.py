"""Engage: who may be contacted, through which channel, and the list. Frames in, results out, no disk."""
