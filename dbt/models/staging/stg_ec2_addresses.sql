{{ staging('ec2_addresses') }}
