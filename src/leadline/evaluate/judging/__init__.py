"""What a test showed: effects, segments, money, and what to decide. Frames in, results out."""
