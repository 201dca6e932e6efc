"""What AWS refuses, refused: organizations, account, sts and S3 Block Public Access, one file a family of rules."""
