"""Who may do what in the sandbox: the organization's SCPs and RCPs, and IAM's policies, decided by org.access."""
