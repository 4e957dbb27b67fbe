{{ staging('ec2_route_tables') }}
