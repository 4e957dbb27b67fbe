{{ staging('ec2_snapshots') }}
