"""The event history (LookupEvents): which windows are read, what is complete, and how a listed event becomes a row.

LookupEvents lists newest first, so the newest event seen says nothing about what lies before it. Progress is therefore
counted in windows of time that were read to their last page. All times are aware, in UTC, on whole seconds, because
that is the resolution of LookupEvents; windows are half-open.
"""
