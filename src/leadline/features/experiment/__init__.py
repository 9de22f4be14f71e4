"""A test's units in one scan: metrics, design, moments by cell."""

from leadline.features.experiment.metric import Metric, parse_metrics
from leadline.features.experiment.scan import ExperimentDesign, ExperimentScan

__all__ = ["ExperimentDesign", "ExperimentScan", "Metric", "parse_metrics"]
