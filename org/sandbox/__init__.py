"""An AWS organization on this machine: strict rules of our own in front of moto, with a recorder and faults."""
