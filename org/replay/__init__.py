"""What people really did, from CloudTrail, and what a proposed policy would have said to it.

`building` condenses logs to a corpus of distinct calls, `replaying` decides each of them before and after a change.
"""
