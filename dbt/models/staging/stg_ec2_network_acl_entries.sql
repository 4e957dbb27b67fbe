{{ staging('ec2_network_acl_entries') }}
