"""Standing views of the customer base (systems T5 to T9): frames in, results out."""

from leadline.target.views.border import Measure
from leadline.target.views.value_potential import type_customers
from leadline.target.views.value_potential_result import TypesResult

__all__ = ["Measure", "TypesResult", "type_customers"]
