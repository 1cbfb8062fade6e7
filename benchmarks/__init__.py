"""Measures Dragoman on public sets, as JSON: `python -m benchmarks --help`. Sets are read from DRAGOMAN_DATA, never copied."""
