"""One writer a format: each turns findings, plans or outcomes into text, and does nothing else."""
