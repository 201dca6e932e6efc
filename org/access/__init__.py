"""What policies mean: the actions, resource types and condition keys that AWS knows."""
