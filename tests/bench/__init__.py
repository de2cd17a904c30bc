"""Benchmarks, run by hand: `python -m tests.bench` prints ratios, each against a peer in the same run."""
