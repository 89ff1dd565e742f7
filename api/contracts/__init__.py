"""What the terms of service let provider and customer do with a contract."""
