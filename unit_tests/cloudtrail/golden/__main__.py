"""Write the golden lines anew."""

from unit_tests.cloudtrail.golden import write

write()
