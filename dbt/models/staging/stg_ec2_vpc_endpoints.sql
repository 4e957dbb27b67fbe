{{ staging('ec2_vpc_endpoints') }}
