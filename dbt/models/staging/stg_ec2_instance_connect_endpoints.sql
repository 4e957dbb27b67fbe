{{ staging('ec2_instance_connect_endpoints') }}
