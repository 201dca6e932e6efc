"""Who read which secret, when and from where, as CloudTrail has it.

`reads` finds the reads in one event, `ledger` adds them up, `known` says who has read before, and one module a format
writes the result. No value of a secret is read, and CloudTrail has none.
"""
