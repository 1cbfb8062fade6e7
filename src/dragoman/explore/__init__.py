"""Views of coded events for people: tables and explanations on a terminal."""
