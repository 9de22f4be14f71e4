"""Lists of customers who are too many for the memory of one machine: bucketed, or on a cluster."""

from leadline.run.bulk.bucket import bucket_tables
from leadline.run.bulk.listing import ListRequest, make_list

__all__ = ["ListRequest", "bucket_tables", "make_list"]
