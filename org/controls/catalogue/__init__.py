"""The rows of the control catalogue: one file a family, found by being there."""
