"""`python -m dragoman` is the console script."""

from dragoman.cli import main

main()
