"""The gate at real streaming servers, with real encoders and players."""
