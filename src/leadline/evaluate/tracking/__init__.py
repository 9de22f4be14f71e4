"""How a campaign goes beside those held out, day by day. Frames in, results out."""
