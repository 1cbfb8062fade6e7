"""Scripts that build knowledge tables from public sources; their results are committed in the package."""
