"""Whether a test can be trusted at all. Frames in, results out."""
