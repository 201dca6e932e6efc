"""Wanted and found, made one: compare, plan, apply."""
