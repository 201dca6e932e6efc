"""`python -m org` is the command `org`."""

from org.cli import main

main()
