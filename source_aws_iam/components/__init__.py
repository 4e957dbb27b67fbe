"""The classes that manifest.yaml names, and what they share."""
