{{ staging('ec2_network_acls') }}
