"""The digests of a trail: whether its log files are those that CloudTrail delivered.

Each hour, CloudTrail delivers a digest for each account, Region and trail. It lists the log files of that hour with
their hashes, is signed, and names the digest before it with its hash. So a log file that was changed or deleted is
noticed, and so is a digest.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
"""
