{{ staging('ec2_security_groups') }}
