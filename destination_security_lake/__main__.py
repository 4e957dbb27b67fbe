"""python -m destination_security_lake: the same as the command `destination-security-lake`."""

from destination_security_lake.run import run

run()
