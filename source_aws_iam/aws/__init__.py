"""What is read of AWS: operations, readers, sessions, values. It knows neither Airbyte nor any stream."""
