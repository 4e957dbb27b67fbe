{{ staging('ec2_vpc_peering_connections') }}
