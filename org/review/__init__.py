"""Base and head of a pull request: what changes, and for whom."""
