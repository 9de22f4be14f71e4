"""Whether a test can be trusted at all. Frames in, results out."""

from leadline.evaluate.checks.experiment import check_experiment

__all__ = ["check_experiment"]
