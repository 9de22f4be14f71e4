"""Before a test: how many units, how long, who goes into which arm. Frames in, results out."""
