"""The symbolic comparison of SCPs and RCPs: every request whose answer changes, and questions about all requests."""
