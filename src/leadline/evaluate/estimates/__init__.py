"""Estimates from moments alone: means, ratios, differences, lifts. No rows of units are seen."""
