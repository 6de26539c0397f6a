"""What to put into a streaming server's own configuration so that it asks the desk."""
