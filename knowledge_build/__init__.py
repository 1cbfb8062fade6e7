"""Scripts that build knowledge tables from public sources; their results are committed under src/dragoman/knowledge/tables."""
