"""What benches measure with, and the page that `make bench` writes from it."""
