{{ staging('ec2_routes') }}
