"""What is known before reading: tables, and the few modules that load and check them."""
