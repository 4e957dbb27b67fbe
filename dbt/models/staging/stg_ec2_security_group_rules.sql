{{ staging('ec2_security_group_rules') }}
