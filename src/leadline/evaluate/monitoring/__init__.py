"""While a test runs: what may be concluded at each look. Frames in, results out."""
