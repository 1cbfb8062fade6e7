"""`python -m dragoman` is the console script."""

from dragoman.cli.app import main

main()
