"""AWS with answers out of a can: over TLS, under AWS's own host names, after a latency, at next to no cost.

A sandbox's CPU would be what is measured, so it answers each question once. From then on its bytes are sent again, with
the account of the asker in the place of the one that was asked about.
"""
