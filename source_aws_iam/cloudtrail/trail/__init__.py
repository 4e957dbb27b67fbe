"""The log files of a trail in S3 as the source of audit_events: what is listed, what is read, and what is complete.

CloudTrail delivers a file some minutes after its newest event, and sometimes hours or weeks later, and it may deliver
one again. Keys are ordered by the time of the newest event, so a new file may come before others that were read.
Progress is therefore counted in S3's own times of the objects (LastModified), separately for parts of the trail that
were read at different times (read_times.py). All times are aware, in UTC.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
"""
