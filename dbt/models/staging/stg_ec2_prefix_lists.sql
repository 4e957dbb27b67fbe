{{ staging('ec2_prefix_lists') }}
