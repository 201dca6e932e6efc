"""AWS, reached: the only folder that imports boto3."""
