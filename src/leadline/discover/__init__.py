"""Discover: where the opportunity is. Frames in, results out, no disk."""

from leadline.discover.survey import SharesResult, estimate_shares

__all__ = ["SharesResult", "estimate_shares"]
