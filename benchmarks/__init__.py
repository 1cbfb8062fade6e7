"""Measures Dragoman on public sets (`python -m benchmarks --help`). They are read from DRAGOMAN_DATA, never copied."""
