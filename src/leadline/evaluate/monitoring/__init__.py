"""While a test runs: what may be concluded at each look. Frames in, results out."""

from leadline.evaluate.monitoring.monitor import monitor_experiment

__all__ = ["monitor_experiment"]
